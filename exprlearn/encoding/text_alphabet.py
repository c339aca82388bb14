"""The alphabet of texts that somebody brings: everything that vocabularies and widths need, read off the texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exprlearn.encoding.alphabet import DIGITS, Alphabet

#: Words that are symbols of their own; where texts hold more, every character is one.
MOST_WORDS = 2000

_PIECES = re.compile(r"[0-9]+|[^\W\d_]+|.", re.DOTALL)


def alphabet_of_texts(questions: Sequence[str], answers: Sequence[str]) -> Alphabet:
    """Return the alphabet of n questions and their answers: words and signs are its fixed texts.

    >>> alphabet = alphabet_of_texts(["three plus 12", "12+7"], ["fifteen", "19"])
    >>> alphabet.literals, alphabet.numbers, alphabet.most_terms, alphabet.longest_expression
    (('three', ' ', 'plus', '+'), (7, 12), 2, 13)
    """
    pieces = [_PIECES.findall(question) for question in questions]
    literals = tuple(dict.fromkeys(piece for found in pieces for piece in found if not _is_number(piece)))
    if len(literals) > MOST_WORDS:
        pieces = [[part for piece in found for part in ([piece] if _is_number(piece) else piece)] for found in pieces]
        literals = tuple(dict.fromkeys("".join(literals)))
    numbers = {piece for found in pieces for piece in found if _is_number(piece)}
    values = [int(number) for number in numbers] or [0]
    fixed = [[piece for piece in found if not _is_number(piece)] for found in pieces]
    return Alphabet(
        literals=literals,
        numbers=(min(values), max(values)),
        widest_number=max(map(len, numbers), default=1),
        most_terms=max(len(found) - len(signs) for found, signs in zip(pieces, fixed, strict=True)),
        most_literals=max(map(len, fixed)),
        longest_skeleton=max(sum(map(len, signs)) for signs in fixed),
        longest_expression=max(map(len, questions)),
        answer_characters="".join(dict.fromkeys(DIGITS + "".join(sorted(set("".join(answers)))))),
        longest_answer=max(map(len, answers)),
    )


def _is_number(piece: str) -> bool:
    return piece[0] in DIGITS
