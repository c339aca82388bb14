"""Tokenizers: text divided into tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    from exprlearn.encoding import Alphabet
    from exprlearn.encoding.alphabet import Side


class Tokenizer(Protocol):
    """Cuts text into tokens and joins them again; `join(split(text)) == text`."""

    @property
    def per_character(self) -> bool:
        """Tell whether every token is one character, so that whole blocks are looked up at once."""

    def symbols(self, alphabet: Alphabet) -> Sequence[str]:
        """List every token that can occur, in a fixed order, without padding, start and end."""

    def split(self, text: str) -> list[str]:
        """Cut `text` into tokens."""

    def join(self, tokens: Sequence[str]) -> str:
        """Write tokens as text again."""


@runtime_checkable
class CountsSteps(Protocol):
    """What a tokenizer must offer that writes a number in more tokens than it has digits, or in fewer."""

    def digit_steps(self, digits: int) -> int:
        """Return the most tokens that so many digits in a row take."""


@runtime_checkable
class AlphabetAware(Protocol):
    """What a tokenizer may offer on top: to cut by the alphabet's literals, or the two sides in different ways.

    All that `for_alphabet` returns shares the vocabulary of the tokenizer's `symbols`.
    """

    def for_alphabet(self, alphabet: Alphabet, side: Side) -> Tokenizer:
        """Return the tokenizer of one side."""

    def digit_steps(self, digits: int) -> int:
        """Return the most tokens that so many digits in a row take."""


@dataclass(frozen=True, kw_only=True)
class TokenizerSpec(Spec):
    """Tokenizer into tokens."""

    kind: ClassVar[str] = "tokenizer"
    make: Callable[[Any], Tokenizer]


@hookspec
def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:  # type: ignore[empty-body]
    """Yield tokenizers, for `--tokenizer NAME`.

    A tokenizer cuts expressions and answers into tokens that join to the same text, into the same ones each time. Ids
    are the positions of its symbols, so their order must be the same in every process: a set has none.
    """


KIND = Kind(
    spec=TokenizerSpec,
    hook=exprlearn_tokenizers,
    component=Tokenizer,
    offers=(CountsSteps, AlphabetAware),
    works_with={"exprlearn.encoding:Alphabet": ()},
    example="pairs",
    command="exprlearn train --tokenizer {name}",
    page="encodings",
)
