"""From names in a config to components: the registries check every option before a backend is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from exprlearn.config.sections import CHOICES, INNER, OWN_KEYS, RunConfig, inner_choice
from exprlearn.config.setting_values import NOTHING
from exprlearn.errors import AmbiguousName, OptionError, UnknownName
from exprlearn.plugin import ConstraintSpec, GrammarSpec, ModelSpec
from exprlearn.plugin.kinds.drawing import SplitBy
from exprlearn.plugin.options import Options, bind

if TYPE_CHECKING:
    from exprlearn.plugin import (
        Constraint,
        Curriculum,
        Division,
        Drawing,
        DrawingContext,
        LearningRate,
        Metric,
        Optimizer,
        Padding,
        Reversal,
        RunObserver,
        Schedule,
        Tokenizer,
        Working,
    )
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.registry import Registry

Origin = tuple[str, str, str]
LISTS = {"constraint": ("data", "constraints"), "observer": ("training", "observers")}


class GrammarTexts(Mapping[str, Callable[[], str]]):
    """Maps names, and `plugin/name`, to what reads a grammar; a contested name is refused only when it is looked up."""

    def __init__(self, registry: Registry[GrammarSpec]) -> None:
        self._registry = registry

    def __getitem__(self, name: str) -> Callable[[], str]:
        """Return what reads a grammar; a contested name is an `AmbiguousName`."""
        try:
            return self._registry[name].text
        except UnknownName:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._registry.names)

    def __len__(self) -> int:
        return len(self._registry.names)


@dataclass(frozen=True, kw_only=True)
class Components:
    """Everything a run needs from plugins, made and ready.

    Attributes:
        config: the config with every option of every component written out.
        grammars: the text of each grammar that goes by a name.
        working: what is written before an answer.
        make_constraint: makes a further constraint by name and options, as the stages of a curriculum ask for.
        curriculum: the stages; None trains on the task itself alone.
        schedule: how much of each epoch comes from which stage.
        model: the description of the model; `model_options` go to its `build`.
        optimizer: how weights follow from gradients.
        learning_rate: how the learning rate goes on once it has risen.
        drawing: makes the way in which examples are drawn, for a space.
        metrics: by name, in the order asked for.
        observers: each with its name, in the order asked for.
        origins: plugin, distribution and version of each component, by kind; where a config names several of a kind,
            as `kind name`.
        completed: writes every option of every component that another config names out.
    """

    config: RunConfig
    grammars: Mapping[str, Callable[[], str]]
    division: Division
    working: Working
    constraints: tuple[Constraint, ...]
    make_constraint: Callable[[str, dict[str, Any]], Constraint]
    drawing: Callable[[DrawingContext], Drawing]
    curriculum: Curriculum | None
    schedule: Schedule | None
    tokenizer: Tokenizer
    padding: Padding
    reversal: Reversal
    model: ModelSpec
    model_options: Options
    optimizer: Optimizer
    learning_rate: LearningRate
    metrics: Mapping[str, Metric]
    observers: tuple[tuple[str, RunObserver], ...]
    origins: Mapping[str, Origin]
    completed: Callable[[RunConfig], RunConfig]


@dataclass(frozen=True)
class Asked:
    """One component that a config asks for: where it says so, of which kind, by which name and options."""

    where: str
    kind: str
    name: str
    options: dict[str, Any]


def resolve(config: RunConfig, plugins: Plugins) -> Components:
    """Make the components a config names; an `OptionError` tells all unknown names and options at once."""
    tree = config.model_dump()
    problems = component_problems(tree, plugins)
    if problems:
        raise OptionError(problems)
    asked = list(_asked(tree))
    made = {item.where: _make(item, plugins) for item in asked}
    model = next(item for item in asked if item.kind == "model")
    return Components(
        config=_completed(config, asked, plugins),
        grammars=GrammarTexts(plugins[GrammarSpec]),
        division=made["division"],
        working=made["working"],
        make_constraint=lambda name, options: plugins[ConstraintSpec].make(name, options, where="constraints"),
        drawing=next(made[item.where] for item in asked if item.kind == "drawing"),
        curriculum=made.get("curriculum"),
        schedule=made.get("curriculum.schedule"),
        constraints=tuple(made[item.where] for item in asked if item.kind == "constraint"),
        tokenizer=made["tokenizer"],
        padding=made["padding"],
        reversal=made["reversal"],
        model=plugins[ModelSpec][model.name],
        model_options=_bound(model, plugins),
        optimizer=made["training.optimizer"],
        learning_rate=made["training.schedule"],
        metrics={item.name: made[item.where] for item in asked if item.kind == "metric"},
        observers=tuple((item.name, made[item.where]) for item in asked if item.kind == "observer"),
        origins={**_grammar_origin(config.grammar.name, plugins), **dict(_origin(item, plugins) for item in asked)},
        completed=lambda other: _completed(other, list(_asked(other.model_dump())), plugins),
    )


def component_problems(tree: Mapping[str, Any], plugins: Plugins) -> list[str]:
    """List what is wrong with the components of a tree of plain values, one line each."""
    return [problem for _, problems in _faults(tree, plugins) for problem in problems]


def missing_components(config: RunConfig, plugins: Plugins) -> list[tuple[Asked, str]]:
    """List the components of a config that cannot be made, each with what is wrong."""
    return [(item, "; ".join(problems)) for item, problems in _faults(config.model_dump(), plugins)]


def _faults(tree: Mapping[str, Any], plugins: Plugins) -> Iterator[tuple[Asked, list[str]]]:
    for item in _asked(tree):
        try:
            _bound(item, plugins)
        except (UnknownName, AmbiguousName) as error:
            place = f"{item.where}.{CHOICES[item.where]}" if item.where in CHOICES else item.where
            yield item, [f"{place}: {error}"]
        except OptionError as error:
            yield item, error.problems


def _asked(tree: Mapping[str, Any]) -> Iterator[Asked]:
    """Find every component a tree asks for; values of the wrong kind are left to the config's own check."""
    for section, key in CHOICES.items():
        options = tree.get(section)
        if isinstance(options, Mapping) and isinstance(options.get(key), str):
            own = (key, *OWN_KEYS.get(section, ()))
            if (section, options[key]) != ("curriculum", NOTHING):
                yield Asked(
                    section, section, options[key], {name: options[name] for name in options if name not in own}
                )
    yield from _asked_drawing(tree)
    yield from _asked_inside(tree)
    for kind, (section, key) in LISTS.items():
        for index, item in enumerate(_listed(tree, section, key)):
            options = {"name": item} if isinstance(item, str) else item
            if isinstance(options, Mapping) and isinstance(options.get("name"), str):
                rest = {name: options[name] for name in options if name != "name"}
                yield Asked(f"{section}.{key}.{index}", kind, options["name"], rest)
    for name in _listed(tree, "training", "metrics"):
        yield Asked(f"training.metrics.{name}", "metric", str(name), {})


def _asked_drawing(tree: Mapping[str, Any]) -> Iterator[Asked]:
    """Find the way to draw: what balances the data, else what it is split by."""
    data = tree.get("data")
    if isinstance(data, Mapping):
        balanced = data.get("balance", NOTHING) != NOTHING
        where, name = ("balance", data["balance"]) if balanced else ("split", data.get("split", "content"))
        # A wrong way to split is told where the values of the section are checked, for no plugin brings one.
        if isinstance(name, str) and (balanced or name in get_args(SplitBy)):
            yield Asked(f"data.{where}", "drawing", name, {})


def _asked_inside(tree: Mapping[str, Any]) -> Iterator[Asked]:
    """Find the components that are chosen inside of a section; the schedule of no curriculum is none."""
    for where, (kind, _) in INNER.items():
        section, key = where.split(".")
        table = tree.get(section, {})
        if isinstance(table, Mapping) and (section != "curriculum" or table.get("name", NOTHING) != NOTHING):
            options = inner_choice(where, table.get(key, {}))
            if isinstance(options, Mapping) and isinstance(options.get("name"), str):
                rest = {name: options[name] for name in options if name != "name"}
                yield Asked(where, kind, options["name"], rest)


def _listed(tree: Mapping[str, Any], section: str, key: str) -> list[Any]:
    settings = tree.get(section)
    listed = settings.get(key) if isinstance(settings, Mapping) else None
    return listed if isinstance(listed, list) else []


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
    key = item.kind if item.where in (item.kind, *INNER) else f"{item.kind} {item.name}"
    return key, (entry.plugin, entry.distribution, entry.version)


def _grammar_origin(name: str, plugins: Plugins) -> dict[str, Origin]:
    """Tell where a grammar comes from that goes by a name; one that is a file comes from nowhere."""
    if Path(name).is_file() or name not in GrammarTexts(plugins[GrammarSpec]):
        return {}
    entry = plugins[GrammarSpec].entry(name)
    return {"grammar": (entry.plugin, entry.distribution, entry.version)}


def _completed(config: RunConfig, asked: list[Asked], plugins: Plugins) -> RunConfig:
    """Write every option of every component out, so that a later change of a default changes no saved run."""
    tree = config.model_dump()
    for item in asked:
        if item.kind in ("metric", "drawing"):
            continue
        options = {
            name: value for name, value in _bound(item, plugins).model_dump(mode="json").items() if value is not None
        }
        if item.kind in LISTS:
            section, key = LISTS[item.kind]
            tree[section][key][int(item.where.rpartition(".")[2])] = {"name": item.name, **options}
        elif item.where in INNER:
            section, key = item.where.split(".")
            tree[section][key] = {"name": item.name, **options}
        else:
            own = {name: tree[item.where][name] for name in OWN_KEYS.get(item.where, ())}
            tree[item.where] = {CHOICES[item.where]: item.name, **own, **options}
    return RunConfig.model_validate(tree)
