"""Every promise of a grammar and of a tokenizer, as tests of `words`."""

from __future__ import annotations

from typing import ClassVar

from exprlearn.testing import GrammarContract, TokenizerContract


class TestGrammar(GrammarContract):
    """Sums and differences."""

    component = "words"


class TestTokenizer(TokenizerContract):
    """Words for what is read, digits for what is written."""

    component = "words"


class TestTokenizerOfBothSides(TokenizerContract):
    """Words for what is read and for what is written."""

    component = "words"
    options: ClassVar[dict[str, str]] = {"answers": "words"}
