"""What can go wrong with the generator. Every message says what to do next.

GenerationError
├── GeneratorMissingError     vLLM, the model or the endpoint is not there: no use to try again
├── ChildFailedError          the local vLLM did not start, or ended on its own
└── RequestFailedError        one generation failed or took too long
    ├── ModelLoadingError     the server still loads its model: it will be ready by itself
    └── PromptTooLongError    the prompt does not fit into the model's context
"""

from __future__ import annotations


class GenerationError(Exception):
    """Base of all errors that generation raises on purpose."""


class GeneratorMissingError(GenerationError):
    """Something that must be installed or configured first is not there."""


class ChildFailedError(GenerationError):
    """The local vLLM did not start, or ended on its own."""


class RequestFailedError(GenerationError):
    """One generation failed or took too long. `status` is the HTTP status of a refusal, or None."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class ModelLoadingError(RequestFailedError):
    """The server still loads its model: it will be ready by itself."""


class PromptTooLongError(RequestFailedError):
    """The prompt does not fit into the model's context."""
