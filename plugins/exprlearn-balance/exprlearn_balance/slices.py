"""Slices of the training split in which every answer comes equally often, as far as there are expressions for it.

A slice goes through the answers in rounds: each gives one expression that did not come before, in an order of the
round's own, until it has none left. The sizes that can give an answer take turns by the mix; one that is used up
leaves its turns to the others. Every slice has its share of each answer's expressions of each size, so that slices
have nothing in common and each is balanced on its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical_blocks import text_keys
from exprlearn.dataset.drawing.rows import Rows, weave
from exprlearn.dataset.drawing.slices import Piece, complaint
from exprlearn.dataset.drawing.stream import ExampleStream
from exprlearn.errors import DataError
from exprlearn.sampling.ordering.hashing import derive_keys, mix_array
from exprlearn_balance.cells import Column
from exprlearn_balance.stream import BalancedResults
from exprlearn_balance.turns import TurnsByAnswer
from exprlearn_balance.walks import Walks

# Draws made at once, in whole rounds where these are shorter. Part of what the rows are: a size that is used up hands
# its turns on between one lot of draws and the next.
_LOT = 1 << 14


class BalancedSlice:
    """The training examples of a slice, balanced by result.

    Args:
        source: the training split; it says the space, the seed and the mix of sizes.
        results: the answers of the space.
        piece: which slice, and how many of its first rows `take` gives.
    """

    def __init__(self, source: ExampleStream, results: BalancedResults, piece: Piece) -> None:
        self.source, self.results, self.piece = source, results, piece
        self.number, self.count = piece.slice, piece.slices
        stream, table = source.stream, results.table
        seeded = derive_keys(1, stream.seed, source.split, "balanced slices")[0]
        self._keys: NDArray[np.uint64] = mix_array(text_keys(table.answers) ^ np.uint64(seeded))
        self._places = table.places
        self._weights = [stream.mix[place] for place in self._places]

    def take(self) -> Iterator[Rows]:
        """Yield the rows of the piece in blocks of whatever length.

        Raises:
            DataError: the slice holds fewer.
        """
        done, count = 0, self.piece.rows
        for rows in self.rows() if count else ():
            wanted = rows.select(slice(count - done))
            done += len(wanted)
            yield wanted
            if done == count:
                return
        if done < count:
            raise DataError(complaint(self.source, self.piece, done, count))

    def rows(self) -> Iterator[Rows]:
        """Yield all rows; the item of a row is the number of its round times the number of answers, or a bit more."""
        walks = self._walks()
        is_open = np.stack([walk.is_open for walk in walks])
        turns = TurnsByAnswer(range(len(walks)), self._weights, is_open, self._keys)
        start = 0
        while len(answers := np.flatnonzero(is_open.any(axis=0))):
            rounds = max(1, _LOT // len(answers))
            for lot, items in self._lots(answers, start, rounds):
                places, _ = turns.of(lot, items // len(self._keys))
                yield self._drawn(walks, lot, places, items)
            is_open = np.stack([walk.is_open for walk in walks])
            start += rounds

    def _walks(self) -> list[Walks]:
        walks = []
        for place in self._places:
            stratum = self.source.stream.space.strata[place].name
            keys = mix_array(self._keys ^ np.uint64(derive_keys(1, "cell", stratum)[0]))
            walks.append(Walks(self.results, place, self.source.split, keys, self.number, self.count))
        return walks

    def _lots(self, answers: Column, start: int, rounds: int) -> Iterator[tuple[Column, Column]]:
        """List the answers of some rounds, each round in its own order, and the items of these draws."""
        numbers = np.arange(start, start + rounds)
        words = derive_keys(rounds, "round", start)
        order = np.argsort(mix_array(self._keys[answers] ^ np.array(words, np.uint64)[:, None]), axis=1, kind="stable")
        # Slices begin at different answers, so that those that end in the middle of a round make up whole ones.
        order = np.roll(order, -(self.number * len(answers) // self.count), axis=1)
        lot = answers[order].reshape(-1)
        items = (numbers[:, None] * len(self._keys) + np.arange(len(answers))).reshape(-1)
        for first in range(0, len(lot), _LOT):
            yield lot[first : first + _LOT], items[first : first + _LOT]

    def _drawn(self, walks: list[Walks], answers: Column, places: Column, items: Column) -> Rows:
        """Make the rows of some draws; those whose answer has no expression left are void."""
        pieces: list[Rows] = []
        while len(answers):
            left = []
            for number in np.unique(places).tolist():
                rows = np.flatnonzero(places == number)
                rows = rows[np.argsort(answers[rows], kind="stable")]
                ranks, found = walks[number].next(answers[rows])
                drawn, place = rows[found], self._places[number]
                block = self.results.table.draw(place, answers[drawn], ranks[found])
                pieces.append(self.source.filter.rows(place, block, items[drawn]))
                left.append(rows[~found])
            rest = np.sort(np.concatenate(left))
            places = _elsewhere(walks, answers[rest], places[rest])
            rest, places = rest[places >= 0], places[places >= 0]
            answers, items = answers[rest], items[rest]
        return weave(pieces, [each.items for each in pieces])[1]


def _elsewhere(walks: list[Walks], answers: Column, places: Column) -> Column:
    """Hand turns on to the next stratum that still has expressions with the answer; -1 where none has."""
    is_open = np.stack([walk.is_open for walk in walks])
    found = np.full_like(places, -1)
    for distance in range(1, len(walks)):
        following = (places + distance) % len(walks)
        found = np.where((found < 0) & is_open[following, answers], following, found)
    return found
