"""What servers' refusals mean. The messages are the servers' own, shortened."""

from __future__ import annotations

import pytest

from askdocs_server.errors import (
    ModelLoadingError,
    PromptTooLongError,
    RequestFailedError,
)
from askdocs_server.generation.refusals import broken_off, refusal, refused_fields

TOO_LONG = {
    "llama.cpp": "request (5030 tokens) exceeds the available context size (2048 tokens)",
    "vLLM": "This model's maximum context length is 4096 tokens. However, you requested 5000",
    "TGI": "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000",
    "TGI with answer": "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000",
    "SGLang": "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
    "LM Studio": "Trying to keep the first 9000 tokens when context the overflows. However, the "
    "model is loaded with context length of only 4096 tokens, which is not enough.",
}
FIELDS = ("temperature", "top_p", "seed", "continue_final_message")


@pytest.mark.parametrize("message", TOO_LONG.values(), ids=TOO_LONG)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_prompt_may_be_too_long(message: str, status: int) -> None:
    error = refusal("the server", status, message)
    assert isinstance(error, PromptTooLongError)
    assert error.status == status
    assert isinstance(broken_off("the server", message), PromptTooLongError)
    assert refused_fields(status, message, FIELDS) == set()


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (503, "Loading model", ModelLoadingError),
        (503, "Service Unavailable", RequestFailedError),
        (500, "error loading model", RequestFailedError),
        (500, TOO_LONG["vLLM"], RequestFailedError),
        (404, "model 'llama3' not found, try pulling it first", RequestFailedError),
        (400, "Unknown parameter: 'seed'.", RequestFailedError),
    ],
)
def test_other_refusals_are_no_matter_of_length(
    status: int, message: str, expected: type[Exception]
) -> None:
    error = refusal("the server", status, message)
    assert type(error) is expected
    assert error.status == status
    assert "the server" in str(error)


@pytest.mark.parametrize(
    ("status", "message", "refused"),
    [
        (400, "Unknown parameter: 'seed'.", {"seed"}),
        (422, "`temperature` must be strictly positive", {"temperature"}),
        (422, "('body', 'continue_final_message'): Extra inputs are not permitted", {FIELDS[3]}),
        (400, "`top_p` must be > 0.0 and < 1.0, and seeds are not supported", {"top_p"}),
        (400, "Invalid request", set(FIELDS)),
        (404, "seed", set()),
        (500, "seed", set()),
    ],
)
def test_refused_fields_are_those_that_are_named(
    status: int, message: str, refused: set[str]
) -> None:
    assert refused_fields(status, message, FIELDS) == refused
