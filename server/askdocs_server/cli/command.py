"""What the entry point knows of a command, and what most commands have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TypeVar

from askdocs_server.cli.output import Output, reserved_stdout

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `run` gets the parsed arguments and returns the exit code."""

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def printing(
    run: Callable[[argparse.Namespace, Output], Coroutine[None, None, int]],
) -> Callable[[argparse.Namespace], int]:
    """Wrap a command that prints data: it gets an event loop, and stdout for itself.

    With `--json`, an error is printed as an object as well, for the program that reads stdout.
    """

    async def interruptible(options: argparse.Namespace, output: Output) -> int:
        import asyncio

        from askdocs_server.ipc.signals import on_termination

        # SIGTERM ends a command in the same orderly way as Ctrl-C does.
        task = asyncio.current_task()
        assert task is not None
        on_termination(lambda _: task.cancel(), interrupts=False)
        try:
            return await run(options, output)
        except BrokenPipeError:
            raise
        except Exception as error:
            from askdocs_server.cli.errors import error_object  # Late: few commands fail.

            if getattr(options, "json", False):
                output.json(error_object(error))
            raise

    def wrapped(options: argparse.Namespace) -> int:
        with reserved_stdout() as output:
            return run_interruptibly(interruptible(options, output))

    return wrapped


def run_interruptibly(coroutine: Coroutine[None, None, Value]) -> Value:
    """Run a coroutine as `asyncio.run` does, and let Ctrl-C end it without further waiting.

    Raises KeyboardInterrupt where it is cancelled. asyncio would wait for the threads that still
    work for it, which may load a model for a minute; the process must end then.
    """
    import asyncio  # Late: `askdocs lsp` does not need it.

    runner = asyncio.Runner()
    try:
        result = runner.run(coroutine)
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except Exception:
        runner.close()
        raise
    runner.close()
    return result


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on the last line of stdout"
    )


def add_batch(parser: argparse.ArgumentParser, row: str) -> None:
    """Add `--batch`, for lines like `row`."""
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help=f"answer the JSON lines of FILE (- is stdin), one JSON line each: {row}",
    )
