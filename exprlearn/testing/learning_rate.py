"""What holds for every learning rate: factors between 0 and 1 that follow from the step alone, compiled or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from exprlearn.backend.keras_import import array_of, compiled, load_keras
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract

#: Trainings of so many steps once the rate has risen, and how many of their steps are looked at.
LENGTHS, LOOKED_AT = (1, 2, 100, 100_000), 40
NEAR = 1e-6


class LearningRateContract(Contract, kind="learning-rate"):
    """What every learning rate promises."""


@LearningRateContract.check()
def a_factor_is_a_single_number(subject: Subject) -> None:
    """Look at what is returned: a number, or a tensor without axes."""
    for step, steps, factor in _factors(subject):
        shape = np.shape(array_of(factor))
        demand(shape == (), f"the factor of step {step} of {steps} has the shape {shape}")


@LearningRateContract.check()
def factors_lie_between_zero_and_one(subject: Subject) -> None:
    """Ask for steps of short and long trainings, the one after the last among them."""
    for step, steps, factor in _factors(subject):
        value = array_of(factor)
        inside = bool(np.all(value >= 0) and np.all(value <= 1 + NEAR))
        demand(inside, f"the factor of step {step} of {steps} is {value}: 0 … 1, and 1 is training.learning_rate")


@LearningRateContract.check(needs=factors_lie_between_zero_and_one)
def something_is_learned(subject: Subject) -> None:
    """Look for a step whose rate is not zero."""
    for length in LENGTHS:
        highest = max(float(np.max(array_of(factor))) for _, steps, factor in _factors(subject) if steps == length)
        demand(highest > 0, f"in a training of {length} steps every factor is 0")


@LearningRateContract.check()
def the_same_step_has_the_same_factor_compiled_or_not(subject: Subject) -> None:
    """Ask for steps twice, one after the other and in a compiled call."""
    ops, steps = load_keras(subject.backend).ops, LENGTHS[2]
    schedule = subject.make()

    def factor(step: Any) -> Any:
        return ops.convert_to_tensor(schedule.factor(step, steps))

    fast = compiled(factor, [])
    for step in np.linspace(0, steps, LOOKED_AT // 4).round().tolist():
        here, there = (array_of(way(ops.convert_to_tensor(step, "float32"))) for way in (factor, fast))
        same = bool(np.allclose(here, there, rtol=0, atol=NEAR))
        demand(same, f"the factor of step {step} of {steps} is {here}, and compiled {there}: write it in keras.ops")


def _factors(subject: Subject) -> Iterator[tuple[int, int, Any]]:
    """Yield steps of trainings of several lengths, and their factors."""
    ops, schedule = load_keras(subject.backend).ops, subject.make()
    for steps in LENGTHS:
        for step in dict.fromkeys(np.linspace(0, steps, LOOKED_AT).round().astype(int).tolist()):
            yield step, steps, schedule.factor(ops.convert_to_tensor(step, "float32"), steps)
