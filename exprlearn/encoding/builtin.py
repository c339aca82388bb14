"""The built-in tokenizers, paddings and reversals, registered as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.encoding.paddings import Left, PerTerm, Right
from exprlearn.encoding.sides import BOTH, NONE, SOURCE, TARGET
from exprlearn.encoding.tokenizers import Characters, Digits, DigitsOptions, Numbers, NumbersOptions
from exprlearn.plugin import PaddingSpec, ReversalSpec, TokenizerSpec, hookimpl


@hookimpl
def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:
    """Yield `characters`, `digits` and `numbers`."""
    yield TokenizerSpec(
        name="characters",
        summary="Every character is a token.",
        make=lambda options: Characters(),
    )
    yield TokenizerSpec(
        name="digits",
        summary="Numbers digit by digit or in groups, every operator, bracket and word as one token.",
        options=DigitsOptions,
        make=lambda options: Digits(options.group),
    )
    yield TokenizerSpec(
        name="numbers",
        summary="Every number of an expression is a token; answers are written digit by digit.",
        options=NumbersOptions,
        make=lambda options: Numbers(options.limit),
    )


@hookimpl
def exprlearn_paddings() -> Iterable[PaddingSpec]:
    """Yield `left`, `right` and `per-term`."""
    yield PaddingSpec(name="left", summary="Padding before the expression.", make=lambda options: Left())
    yield PaddingSpec(name="right", summary="Padding after the expression.", make=lambda options: Right())
    yield PaddingSpec(
        name="per-term",
        summary="Every number padded to the widest, so that units stand under units.",
        make=lambda options: PerTerm(),
    )


@hookimpl
def exprlearn_reversals() -> Iterable[ReversalSpec]:
    """Yield `none`, `source`, `target` and `both`."""
    yield ReversalSpec(name="none", summary="Both sides as they are read.", make=lambda options: NONE)
    yield ReversalSpec(name="source", summary="Source rows reversed.", make=lambda options: SOURCE)
    yield ReversalSpec(
        name="target",
        summary="Answers last digit first, so a carry is known before the digit that needs it.",
        make=lambda options: TARGET,
    )
    yield ReversalSpec(name="both", summary="Both sides reversed.", make=lambda options: BOTH)
