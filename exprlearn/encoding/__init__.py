"""Strings to arrays and back: vocabularies, tokenizers, paddings, reversals and the encoder that combines them."""

from __future__ import annotations

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.characters import Characters
from exprlearn.encoding.digits import Digits
from exprlearn.encoding.encoder import Encoder
from exprlearn.encoding.extent import alphabet_of
from exprlearn.encoding.inputs import represent, restore
from exprlearn.encoding.left import Left
from exprlearn.encoding.mapping import NumberRows
from exprlearn.encoding.numbers import Numbers
from exprlearn.encoding.per_term import PerTerm
from exprlearn.encoding.reversals import BOTH, NONE, SOURCE, TARGET, Sides
from exprlearn.encoding.right import Right
from exprlearn.encoding.steps import Steps
from exprlearn.encoding.vocabulary import END, PAD, START, Vocabulary
from exprlearn.plugin import AlphabetAware

__all__ = [
    "BOTH",
    "END",
    "NONE",
    "PAD",
    "SOURCE",
    "START",
    "TARGET",
    "Alphabet",
    "AlphabetAware",
    "Characters",
    "Digits",
    "Encoder",
    "Left",
    "NumberRows",
    "Numbers",
    "PerTerm",
    "Right",
    "Sides",
    "Steps",
    "Vocabulary",
    "alphabet_of",
    "represent",
    "restore",
]
