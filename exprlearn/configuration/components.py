"""From names in a config to components: the registries check every option before a backend is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exprlearn.configuration.sections import CHOICES, RunConfig
from exprlearn.errors import AmbiguousName, OptionError, UnknownName
from exprlearn.plugin.options import Options, bind

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.protocols import Constraint, Division, Metric, Padding, Reversal, Tokenizer
    from exprlearn.plugin.registry import Registry
    from exprlearn.plugin.specs import ModelSpec

Origin = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Components:
    """Everything a run needs from plugins, made and ready.

    Attributes:
        config: the config with every option of every component written out.
        grammars: the text of each grammar that goes by a name.
        model: the description of the model; `model_options` go to its `build`.
        metrics: by name, in the order asked for.
        origins: plugin, distribution and version of each component, by kind; constraints and metrics as `kind name`.
    """

    config: RunConfig
    grammars: Mapping[str, Callable[[], str]]
    division: Division
    constraints: tuple[Constraint, ...]
    tokenizer: Tokenizer
    padding: Padding
    reversal: Reversal
    model: ModelSpec
    model_options: Options
    metrics: Mapping[str, Metric]
    origins: Mapping[str, Origin]


@dataclass(frozen=True)
class Asked:
    """One component that a config asks for: where it says so, of which kind, by which name and options."""

    where: str
    kind: str
    name: str
    options: dict[str, Any]


def resolve(config: RunConfig, plugins: Plugins) -> Components:
    """Make the components a config names.

    Raises:
        OptionError: unknown names and options, every problem at once.
    """
    tree = config.model_dump()
    problems = component_problems(tree, plugins)
    if problems:
        raise OptionError(problems)
    asked = list(_asked(tree))
    made = {item.where: _make(item, plugins) for item in asked}
    model = next(item for item in asked if item.kind == "model")
    return Components(
        config=_completed(config, asked, plugins),
        grammars={name: plugins.grammars[name].text for name in plugins.grammars.names},
        division=made["division"],
        constraints=tuple(made[item.where] for item in asked if item.kind == "constraint"),
        tokenizer=made["tokenizer"],
        padding=made["padding"],
        reversal=made["reversal"],
        model=plugins.models[model.name],
        model_options=_bound(model, plugins),
        metrics={item.name: made[item.where] for item in asked if item.kind == "metric"},
        origins=dict(_origin(item, plugins) for item in asked),
    )


def component_problems(tree: Mapping[str, Any], plugins: Plugins) -> list[str]:
    """List what is wrong with the components of a tree of plain values, one line each."""
    problems = []
    for item in _asked(tree):
        try:
            _bound(item, plugins)
        except (UnknownName, AmbiguousName) as error:
            problems.append(
                f"{item.where}.{CHOICES[item.where]}: {error}" if item.where in CHOICES else f"{item.where}: {error}"
            )
        except OptionError as error:
            problems += error.problems
    return problems


def _asked(tree: Mapping[str, Any]) -> Iterator[Asked]:
    """Find every component a tree asks for; values of the wrong kind are left to the config's own check."""
    for section, key in CHOICES.items():
        options = tree.get(section)
        if isinstance(options, Mapping) and isinstance(options.get(key), str):
            yield Asked(section, section, options[key], {name: options[name] for name in options if name != key})
    constraints = tree.get("data", {}).get("constraints", []) if isinstance(tree.get("data"), Mapping) else []
    for index, item in enumerate(constraints if isinstance(constraints, list) else []):
        options = {"name": item} if isinstance(item, str) else item
        if isinstance(options, Mapping) and isinstance(options.get("name"), str):
            rest = {name: options[name] for name in options if name != "name"}
            yield Asked(f"data.constraints.{index}", "constraint", options["name"], rest)
    metrics = tree.get("training", {}).get("metrics", []) if isinstance(tree.get("training"), Mapping) else []
    for name in metrics if isinstance(metrics, list) else []:
        yield Asked(f"training.metrics.{name}", "metric", str(name), {})


def _registry(item: Asked, plugins: Plugins) -> Registry[Any]:
    return plugins.registries[item.kind]


def _bound(item: Asked, plugins: Plugins) -> Options:
    options = _registry(item, plugins)[item.name].options
    bound: Options = bind(options, item.options, where=item.where)
    return bound


def _make(item: Asked, plugins: Plugins) -> Any:
    """Make a component; a model is built later, when the shape of its arrays is known."""
    if item.kind == "model":
        return None
    return _registry(item, plugins).make(item.name, item.options, where=item.where)


def _origin(item: Asked, plugins: Plugins) -> tuple[str, Origin]:
    entry = _registry(item, plugins).entry(item.name)
    key = item.kind if item.where == item.kind else f"{item.kind} {entry.spec.name}"
    return key, (entry.plugin, entry.distribution, entry.version)


def _completed(config: RunConfig, asked: list[Asked], plugins: Plugins) -> RunConfig:
    """Write every option of every component out, so that a later change of a default changes no saved run."""
    tree = config.model_dump()
    for item in asked:
        if item.kind == "metric":
            continue
        options = {
            name: value for name, value in _bound(item, plugins).model_dump(mode="json").items() if value is not None
        }
        if item.kind == "constraint":
            tree["data"]["constraints"][int(item.where.rpartition(".")[2])] = {"name": item.name, **options}
        else:
            tree[item.where] = {CHOICES[item.where]: item.name, **options}
    return RunConfig.model_validate(tree)
