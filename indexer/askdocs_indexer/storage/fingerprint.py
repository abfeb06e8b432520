"""The fingerprint that says whose chunks and vectors a store can hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

SCHEMA_VERSION = "7"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What must match for stored chunks to be usable as they are."""

    chunker: str
    model: str
    schema: str = SCHEMA_VERSION

    @property
    def suffix(self) -> str:
        """A short name part for files and collections."""
        text = json.dumps([self.schema, self.chunker, self.model])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def properties(self) -> dict[str, str]:
        """Return it by names, as `recorded` reads it."""
        return {"schema": self.schema, "chunker": self.chunker, "model": self.model}

    @classmethod
    def recorded(cls, properties: Mapping[str, str]) -> Fingerprint:
        """Read what `properties` has written."""
        schema, chunker, model = (
            properties.get(name, "") for name in ("schema", "chunker", "model")
        )
        return cls(chunker, model, schema)

    def difference(self, other: Fingerprint) -> str:
        """Say in words what has changed from `other` to this."""
        if self.model != other.model:
            return f"the embedding model is now {self.model}, before it was {other.model}"
        return "documents are now cut in another way" if self != other else ""
