"""Saying the opposite with the same words."""

from __future__ import annotations

import pytest

from askdocs_server.answers.verification.negation import contradicts


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
        ("If you pull, the lid opens.", "The lid does not open unless you pull.", False),
        ("The lid is opened before it is washed.", "The lid is opened after it is washed.", True),
        ("The lid needs no rubber ring.", "The lid is made of steel.", False),
        ("The lid is always steel.", "The lid is made of steel.", True),
        ("All lids are of steel.", "Each lid is made of steel.", False),
        ("Use a lid instead of a cloth.", "Use a lid or a cloth.", True),
        ("The small lid fits several pots.", "The small lid fits a single pot.", True),
    ],
)
def test_opposites(sentence: str, text: str, expected: bool) -> None:
    assert contradicts(sentence, text) is expected
