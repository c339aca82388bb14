"""A curriculum made from a target: from the easiest expressions of a grammar to all of them, cut by difficulty.

What a grammar writes is a box: which operators, numbers up to where, how many numbers, how many pairs of brackets. From
the smallest box a step makes one side longer, each time the one whose new expressions are easiest; then neighbouring
steps are joined, those nearest to each other first, until as many stages are left as asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exprlearn.config import Components
from exprlearn.config.setting_values import write_range
from exprlearn.dataset import Answering, load_space
from exprlearn.dataset.constraints import (
    IntegerIntermediatesConstraint,
    MeaningfulBracketsConstraint,
    NontrivialDivisorsConstraint,
)
from exprlearn.dataset.difficulty import block_scores
from exprlearn.dataset.drawing.mixes import expression_stream
from exprlearn.errors import OptionError
from exprlearn.sampling import Block, ExpressionSpace

SIGNS: Final = "+-*/"
_WORDS: Final = {"+": "addition", "-": "subtraction", "*": "multiplication", "/": "division"}

# Boxes up to this size are looked at as a whole; of larger ones so many expressions are.
_WHOLE, _SAMPLE = 1 << 14, 1 << 13

# Rules of every stage that they say something of.
_SENSIBLE: Final = (IntegerIntermediatesConstraint(), NontrivialDivisorsConstraint(), MeaningfulBracketsConstraint())

#: A stage of fewer new expressions is joined with its neighbour.
FEWEST: Final = 64


@dataclass(frozen=True)
class Box:
    """Expressions with some operators, numbers up to `high`, and so many numbers and pairs of brackets at most."""

    signs: str
    high: int
    terms: int
    brackets: int


@dataclass(frozen=True, eq=False)
class BoxExamples:
    """n examples of a box: which operators they have, bool [n, 4], and int64 [n] each of what else a box bounds."""

    signs: NDArray[np.bool_]
    high: NDArray[np.int64]
    terms: NDArray[np.int64]
    brackets: NDArray[np.int64]
    points: NDArray[np.int64]
    share: float

    def within(self, box: Box) -> NDArray[np.bool_]:
        """Tell which of them a box holds; bool [n]."""
        others = np.array([sign not in box.signs for sign in SIGNS])
        inside: NDArray[np.bool_] = ~self.signs[:, others].any(axis=1) & (self.high <= box.high)
        return inside & (self.terms <= box.terms) & (self.brackets <= box.brackets)


@dataclass(frozen=True)
class MadeStage:
    """A stage: its box, its name in words, and what half of its new expressions have at most, in points."""

    box: Box
    name: str
    points: int


class Maker:
    """Makes stages for the grammar and sizes of a config.

    Args:
        components: of the config.
        operators: signs in the order in which they are learned; those of the grammar when left out.

    Raises:
        OptionError: operators that the grammar does not write.
    """

    def __init__(self, components: Components, operators: str | None = None) -> None:
        self._components = components
        space = load_space(components.config.grammar, components)
        written = [sign for sign in SIGNS if any(sign in literal for literal in space.literals)]
        signs = "".join(dict.fromkeys(operators or "".join(written)))
        if odd := [sign for sign in signs if sign not in written]:
            raise OptionError(
                f"--operators {operators}: {space.grammar.name} writes {' '.join(written) or 'none'}, not '{odd[0]}'"
            )
        self.low, high = space.number_range
        sizes = [stratum.sizes for stratum in space.strata]
        # A lone number is nothing to compute.
        self.fewest = min((each["terms"] for each in sizes if each["terms"] > 1), default=2)
        terms, brackets = (max(each[name] for each in sizes) for name in ("terms", "brackets"))
        self.target = Box(signs, high, max(terms, self.fewest), brackets)
        self.first = Box(signs[:1], min(high, max(9, self.low)), self.fewest, 0)
        self._space = lru_cache(maxsize=None)(self._load)
        self._look = lru_cache(maxsize=None)(self._measure)

    def grammar(self, box: Box) -> dict[str, Any]:
        """Return the keys of `[grammar]` for a box."""
        sizes = {"terms": (self.fewest, box.terms), "brackets": (0, box.brackets), "range": (self.low, box.high)}
        return {"name": self._components.config.grammar.name, **{key: write_range(span) for key, span in sizes.items()}}

    def constraints(self, box: Box) -> list[dict[str, Any]]:
        """Return what keeps the expressions of a box, and what makes them sensible."""
        found: list[dict[str, Any]] = []
        if len(box.signs) < len(SIGNS):
            found.append({"name": "signs", "only": box.signs})
        elif (different := self._mixed(box)) > 1:
            found.append({"name": "signs", "minimum": different})
        found += [{"name": "integer-intermediates"}, {"name": "nontrivial-divisors"}] if "/" in box.signs else []
        return found + ([{"name": "meaningful-brackets"}] if box.brackets else [])

    def _mixed(self, box: Box) -> int:
        """Tell how many operators the expressions of the last stage have at least: all that fit but one."""
        return min(len(box.signs), box.terms - 1) - 1 if box == self.target else 0

    def stages(self, count: int) -> list[MadeStage]:
        """Make so many stages; an `OptionError` says that there are not so many steps."""
        boxes = [self.first]
        while boxes[-1] != self.target:
            boxes.append(self._next(boxes[-1]))
        # A step to where nothing new is needs none; joining begins with steps of too few expressions.
        while (most := self._weakest(boxes, count)) is not None:
            del boxes[most]
        if len(boxes) < count:
            raise OptionError(
                f"--stages {count}: from the easiest expressions to all of them there are {len(boxes)} steps with "
                f"enough that is new: ask for {len(boxes)}, or for more operators, numbers, terms or brackets"
            )
        befores = [None, *boxes[:-1]]
        return [
            MadeStage(box, self._name(box, before), self._points(box, before) or 0)
            for box, before in zip(boxes, befores, strict=True)
        ]

    def _next(self, box: Box) -> Box:
        """Make the side longer whose new expressions are easiest; a side that brings none alone is the last choice."""
        wider = list(self._wider(box))
        points = [self._points(each, box) for each in wider]
        known = [place for place, each in enumerate(points) if each is not None]
        return wider[min(known, key=lambda place: (points[place], place))] if known else wider[0]

    def _wider(self, box: Box) -> Iterator[Box]:
        target = self.target
        if box.signs != target.signs:
            yield replace(box, signs=target.signs[: len(box.signs) + 1])
        if box.terms < target.terms:
            yield replace(box, terms=box.terms + 1)
        if box.high < target.high:
            yield replace(box, high=min(target.high, 10 * box.high + 9))
        if box.brackets < target.brackets:
            yield replace(box, brackets=box.brackets + 1)

    def _weakest(self, boxes: Sequence[Box], count: int) -> int | None:
        """Choose the box that is joined with the one behind it; None when there are few enough, and none too small."""
        befores = [None, *boxes[:-1]]
        new = [self._count(box, before) for box, before in zip(boxes, befores, strict=True)]
        small = [place for place in range(len(boxes) - 1) if new[place] < FEWEST]
        if small:
            return small[0]
        if len(boxes) > 1 and new[-1] < FEWEST:
            return len(boxes) - 2
        points = [self._points(box, before) or 0 for box, before in zip(boxes, befores, strict=True)]
        for place in range(1, len(boxes)):
            if points[place] <= points[place - 1]:
                return place if place + 1 < len(boxes) else place - 1
        if len(boxes) <= count:
            return None
        # The easiest stage stays what it is.
        brings = [before is None or box.signs != before.signs for box, before in zip(boxes, befores, strict=True)]
        # Two steps that bring an operator each stay apart while others can be joined.
        costs = [
            (brings[place] and brings[place + 1], points[place + 1] - points[place], place)
            for place in range(min(1, len(boxes) - 2), len(boxes) - 1)
        ]
        return min(costs)[-1]

    def _new(self, box: Box, before: Box | None) -> tuple[BoxExamples, NDArray[np.bool_]]:
        found = self._look(box.high, box.terms, box.brackets)
        inside = found.within(box)
        return found, inside if before is None else inside & ~found.within(before)

    def _count(self, box: Box, before: Box | None) -> int:
        """Count the new expressions of a box, of a large one by those that were looked at."""
        found, new = self._new(box, before)
        return round(int(new.sum()) / found.share)

    def _points(self, box: Box, before: Box | None) -> int | None:
        """Tell the points that half of the new expressions have at most, every set of operators counting as much."""
        found, new = self._new(box, before)
        if not new.any():
            return None
        sets = found.signs[new] @ (1 << np.arange(len(SIGNS)))
        points, weights = found.points[new], 1 / np.bincount(sets)[sets]
        order = np.argsort(points, kind="stable")
        reached = np.cumsum(weights[order])
        return int(points[order][np.searchsorted(reached, reached[-1] / 2)])

    def _name(self, box: Box, before: Box | None) -> str:
        """Say what is new in a box.

        Of boxes of one-digit sums this is `addition of 2 numbers up to 9`, then `with subtraction and up to 3 numbers`.
        """
        if before is None:
            numbers = f"{self.fewest}" if box.terms == self.fewest else f"{self.fewest} to {box.terms}"
            words = _joined([_WORDS[sign] for sign in box.signs])
            return f"{words} of {numbers} numbers up to {box.high}"
        said = [_WORDS[sign] for sign in box.signs if sign not in before.signs]
        said += [f"up to {box.terms} numbers"] if box.terms > before.terms else []
        said += [f"numbers up to {box.high}"] if box.high > before.high else []
        if box.brackets > before.brackets:
            said.append("brackets" if box.brackets == 1 else f"up to {box.brackets} pairs of brackets")
        return f"with {_joined(said)}"

    def _load(self, high: int, terms: int, brackets: int) -> ExpressionSpace:
        sizes = {"terms": (self.fewest, terms), "brackets": (0, brackets), "range": (self.low, high)}
        section = self._components.config.grammar.model_copy(update=sizes)
        return load_space(section, self._components)

    def _measure(self, high: int, terms: int, brackets: int) -> BoxExamples:
        """Look at all expressions of a box with all operators, or at some of each set of operators."""
        space = self._space(high, terms, brackets)
        answering = Answering(self._components.division, (*self._components.constraints, *_SENSIBLE))
        blocks: list[Block]
        if space.size <= _WHOLE:
            blocks = [stratum.block(np.arange(stratum.size)) for stratum in space.strata]
        else:
            blocks = [part for _, part in expression_stream(space, 0, "making", "operators").items(0, _SAMPLE).parts]
        kept = [block.chosen(np.flatnonzero(answering.answer_block(block).kept)) for block in blocks]
        return _found_in(kept, min(1.0, sum(map(len, blocks)) / space.size))


def _found_in(blocks: Sequence[Block], share: float) -> BoxExamples:
    """Measure the expressions of some blocks, a share of all there are."""
    signs, columns = [np.empty((0, len(SIGNS)), bool)], [np.empty((4, 0), np.int64)]
    for block in blocks:
        patterns = [block.skeletons.pattern(row) for row in range(len(block.skeletons))]
        signs.append(np.array([[sign in pattern for sign in SIGNS] for pattern in patterns], bool)[block.rows])
        sizes = block.stratum.sizes
        bounds = [np.full(len(block), sizes[name], np.int64) for name in ("terms", "brackets")]
        columns.append(np.stack([block.numbers.max(axis=1, initial=0), *bounds, block_scores(block)]))
    high, terms, brackets, points = np.concatenate(columns, axis=1)
    return BoxExamples(np.concatenate(signs), high, terms, brackets, points, share)


def _joined(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def curriculum_toml(maker: Maker, stages: Sequence[MadeStage]) -> str:
    """Write stages as a config file, ready to be edited; its task is the target of the maker."""
    grammar = maker.grammar(maker.target)
    lines = [f"# {grammar['name']} in {len(stages)} stages, the easiest first.", "[grammar]"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in grammar.items()]
    lines += ["", "[data]", "# Every set of operators comes equally often.", 'mix = "operators"', ""]
    lines += ["[curriculum]", "# A stage holds nothing that an earlier one gives.", 'beyond = "stage"']
    for stage in stages:
        lines += ["", "[[curriculum.stages]]", f"# half of its expressions have up to {stage.points} points"]
        lines.append(f"name = {json.dumps(stage.name, ensure_ascii=False)}")
        lines.append(f"grammar = {_table(maker.grammar(stage.box))}")
        if rules := maker.constraints(stage.box):
            lines.append(f"constraints = [{', '.join(map(_table, rules))}]")
    return "\n".join(lines) + "\n"


def _table(values: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()) + " }"
