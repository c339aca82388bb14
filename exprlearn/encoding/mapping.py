"""Rows of numbers: what models read that map the values of an expression to the value of its answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.alphabet import DIGITS, Alphabet
from exprlearn.encoding.id_rows import Texts, refuse_too_long, runs, text_of
from exprlearn.encoding.lookup import lookup_for
from exprlearn.encoding.tokenizers import Digits
from exprlearn.encoding.vocabulary import SPECIALS, Vocabulary
from exprlearn.errors import EncodingError

FIRST_LITERAL = len(SPECIALS) + len(DIGITS)


class NumberRows:
    """Writes expressions as rows of scaled numbers, the last one at the end of the row.

    With at most one literal (`a+b+c`) a row holds the numbers alone and a step has one feature: a number divided by
    the largest. Otherwise operators and brackets are steps too, and a step has the features
    [number, one-hot of the literal].

    Attributes:
        steps: steps of a row.
        features: features of a step.
        scale: the largest number, which becomes 1.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.encoding import alphabet_of
    >>> from exprlearn.sampling.space import ExpressionSpace
    >>> addition = alphabet_of(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), longest_answer=4)
    >>> NumberRows(addition).rows(["999+0"])[0].tolist()
    [[1.0], [0.0]]
    """

    def __init__(self, alphabet: Alphabet) -> None:
        self._only_numbers = len(alphabet.literals) <= 1
        self.steps = alphabet.most_terms + (0 if self._only_numbers else alphabet.most_literals)
        self.features = 1 if self._only_numbers else 1 + len(alphabet.literals)
        self.scale = max(1, *map(abs, alphabet.numbers))
        self._widest = alphabet.widest_number
        self._vocabulary = Vocabulary((*DIGITS, *alphabet.literals))
        self._lookup = lookup_for(Digits(), self._vocabulary, alphabet, "source")

    def rows(self, expressions: Texts) -> NDArray[np.float32]:
        """Return rows (n, steps, features) float32.

        Raises:
            EncodingError: an expression with an unknown sign, too wide a number or too many steps.
        """
        ids = self._lookup.ids(expressions)
        kept = np.zeros(ids.shape, dtype=np.float64)
        at, starts, found = runs((ids >= len(SPECIALS)) & (ids < FIRST_LITERAL))
        self._refuse_wide(ids, at, found)
        kept[at, starts] = self._values(ids, at, starts, found)
        signs = ids >= FIRST_LITERAL
        steps = np.zeros(ids.shape, dtype=np.bool_)
        steps[at, starts] = True
        if not self._only_numbers:
            steps |= signs
        return self._lay_out(ids, steps, kept)

    def _values(
        self, ids: NDArray[np.int32], at: NDArray[np.int64], starts: NDArray[np.int64], found: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Read the number of each run of digits, divided by the largest."""
        values = np.zeros(len(at), dtype=np.float64)
        for place in range(int(found.max(initial=0))):
            inside = place < found
            read = ids[at[inside], starts[inside] + place] - len(SPECIALS)
            values[inside] = values[inside] * 10 + read
        return values / self.scale

    def _lay_out(
        self, ids: NDArray[np.int32], steps: NDArray[np.bool_], values: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        counts = np.count_nonzero(steps, axis=1)
        refuse_too_long(counts, ids, self._vocabulary, self.steps)
        rows = np.zeros((len(ids), self.steps, self.features), dtype=np.float32)
        places = np.arange(self.steps) >= self.steps - counts[:, None]
        laid = np.zeros((int(counts.sum()), self.features), dtype=np.float32)
        laid[:, 0] = values[steps]
        literals = ids[steps] - FIRST_LITERAL
        signs = np.flatnonzero(literals >= 0)
        laid[signs, 1 + literals[signs]] = 1
        rows[places] = laid
        return rows

    def _refuse_wide(self, ids: NDArray[np.int32], at: NDArray[np.int64], found: NDArray[np.int64]) -> None:
        if int(found.max(initial=0)) > self._widest:
            text = text_of(ids[at[np.argmax(found > self._widest)]], self._vocabulary)
            raise EncodingError(
                f"{quoted(text)} holds a number of {found.max()} digits, the widest has {self._widest}: "
                "write smaller numbers, or train with a larger grammar.range"
            )
