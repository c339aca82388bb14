"""Every expression of a space answered: no sample, no interval, each mistake by name."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from operator import eq
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import compile_skeletons
from exprlearn.dataset.canonical import canonical_keys
from exprlearn.dataset.drawing.split import SPLITS, split_codes
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.forced import TIE
from exprlearn.errors import DataError, OptionError
from exprlearn.intervals import Interval
from exprlearn.scoring.baselines import baselines
from exprlearn.scoring.breakdown import Group
from exprlearn.scoring.scores import Scores

if TYPE_CHECKING:
    from exprlearn.dataset import Splits
    from exprlearn.sampling import ExpressionSpace
    from exprlearn.sampling.writing.block import Block

#: Expressions that are looked at unless more are allowed: some minutes of two cores.
MOST = 5_000_000
#: Wrong answers that are kept to be shown.
SHOWN = 10
BLOCK = 1 << 14

Counts = NDArray[np.int64]
Baselines = Mapping[str, Callable[[Sequence[str]], Sequence[str]]]


@dataclass(frozen=True)
class Wrong:
    """An expression that a model answers wrongly, and the split it belongs to."""

    expression: str
    answer: str
    truth: str
    split: str


@dataclass(frozen=True)
class Census:
    """What a model answers to every expression of a space.

    Attributes:
        scores: exact shares of all of them.
        expressions: how many the space has, those without an answer or against the constraints included.
        answered: how many are examples, all of which were answered; `wrong` of them wrongly.
        parts: for each split how many examples it has and how many of them are answered wrongly.
        examples: the first wrong ones.
    """

    scores: Scores
    expressions: int
    answered: int
    wrong: int
    parts: Mapping[str, tuple[int, int]]
    examples: Sequence[Wrong]

    def document(self) -> dict[str, Any]:
        """Return what stands in JSON besides the scores."""
        parts = {part: {"count": count, "wrong": wrong} for part, (count, wrong) in self.parts.items()}
        counts = {"expressions": self.expressions, "answered": self.answered, "wrong": self.wrong}
        return {**counts, "parts": parts, "examples": [asdict(example) for example in self.examples]}


@dataclass(frozen=True)
class CensusOptions:
    """How a census is taken.

    Attributes:
        beam: beginnings of an answer that are kept; with 1, what one pass can tell is not decoded.
        most: the most expressions that a space may have.
        common_answer: of the training data, for the baseline; `baselines` are further ones, `omitted` says why not.
        on_progress: hears how many expressions have been looked at; `on_wrong` is handed the wrong ones of every block.
    """

    beam: int = 1
    most: int = MOST
    common_answer: str | None = None
    baselines: Baselines = field(default_factory=dict)
    omitted: Mapping[str, str] = field(default_factory=dict)
    on_progress: Callable[[int], None] = lambda done: None
    on_wrong: Callable[[Sequence[Wrong]], None] = lambda wrong: None


def take_census(space: ExpressionSpace, splits: Splits, answerer: Answerer, how: CensusOptions) -> Census:
    """Answer every expression of a space that the rules of its data allow, in blocks: memory does not grow with it.

    A space larger than allowed is an `OptionError`, one without an example a `DataError`.
    """
    if space.size > how.most:
        raise OptionError(
            f"{space.grammar.name} has {space.size} expressions, at most {how.most} are answered one by one: ask a "
            f"sample with --split test --size 100000, or allow more with --split all --size {space.size}"
        )
    tally, examples, done = Tally(), list[Wrong](), 0
    for block in _blocks(space):
        wrong = _count(block, splits, answerer, how, tally)
        examples += wrong[: SHOWN - len(examples)]
        how.on_wrong(wrong)
        done += len(block)
        how.on_progress(done)
    if not tally.count:
        raise DataError(f"none of the {space.size} expressions of {space.grammar.name} is an example: allow more")
    splits_wrong = tally.wrong_by("split")
    return Census(
        scores=tally.scores(how.omitted),
        expressions=space.size,
        answered=tally.count,
        wrong=tally.wrong,
        parts={name: splits_wrong[name] for name in SPLITS if name in splits_wrong},
        examples=examples,
    )


def wrong_line(wrong: Wrong) -> str:
    """Write a wrong answer as a line of JSON."""
    return json.dumps(asdict(wrong), ensure_ascii=False) + "\n"


def _blocks(space: ExpressionSpace) -> Iterator[Block]:
    for stratum in space.strata:
        for start in range(0, stratum.size, BLOCK):
            yield stratum.block(np.arange(start, min(start + BLOCK, stratum.size), dtype=np.int64))


def _count(block: Block, splits: Splits, answerer: Answerer, how: CensusOptions, tally: Tally) -> list[Wrong]:
    """Answer a block and add it to the tally; return what is wrong."""
    answered = splits.train.answering.answer_block(block)
    rows = np.flatnonzero(answered.kept)
    if not len(rows):
        return []
    chosen, truths = block.chosen(rows), answered.answers[rows]
    expressions, split = chosen.expressions, _split_of(chosen, splits)
    wrong, answers = wrong_answers(answerer, expressions, truths, how.beam)
    sizes = block.stratum.sizes
    labels: dict[str, NDArray[np.generic]] = {
        "split": split,
        "terms": np.full(len(rows), sizes.get("terms", 0)),
        "brackets": np.full(len(rows), sizes.get("brackets", 0)),
        "answer-length": np.char.str_len(truths),
    }
    shares = baselines(expressions.tolist(), truths.tolist(), how.common_answer, how.baselines)
    tally.add(counts_of(truths, wrong, answers), labels, shares)
    columns = (expressions[wrong].tolist(), answers, truths[wrong].tolist(), split[wrong].tolist())
    return [Wrong(*columns) for columns in zip(*columns, strict=True)]


def wrong_answers(
    answerer: Answerer, expressions: NDArray[np.str_], truths: NDArray[np.str_], beam: int = 1
) -> tuple[NDArray[np.intp], list[str]]:
    """Find the expressions (n,) that a model answers wrongly, and its answers to these.

    One pass over the truths tells which of them greedy decoding would write; only the others, and those decided by a
    hair, are decoded. An example that cannot be written is an `EncodingError`.
    """
    rows = np.arange(len(expressions))
    if beam == 1 and answerer.rules.writes_tokens:
        rows = np.flatnonzero(~(answerer.margins(expressions, truths) > TIE))
    if not len(rows):
        return rows, []
    answers = np.array(answerer.answer(expressions[rows], beam=beam).texts, dtype=np.str_)
    differ = answers != truths[rows]
    return rows[differ], answers[differ].tolist()


def counts_of(truths: NDArray[np.str_], wrong: NDArray[np.intp], answers: Sequence[str]) -> Counts:
    """Count what the scores of each item are made of, (n, 4) int64: 1, 1 if it is right, right characters, characters.

    Args:
        truths: '<U' (n,), which all answers equal but the wrong ones.
        wrong: which rows are wrong, intp (m,).
        answers: the m answers to these.

    >>> counts_of(np.array(["155", "7"]), np.array([0]), ["1655"]).tolist()
    [[1, 0, 2, 4], [1, 1, 1, 1]]
    """
    lengths = np.char.str_len(truths).astype(np.int64)
    ones = np.ones(len(truths), np.int64)
    counts = np.stack([ones, ones, lengths, lengths], axis=1)
    for row, answer in zip(wrong.tolist(), answers, strict=True):
        truth = str(truths[row])
        right = sum(map(eq, reversed(answer), reversed(truth)))
        counts[row] = 1, 0, right, max(len(answer), len(truth))
    return counts


class Tally:
    """Adds counts up, in all and by group."""

    def __init__(self) -> None:
        self._axes: defaultdict[str, dict[str, Counts]] = defaultdict(dict)
        self._all = np.zeros(4, np.int64)
        self._shares: dict[str, float] = {}

    @property
    def count(self) -> int:
        """Return how many items were added."""
        return int(self._all[0])

    @property
    def wrong(self) -> int:
        """Return how many of them are wrong."""
        return int(self._all[0] - self._all[1])

    def add(self, counts: Counts, labels: Mapping[str, NDArray[np.generic]], baselines: Mapping[str, float]) -> None:
        """Add n items: their `counts_of`, for each axis the group of each, and the scores of baselines on them."""
        self._all += counts.sum(axis=0)
        for axis, values in labels.items():
            for name in np.unique(values):
                before = self._axes[axis].get(str(name), 0)
                self._axes[axis][str(name)] = before + counts[values == name].sum(axis=0)
        for name, share in baselines.items():
            self._shares[name] = self._shares.get(name, 0.0) + share * len(counts)

    def wrong_by(self, axis: str) -> dict[str, tuple[int, int]]:
        """Return for each group of an axis how many items it has and how many are wrong."""
        return {name: (int(counts[0]), int(counts[0] - counts[1])) for name, counts in self._axes[axis].items()}

    def scores(self, omitted: Mapping[str, str]) -> Scores:
        """Return the scores, with the baselines that were omitted; every share is exact, so its interval is a point."""
        axes = {
            axis: [Group(name, _exactly(groups[name]), _digits(groups[name])) for name in sorted(groups, key=_size)]
            for axis, groups in self._axes.items()
        }
        return Scores(
            exact_match=_exactly(self._all),
            digit_accuracy=_digits(self._all),
            baselines={name: total / self.count for name, total in self._shares.items()},
            breakdown=axes,
            omitted=omitted,
        )


def _split_of(block: Block, splits: Splits) -> NDArray[np.str_]:
    """Name the split that each expression belongs to; (n,)."""
    if splits.by == "content":
        train = splits.train
        keys = canonical_keys(block, compile_skeletons(block.skeletons), train.level)
        return np.array(SPLITS)[split_codes(keys, train.salt)]
    held_out = {"validation": splits.validation, "test": splits.test}
    names = np.full(len(block), "train", dtype="<U10")
    for name, examples in held_out.items():
        names[np.isin(block.expressions, examples.expressions)] = name
    return names


def _exactly(counts: Counts) -> Interval:
    share = int(counts[1]) / int(counts[0])
    return Interval(share, share, share, int(counts[0]))


def _digits(counts: Counts) -> float:
    return int(counts[2]) / int(counts[3]) if counts[3] else 1.0


def _size(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (0, name)
