"""`askdocs model`: which models there are, and which one is used; without --llm, for embedding.

An embedding model is tried out before it is chosen: it must load and give vectors.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from askdocs_indexer.errors import IndexerError
from askdocs_server.cli import answer_model
from askdocs_server.cli.answer_model import list_answer_models, use_answer_model
from askdocs_server.cli.command import Command, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.model_list import list_models, size_text
from askdocs_server.cli.output import Output, duration, note, rate, report_sentence
from askdocs_server.cli.progress import progress, waiting
from askdocs_server.cli.session import add_daemon, opened
from askdocs_server.errors import CommandError, UsageError
from askdocs_server.host.project import Project
from askdocs_server.settings import loader
from askdocs_server.settings.model import Settings

if TYPE_CHECKING:
    from askdocs_indexer.embedding.choice import Choice
    from askdocs_indexer.embedding.offers import Trial

_KEY = "embedding.model"
# An index takes about so much for each passage, and so much for each component of its vector.
_PASSAGE_BYTES, _COMPONENT_BYTES = 8_000, 8
# How long the sessions of a daemon may take to follow a changed file of settings.
_FOLLOW_SECONDS = 30.0
_POLL_SECONDS = 0.25

Row = dict[str, Any]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "use"), help="list the models, or use one")
    parser.add_argument(
        "model",
        nargs="?",
        metavar="MODEL",
        help="of use: a name from the list, an id of the Hugging Face hub, a folder, or auto",
    )
    parser.add_argument(
        "--llm",
        nargs="?",
        const="",
        metavar="MODEL",
        help="list or use models that write answers, instead of embedding models",
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="of list: load each model that is here and measure its speed for two seconds",
    )
    parser.add_argument(
        "--now",
        action="store_true",
        help="of use: embed this project with the model at once, and wait for it",
    )
    parser.add_argument(
        "--project",
        action="store_true",
        help="of use: for this project alone, in its askdocs.toml; only where you trust it",
    )
    add_json(parser)
    add_daemon(parser)


async def _run(options: argparse.Namespace, output: Output) -> int:
    settings, warnings = loader.load_settings(options.root, overrides=dict(options.set))
    for warning in warnings:
        note(f"warning: {warning}")
    is_for_answers = options.llm is not None
    options.model = options.llm or options.model
    if options.action == "list":
        if options.model is not None:
            raise UsageError(f"`list` takes no model; `askdocs model use {options.model}` uses it.")
        if is_for_answers:
            return list_answer_models(settings.llm, options, output)
        return await list_models(options, settings, output)
    if options.model is None:
        raise UsageError("Name a model: `askdocs model use MODEL`. `askdocs model list` has them.")
    if is_for_answers:
        return await use_answer_model(options, _file(options, answer_model.KEY), output)
    return await _use(options, settings, output)


async def _use(options: argparse.Namespace, settings: Settings, output: Output) -> int:
    from askdocs_server.settings.writing import write_setting

    options.set = [(key, value) for key, value in options.set if key != _KEY]
    file = _file(options, _KEY)
    choice = await asyncio.to_thread(_choice, options.model)
    row = await _tried_out(choice, settings.embedding.device)
    row |= await asyncio.to_thread(_outlook, options.root, row)
    row |= {"file": str(file), "changed": settings.embedding.model != choice.setting}
    row["is_other"] = await asyncio.to_thread(_is_other, settings.embedding.model, choice)
    await asyncio.to_thread(write_setting, file, _KEY, choice.setting)
    _check_it_counts(options, choice)
    if not options.json:
        _print(row, output)
    row["report"] = await _embed(options, choice) if options.now else None
    if options.json:
        output.json(row)
    elif options.now:
        output.line(report_sentence(row["report"]))
    return OK


def _file(options: argparse.Namespace, key: str) -> Path:
    """Return the file to write to. Raises UsageError where the setting would not count there."""
    if not options.project:
        return loader.user_config_file()
    if loader.is_trusted(options.root):
        return Path(options.root) / loader.WORKSPACE_FILE
    raise UsageError(
        f"A project may not set {key} by itself. To allow it, add "
        f'{loader.TRUST_KEY} = ["{options.root}"] to {loader.user_config_file()}.'
    )


def _choice(name: str) -> Choice:
    from askdocs_indexer.embedding.choice import choose
    from askdocs_indexer.errors import EmbedderError

    try:
        return choose(name)
    except EmbedderError as error:
        raise UsageError(str(error)) from None


def _is_other(setting: str, choice: Choice) -> bool:
    """Return whether a choice is another model than that of the setting of before."""
    from askdocs_indexer.embedding.choice import choose
    from askdocs_indexer.errors import EmbedderError

    try:
        return choose(setting).source != choice.source
    except EmbedderError:
        return True


async def _tried_out(choice: Choice, device: str) -> Row:
    """Try the model out; returns what is to be said of it. Raises EmbedderError, CommandError."""
    from askdocs_indexer.embedding.offers import try_out
    from askdocs_indexer.embedding.speed import Speeds

    licence, doing = "", f"Loading {choice.name}"
    if choice.folder is None:
        licence, size = await asyncio.to_thread(_asked, choice)
        doing = f"Downloading {choice.name} ({size_text(size)}, {licence or 'licence unknown'})"
    with waiting(doing):
        trial = await asyncio.to_thread(try_out, choice, device, Speeds())
    return _row(choice, trial, licence)


def _asked(choice: Choice) -> tuple[str, int]:
    """Return the licence and the size of a model that is to be downloaded."""
    from askdocs_indexer.embedding.choice import meant
    from askdocs_indexer.embedding.hub import ask_hub, cache_folder
    from askdocs_indexer.errors import EmbedderError

    try:
        answer = ask_hub(choice.source)
    except EmbedderError as error:
        raise EmbedderError(f"{error}{'' if choice.known else meant(choice.source)}") from None
    _ensure_room(cache_folder(), answer.size, f"The files of {choice.name} have")
    return answer.licence, answer.size


def _row(choice: Choice, trial: Trial, licence: str) -> Row:
    known, facts = choice.known, trial.facts
    return {
        "model": choice.name,
        "setting": choice.setting,
        "licence": (known and known.licence) or (facts and facts.licence) or licence,
        "languages": known.languages if known else "",
        "dimension": trial.dimension,
        "tokens": facts.tokens if facts else None,
        "query_prompt": facts.query_prompt if facts else "",
        "passage_prompt": facts.passage_prompt if facts else "",
        "remark": facts.remark if facts else "",
        "identity": trial.identity,
        "device": trial.device,
        "speed": round(trial.speed, 3),
    }


def _outlook(root: Path, row: Row) -> Row:
    """Return how many passages are to be embedded, and how long that takes. Raises CommandError."""
    from askdocs_indexer.embedding.vector_cache import cached_hashes
    from askdocs_indexer.paths import index_folder
    from askdocs_indexer.record import read_record

    folder = index_folder(root)
    record = read_record(folder)
    if record is None:
        return {"passages": None, "cached": 0, "seconds": None}
    size = record.chunks * (_PASSAGE_BYTES + _COMPONENT_BYTES * row["dimension"])
    _ensure_room(folder, size, "The new index, which is made beside the old one, takes about")
    cached = min(len(cached_hashes(folder / "vectors.sqlite", row["identity"])), record.chunks)
    seconds = round((record.chunks - cached) / row["speed"], 1) if row["speed"] else None
    return {"passages": record.chunks, "cached": cached, "seconds": seconds}


def _ensure_room(folder: Path, size: int, what: str) -> None:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < size:
        raise CommandError(
            f"{what} {size_text(size)}, and {existing} has only {size_text(free)} left. Free some "
            "space, or choose a smaller model."
        )


def _check_it_counts(options: argparse.Namespace, choice: Choice) -> None:
    """Say where another source of settings wins. Raises CommandError where that is in the way."""
    model = loader.load_settings(options.root)[0].embedding.model
    if model != choice.setting:
        text = f"A file of this project sets {_KEY} to {model}, which wins here."
        if options.now:
            raise CommandError(f"{text} Change it there, or use the model with --project.")
        note(f"warning: {text}")


def _print(row: Row, output: Output) -> None:
    about = [
        row["licence"] or "licence unknown",
        row["languages"],
        f"{row['dimension']} dimensions",
    ]
    if row["tokens"]:
        about.append(f"reads {row['tokens']:,} tokens")
    about.append(f"{rate(row['speed'])} on {row['device']}")
    output.line(f"{output.strong(row['model'])}: {', '.join(filter(None, about))}")
    for role in ("query", "passage"):
        if prompt := row[f"{role}_prompt"]:
            output.line(f"  before each {role}: {prompt!r}")
    if row["remark"]:
        output.line(f"  {row['remark']}")
    if not row["changed"]:
        output.line(f"{_KEY} is {row['setting']} already.")
        return
    output.line(f"{_KEY} is now {row['setting']}, in {row['file']}.")
    output.line(_what_follows(row))


def _what_follows(row: Row) -> str:
    if not row["is_other"]:
        return "That is the model of before, so nothing is embedded anew."
    if row["passages"] is None:
        return "This project has no index yet; `askdocs index` makes it with this model."
    again = "are embedded anew"
    if row["cached"]:
        again += f", but for about {row['cached']:,} whose vectors are still known"
    return (
        f"The {row['passages']:,} passages of this project {again}: at once where an editor is "
        "open, else with the next command, such as `askdocs index`. That takes about "
        f"{duration(row['seconds'])}; meanwhile the old index answers, by words and symbols."
    )


async def _embed(options: argparse.Namespace, choice: Choice) -> Row:
    """Bring the index in step with the disk, by the new model; returns what that took."""
    async with opened(options) as project:
        await _follow(project, choice)
        with progress() as report:
            return await project.sync(report)


async def _follow(project: Project, choice: Choice) -> None:
    """Wait until sessions that have the project open use the new model. Raises CommandError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _FOLLOW_SECONDS
    while (model := await _model_in_use(project, choice)) != choice.name:
        if loop.time() > deadline:
            raise CommandError(
                f"An editor has this project open with another model, {model}. Change or remove "
                f"its own setting askdocs.{_KEY}; it wins over {loader.user_config_file()}."
            )
        await asyncio.sleep(_POLL_SECONDS)


async def _model_in_use(project: Project, choice: Choice) -> str:
    """Return the model of the open index; "" while it is opened anew."""
    try:
        status = await project.status()
    except IndexerError:
        return ""
    return str(status.get("model", choice.name))  # An older daemon does not tell.


COMMAND = Command(
    "model", "list the models that embed or write, or choose one", _add_arguments, printing(_run)
)
