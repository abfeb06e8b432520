"""`askdocs ask`: a cited answer, streamed as it is written."""

from __future__ import annotations

import argparse
from contextlib import ExitStack, aclosing

from askdocs_server.cli.batch import Row, answer_lines, open_batch, text_field
from askdocs_server.cli.command import Command, add_batch, add_json, printing
from askdocs_server.cli.errors import OK
from askdocs_server.cli.output import Output, note
from askdocs_server.cli.progress import waiting
from askdocs_server.cli.search import excerpt, require_either
from askdocs_server.cli.session import NO_MODEL, add_daemon, opened, prepare
from askdocs_server.errors import CommandError
from askdocs_server.host.project import Project

# The bundled model's first start converts it, and a slow disk doubles that.
_MODEL_SECONDS = 300.0
_STARTING = "The model is starting, its text follows"
_WRITING = "The model reads the passages, its text follows"
_INSTEAD = "The model's answer, instead of these quotes:"
_BROKE_OFF = "The answer broke off. Ask again, or add --no-model."
# Quoted words of more characters are shortened in the list of citations.
_QUOTED = 160
_NO_ANSWER: Row = {"answer": "", "citations": [], "abstained": True, "model": None, "timings": None}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="in your own words")
    parser.add_argument(
        "--no-model", action="store_true", help="answer with the passages themselves, at once"
    )
    add_json(parser)
    add_daemon(parser)
    add_batch(parser, '{"question": "…"}')


async def _run(options: argparse.Namespace, output: Output) -> int:
    require_either(options.question, options.batch, "QUESTION")
    lines = open_batch(options.batch) if options.batch else None
    overrides = NO_MODEL if options.no_model else None
    async with opened(options, overrides, searches=True) as project:
        is_starting = await project.start_model()
        await prepare(project)
        if lines is None and not options.json:
            _print_citations(await _show(project, options.question, output), output)
            return OK
        if is_starting:
            await _wait_for_model(project)
        if lines is not None:

            async def answer(row: Row) -> Row:
                return await _ask(project, text_field(row, "question"))

            return await answer_lines(lines, output, answer, _NO_ANSWER)
        output.json(await _ask(project, options.question))
    return OK


async def _show(project: Project, question: str, output: Output) -> Row:
    """Write the answer as it comes, and return it: the docs' own words first, then the model's."""
    has_waited = False
    with ExitStack() as shown_meanwhile:
        async with aclosing(project.ask(question, _MODEL_SECONDS)) as parts:
            async for part in parts:
                shown_meanwhile.close()
                if "answer" in part:
                    break
                if part.get("waiting"):
                    has_waited = True
                    output.line()
                    doing = _WRITING if part.get("is_ready") else _STARTING
                    shown_meanwhile.enter_context(waiting(doing))
                elif part.get("reset"):
                    gap = "\n" if has_waited else "\n\n"
                    output.write(f"{gap}{output.faint(_INSTEAD)}\n\n")
                output.write(part["text"])
            else:
                raise CommandError(_BROKE_OFF)
    answer: Row = part["answer"]
    if has_waited and answer["model"] is None and (why := await project.wait_for_model(0)):
        output.line()
        note(f"{why} This is what the passages say.")
    return answer


async def _wait_for_model(project: Project) -> None:
    """Wait for the model; if it does not start, say why the answer will be passages."""
    with waiting("Starting the model"):
        problem = await project.wait_for_model(_MODEL_SECONDS)
    if problem:
        note(f"{problem} Answering with passages.")


async def _ask(project: Project, question: str) -> Row:
    """Return the whole answer."""
    async with aclosing(project.ask(question)) as parts:
        async for part in parts:
            if "answer" in part:
                return dict(part["answer"])
    raise CommandError(_BROKE_OFF)


def _print_citations(answer: Row, output: Output) -> None:
    output.line("\n")
    for citation in answer["citations"]:
        location = output.strong(f"{citation['path']}:{citation['start_line']}")
        output.line(f"[{citation['number']}] {location}  {citation['breadcrumb']}")
        for quote in citation["quotes"]:
            output.line(f"    “{excerpt(quote['text'], _QUOTED)}”")


COMMAND = Command("ask", "get a cited answer to a question", _add_arguments, printing(_run))
