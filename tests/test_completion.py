"""What a model writes to a prompt, and to a shorter one where that was too long."""

from __future__ import annotations

import pytest
from tests.fakes import LARGE, FakeGenerator, make_hit

from askdocs_server.answers.completion import write_sentences
from askdocs_server.answers.passages import cite
from askdocs_server.answers.prompt import build_prompt
from askdocs_server.errors import PromptTooLongError

TOO_LONG = PromptTooLongError("too long", 400)


async def test_a_prompt_is_cut_once_where_it_is_too_long() -> None:
    prompt = await build_prompt("Why?", cite([make_hit("word " * 6000)]), LARGE, 100)
    generator = FakeGenerator(failure=TOO_LONG)
    with pytest.raises(PromptTooLongError):
        _ = [sentence async for sentence in write_sentences(generator, prompt.messages, 100)]
    first, second = (sum(len(m.content) for m in asked) for asked in generator.prompts)
    assert second < LARGE.context_tokens < first
    assert generator.closed_streams == 2


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    prompt = await build_prompt("Why?", cite([make_hit("text")]), LARGE, 100)
    generator = FakeGenerator(["One. ", "Two"], failure=TOO_LONG)
    sentences: list[str] = []

    async def write() -> None:
        async for sentence in write_sentences(generator, prompt.messages, 100):
            sentences.append(sentence)

    with pytest.raises(PromptTooLongError):
        await write()
    assert sentences == ["One. "]
    assert len(generator.prompts) == 1


@pytest.mark.parametrize(
    ("end", "shown"), [("Two.", ["One. ", "Two."]), ("Two", ["One. "])], ids=["whole", "cut off"]
)
async def test_a_sentence_that_was_cut_off_may_be_left_out(end: str, shown: list[str]) -> None:
    written = write_sentences(FakeGenerator(["One. ", end]), [], 100, whole=True)
    assert [sentence async for sentence in written] == shown
