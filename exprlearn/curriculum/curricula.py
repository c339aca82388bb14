"""The built-in curricula: in which stages a task is taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from exprlearn.dataset.difficulty import Weights, even_cuts, sample_scores, weights_of
from exprlearn.errors import suggest
from exprlearn.plugin import Options, Stage


class AdditionOptions(Options):
    """How far the numbers go."""

    digits: Annotated[int, Field(ge=2, le=5, description="digits of the last stage's numbers")] = 3
    carries: Annotated[bool, Field(description="whether longer numbers come first without carries, then with them")] = (
        True
    )


@dataclass(frozen=True, eq=False)
class AdditionCurriculum:
    """Teaches the grammar `addition` by digits and carries.

    There is no stage for numbers of one digit: its 88 training examples can be learned by heart, and are.

    >>> [stage.name for stage in AdditionCurriculum(AdditionOptions(digits=3)).stages()]
    ['2 digits, no carry', '2 digits', '3 digits, no carry', '3 digits']
    """

    options: AdditionOptions = field(default_factory=AdditionOptions)

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        stages = []
        for digits in range(2, self.options.digits + 1):
            grammar = {"name": "addition", "range": f"0..{10**digits - 1}"}
            name = f"{digits} digits"
            if self.options.carries:
                no_carry = {"name": "carries", "maximum": 0}
                stages.append(Stage(name=f"{name}, no carry", grammar=grammar, constraints=[no_carry]))
            stages.append(Stage(name=name, grammar=grammar))
        return stages


class SumsOptions(Options):
    """How long the sums get."""

    terms: Annotated[int, Field(ge=2, description="numbers of the longest sums of the last stage")] = 6


@dataclass(frozen=True, eq=False)
class SumsCurriculum:
    """Teaches the grammar `sums` by the number of terms; each stage has the shorter sums as well.

    >>> [stage.grammar["terms"] for stage in SumsCurriculum(SumsOptions(terms=4)).stages()]
    ['2', '2..3', '2..4']
    """

    options: SumsOptions = field(default_factory=SumsOptions)

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        return [
            Stage(name=f"{terms} terms", grammar={"name": "sums", "terms": "2" if terms == 2 else f"2..{terms}"})
            for terms in range(2, self.options.terms + 1)
        ]


_FEW = 3


class MixedArithmeticOptions(Options):
    """How long the expressions get and how many brackets they have."""

    terms: Annotated[int, Field(ge=2, description="numbers of the longest expressions of the last stage")] = 4
    brackets: Annotated[int, Field(ge=0, description="pairs of brackets at most in the last stage")] = 2


@dataclass(frozen=True, eq=False)
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

    options: MixedArithmeticOptions = field(default_factory=MixedArithmeticOptions)

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


class NestedOptions(Options):
    """How deep brackets nest."""

    depth: Annotated[int, Field(ge=0, le=4, description="brackets within brackets in the last stage")] = 4


@dataclass(frozen=True, eq=False)
class NestedCurriculum:
    """Teaches the grammar `nested` by depth; each stage has the flatter expressions as well.

    >>> [stage.name for stage in NestedCurriculum(NestedOptions(depth=2)).stages()]
    ['depth 0', 'depth 1', 'depth 2']
    """

    options: NestedOptions = field(default_factory=NestedOptions)

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages, whatever the run's own expressions are."""
        return [
            Stage(name=f"depth {depth}", grammar={"name": "nested", "depth": f"0..{depth}"})
            for depth in range(self.options.depth + 1)
        ]


class AutoOptions(Options):
    """How many stages there are, and how many expressions are measured to cut them."""

    stages: Annotated[int, Field(ge=1, le=20, description="stages; equally many expressions come new with each")] = 4
    sample: Annotated[int, Field(ge=100, description="expressions that are measured")] = 16384
    weights: Weights = Field(default={})


@dataclass(frozen=True, eq=False)
class AutoCurriculum:
    """Teaches the run's own grammar from its easiest expressions on; each stage has the easier ones as well.

    Expressions are measured as training draws them, and cut at even shares of their scores. The last stage is the task
    itself.

    >>> from exprlearn.sampling import ExpressionSpace
    >>> for stage in AutoCurriculum(AutoOptions(stages=3)).stages(ExpressionSpace.from_file("addition")):
    ...     print(stage.name, stage.constraints)
    up to 100 points ({'name': 'difficulty', 'maximum': 100},)
    up to 116 points ({'name': 'difficulty', 'maximum': 116},)
    all ()
    """

    options: AutoOptions = field(default_factory=AutoOptions)

    def stages(self, space: Any) -> Sequence[Stage]:
        """List the stages; scores that many expressions share may make them fewer."""
        points = sample_scores(space, self.options.sample, weights_of(self.options.weights))
        count = self.options.stages
        cuts = set(even_cuts(points, count)) if len(points) else set()
        weights = {"weights": self.options.weights} if self.options.weights else {}
        easier = [
            Stage(name=f"up to {cut} points", constraints=({"name": "difficulty", "maximum": cut, **weights},))
            for cut in sorted(cuts)
            if cut < points[-1]
        ]
        return [*easier, Stage(name="all")]


class StageOptions(Options):
    """A stage as data."""

    name: str = Field(description="one line, different from the names of the other stages")
    like: str = Field(default="", description="the stage whose grammar and constraints this one begins from")
    grammar: dict[str, Any] = Field(default={}, description="keys of [grammar], on top of the run's own")
    constraints: list[str | dict[str, Any]] = Field(default=[], description="on top of the run's own data.constraints")
    promote_at: Annotated[
        float, Field(ge=0, le=1, description="exact match that ends the stage; 0 leaves it to the schedule")
    ] = 0.0
    weight: Annotated[float, Field(gt=0, description="how much of the training it takes beside the others")] = 1.0
    drop: Annotated[
        Annotated[int, Field(ge=0)] | Literal["all", "usual"],
        Field(description="how many parts of the working are left out; usual takes working.drop"),
    ] = "usual"


class ListedOptions(Options):
    """The stages."""

    stages: list[StageOptions] = Field(
        default=[StageOptions(name="the task itself")], min_length=1, description="the stages, the easiest first"
    )

    @model_validator(mode="after")
    def _likenesses_lead_somewhere(self) -> ListedOptions:
        names = [stage.name for stage in self.stages]
        for stage in self.stages:
            seen = [stage.name]
            while like := _find(self.stages, seen[-1]).like:
                if like not in names:
                    raise ValueError(f"stage '{seen[-1]}' is like '{like}', which is no stage: {suggest(like, names)}")
                if like in seen:
                    chain = "', which is like '".join([*seen, like])
                    raise ValueError(f"stage '{chain}': one of them must stand on its own, leave out its key like")
                seen.append(like)
        return self


@dataclass(frozen=True, eq=False)
class ListedCurriculum:
    """Teaches the stages that its options list; a stage `like` another one takes over what it does not say itself.

    >>> short = {"name": "short", "grammar": {"terms": 2}, "constraints": ["integer"]}
    >>> options = ListedOptions(stages=[short, {"name": "long", "like": "short", "grammar": {"terms": 3}}])
    >>> ListedCurriculum(options).stages()[1]
    Stage(name='long', grammar={'terms': 3}, constraints=['integer'], promote_at=None, weight=1.0, drop=None)
    """

    options: ListedOptions = field(default_factory=ListedOptions)

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages."""
        return [self._stage(stage) for stage in self.options.stages]

    def _stage(self, stage: StageOptions) -> Stage:
        grammar, constraints = dict(stage.grammar), list(stage.constraints)
        origin, drop = stage, stage.drop
        while origin.like:
            origin = _find(self.options.stages, origin.like)
            drop = origin.drop if drop == "usual" else drop
            grammar, constraints = {**origin.grammar, **grammar}, [*origin.constraints, *constraints]
        return Stage(
            name=stage.name,
            grammar=grammar,
            constraints=constraints,
            promote_at=stage.promote_at or None,
            weight=stage.weight,
            drop=None if drop == "usual" else drop,
        )


def _find(stages: Sequence[StageOptions], name: str) -> StageOptions:
    return next(stage for stage in stages if stage.name == name)
