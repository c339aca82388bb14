"""Strings to arrays and back: vocabularies, tokenizers, paddings, reversals and the encoder that combines them."""

from __future__ import annotations

from exprlearn.encoding.alphabet import Alphabet, alphabet_of
from exprlearn.encoding.encoder import Encoder, EncodingSteps
from exprlearn.encoding.mapping import NumberRows
from exprlearn.encoding.paddings import Left, PerTerm, Right
from exprlearn.encoding.sides import BOTH, NONE, SOURCE, TARGET, Sides
from exprlearn.encoding.text_alphabet import alphabet_of_texts
from exprlearn.encoding.tokenizers import Characters, Digits, Numbers
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
    "EncodingSteps",
    "Left",
    "NumberRows",
    "Numbers",
    "PerTerm",
    "Right",
    "Sides",
    "Vocabulary",
    "alphabet_of",
    "alphabet_of_texts",
]
