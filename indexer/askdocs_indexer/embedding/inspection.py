"""What a folder holds: an embedding model, or something that is taken for one.

Libraries load almost anything: of a language model or a re-ranker they make an embedder whose
vectors mean nothing. So its files are looked at first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.embedding.model_folder import (
    has_tokenizer,
    is_whole,
    longest_input,
    module_folders,
    output_dimension,
    prompt_of_folder,
    read_json,
)

# What the libraries call a model, and what to call it to a user.
_OTHER_KINDS = {
    "CrossEncoder": "a re-ranker (cross-encoder), which compares two texts and gives no vectors",
    "SparseEncoder": "a sparse encoder, which weighs words and gives no dense vectors",
    "MultiVectorEncoder": "a multi-vector model, which gives a vector for each token",
}
_OTHER_TASKS = {
    "ForCausalLM": "a language model, which writes text",
    "LMHeadModel": "a language model, which writes text",
    "ForConditionalGeneration": "a language model, which writes text",
    "ForSequenceClassification": "a re-ranker or classifier, which gives scores and no vectors",
    "ForTokenClassification": "a model that labels words",
    "ForQuestionAnswering": "a model that marks answers in a text",
    "ForImageClassification": "a model of images",
}
_OUR_MODULES = "sentence_transformers."
# Instead of a large file, a clone without git-lfs has a few lines that begin like this.
_LFS_POINTER = b"version https://git-lfs"
_LICENCE = re.compile(r"^license:\s*([\w.+-]+)\s*$", re.MULTILINE)
_FRONT_MATTER_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What the files of a model say. `size` is in bytes; None and "" where they do not say it.

    `tokens` is how long a text may be, and `remark` what a user should know.
    """

    licence: str
    dimension: int | None
    tokens: int | None
    size: int
    query_prompt: str
    passage_prompt: str
    remark: str


def facts_of(folder: Path, source: str) -> FolderFacts:
    """Return what the files of a model say; `source` is its id on the hub, or the folder."""
    remark = ""
    if not (folder / "modules.json").is_file():
        remark = (
            "It has no modules.json, so the mean of its tokens' vectors is taken; a model that was "
            "not trained for that finds little."
        )
    return FolderFacts(
        licence=_licence(folder),
        dimension=output_dimension(folder),
        tokens=longest_input(folder),
        size=sum(_size(file) for _, module in module_folders(folder) for file in module.glob("*")),
        query_prompt=prompt_of_folder(folder, "query", source),
        passage_prompt=prompt_of_folder(folder, "passage", source),
        remark=remark,
    )


def fault_of(folder: Path) -> str:
    """Return why a folder holds no usable embedding model, as a sentence; "" where it may.

    Whether it loads is another question.
    """
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        return _no_model(folder)
    kind = _kind(folder)
    if kind:
        return f"{folder} holds {kind}."
    modules = read_json(folder / "modules.json")
    types = [str(row.get("type", "")) for row in modules or () if isinstance(row, dict)]
    if foreign := [name for name in types if not name.startswith(_OUR_MODULES)]:
        return f"{folder} needs code of its own ({foreign[0]}), which askdocs does not run."
    transformers = [path for name, path in module_folders(folder) if name == "Transformer"]
    return _incomplete(folder, transformers)


def _no_model(folder: Path) -> str:
    inside = sorted(path.parent for path in folder.glob("*/modules.json"))
    inside += sorted(path.parent for path in folder.glob("snapshots/*/*.json"))
    if inside:
        return f"{folder} holds no model itself, but {inside[0]} does. Give that folder."
    if (folder / "adapter_config.json").is_file():
        return f"{folder} holds an adapter, a part of a model. Merge it into the model first."
    if next(folder.glob("*.gguf"), None):
        return f"{folder} holds a model in the GGUF format. Get it in the form of safetensors."
    return f"{folder} holds no model: there is neither a modules.json nor a config.json in it."


def _kind(folder: Path) -> str:
    """Return what a folder holds that is no embedder; "" where it may hold one."""
    declared = read_json(folder / "config_sentence_transformers.json")
    kind = declared.get("model_type") if isinstance(declared, dict) else None
    if kind in _OTHER_KINDS:
        return _OTHER_KINDS[kind]
    if (folder / "modules.json").is_file():
        return ""  # Whatever the transformer was once, this is a pipeline for vectors.
    config = read_json(folder / "config.json")
    names = config.get("architectures") if isinstance(config, dict) else None
    for name in names if isinstance(names, list) else ():
        for ending, task in _OTHER_TASKS.items():
            if str(name).endswith(ending):
                return f"{task} ({name})"
    return ""


def _incomplete(folder: Path, transformers: list[Path]) -> str:
    """Return what is missing of a model."""
    for file in folder.rglob("*.safetensors"):
        with file.open("rb") as stream:
            if stream.read(len(_LFS_POINTER)) == _LFS_POINTER:
                return f"{file} is a pointer of git-lfs. Run `git lfs pull` there."
    for transformer in transformers:
        if not has_tokenizer(transformer):
            return f"{folder} has no tokenizer; its tokenizer.json is missing."
    if not is_whole(folder):
        return (
            f"{folder} has not all of a model's files: weights (model.safetensors) or the settings "
            "of a module are missing."
        )
    return ""


def _licence(folder: Path) -> str:
    """Return the licence that the front matter of a model card names."""
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as card:
            front_matter = card.read(_FRONT_MATTER_CHARACTERS).partition("\n---")[0]
    except OSError:
        return ""
    match = _LICENCE.search(front_matter)
    return match[1] if match else ""


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:
        return 0
