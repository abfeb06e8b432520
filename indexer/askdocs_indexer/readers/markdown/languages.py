"""The languages that code blocks are marked with, and their families."""

from __future__ import annotations

# What code blocks are marked with -> the language.
LANGUAGES = {
    "c": "c",
    **dict.fromkeys(("c++", "cc", "cpp", "cxx", "h", "hpp"), "cpp"),
    **dict.fromkeys(("c#", "cs", "csharp"), "csharp"),
    **dict.fromkeys(("go", "golang"), "go"),
    "java": "java",
    **dict.fromkeys(("kotlin", "kt"), "kotlin"),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs"), "javascript"),
    **dict.fromkeys(("ts", "typescript"), "typescript"),
    "tsx": "tsx",
    "php": "php",
    **dict.fromkeys(("ipython3", "py", "pycon", "python", "python3"), "python"),
    **dict.fromkeys(("rb", "ruby"), "ruby"),
    **dict.fromkeys(("rs", "rust"), "rust"),
}
_FAMILIES = {
    **dict.fromkeys(("java", "kotlin"), "jvm"),
    **dict.fromkeys(("typescript", "tsx"), "javascript"),
    "cpp": "c",
}
# What code blocks are marked with -> the family of the language.
FAMILIES = {mark: _FAMILIES.get(language, language) for mark, language in LANGUAGES.items()}
