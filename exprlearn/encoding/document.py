"""What a run folder keeps of an encoder: vocabulary.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.stored import Length, plain, stored
from exprlearn.encoding.vocabulary import Vocabulary
from exprlearn.errors import RunError
from exprlearn.plugin.kinds.model import Inputs

FORMAT = 1
PARTS = ("tokenizer", "padding", "reversal")

Make = Callable[[str, str, dict[str, Any]], Any]
"""Makes a component from its kind, its name and its options, as `registries[kind].make(name, options)` does."""


class Named(Protocol):
    """A component as a config names it."""

    @property
    def name(self) -> str:
        """The name in the registry of its kind."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Its options as plain values."""


@dataclass(frozen=True)
class Part:
    """A component by name and options."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Document:
    """The plain data of an encoder."""

    format: int
    tokenizer: Part
    padding: Part
    reversal: Part
    inputs: Inputs
    source_length: Length
    target_length: Length
    alphabet: Alphabet
    vocabulary: Vocabulary

    def to_json(self) -> dict[str, Any]:
        """Return it as dictionaries, lists, texts and numbers."""
        return dict(plain(self))

    @classmethod
    def from_json(cls, document: Any) -> Document:
        """Check plain data and make the document of it.

        Raises:
            RunError: data of another format, or damaged.
        """
        found = document.get("format") if isinstance(document, Mapping) else None
        if found != FORMAT:
            raise RunError(
                f"the stored encoding has format {repr(found)[:80]}, this version of exprlearn reads {FORMAT}: "
                "restore the file, or install the version that run.json names"
            )
        return stored(cls, document)
