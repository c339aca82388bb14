"""Splits of pairs: expressions by their canonical form, other texts by themselves, or as a column says.

A column is kept and audited, not trusted: what says the same in two splits is told, and stays in the one that is held
out, so that nothing that is tested was trained on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset.canonical import Level
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.split import SPLITS, Answering, Split, named, split_codes
from exprlearn.dataset.pairs.pairs import Pairs, Words
from exprlearn.dataset.splits import Proof, Splits
from exprlearn.errors import DataError
from exprlearn.plugin import Division
from exprlearn.sampling.ordering.hashing import mix_array

Codes = NDArray[np.int8]
TRAIN, VALIDATION, TEST = (SPLITS.index(split) for split in ("train", "validation", "test"))

# Rows are drawn in the order of their keys, mixed once more: that of the splits alone would follow from the same words.
_ORDER = np.uint64(0x6F72646572)
# Wrong answers are told of files that mean to give exact ones.
_MEANT = 0.9


class ListedExamples:
    """Training examples that are all there are, taken in their order and again from the first.

    Attributes:
        answering: how an expression that is none of them would be answered.
    """

    def __init__(self, examples: Examples, division: Division, operators: Operators = ()) -> None:
        self.examples, self.answering = examples, Answering(division, operators=operators)

    def take(self, count: int, start: int = 0) -> tuple[Examples, int]:
        """Take the next examples behind a cursor, with the cursor behind them."""
        size = len(self.examples)
        return self.examples[np.arange(start, start + count) % max(size, 1)][: count if size else 0], start + count


@dataclass(frozen=True, eq=False, kw_only=True)
class PairSplits(Splits):
    """The splits of pairs.

    Attributes:
        train: the training examples.
        split_by: what decided on their splits, in words.
        shares: forms that two splits of a column had in common, by `train/test` and so on; empty without a column.
        left_out: rows that were left out for it.
        keys: what each question says.
        signs: those of operators of plugins that questions were read with.
    """

    train: ListedExamples  # type: ignore[assignment]
    split_by: str
    shares: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0
    keys: Mapping[str, int] = field(default_factory=dict)
    signs: tuple[str, ...] = ()

    def proof(self, train: Examples | int = 0, *, beside: object = ()) -> Proof:
        """Compare the splits through what every one of their questions says."""
        examples = {"train": self.train.examples, "validation": self.validation, "test": self.test}
        texts = {split: set(each.expressions.tolist()) for split, each in examples.items()}
        forms = {split: {self.keys[text] for text in found} for split, found in texts.items()}
        pairs = (("train", "validation"), ("train", "test"), ("validation", "test"))
        return Proof(
            level=self.level,
            counts={split: len(each) for split, each in examples.items()},
            forms={split: len(found) for split, found in forms.items()},
            shared_expressions={f"{one}/{other}": len(texts[one] & texts[other]) for one, other in pairs},
            shared_forms={f"{one}/{other}": len(forms[one] & forms[other]) for one, other in pairs},
        )

    def document(self) -> dict[str, Any]:
        """Return what a run keeps of them, as plain values."""
        return {
            "split": self.split_by,
            "shared_before": dict(self.shares),
            "left_out": self.left_out,
            "signs": list(self.signs),
            "proof": self.proof().as_dict(),
            "notes": list(self.notes),
        }


def divide(pairs: Pairs, division: Division, *, level: Level, validation: int, test: int) -> PairSplits:
    """Divide pairs into splits of which no two say the same, at most so many to validate and to test with.

    Args:
        pairs: questions and answers.
        division: what exact answers are written by.
        level: which expressions say the same.
        validation: the most questions to validate with, each asked once.
        test: the most to test with.

    Raises:
        DataError: a split has no pairs.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> said = ("train",) * 7 + ("validation",) + ("test",) * 2
    >>> pairs = Pairs("ten", Examples.of([(f"{n}+1", str(n + 1)) for n in range(10)]), said)
    >>> splits = divide(pairs, ExactOnlyPolicy(), level="commutative", validation=9, test=9)
    >>> splits.test.expressions.tolist(), splits.proof().holds
    (['8+1', '9+1'], True)
    """
    keys = pairs.keys(level)
    codes, leaks = _codes(pairs, keys)
    order = np.argsort(mix_array(keys ^ _ORDER), kind="stable")
    rows = {split: order[codes[order] == place] for place, split in enumerate(SPLITS)}
    _refuse_empty(pairs, rows, leaks)
    return PairSplits(
        validation=_different(pairs, rows["validation"], validation),
        test=_different(pairs, rows["test"], test),
        train=ListedExamples(pairs.examples[np.sort(rows["train"])], division, pairs.operators or ()),
        level=level,
        notes=(*leaks.notes(pairs), *_contradictions(pairs), *_inexact(pairs, division)),
        split_by=_describe_split(pairs, level),
        shares=leaks.shares,
        left_out=leaks.left_out,
        signs=tuple(operator.sign for operator in pairs.operators or ()),
        keys=dict(zip(pairs.examples.expressions.tolist(), keys.tolist(), strict=True)),
    )


@dataclass(frozen=True)
class _Leaks:
    """What the splits of a column share, and a pair of rows that do, by the two splits."""

    shares: Mapping[str, int]
    examples: Mapping[str, tuple[int, int]]
    left_out: int

    def notes(self, pairs: Pairs) -> Iterator[str]:
        for two, count in self.shares.items():
            if count:
                one, other = (f"{_asked(pairs, row)} ({pairs.place(row)})" for row in self.examples[two])
                yield (
                    f"the column split leaks: {two.replace('/', ' and ')} have {count} forms in common, such as {one} "
                    f"and {other}"
                )
        if self.left_out:
            yield f"{self.left_out} rows were left out for these leaks, so that no test question is learned"


def _codes(pairs: Pairs, keys: Words) -> tuple[Codes, _Leaks]:
    """Tell the split of each row, int8 [n], -1 for those that leak, and what a column says otherwise."""
    by_content = split_codes(keys)
    if pairs.splits is None:
        return by_content, _Leaks({}, {}, 0)
    codes = np.array([SPLITS.index(split) for split in pairs.splits], np.int8)
    for missing in (VALIDATION, TEST):
        # What a column does not set aside is set aside by content.
        if not (codes == missing).any():
            codes[(codes == TRAIN) & (by_content == missing)] = missing
    shares, examples, kept = {}, {}, codes.copy()
    for one, other in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
        two = f"{SPLITS[one]}/{SPLITS[other]}"
        mine, theirs = np.flatnonzero(codes == one), np.flatnonzero(codes == other)
        leaking = mine[np.isin(keys[mine], keys[theirs])]
        shares[two] = len(np.unique(keys[leaking]))
        if len(leaking):
            examples[two] = int(leaking[0]), int(theirs[np.argmax(keys[theirs] == keys[leaking[0]])])
        kept[leaking] = -1
    return kept, _Leaks(shares, examples, int((kept == -1).sum()))


def _different(pairs: Pairs, rows: NDArray[np.intp], most: int) -> Examples:
    """Keep the first row of each question, at most so many, in the order of the file."""
    _, first = np.unique(pairs.examples.expressions[rows], return_index=True)
    return pairs.examples[np.sort(rows[np.sort(first)[:most]])]


def _refuse_empty(pairs: Pairs, rows: Mapping[Split, NDArray[np.intp]], leaks: _Leaks) -> None:
    empty = [split for split, found in rows.items() if not len(found)]
    if empty:
        known = "".join(f"; {note}" for note in leaks.notes(pairs))
        raise DataError(
            f"{pairs.name} has no pairs for {' and '.join(empty)} ({len(pairs)} in all, of which content sets a tenth "
            f"aside for validation and a tenth for test{known}): add pairs, or a column split with train, validation "
            "and test"
        )


def _contradictions(pairs: Pairs) -> Iterator[str]:
    given = set(zip(pairs.examples.expressions.tolist(), pairs.examples.answers.tolist(), strict=True))
    several = [question for question, count in Counter(question for question, _ in given).items() if count > 1]
    if several:
        yield f"{len(several)} questions have several answers, such as {min(several)!r}: the first one counts"


def _inexact(pairs: Pairs, division: Division) -> Iterator[str]:
    """Note the answers that are not the exact ones, of a file whose answers mostly are."""
    truths = pairs.exact_answers(division)
    given = pairs.examples.answers.tolist()
    wrong = [row for row, truth in enumerate(truths) if truth is not None and truth != given[row]]
    known = sum(truth is not None for truth in truths)
    if wrong and len(wrong) <= known * (1 - _MEANT):
        row = wrong[0]
        yield (
            f"{len(wrong)} of {known} answers are not the exact ones ({named(division)}), such as "
            f"{_asked(pairs, row)} = {given[row]} ({pairs.place(row)}), which is {truths[row]}: they are learned as "
            "they stand"
        )


def _asked(pairs: Pairs, row: int) -> str:
    text = str(pairs.examples.expressions[row])
    return text if len(text) <= 60 else f"{text[:60]}…"


def _describe_split(pairs: Pairs, level: Level) -> str:
    """Say in words by what pairs are split."""
    asked = 0 if level == "string" else sum(text is not None for text in pairs.expressions)
    form = "canonical form" if level == "commutative" else f"{level} alone"
    by = f"{asked} expressions by {form}, {len(pairs) - asked} other texts by themselves"
    by = f"by {form}" if asked == len(pairs) else by if asked else "texts by themselves"
    return by if pairs.splits is None else f"as its column split says, compared {by}"
