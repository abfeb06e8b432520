"""`--batch`: one line out for each line in, whatever is in it."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askdocs_indexer.errors import StoreError
from askdocs_server.cli.batch import Row, answer_lines, count_field, text_field
from askdocs_server.cli.output import Output
from askdocs_server.errors import RowError

EMPTY: Row = {"hits": []}


async def run(data: bytes, answer: Callable[[Row], Row]) -> tuple[int, list[dict[str, Any]]]:
    async def answering(row: Row) -> Row:
        return answer(row)

    out = io.StringIO()
    code = await answer_lines(io.BytesIO(data), Output(out), answering, EMPTY)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


async def test_answers_come_in_order() -> None:
    data = b"".join(b'{"query": "%d"}\n' % number for number in range(20))
    code, answers = await run(data, lambda row: {"hits": [text_field(row, "query")]})
    assert code == 0
    assert answers == [{"hits": [str(number)]} for number in range(20)]


async def test_blank_lines_and_a_missing_line_end_are_fine() -> None:
    data = b'\n{"query": "a"}\r\n  \n{"query": "b"}'
    code, answers = await run(data, lambda row: {"hits": [text_field(row, "query")]})
    assert (code, [one["hits"] for one in answers]) == (0, [["a"], ["b"]])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{}", '"query" must be a string, not null'),
        (b'{"query": 3}', '"query" must be a string, not 3'),
        (b'{"query": " "}', '"query" is empty'),
        (b'{"query": "fail"}', "the store is away"),
    ],
)
async def test_a_bad_line_does_not_spoil_the_others(
    line: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(row: Row) -> Row:
        if text_field(row, "query") == "fail":
            raise StoreError("the store is away")
        return {"hits": ["good"]}

    good = b'{"query": "x"}\n'
    code, answers = await run(good + line + b"\n" + good, answer)
    assert code == 1
    assert answers[0] == answers[2] == {"hits": ["good"]}
    assert answers[1]["hits"] == []
    assert words in answers[1]["error"]
    assert "line 2: " in capsys.readouterr().err


@pytest.mark.parametrize("value", [None, True, 1.0, "1", -1])
def test_counts_are_checked(value: object) -> None:
    with pytest.raises(RowError, match='"line"'):
        count_field({"line": value}, "line")


async def test_each_answer_is_there_before_the_next_question(tmp_path: Path) -> None:
    """A program may ask, read the answer, and then ask again."""
    asked, ask = os.pipe()
    answered, out = os.pipe()

    async def answer(row: Row) -> Row:
        return row

    with (
        os.fdopen(out, "w") as stream,
        os.fdopen(ask, "wb", buffering=0) as writer,
        os.fdopen(answered, "rb") as reader,
    ):
        lines = os.fdopen(asked, "rb")
        task = asyncio.create_task(answer_lines(lines, Output(stream), answer, EMPTY))
        for number in range(3):
            writer.write(json.dumps({"n": number}).encode() + b"\n")
            line = await asyncio.wait_for(asyncio.to_thread(reader.readline), 10)
            assert json.loads(line) == {"n": number}
        writer.close()
        assert await asyncio.wait_for(task, 10) == 0
