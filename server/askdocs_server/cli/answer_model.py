"""`askdocs model … --llm`: which models can write answers, and which one is to."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askdocs_indexer.errors import EmbedderError
from askdocs_server.cli.errors import OK
from askdocs_server.cli.model_list import size_text
from askdocs_server.cli.output import Output, note
from askdocs_server.errors import CommandError, GenerationError, UsageError
from askdocs_server.settings import loader
from askdocs_server.settings.model import LlmSettings

if TYPE_CHECKING:
    from askdocs_server.generation.vllm_generator import LocalModel

KEY = "llm.model"
_OWN = ("auto", "bundled")
_AUTO = "Llama-3.1-8B-Instruct with a CUDA GPU; without one none, and the passages answer"
_BUNDLED_GIB = 1.7

Row = dict[str, Any]


def list_answer_models(llm: LlmSettings, options: argparse.Namespace, output: Output) -> int:
    """Print the models, and how much memory each takes on this machine's CPU."""
    from askdocs_server.generation.hub import cached_folder
    from askdocs_server.generation.models import BUNDLED
    from askdocs_server.generation.proposals import PROPOSALS, free_memory_gib

    free = free_memory_gib()
    rows: list[Row] = [
        _row("auto", _AUTO, None, True, free),
        _row("bundled", f"{BUNDLED.name}, Apache-2.0, for trying out", _BUNDLED_GIB, True, free),
    ]
    for each in PROPOSALS:
        is_here = cached_folder(each.model) is not None
        rows.append(_row(each.model, each.licence, each.memory_gib, is_here, free))
    if llm.model not in [row["model"] for row in rows]:
        rows.insert(0, _row(llm.model, "set by you", None, True, free))
    for row in rows:
        row["in_use"] = row["model"] == llm.model
    if options.json:
        output.json({"models": rows, "setting": llm.model, "remark": _remark(llm)})
        return OK
    for row in rows:
        output.line(_listed(row))
    if remark := _remark(llm):
        output.line(remark)
    output.line(
        "`askdocs model use --llm MODEL` chooses one, also another of the hub, or a folder."
    )
    return OK


async def use_answer_model(options: argparse.Namespace, file: Path, output: Output) -> int:
    """Have a model write the answers, after a look whether it can be had."""
    from askdocs_server.settings.writing import write_setting

    row = await asyncio.to_thread(_examined, options.model)
    await asyncio.to_thread(write_setting, file, KEY, options.model)
    llm = loader.load_settings(options.root)[0].llm
    if llm.model != options.model:
        note(f"warning: A file of this project sets {KEY} to {llm.model}, which wins here.")
    row |= {"file": str(file), "remark": _remark(llm)}
    if options.json:
        output.json(row)
        return OK
    output.line(f"{KEY} is now {row['model']}, in {row['file']}.")
    output.line(row["remark"] or row["what_follows"])
    return OK


def _row(model: str, about: str, memory: float | None, is_here: bool, free: float) -> Row:
    from askdocs_server.generation.proposals import fits

    return {
        "model": model,
        "about": about,
        "memory_gib": memory,
        "fits": None if memory is None else fits(memory, free),
        "is_here": is_here,
    }


def _listed(row: Row) -> str:
    parts = [row["about"]]
    if row["memory_gib"]:
        parts.append(f"{row['memory_gib']:g} GiB of memory")
    parts += ["too much for what is free now"] if row["fits"] is False else []
    parts += [] if row["is_here"] else ["must be downloaded"]
    mark = "*" if row["in_use"] else " "
    return f"{mark} {row['model']}: {', '.join(parts)}"


def _remark(llm: LlmSettings) -> str:
    """Return why a local model does not write even if one is set; "" where it does."""
    if llm.mode == "off":
        return "llm.mode is off, so no model writes. Set it to auto."
    if llm.mode == "endpoint" or (llm.endpoint and llm.mode == "auto"):
        where = llm.endpoint or "an endpoint"
        return f"Answers are written at {where}; {KEY} is a model's name there."
    return ""


def _examined(name: str) -> Row:
    """Look at a model. Raises UsageError where there is none, CommandError where it is not had."""
    from askdocs_server.generation.models import BUNDLED
    from askdocs_server.generation.proposals import fits, free_memory_gib
    from askdocs_server.generation.vllm_generator import named_model

    if name in _OWN:
        follows = "The answers after this are written so."
        return {"model": name, "licence": "", "download": 0, "what_follows": follows}
    if name == BUNDLED.name:
        raise UsageError(f"The bundled {BUNDLED.name} is called `bundled` here.")
    try:
        model = named_model(name, None)
    except GenerationError as error:
        raise UsageError(str(error)) from None
    licence, size = _asked(model)
    needed = model.profile.weights_gib + _OVERHEAD_GIB
    if model.profile.weights_gib and not fits(needed, free := free_memory_gib()):
        note(f"warning: {name} takes about {needed:.1f} GiB of memory, and {free:.1f} are free.")
    download = f", after a download of {size_text(size)}" if size else ""
    follows = f"vLLM starts it with the next question{download}. `askdocs doctor --deep` tries it."
    return {"model": name, "licence": licence, "download": size, "what_follows": follows}


# What vLLM takes on a CPU beside the weights, with its cache of what it has read.
_OVERHEAD_GIB = 3.0


def _asked(model: LocalModel) -> tuple[str, int]:
    """Return the licence of a model that is to be downloaded, and how much that is (bytes)."""
    from askdocs_indexer.embedding.hub import ask_hub
    from askdocs_server.generation.hub import cached_folder

    if model.is_folder or cached_folder(model.source) is not None:
        return "", 0
    try:
        answer = ask_hub(model.source)
    except EmbedderError as error:
        raise CommandError(str(error)) from None
    return answer.licence, answer.size
