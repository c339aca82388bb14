"""A curriculum written down stage by stage, as a file or the section `[curriculum]` holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from exprlearn.errors import suggest
from exprlearn.plugin import Options, Stage


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


class ListedCurriculum:
    """Teaches the stages that its options list; a stage `like` another one takes over what it does not say itself.

    >>> short = {"name": "short", "grammar": {"terms": 2}, "constraints": ["integer"]}
    >>> options = ListedOptions(stages=[short, {"name": "long", "like": "short", "grammar": {"terms": 3}}])
    >>> ListedCurriculum(options).stages()[1]
    Stage(name='long', grammar={'terms': 3}, constraints=['integer'], promote_at=None, weight=1.0)
    """

    def __init__(self, options: ListedOptions | None = None) -> None:
        self.options = options or ListedOptions()

    def stages(self, space: Any = None) -> Sequence[Stage]:
        """List the stages."""
        return [self._stage(stage) for stage in self.options.stages]

    def _stage(self, stage: StageOptions) -> Stage:
        grammar, constraints = dict(stage.grammar), list(stage.constraints)
        origin = stage
        while origin.like:
            origin = _find(self.options.stages, origin.like)
            grammar, constraints = {**origin.grammar, **grammar}, [*origin.constraints, *constraints]
        return Stage(
            name=stage.name,
            grammar=grammar,
            constraints=constraints,
            promote_at=stage.promote_at or None,
            weight=stage.weight,
        )


def _find(stages: Sequence[StageOptions], name: str) -> StageOptions:
    return next(stage for stage in stages if stage.name == name)
