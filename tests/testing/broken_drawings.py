"""A plugin of broken ways to draw: each is named after the one check that it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np

from exprlearn.dataset import ExampleStream
from exprlearn.dataset.drawing import ByContent, Examples, Piece, Rows, Split
from exprlearn.plugin import DrawingContext, DrawingSpec, hookimpl

SEEDS = count()


class WrongStream(ExampleStream):
    def take(self, count: int, start: int = 0) -> tuple[Examples, int]:
        examples, cursor = super().take(count, start)
        return Examples(examples.expressions, np.char.add(examples.answers, "0")), cursor


class HastyStream(ExampleStream):
    def take(self, count: int, start: int = 0) -> tuple[Examples, int]:
        return super().take(count, start + 1 if start else 0)


class Streamed(ByContent):
    stream: type[ExampleStream]

    @cached_property
    def train(self) -> ExampleStream:
        plain = super().train
        return self.stream(plain.stream, plain.answering, "train", level=plain.level, salt=plain.salt)


class Wrong(Streamed):
    stream = WrongStream


class Hasty(Streamed):
    stream = HastyStream


class Repeating(ByContent):
    def fixed(self, split: Split, count: int) -> Examples:
        return super().fixed(split, count)[[0] * count]


class Moody(ByContent):
    def __init__(self, context: DrawingContext) -> None:
        super().__init__(replace(context, seed=next(SEEDS)))


class Leaking(ByContent):
    def fixed(self, split: Split, count: int) -> Examples:
        return super().fixed("validation", count)

    def rows(self, piece: Piece) -> Iterator[Rows]:
        return super().rows(piece if piece.split == "train" else replace(piece, split="validation"))


class OneSlice(ByContent):
    def rows(self, piece: Piece) -> Iterator[Rows]:
        return super().rows(replace(piece, slice=0))


class Skipping(ByContent):
    def rows(self, piece: Piece) -> Iterator[Rows]:
        return super().rows(piece if piece.split == "train" else replace(piece, skip=piece.skip + 1))


class Boasting(ByContent):
    def availability(self, asked: Any, slices: int) -> None:
        return None


@hookimpl
def exprlearn_drawings() -> Iterator[DrawingSpec]:
    drawings: dict[str, Callable[[DrawingContext], Any]] = {
        "it-trains-without-end-on-true-answers": Wrong,
        "a-training-goes-on-at-its-cursor": Hasty,
        "held-out-examples-are-true-and-differ": Repeating,
        "the-same-context-gives-the-same-examples": Moody,
        "no-two-splits-share-an-expression": Leaking,
        "files-hold-as-many-rows-as-asked-for-each-once": OneSlice,
        "held-out-rows-are-those-that-a-run-is-evaluated-by": Skipping,
        "what-is-available-can-be-drawn": Boasting,
    }
    for name, make in drawings.items():
        yield DrawingSpec(name=name, summary="Broken.", make=lambda options, make=make: make)
