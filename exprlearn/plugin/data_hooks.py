"""The hooks for what is asked and what is answered: grammars, constraints and division policies."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin.marks import hookspec
from exprlearn.plugin.specs import ConstraintSpec, DivisionSpec, GrammarSpec


@hookspec
def exprlearn_grammars() -> Iterable[GrammarSpec]:  # type: ignore[empty-body]
    '''Yield grammars, for `--grammar NAME`.

    A grammar is a Lark file whose comments say how large expressions are. `text` is called when the grammar is
    used; it may read a file of the package with `importlib.resources`.

    Example:
        """A grammar plugin: sums of two or three even numbers."""

        from collections.abc import Iterable

        from exprlearn.plugin import GrammarSpec, hookimpl

        EVEN_SUMS = """
        //@ size terms=2..3
        start: NUMBER "+" NUMBER | start "+" NUMBER
        NUMBER: /[1-9]?[02468]/
        """


        @hookimpl
        def exprlearn_grammars() -> Iterable[GrammarSpec]:
            """Yield the grammar."""
            yield GrammarSpec(name="even-sums", summary="Sums of two or three even numbers.", text=lambda: EVEN_SUMS)
    '''


@hookspec
def exprlearn_constraints() -> Iterable[ConstraintSpec]:  # type: ignore[empty-body]
    '''Yield constraints, for `data.constraints`.

    A constraint keeps or drops expressions, the same ones whether it judges a block or one alone. With
    `constraints = [{name = "not-zero"}]` under `[data]` no part of the data holds what it drops.

    Example:
        """A constraint plugin: no expression whose value is zero."""

        from collections.abc import Iterable

        from exprlearn.plugin import ConstraintSpec, hookimpl


        class NotZero:
            """Keeps what does not come to nothing."""

            def keep(self, block, values):
                """Judge a block."""
                return values.numerators != 0

            def holds(self, expression, value):
                """Judge one expression."""
                return value != 0


        @hookimpl
        def exprlearn_constraints() -> Iterable[ConstraintSpec]:
            """Yield the constraint."""
            yield ConstraintSpec(name="not-zero", summary="The value is not zero.", make=lambda options: NotZero())
    '''


@hookspec
def exprlearn_divisions() -> Iterable[DivisionSpec]:  # type: ignore[empty-body]
    '''Yield division policies, for `--division NAME`.

    A policy says how `/` computes, exactly or rounding down, and how the value of the whole expression is written.
    A subclass of `exprlearn.arithmetic.divisions.DivisionPolicy` need only write one answer. Where a policy writes
    more than integers it tells `longest`, or data is drawn with the constraint `answer-length`.

    Example:
        """A division policy plugin: `17/5` is `3 2/5`."""

        from collections.abc import Iterable

        from exprlearn.arithmetic.divisions import DivisionPolicy
        from exprlearn.plugin import DivisionSpec, hookimpl


        class MixedNumber(DivisionPolicy):
            """Computes exactly and writes the whole part, then the rest."""

            characters = " -/0123456789"

            def answer(self, value, expression=""):
                """Write one answer; blocks are answered row by row."""
                whole, rest = divmod(abs(value), 1)
                parts = [str(whole)] * (whole > 0 or not rest) + [str(rest)] * (rest > 0)
                return "-" * (value < 0) + " ".join(parts)


        @hookimpl
        def exprlearn_divisions() -> Iterable[DivisionSpec]:
            """Yield the division policy."""
            yield DivisionSpec(
                name="mixed-number",
                summary="Exact values, the whole part before the fraction: 3 2/5.",
                make=lambda options: MixedNumber(),
            )
    '''
