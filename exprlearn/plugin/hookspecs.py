"""The hooks a plugin may implement; each is called once, without arguments, and yields specs.

A plugin is a module whose functions carry `@hookimpl`:

    from exprlearn.plugin import ModelSpec, hookimpl

    @hookimpl
    def exprlearn_models():
        yield ModelSpec(name="tiny", summary="One LSTM each way.", framing="sequence", build=build)
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from exprlearn.plugin.specs import (
    ConstraintSpec,
    DivisionSpec,
    GrammarSpec,
    MetricSpec,
    ModelSpec,
    PaddingSpec,
    ReversalSpec,
    Spec,
    TokenizerSpec,
)

hookspec = pluggy.HookspecMarker("exprlearn")
hookimpl = pluggy.HookimplMarker("exprlearn")

HOOKS: dict[str, type[Spec]] = {
    "exprlearn_grammars": GrammarSpec,
    "exprlearn_constraints": ConstraintSpec,
    "exprlearn_divisions": DivisionSpec,
    "exprlearn_tokenizers": TokenizerSpec,
    "exprlearn_paddings": PaddingSpec,
    "exprlearn_reversals": ReversalSpec,
    "exprlearn_models": ModelSpec,
    "exprlearn_metrics": MetricSpec,
}


@hookspec
def exprlearn_grammars() -> Iterable[GrammarSpec]:  # type: ignore[empty-body]
    """Yield grammars, so that `--grammar NAME` finds them."""


@hookspec
def exprlearn_constraints() -> Iterable[ConstraintSpec]:  # type: ignore[empty-body]
    """Yield constraints, for `data.constraints`."""


@hookspec
def exprlearn_divisions() -> Iterable[DivisionSpec]:  # type: ignore[empty-body]
    """Yield division policies, for `--division NAME`."""


@hookspec
def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:  # type: ignore[empty-body]
    """Yield tokenizers, for `--tokenizer NAME`."""


@hookspec
def exprlearn_paddings() -> Iterable[PaddingSpec]:  # type: ignore[empty-body]
    """Yield paddings, for `--padding NAME`."""


@hookspec
def exprlearn_reversals() -> Iterable[ReversalSpec]:  # type: ignore[empty-body]
    """Yield reversals, for `--reversal NAME`."""


@hookspec
def exprlearn_models() -> Iterable[ModelSpec]:  # type: ignore[empty-body]
    """Yield models, for `--model NAME`."""


@hookspec
def exprlearn_metrics() -> Iterable[MetricSpec]:  # type: ignore[empty-body]
    """Yield metrics, for `--metric NAME`."""
