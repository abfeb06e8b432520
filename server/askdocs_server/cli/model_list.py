"""`askdocs model list`: the embedding models to choose from, as rows and as text."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, duration, note, rate
from askdocs_server.cli.progress import waiting

if TYPE_CHECKING:
    from askdocs_indexer.embedding.choice import Choice
    from askdocs_server.settings.model import Settings

_ABOUT = "docs/embedders.md says where the figures are from, and how to choose."

Row = dict[str, Any]


async def list_models(options: argparse.Namespace, settings: Settings, output: Output) -> int:
    """Print the models."""
    from askdocs_indexer.embedding.hub import unreachable
    from askdocs_indexer.paths import index_folder
    from askdocs_indexer.record import read_record

    setting, device = settings.embedding.model, settings.embedding.device
    choices, used, fault = await asyncio.to_thread(_choices, setting)
    if options.measure:
        await _measure(choices, device)
    record = await asyncio.to_thread(read_record, index_folder(options.root))
    passages = record.chunks if record is not None else None
    rows = await asyncio.to_thread(_rows, choices, used, device, passages)
    is_any_missing = any(choice.folder is None for choice in choices)
    hub = await asyncio.to_thread(unreachable) if is_any_missing else ""
    listing = {"models": rows, "setting": setting, "fault": fault, "hub": hub, "passages": passages}
    if options.json:
        output.json(listing)
    else:
        _print(listing, output)
    return OK


def _choices(setting: str) -> tuple[list[Choice], Choice | None, str]:
    """Return the models to list, the one in use among them, and what is wrong with that."""
    from askdocs_indexer.embedding.choice import catalogue_choices, choose
    from askdocs_indexer.errors import EmbedderError

    choices = catalogue_choices()
    try:
        used = choose(setting)
    except EmbedderError as error:
        return choices, None, str(error)
    listed = next((choice for choice in choices if choice.source == used.source), None)
    return (choices, listed, "") if listed else ([used, *choices], used, "")


async def _measure(choices: Sequence[Choice], device: str) -> None:
    """Measure the speed of the models that are here."""
    from askdocs_indexer.embedding.offers import try_out
    from askdocs_indexer.embedding.speed import Speeds
    from askdocs_indexer.errors import EmbedderError

    for choice in choices:
        if choice.folder is not None:
            with waiting(f"Measuring {choice.name}"):
                try:
                    await asyncio.to_thread(try_out, choice, device, Speeds())
                except EmbedderError as error:
                    note(f"warning: {error}")


def _rows(
    choices: Sequence[Choice], used: Choice | None, device: str, passages: int | None
) -> list[Row]:
    from dataclasses import asdict

    from askdocs_indexer.embedding.offers import offer_of
    from askdocs_indexer.embedding.speed import Speeds

    speeds = Speeds()
    rows = []
    for choice in choices:
        offer = offer_of(choice, device, speeds)
        row: Row = {"model": choice.name, "setting": choice.setting, "where": choice.where}
        row |= asdict(offer) | {"in_use": choice is used, "seconds": None}
        if offer.speed is not None:
            row["speed"] = round(offer.speed, 3)
            row["seconds"] = round(passages / offer.speed, 1) if passages is not None else None
        rows.append(row)
    return rows


def _print(listing: Row, output: Output) -> None:
    rows = listing["models"]
    if listing["fault"]:
        output.line(f"embedding.model is {listing['setting']}. {listing['fault']}\n")
    for row in rows:
        mark = "*" if row["in_use"] else " "
        output.line(f"{mark} {output.strong(row['model'])}: {_where(row, listing['hub'])}")
        output.line(f"    {' · '.join(_properties(row))}")
        output.line(f"    {' · '.join((*_quality(row), _speed(row, listing['passages'])))}")
    output.line()
    if listing["hub"]:
        output.line(listing["hub"])
    if all(row["speed_is"] == "unknown" for row in rows):
        output.line(
            "`askdocs model list --measure` measures the speed of the models that are here."
        )
    output.line(f"`askdocs model use MODEL` uses another model. {_ABOUT}")


def _where(row: Row, hub: str) -> str:
    if row["where"] == "hub":
        where = "hub not reachable" if hub else "must be downloaded"
    else:
        where = f"in {row['setting']}" if row["where"] == "folder" else row["where"]
    return f"{where}, in use" if row["in_use"] else str(where)


def _properties(row: Row) -> Iterator[str]:
    yield row["languages"] or "languages unknown"
    if row["dimension"]:
        yield f"{row['dimension']} dimensions"
    if row["tokens"]:
        yield f"reads {row['tokens']:,} tokens"
    if row["size"]:
        yield size_text(row["size"])
    yield row["licence"] or "licence unknown"


def _quality(row: Row) -> Iterator[str]:
    if row["english"]:
        yield f"MTEB retrieval in English {row['english']:g}"
    if row["multilingual"]:
        yield f"multilingual MTEB retrieval {row['multilingual']:g}"


def _speed(row: Row, passages: int | None) -> str:
    if row["speed"] is None:
        return "speed unknown"
    about = "about " if row["speed_is"] == "estimated" else ""
    speed = f"{about}{rate(row['speed'])} ({row['speed_is']})"
    if passages is None:
        return speed
    return f"{speed}, {about}{duration(row['seconds'])} for the {passages:,} passages here"


def size_text(size: int) -> str:
    """Return a number of bytes in words."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size / 1e6, 1):.0f} MB"
