"""A plugin with a grammar and a tokenizer, which is checked on that grammar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exprlearn.plugin import GrammarSpec, TokenizerSpec, hookimpl

LETTERS = str.maketrans("0123456789+-", "abcdefghijpm")
BACK = str.maketrans("abcdefghijpm", "0123456789+-")


class Letters:
    per_character = False

    def symbols(self, alphabet: Any) -> Sequence[str]:
        return list("abcdefghijmp")

    def split(self, text: str) -> list[str]:
        return list(text.translate(LETTERS))

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(tokens).translate(BACK)


@hookimpl
def exprlearn_grammars() -> Iterable[GrammarSpec]:
    text = 'start: NUMBER "+" NUMBER\nNUMBER: /[0-9]/\n'
    yield GrammarSpec(name="digit-pairs", summary="Sums of two digits.", text=lambda: text)


@hookimpl
def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:
    yield TokenizerSpec(name="letters", summary="A letter for each sign.", make=lambda options: Letters())
