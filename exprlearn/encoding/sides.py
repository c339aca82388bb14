"""The two sides of an example, and tokenizers that cut them by what the alphabet holds."""

from __future__ import annotations

from exprlearn.encoding.alphabet import Alphabet, Side
from exprlearn.encoding.vocabulary import Vocabulary
from exprlearn.plugin import AlphabetAware, CountsSteps, Tokenizer


def tokenizer_of(tokenizer: Tokenizer, alphabet: Alphabet, side: Side) -> Tokenizer:
    """Return what cuts the texts of one side: the tokenizer itself unless it is aware of the alphabet."""
    return tokenizer.for_alphabet(alphabet, side) if isinstance(tokenizer, AlphabetAware) else tokenizer


def vocabulary_of(tokenizer: Tokenizer, alphabet: Alphabet) -> Vocabulary:
    """Return the vocabulary that a tokenizer needs for an alphabet.

    Raises:
        EncodingError: symbols that are empty, double or too many.
    """
    return Vocabulary(tuple(tokenizer.symbols(alphabet)), digit_steps(tokenizer, alphabet.widest_number))


def answer_steps(tokenizer: Tokenizer, alphabet: Alphabet) -> int:
    """Return the most tokens of an answer, without its end mark."""
    cutter, longest = tokenizer_of(tokenizer, alphabet, "target"), alphabet.longest_answer
    signs = alphabet.answer_characters.strip("0123456789")
    if signs not in ("", "-"):
        return longest
    return max(digit_steps(cutter, longest), len(signs) + digit_steps(cutter, longest - len(signs)))


def digit_steps(tokenizer: Tokenizer, digits: int) -> int:
    """Return the most tokens that so many digits in a row take; one each unless the tokenizer knows better."""
    return tokenizer.digit_steps(digits) if isinstance(tokenizer, CountsSteps) else digits
