"""The families of languages that code blocks are marked with."""

from __future__ import annotations

# What code blocks are marked with -> the family of the language.
FAMILIES = {
    **dict.fromkeys(("c", "c++", "cc", "cpp", "cxx", "h", "hpp"), "c"),
    **dict.fromkeys(("c#", "cs", "csharp"), "csharp"),
    **dict.fromkeys(("go", "golang"), "go"),
    **dict.fromkeys(("java", "kotlin", "kt"), "jvm"),
    **dict.fromkeys(("javascript", "js", "jsx", "mjs", "ts", "tsx", "typescript"), "javascript"),
    "php": "php",
    **dict.fromkeys(("py", "pycon", "python", "python3"), "python"),
    **dict.fromkeys(("rb", "ruby"), "ruby"),
    **dict.fromkeys(("rs", "rust"), "rust"),
}
