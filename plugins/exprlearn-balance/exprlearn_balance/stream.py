"""The endless stream of examples in which every answer comes equally often.

Items run through all answers in a keyed order, then through all of them again in another, without end. The n-th time
that an answer comes, its size is whose turn it is, and its expression the next one of that size with that answer.
"""

from __future__ import annotations

from functools import cached_property
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import compile_skeletons
from exprlearn.dataset.canonical import Level, canonical_keys, text_keys
from exprlearn.dataset.drawing.split import Split, split_codes
from exprlearn.errors import DataError
from exprlearn.sampling import Block, MixedBlock, Stream
from exprlearn.sampling.ordering.hashing import derive_keys, mix_array
from exprlearn.sampling.ordering.permutation import Permutation, keyed_permutation
from exprlearn_balance.cells import Cells, Listed, list_small_cells
from exprlearn_balance.results import ResultTable
from exprlearn_balance.turns import TurnsByAnswer

Column = NDArray[np.int64]


class BalancedResults:
    """The answers of a space and the part of each example, computed once for all parts of the data.

    Args:
        table: the answers.
        level: what expressions of different parts must not have in common.
        salt: another number, another division into parts.
    """

    def __init__(self, table: ResultTable, level: Level = "commutative", salt: int = 0) -> None:
        self.table, self._level, self._salt = table, level, salt

    def codes(self, block: Block) -> NDArray[np.int8]:
        """Tell the part of each expression, as an index into `SPLITS`, -1 for what is no example; int8 [n]."""
        kept = self.table.answering.answer_block(block).kept
        codes: NDArray[np.int8] = np.where(kept, self._parts(block), np.int8(-1))
        return codes

    def is_of(self, block: Block, code: int) -> NDArray[np.bool_]:
        """Tell which expressions are examples of the part with a code; bool [n]."""
        of_part: NDArray[np.bool_] = self._parts(block) == code
        rows = np.flatnonzero(of_part)
        of_part[rows] = self.table.answering.answer_block(block.chosen(rows)).kept
        return of_part

    def _parts(self, block: Block) -> NDArray[np.int8]:
        keys = canonical_keys(block, compile_skeletons(block.skeletons), self._level)
        return split_codes(keys, self._salt)

    @cached_property
    def listed(self) -> dict[int, Listed]:
        """The expressions of small cells, by stratum."""
        return list_small_cells(self.table, self.codes)


class BalancedStream(Stream):
    """Examples of one part of the data, every answer equally often.

    Item t follows from the space, the rules, the seed, the part and t alone. An item is void where no expression was
    found for it, which happens where constraints that look at more than values keep next to nothing.

    Args:
        stream: says the space, the seed and the mix of sizes; sizes that cannot give an answer leave it to the others.
        results: the answers of the space.
        part: the part of the data.

    Attributes:
        answers: '<U' [A], the answers that come.

    Raises:
        DataError: the part has no example.
    """

    def __init__(self, stream: Stream, results: BalancedResults, part: Split) -> None:
        super().__init__(stream.space, stream.seed, stream.purpose, stream.mix)
        table = results.table
        seeded = derive_keys(1, self.seed, self.purpose, part, "answers")[0]
        self._keys = mix_array(text_keys(table.answers) ^ np.uint64(seeded))
        self._cells = {
            place: Cells(table, place, results.listed[place], results.is_of, part, self._keys) for place in table.places
        }
        available = np.stack([cells.available for cells in self._cells.values()])
        self._present = np.flatnonzero(available.any(axis=0))
        if not self._present.size:
            raise DataError(
                f"no expression of {self.space.grammar.name} is a {part} example: loosen the constraints, "
                "choose another division policy, or widen the grammar's sizes and range"
            )
        self.answers: NDArray[np.str_] = table.answers[self._present]
        weights = [self.mix[place] for place in self._cells]
        self._turns = TurnsByAnswer(list(self._cells), weights, available, self._keys)

    @cached_property
    def whole_pass(self) -> int:
        """After how many items every expression of a listed cell has come at least once."""
        weights = [self.mix[place] for place in self._cells]
        rarest = sum(weights) / min(weights)
        return int(len(self._present) * (max(cells.longest_pass for cells in self._cells.values()) + 64) * rarest) + 1

    def items(self, start: int, stop: int) -> MixedBlock:
        """Make items start to stop."""
        if start < 0:
            raise IndexError(f"items are numbered from 0, got {start}")
        numbers = np.arange(start, max(start, stop))
        answers = self._present[self._passes.indices(numbers)[0]]
        places, turns = self._turns.of(answers, numbers // len(self._present))
        parts = []
        for place in np.unique(places).tolist():
            chosen = np.flatnonzero(places == place)
            block, rows = self._cells[place].draw(answers[chosen], turns[chosen])
            parts.append((place, (chosen[rows], block)))
        return MixedBlock(
            tuple(part for _, part in parts), tuple(self._starts[place] for place, _ in parts), len(numbers)
        )

    def index(self, item: int) -> int:
        """Tell the index in the space of one item, -1 when it is void."""
        return self.items(item, item + 1).indices[0]

    def __getitem__(self, item: int) -> str:
        return str(self.items(item, item + 1).expressions[0])

    def plan(self, start: int, stop: int) -> NoReturn:
        """Refuse: items come by answer, not by size."""
        raise DataError("examples balanced by result are not ordered by their sizes: choose data.balance=none")

    @cached_property
    def _passes(self) -> Permutation:
        return keyed_permutation((len(self._present),), self.seed, self.purpose, "answers")
