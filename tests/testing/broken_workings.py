"""A plugin of broken workings: each is named after the one check that it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from exprlearn.plugin import ShownLine, WorkingBounds, WorkingSpec, hookimpl
from exprlearn.working.forms import EquationsWorking

TURNS = count()


class Whole(EquationsWorking):
    def answer(self, text: str) -> str:
        return f"{text}."


class Strict(EquationsWorking):
    def lines(self, text: str) -> list[ShownLine]:
        parts = [part.split("=") for part in text.split(";")]
        return [ShownLine(part[0], part[1]) if len(parts) > 1 else ShownLine("", part[-1]) for part in parts]


class OffByOne(EquationsWorking):
    def lines(self, text: str) -> list[ShownLine]:
        *before, last = super().lines(text)
        return [*(ShownLine(f"{line.expression}+1", line.stated) for line in before), last]


class Digitless(EquationsWorking):
    characters = "=;+-*/|"


class Brief(EquationsWorking):
    def longest(self, bounds: WorkingBounds) -> int:
        return bounds.line


class Alternating(EquationsWorking):
    def write(self, steps: Sequence[Any], answer: str) -> str:
        text = super().write(steps, answer)
        return f"0{text}" if steps and next(TURNS) % 2 else text


@hookimpl
def exprlearn_workings() -> Iterator[WorkingSpec]:
    broken: dict[str, type[EquationsWorking]] = {
        "the-answer-comes-back-from-the-end-of-the-text": Whole,
        "no-text-makes-it-raise": Strict,
        "all-that-it-says-is-exact": OffByOne,
        "its-characters-cover-every-text": Digitless,
        "no-text-is-longer-than-it-tells": Brief,
        "the-same-steps-give-the-same-text-where-it-says-so": Alternating,
    }
    for name, make in broken.items():
        yield WorkingSpec(name=name, summary="Broken.", make=lambda options, make=make: make())  # type: ignore[misc]
