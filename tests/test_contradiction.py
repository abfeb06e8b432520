"""Saying the opposite with the same words."""

from __future__ import annotations

import pytest

from askdocs_server.contradiction import contradicts


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("The lid is open.", "The lid is open.", False),
        ("The lid is not open.", "The lid is open.", True),
        ("The lid is open.", "The lid is not open.", True),
        ("The lid can't be opened.", "The lid cannot be opened.", False),
        ("The lid opens without a key.", "The lid opens with a key.", True),
        ("The key is not needed, and the lid is steel.", "No key is needed. It is steel.", False),
        ("A wide beam is faster.", "A wide beam is slower and finds more.", True),
        ("A wide beam is slower.", "A narrow beam is faster, a wide one slower.", False),
        ("It is enabled by default.", "It is disabled by default.", True),
        ("The lid closes.", "The pot is never hot, and the lid closes.", False),
    ],
)
def test_opposites(sentence: str, text: str, expected: bool) -> None:
    assert contradicts(sentence, text) is expected
