"""Mixed arithmetic: one operator after the other, then more terms, then brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from exprlearn.plugin import Options, Stage

_FEW = 3


class MixedArithmeticOptions(Options):
    """How long the expressions get and how many brackets they have."""

    terms: Annotated[int, Field(ge=2, description="numbers of the longest expressions of the last stage")] = 4
    brackets: Annotated[int, Field(ge=0, description="pairs of brackets at most in the last stage")] = 2


class MixedArithmeticCurriculum:
    """Teaches the grammar `mixed`; each stage has the expressions of those before it as well.

    Operators come with up to three terms, since the few expressions of two can be learned by heart.

    >>> for stage in MixedArithmeticCurriculum(MixedArithmeticOptions(brackets=1)).stages():
    ...     print(stage.name)
    + -
    + - *
    + - * /
    4 terms
    4 terms, 1 bracket
    """

    def __init__(self, options: MixedArithmeticOptions | None = None) -> None:
        self.options = options or MixedArithmeticOptions()

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        terms, brackets = self.options.terms, self.options.brackets
        few = min(_FEW, terms)
        stages = [_stage(" ".join(signs), few, 0, signs) for signs in ("+-", "+-*", "+-*/")]
        stages += [_stage(f"{count} terms", count, 0) for count in range(few + 1, terms + 1)]
        for count in range(1, brackets + 1):
            stages.append(_stage(f"{terms} terms, {count} bracket{'s' if count > 1 else ''}", terms, count))
        return stages


def _stage(name: str, terms: int, brackets: int, signs: str = "+-*/") -> Stage:
    grammar = {"name": "mixed", "terms": f"2..{terms}", "brackets": f"0..{brackets}"}
    return Stage(name=name, grammar=grammar, constraints=[{"name": "signs", "only": signs}] if signs != "+-*/" else ())
