"""`askdocs ask`: a cited answer, streamed as it is written."""

from __future__ import annotations

import argparse
import dataclasses
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from askdocs_server.cli.batch import Row, answer_lines, open_batch, text_field
from askdocs_server.cli.command import Command, add_batch, add_json, printing
from askdocs_server.cli.errors import OK, CommandError
from askdocs_server.cli.output import Output, note, waiting
from askdocs_server.cli.search import only_one
from askdocs_server.cli.session import Session, opened, prepare, settings_of, without_model

if TYPE_CHECKING:
    from askdocs_server.ask import Answer
    from askdocs_server.passages import Citation

# The bundled model's first start converts it, and a slow disk doubles that.
_MODEL_SECONDS = 300.0
_NO_ANSWER: Row = {"answer": "", "citations": [], "abstained": True, "model": None, "timings": None}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="in your own words")
    parser.add_argument(
        "--no-model", action="store_true", help="answer with the passages themselves, at once"
    )
    add_json(parser)
    add_batch(parser, '{"question": "…"}')


async def _run(options: argparse.Namespace, output: Output) -> int:
    only_one(options.question, options.batch, "QUESTION")
    lines = open_batch(options.batch) if options.batch else None
    settings = settings_of(options)
    if options.no_model:
        settings = without_model(settings)
    async with opened(options, settings) as session:
        session.host.generator.ensure_started()
        await prepare(session)
        await _wait_for_model(session)
        if lines is not None:

            async def answer(row: Row) -> Row:
                return _object(await _ask(session, text_field(row, "question")))

            return await answer_lines(lines, output, answer, _NO_ANSWER)
        if options.json:
            output.json(_object(await _ask(session, options.question)))
            return OK
        _print_citations(await _ask(session, options.question, output), output)
    return OK


async def _wait_for_model(session: Session) -> None:
    """Wait for the model; where none comes, say why the answer will be passages."""
    generator = session.host.generator
    if generator.status.state == "off":
        return
    with waiting("Starting the model"):
        ready = await generator.ready(_MODEL_SECONDS)
    if not ready:
        reason = generator.status.detail or "The model took too long to start."
        note(f"{reason} Answering with passages.")


async def _ask(session: Session, question: str, shown: Output | None = None) -> Answer:
    """Return the answer; write its text to `shown` as it comes."""
    from askdocs_server.ask import Answer, AskRequest, Text

    async with aclosing(session.workspace.ask(AskRequest(question))) as events:
        async for event in events:
            if isinstance(event, Text) and shown is not None:
                shown.write(event.text)
            elif isinstance(event, Answer):
                return event
    raise CommandError("The answer broke off. Ask again, or add --no-model.")


def _print_citations(answer: Answer, output: Output) -> None:
    output.line("\n")
    for citation in answer.citations:
        place = output.strong(f"{citation.path}:{citation.start_line}")
        output.line(f"[{citation.number}] {place}  {citation.title}")


def _object(answer: Answer) -> Row:
    return {
        "answer": answer.answer,
        "citations": [_citation(one) for one in answer.citations],
        "abstained": answer.abstained,
        "model": answer.model,
        "timings": {
            name: None if value is None else round(value, 1)
            for name, value in dataclasses.asdict(answer.timings).items()
        },
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "path": citation.path,
        "start_line": citation.start_line,
        "end_line": citation.end_line,
        "title": citation.title,
        "excerpt": citation.excerpt,
        "score": round(citation.score, 4),
        "verified": citation.verified,
    }


COMMAND = Command("ask", "get a cited answer to a question", _add_arguments, printing(_run))
