"""Curricula: the stages in which a task is taught."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from exprlearn.errors import PluginError
from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    from exprlearn.sampling import ExpressionSpace


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A lesson: how its expressions differ from those of the run that is taught.

    A stage that says nothing but its name is the run's own task. Values that cannot be are a `PluginError`.

    Attributes:
        name: one line, different from the names of the other stages.
        grammar: keys of the section `[grammar]`, on top of the run's; with a `name` it begins from that grammar's own.
        constraints: names, or tables with options, as in `data.constraints`; they come on top of the run's.
        promote_at: the exact match that ends the stage, where a schedule promotes; None leaves it to the schedule.
        weight: how much of the training it takes beside the others, where a schedule weighs stages.
        drop: how many parts of the working are not written, from its beginning on; None leaves it to `working.drop`.

    >>> Stage(name="no carry", grammar={"terms": 2}, constraints=[{"name": "carries", "maximum": 0}]).weight
    1.0
    """

    name: str
    grammar: Mapping[str, Any] = field(default_factory=dict)
    constraints: Sequence[str | Mapping[str, Any]] = ()
    promote_at: float | None = None
    weight: float = 1.0
    drop: int | Literal["all"] | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or "\n" in self.name:
            raise PluginError(f"the name of a stage must be one line, received {self.name!r}")
        if self.promote_at is not None and not 0 < self.promote_at <= 1:
            raise PluginError(
                f"stage '{self.name}': promote_at must lie above 0, at most 1, received {self.promote_at}"
            )
        if not 0 < self.weight < float("inf"):
            raise PluginError(f"stage '{self.name}': weight must be a number above 0, received {self.weight}")
        if self.drop not in (None, "all") and not (isinstance(self.drop, int) and self.drop >= 0):
            raise PluginError(f"stage '{self.name}': drop must be a number from 0, or 'all', received {self.drop!r}")


class Curriculum(Protocol):
    """Says in which stages a task is taught, the easiest first."""

    def stages(self, space: ExpressionSpace) -> Sequence[Stage]:
        """List the stages for a run whose own expressions are those of `space`."""


@dataclass(frozen=True, kw_only=True)
class CurriculumSpec(Spec):
    """The stages in which a task is taught."""

    kind: ClassVar[str] = "curriculum"
    make: Callable[[Any], Curriculum]


@hookspec
def exprlearn_curricula() -> Iterable[CurriculumSpec]:  # type: ignore[empty-body]
    """Yield curricula, for `--curriculum NAME`.

    A curriculum lists the stages of a task, the easiest first. A stage says how its expressions differ from the
    run's own: by keys of `[grammar]`, by constraints or by both. One that says nothing but its name is the task.
    """


KIND = Kind(
    spec=CurriculumSpec,
    hook=exprlearn_curricula,
    component=Curriculum,
    works_with={
        "exprlearn.plugin:Stage": (),
        "exprlearn.sampling:ExpressionSpace": ("size", "number_range", "most_terms", "longest", "count"),
    },
    example="short-answers",
    command="exprlearn train --curriculum {name}",
    page="curricula",
)
