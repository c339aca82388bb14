"""A grammar and a tokenizer: arithmetic in words, `two plus three`.

Expressions are still written with digits and signs, since their values follow from their texts; the tokenizer reads
them aloud, so that a model sees words alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from exprlearn.plugin import GrammarSpec, TokenizerSpec, hookimpl
from exprlearn_words.tokenizer import Words, WordsOptions


@hookimpl
def exprlearn_grammars() -> Iterable[GrammarSpec]:
    """Yield the grammar, for `--grammar words`."""
    yield GrammarSpec(
        name="words",
        summary="Sums and differences of two numbers from 0 to 99; grammar.terms makes it more.",
        text=lambda: (files(__name__) / "words.lark").read_text(encoding="utf-8"),
    )


@hookimpl
def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:
    """Yield the tokenizer, for `--tokenizer words`."""
    yield TokenizerSpec(
        name="words",
        summary="Every word of a number and the name of every sign as one token: two plus forty three.",
        options=WordsOptions,
        make=lambda options: Words(options.answers),
    )
