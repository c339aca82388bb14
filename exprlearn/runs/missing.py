"""Components of a run that are not installed, as far as asking its model needs none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NoReturn

from exprlearn.config import Components, RunConfig, missing_components, resolve
from exprlearn.config.values import NOTHING
from exprlearn.errors import RunError
from exprlearn.plugin.manager import Plugins

#: Kinds that decide which examples a run sees and how it is judged, and not what it answers.
UNASKED = ("metric", "constraint", "curriculum", "schedule")


@dataclass(frozen=True)
class MissingConstraint:
    """Stands for a constraint that is not installed: without it nobody can tell which expressions a run held out."""

    problem: str

    def keep(self, block: Any, values: Any) -> NoReturn:
        """Refuse to filter a block."""
        raise RunError(f"the examples of the run cannot be drawn: {self.problem}")

    def holds(self, expression: str, value: Fraction) -> NoReturn:
        """Refuse to judge an expression."""
        self.keep(expression, value)


def resolve_for_asking(config: RunConfig, plugins: Plugins) -> tuple[Components, dict[str, str]]:
    """Make the components of a config; without those that are missing where a model can be asked without them.

    Returns:
        The components, and what is wrong by the place in the config, a sentence each.

    Raises:
        OptionError: a component that the model or the exact answers need.
    """
    missing = {item.where: (item, told) for item, told in missing_components(config, plugins) if item.kind in UNASKED}
    if not missing:
        return resolve(config, plugins), {}
    kinds = {item.kind for item, _ in missing.values()}
    metrics = [name for name in config.training.metrics if f"training.metrics.{name}" not in missing]
    listed = enumerate(config.data.constraints)
    constraints = [each for place, each in listed if f"data.constraints.{place}" not in missing]
    changed: Mapping[str, Any] = {
        "training": config.training.model_copy(update={"metrics": metrics}),
        "data": config.data.model_copy(update={"constraints": constraints}),
        # No stage is opened to ask a model, and one schedule serves as well as another.
        **({"curriculum": type(config.curriculum)(name=NOTHING)} if kinds & {"curriculum", "schedule"} else {}),
    }
    components = resolve(config.model_copy(update=changed), plugins)
    lost = [MissingConstraint(told) for item, told in missing.values() if item.kind == "constraint"]
    told = {where: told for where, (_, told) in missing.items()}
    return replace(components, constraints=(*components.constraints, *lost)), told
