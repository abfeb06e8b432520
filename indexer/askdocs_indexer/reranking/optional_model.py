"""A cross-encoder that a machine may have: looked for, loaded, and given up where it fails."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal, Protocol

from askdocs_indexer.embedding.loading import load_cross_encoder
from askdocs_indexer.errors import RerankerError
from askdocs_indexer.reranking.choice import OFF, Role, choose

log = logging.getLogger(__name__)

OptionalModelState = Literal["off", "idle", "loading", "ready", "failed"]


class OptionalModelSettings(Protocol):
    """Which model, where it computes, and whether it may come from the hub by itself."""

    @property
    def model(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def downloads(self) -> bool: ...


class OptionalModel(ABC):
    """What all uses of a cross-encoder share: which one, its state, and why it is that."""

    def __init__(
        self, role: Role, settings: OptionalModelSettings, on_change: Callable[[], None]
    ) -> None:
        self._role = role
        self._asked = settings
        self._on_change = on_change
        self._loading = threading.Lock()
        self._device = ""  # Where it computes; "" until it is loaded.
        self._name = role.default if settings.model == "auto" else settings.model
        self._state: OptionalModelState = "idle"
        self._detail = ""
        if settings.model == OFF:
            self._name, self._state, self._detail = "", "off", choose(OFF, role=role).reason

    @property
    def state(self) -> OptionalModelState:
        """What becomes of its work: `off` also where the model is not on the machine."""
        return self._state

    @property
    def model(self) -> str:
        """The model's name; empty where there is none."""
        return self._name

    @property
    def device(self) -> str:
        """The torch device in use, or what was asked for before loading; empty without a model."""
        return self._device or (self._asked.device if self._name else "")

    @property
    def detail(self) -> str:
        """Why it is in its state, with the next step."""
        return self._detail

    def look(self) -> None:
        """Find out whether there is a model, without loading it."""
        with self._loading:
            if self._state == "idle":
                try:
                    self._chosen()
                except RerankerError as error:
                    self._fail("cannot be loaded", error)

    def load(self) -> None:
        """Load the model now, or wait for the load under way. Failures end in `state`."""
        with self._loading:
            if self._device or self._asked.model == OFF:
                return
            self._set("loading")
            try:
                if source := self._chosen():
                    self._take(load_cross_encoder(source, self._asked.device))
            except Exception as error:  # To a user all failures of the libraries are the same.
                self._fail("cannot be loaded", error)

    @abstractmethod
    def _take(self, model: Any) -> None:
        """Begin to use a loaded CrossEncoder: set `_device` and the state."""

    def _chosen(self) -> str:
        """Return what to load; "" where there is nothing, which ends in `state`."""
        choice = choose(self._asked.model, downloads=self._asked.downloads, role=self._role)
        self._name = choice.name
        if not choice.source:
            self._set("off", choice.reason)
        return choice.source

    def _fail(self, what: str, error: Exception) -> None:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        role = self._role
        detail = (
            f"{role.noun} {self._name} {what} ({lines[0]}). Set {role.setting} to "
            f"{role.instead}, or to `off`."
        )
        log.error("%s", detail)
        self._device = ""
        self._set("failed", detail)

    def _set(self, state: OptionalModelState, detail: str = "") -> None:
        is_new = state != self._state
        self._state, self._detail = state, detail
        if is_new:
            self._on_change()
