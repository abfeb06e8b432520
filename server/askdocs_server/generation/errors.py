"""What can go wrong with the generator. Every message says what to do next.

GenerationError
├── GeneratorMissing     vLLM, the model or the endpoint is not there: trying again will not help
├── ChildFailed          the local vLLM did not start, or ended on its own
└── RequestFailed        one generation failed or took too long
"""

from __future__ import annotations


class GenerationError(Exception):
    """Base of all errors that generation raises on purpose."""


class GeneratorMissing(GenerationError):
    """Something that must be installed or configured first is not there."""


class ChildFailed(GenerationError):
    """The local vLLM did not start, or ended on its own."""


class RequestFailed(GenerationError):
    """One generation failed or took too long."""
