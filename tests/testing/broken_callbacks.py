"""A plugin of broken callbacks: each is named after the one check that it fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exprlearn.plugin import CallbackSpec, hookimpl


class Silent:
    def epoch(self, state: Any) -> Any:
        return None


class Wordy(Silent):
    def epoch(self, state: Any) -> Any:
        return "because\nof this"


class Endless(Silent):
    def measure(self, state: Any) -> dict[str, float]:
        return {"size": float("inf")}


class Shrinking(Silent):
    def epoch(self, state: Any) -> Any:
        for variable in state.model.trainable_variables:
            variable.assign(0.5 * variable)


class Counting(Silent):
    """Goes by how often it was asked, not by the history."""

    asked = 0

    def epoch(self, state: Any) -> Any:
        self.asked += 1
        return "enough" if self.asked == 4 else None


class Printing(Silent):
    def epoch(self, state: Any) -> Any:
        print(state.epoch)


@hookimpl
def exprlearn_callbacks() -> Iterator[CallbackSpec]:
    for name, make in {
        "it-says-why-training-ends-or-nothing": Wordy,
        "it-measures-finite-numbers": Endless,
        "it-leaves-the-weights-alone": Shrinking,
        "made-anew-it-says-the-same": Counting,
        "it-prints-nothing-to-standard-output": Printing,
    }.items():
        yield CallbackSpec(name=name, summary="Broken.", make=lambda options, make=make: make())
