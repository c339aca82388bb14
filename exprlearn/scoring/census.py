"""Every expression of a space answered: no sample, no interval, each mistake by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.drawing.split import SPLITS, split_codes
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.forced import TIE
from exprlearn.errors import DataError, OptionError
from exprlearn.scoring.baselines import baselines
from exprlearn.scoring.scores import Scores
from exprlearn.scoring.tally import Tally, counts_of

if TYPE_CHECKING:
    from exprlearn.dataset import Splits
    from exprlearn.sampling import ExpressionSpace
    from exprlearn.sampling.block import Block

#: Expressions that are looked at unless more are allowed: some minutes of two cores.
MOST = 5_000_000
#: Wrong answers that are kept to be shown.
SHOWN = 10
BLOCK = 1 << 14

Baselines = Mapping[str, Callable[[Sequence[str]], Sequence[str]]]


@dataclass(frozen=True)
class Wrong:
    """An expression that a model answers wrongly, and the part of the data it belongs to."""

    expression: str
    answer: str
    truth: str
    split: str

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {"expression": self.expression, "answer": self.answer, "truth": self.truth, "split": self.split}


@dataclass(frozen=True)
class Census:
    """What a model answers to every expression of a space.

    Attributes:
        scores: exact shares of all of them.
        expressions: how many the space has, those without an answer or against the constraints included.
        answered: how many are examples, all of which were answered.
        wrong: how many of these the model answers wrongly.
        parts: for each part of the data how many examples it has and how many of them are answered wrongly.
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
        return {**counts, "parts": parts, "examples": [example.document() for example in self.examples]}


@dataclass(frozen=True)
class Counting:
    """How a census is taken.

    Attributes:
        beam: beginnings of an answer that are kept; with 1, what one pass can tell is not decoded.
        most: the most expressions that a space may have.
        common_answer: of the training data, for the baseline.
        baselines: further ones, by name.
        omitted: baselines that there are none of, with the reason.
        told: hears how many expressions have been looked at.
        found: is handed the wrong ones of every block.
    """

    beam: int = 1
    most: int = MOST
    common_answer: str | None = None
    baselines: Baselines = field(default_factory=dict)
    omitted: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[int], None] = lambda done: None
    found: Callable[[Sequence[Wrong]], None] = lambda wrong: None


def take_census(space: ExpressionSpace, splits: Splits, answerer: Answerer, how: Counting) -> Census:
    """Answer every expression of a space that the rules of its data allow, in blocks: memory does not grow with it.

    Raises:
        OptionError: the space is larger than allowed.
        DataError: none of its expressions is an example.
    """
    if space.size > how.most:
        raise OptionError(
            f"{space.grammar.name} has {space.size} expressions, at most {how.most} are answered one by one: judge a "
            f"sample with --split test --size 100000, or allow more with --split all --size {space.size}"
        )
    tally, examples, done = Tally(), list[Wrong](), 0
    for block in _blocks(space):
        wrong = _count(block, splits, answerer, how, tally)
        examples += wrong[: SHOWN - len(examples)]
        how.found(wrong)
        done += len(block)
        how.told(done)
    if not tally.count:
        raise DataError(f"none of the {space.size} expressions of {space.grammar.name} is an example: allow more")
    parts = tally.wrong_by("split")
    return Census(
        scores=tally.scores(how.omitted),
        expressions=space.size,
        answered=tally.count,
        wrong=tally.wrong,
        parts={part: parts[part] for part in SPLITS if part in parts},
        examples=examples,
    )


def wrong_line(wrong: Wrong) -> str:
    """Write a wrong answer as a line of JSON."""
    return json.dumps(wrong.document(), ensure_ascii=False) + "\n"


def _blocks(space: ExpressionSpace) -> Iterator[Block]:
    for stratum in space.strata:
        for start in range(0, stratum.size, BLOCK):
            yield stratum.block(np.arange(start, min(start + BLOCK, stratum.size), dtype=np.int64))


def _count(block: Block, splits: Splits, answerer: Answerer, how: Counting, tally: Tally) -> list[Wrong]:
    """Answer a block and add it to the tally; return what is wrong."""
    answered = splits.train.answering.answer_block(block)
    rows = np.flatnonzero(answered.kept)
    if not len(rows):
        return []
    chosen, truths = block.chosen(rows), answered.answers[rows]
    expressions, parts = chosen.expressions, _parts(chosen, splits)
    wrong, answers = wrong_answers(answerer, expressions, truths, how.beam)
    sizes = block.stratum.sizes
    labels: dict[str, NDArray[np.generic]] = {
        "split": parts,
        "terms": np.full(len(rows), sizes.get("terms", 0)),
        "brackets": np.full(len(rows), sizes.get("brackets", 0)),
        "answer-length": np.char.str_len(truths),
    }
    shares = baselines(expressions.tolist(), truths.tolist(), how.common_answer, how.baselines)
    tally.add(counts_of(truths, wrong, answers), labels, shares)
    columns = (expressions[wrong].tolist(), answers, truths[wrong].tolist(), parts[wrong].tolist())
    return [Wrong(*columns) for columns in zip(*columns, strict=True)]


def wrong_answers(
    answerer: Answerer, expressions: NDArray[np.str_], truths: NDArray[np.str_], beam: int = 1
) -> tuple[NDArray[np.intp], list[str]]:
    """Find the expressions (n,) that a model answers wrongly, and its answers to these.

    One pass over the truths tells which of them greedy decoding would write; only the others, and those decided by a
    hair, are decoded.

    Raises:
        EncodingError: an example that cannot be written.
    """
    rows = np.arange(len(expressions))
    if beam == 1 and answerer.decoder.spec.framing != "mapping":
        rows = np.flatnonzero(~(answerer.margins(expressions, truths) > TIE))
    if not len(rows):
        return rows, []
    answers = np.array(answerer.answer(expressions[rows], beam=beam).texts, dtype=np.str_)
    differ = answers != truths[rows]
    return rows[differ], answers[differ].tolist()


def _parts(block: Block, splits: Splits) -> NDArray[np.str_]:
    """Name the part of the data that each expression belongs to; (n,)."""
    if splits.by == "content":
        train = splits.train
        keys = canonical_keys(block, train.answering.programs(block.skeletons), train.level)
        return np.array(SPLITS)[split_codes(keys, train.salt)]
    held_out = {"validation": splits.validation, "test": splits.test}
    parts = np.full(len(block), "train", dtype="<U10")
    for part, examples in held_out.items():
        parts[np.isin(block.expressions, examples.expressions)] = part
    return parts
