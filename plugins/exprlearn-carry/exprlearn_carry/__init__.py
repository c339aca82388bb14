"""Carries in sums: a constraint, a curriculum, a metric and a command."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin import CommandSpec, ConstraintSpec, CurriculumSpec, MetricSpec, hookimpl
from exprlearn_carry.command import application
from exprlearn_carry.constraint import CarryChain, CarryChainOptions
from exprlearn_carry.curriculum import ByCarries, ByCarriesOptions
from exprlearn_carry.metric import ButForACarry


@hookimpl
def exprlearn_constraints() -> Iterable[ConstraintSpec]:
    """Yield the constraint, for `data.constraints`."""
    yield ConstraintSpec(
        name="carry-chain",
        summary="A sum whose longest chain of carries has so many columns.",
        options=CarryChainOptions,
        make=CarryChain,
    )


@hookimpl
def exprlearn_curricula() -> Iterable[CurriculumSpec]:
    """Yield the curriculum, for `--curriculum by-carries`."""
    yield CurriculumSpec(
        name="by-carries",
        summary="The run's own grammar, first without carries, then with one more at a time.",
        options=ByCarriesOptions,
        make=ByCarries,
    )


@hookimpl
def exprlearn_metrics() -> Iterable[MetricSpec]:
    """Yield the metric, for `--metric but-for-a-carry`."""
    yield MetricSpec(
        name="but-for-a-carry",
        summary="Share of answers that are right, or miss by one carry: by a one in a single column.",
        make=lambda options: ButForACarry(),
    )


@hookimpl
def exprlearn_commands() -> Iterable[CommandSpec]:
    """Yield the command, for `exprlearn carries 758+467`."""
    yield CommandSpec(
        name="carries", summary="Show sums as they are done on paper, with their carries.", app=application
    )
