"""What a server's refusal means, and what to tell the user.

Status codes alone do not say: one and the same 400 may stand for a prompt that is too long and for
a field that the server does not know. The patterns are from the messages of vLLM, llama.cpp, TGI,
SGLang, LM Studio and OpenAI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from askdocs_server.errors import (
    ModelLoadingError,
    PromptTooLongError,
    RequestFailedError,
)

_SHOWN_CHARACTERS = 200
_MALFORMED = frozenset({400, 413, 422})
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|prompt.{0,20}too long|maximum number of tokens"
    r"|\binputs\b.{0,40}\btokens",
    re.IGNORECASE,
)
_LOADING = re.compile(r"\bloading\b", re.IGNORECASE)


def refusal(where: str, status: int, message: str) -> RequestFailedError:
    """What to raise for a refusal with an HTTP status. `where` names the server."""
    reason = f"{status}: {message[:_SHOWN_CHARACTERS]}"
    if status in (401, 403):
        return RequestFailedError(
            f"{where} refused the API key. Put the right one into the environment variable that "
            "llm.apiKeyEnv names."
        )
    if status == 503 and _LOADING.search(message):
        return ModelLoadingError(f"{where} is loading its model. Ask again in a moment.", status)
    if status in _MALFORMED and _TOO_LONG.search(message):
        return _too_long(where, reason, status)
    if status == 429:
        return RequestFailedError(f"{where} is too busy ({reason}). Ask again in a moment.", status)
    if status >= 500:
        return RequestFailedError(
            f"{where} failed ({reason}). See its log, and ask again when it works.", status
        )
    return RequestFailedError(
        f"{where} refused the request ({reason}). Check llm.model and llm.endpoint.", status
    )


def broken_off(where: str, message: str) -> RequestFailedError:
    """What to raise for an error in the middle of an answer, or in its place."""
    reason = message[:_SHOWN_CHARACTERS]
    if _TOO_LONG.search(message):
        return _too_long(where, reason)
    return RequestFailedError(f"The answer from {where} broke off ({reason}). Ask again.")


def unopened(where: str, error: Exception) -> RequestFailedError:
    """What to raise where a connection cannot even be tried."""
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return RequestFailedError(
        f"A connection to {where} cannot be set up ({reason}). Correct SSL_CERT_FILE and "
        "SSL_CERT_DIR, or the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, in the environment "
        "that askdocs runs in, then run `askdocs stop`."
    )


def unreachable(where: str, reason: str) -> RequestFailedError:
    """What to raise where there was no connection, for the reason that the system gives."""
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return RequestFailedError(
            f"Cannot reach {where}: its certificate is not trusted. Set SSL_CERT_FILE to a file "
            "that holds its certificate authority (behind a proxy, the proxy's)."
        )
    if "WRONG_VERSION_NUMBER" in reason:
        return RequestFailedError(
            f"Cannot reach {where}: it does not speak https. Begin llm.endpoint with http://."
        )
    reason = reason.strip().rstrip(".")
    return RequestFailedError(
        f"Cannot reach {where} ({reason}). Check llm.endpoint and the network."
    )


def refused_fields(status: int, message: str, sent: Iterable[str]) -> set[str]:
    """Which of the request's fields the server does not accept: those it names, else all of them.

    Empty where it refused the request for another reason.
    """
    if status not in _MALFORMED or _TOO_LONG.search(message):
        return set()
    named = {field for field in sent if re.search(rf"\b{field}\b", message)}
    return named or set(sent)


def _too_long(where: str, reason: str, status: int | None = None) -> PromptTooLongError:
    return PromptTooLongError(
        f"The prompt is too long for {where} ({reason}). Set ask.passages or "
        "docs.chunkCharacters lower, or serve the model with a longer context.",
        status,
    )
