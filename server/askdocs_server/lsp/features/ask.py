"""askdocs/ask: an answer with citations, in partial results where the client wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from askdocs_indexer.errors import IndexerError
from askdocs_server.lsp import wire
from askdocs_server.lsp.documents import Positions, document_text, encoding_of, path_of
from askdocs_server.lsp.features.errors import guarded
from askdocs_server.lsp.folders import Folder
from askdocs_server.lsp.params import AskParams, Token, invalid, parse
from askdocs_server.lsp.progress import work_done
from askdocs_server.lsp.protocol import ASK
from askdocs_server.lsp.serialize import answer_wire, citation_wire
from askdocs_server.lsp.session import Session

if TYPE_CHECKING:
    from askdocs_indexer.types import IndexStatus
    from askdocs_server.answers.pipeline import Answer
    from askdocs_server.answers.retrieval import AskRequest

_OPEN_SECONDS = 10.0
_FILL_SECONDS = 5.0
_NOT_OPEN = "The index is not ready yet. Ask again in a moment; the status says how far it is."

_SendPart = Callable[[wire.CitationsPart | wire.TextPart | wire.ResetPart], None]


def register(server: LanguageServer, session: Session) -> None:
    """Register the handler."""

    @server.feature(ASK)
    @guarded
    async def handle(params: Any) -> wire.AskResult:
        return await ask(server, session, params)


async def ask(server: LanguageServer, session: Session, params: Any) -> wire.AskResult:
    """Answer a question. A cancel closes the generation.

    Raises IndexerError where no folder is open, or its index cannot be opened.
    """
    ask_params = parse(params, AskParams)
    selection = await _selection(server, ask_params)
    path = path_of(ask_params.text_document.uri) if ask_params.text_document else None
    with work_done(server, ask_params.work_done_token, "Asking the docs"):
        folder = await session.folder_at(path, _OPEN_SECONDS)
        if folder is None and (problem := session.problem(path)):
            raise IndexerError(problem)
        if folder is None or not await _is_filled(session, folder):
            return _not_open(session)
        # Late: these come with the host, which is loaded by now.
        from askdocs_server.answers.retrieval import AskRequest
        from askdocs_server.answers.turn import Turn

        history = tuple(Turn(turn.question, turn.answer) for turn in ask_params.history)
        request = AskRequest(ask_params.question, selection, history)
        encoding = encoding_of(server)
        send = _sender(server, ask_params.partial_result_token)
        answer = await _stream(folder, request, send, encoding)
        return answer_wire(answer, folder.path, session.index_state(), encoding)


async def _stream(folder: Folder, request: AskRequest, send: _SendPart, encoding: str) -> Answer:
    from askdocs_server.answers.pipeline import Answer, Citations, Reset, Text

    with folder.use() as workspace:
        async with aclosing(workspace.ask(request, links_below=folder.path)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
                if isinstance(event, Citations):
                    citations = [
                        citation_wire(citation, folder.path, encoding)
                        for citation in event.citations
                    ]
                    send({"kind": "citations", "citations": citations})
                elif isinstance(event, Text):
                    send({"kind": "text", "text": event.text})
                elif isinstance(event, Reset):
                    send({"kind": "reset", "text": ""})
    raise RuntimeError("the stream of an answer ended without the answer")


async def _is_filled(session: Session, folder: Folder) -> bool:
    """Wait a little for the first documents of a new index; return whether there is any to search.

    An index of a project without documents is searched too.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(_FILL_SECONDS):
            while _is_empty_yet(folder.status):
                await session.next_change()
    return not _is_empty_yet(folder.status)


def _is_empty_yet(status: IndexStatus) -> bool:
    return not status.chunks and (status.state == "indexing" or status.pending_files > 0)


def _sender(server: LanguageServer, token: Token | None) -> _SendPart:
    if token is None:
        return lambda part: None
    return lambda part: server.progress(types.ProgressParams(token, part))


async def _selection(server: LanguageServer, ask_params: AskParams) -> str:
    """Return the selected text, as the editor has it."""
    if ask_params.range is None:
        return ""
    if ask_params.text_document is None:
        raise invalid("textDocument", "is missing; `range` needs it")
    uri = ask_params.text_document.uri
    document = await document_text(server, uri)
    if document is None:
        raise invalid("textDocument.uri", f"{uri} is neither open nor a readable file")
    return Positions(document.text, encoding_of(server)).slice(ask_params.range)


def _not_open(session: Session) -> wire.AskResult:
    return {
        "answer": _NOT_OPEN,
        "citations": [],
        "abstained": True,
        "model": None,
        "index": session.index_state(),
        "timings": {
            "retrieveMs": 0.0,
            "rewriteMs": None,
            "firstTokenMs": None,
            "totalMs": 0.0,
        },
    }
