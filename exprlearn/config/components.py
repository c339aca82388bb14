"""From names in a config to components: the registries check every option before a backend is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from exprlearn.config.origins import value_at
from exprlearn.config.sections import CHOICES, EXACT_MATCH, ComponentTable, RunConfig, choices, read_choice
from exprlearn.config.setting_values import NOTHING
from exprlearn.errors import AmbiguousName, OptionError, UnknownName
from exprlearn.plugin import ConstraintSpec, GrammarSpec, LossSpec, MetricSpec, ModelSpec, OperatorSpec
from exprlearn.plugin.kinds.drawing import SplitBy
from exprlearn.plugin.options import Options, bind

if TYPE_CHECKING:
    from exprlearn.plugin import (
        Callback,
        Constraint,
        Curriculum,
        Division,
        Drawing,
        DrawingContext,
        LearningRate,
        Loss,
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
LISTS = {"data.constraints": "constraint", "training.callbacks": "callback", "training.observers": "observer"}


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


class Monitor(NamedTuple):
    """The metric that decides when training ends and which epoch is the best.

    >>> Monitor("rmse", True).is_better(2.0, 3.0), Monitor("exact-match", False).is_better(0.5, 0.5)
    (True, False)
    """

    name: str
    is_lower_better: bool

    def is_better(self, score: float, other: float) -> bool:
        """Tell whether a score is better than another."""
        return score < other if self.is_lower_better else score > other


@dataclass(frozen=True, kw_only=True)
class Components:
    """Everything a run needs from plugins, made and ready.

    Attributes:
        config: the config with every option of every component written out.
        grammars: the text of each grammar that goes by a name.
        operators: all that there are; the signs of a grammar choose.
        working: what is written before an answer; None where answers stand alone.
        make_constraint: makes a further constraint by name and options, as the stages of a curriculum ask for.
        curriculum: the stages; None trains on the task itself alone.
        schedule: how much of each epoch comes from which stage.
        model: the description of the model; `model_options` go to its `build`.
        loss: what is made small.
        optimizer: how weights follow from gradients.
        learning_rate: how the learning rate goes on once it has risen.
        drawing: makes the way in which examples are drawn, for a space.
        metrics: by name, in the order asked for; the one that decides is among them.
        monitor: the metric that decides when training ends and which epoch is the best.
        callbacks: each with its name, in the order asked for.
        observers: each with its name, in the order asked for.
        origins: plugin, distribution and version of each component, by kind; where a config names several of a kind,
            as `kind name`.
        plugins: what other runs are loaded with.
        completed: writes every option of every component that another config names out.
    """

    config: RunConfig
    grammars: Mapping[str, Callable[[], str]]
    operators: Registry[OperatorSpec]
    division: Division
    working: Working | None
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
    loss: Loss
    optimizer: Optimizer
    learning_rate: LearningRate
    metrics: Mapping[str, Metric]
    monitor: Monitor
    callbacks: tuple[tuple[str, Callback], ...]
    observers: tuple[tuple[str, RunObserver], ...]
    origins: Mapping[str, Origin]
    plugins: Plugins
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
    asked = list(_find_asked(tree))
    made = {item.where: _make(item, plugins) for item in asked}
    monitor = config.training.monitor
    _, model, model_options = find_model(tree, plugins)
    _refuse_loss(plugins[LossSpec][config.training.loss.name], model)
    return Components(
        config=_complete(config, asked, plugins),
        grammars=GrammarTexts(plugins[GrammarSpec]),
        operators=plugins[OperatorSpec],
        division=made["division"],
        working=None if config.working.name == NOTHING else made["working"],
        make_constraint=lambda name, options: plugins[ConstraintSpec].make(name, options, where="constraints"),
        drawing=next(made[item.where] for item in asked if item.kind == "drawing"),
        curriculum=made.get("curriculum"),
        schedule=made.get("curriculum.schedule"),
        constraints=tuple(made[item.where] for item in asked if item.kind == "constraint"),
        tokenizer=made["tokenizer"],
        padding=made["padding"],
        reversal=made["reversal"],
        model=model,
        model_options=model_options,
        loss=made["training.loss"],
        optimizer=made["training.optimizer"],
        learning_rate=made["training.schedule"],
        metrics={item.name: made[item.where] for item in asked if item.kind == "metric"},
        monitor=Monitor(monitor, plugins[MetricSpec][monitor].is_lower_better),
        callbacks=tuple((item.name, made[item.where]) for item in asked if item.kind == "callback"),
        observers=tuple((item.name, made[item.where]) for item in asked if item.kind == "observer"),
        origins={**_grammar_origin(config.grammar.name, plugins), **dict(_origin(item, plugins) for item in asked)},
        plugins=plugins,
        completed=lambda other: _complete(other, list(_find_asked(other.model_dump())), plugins),
    )


def _refuse_loss(loss: LossSpec, model: ModelSpec) -> None:
    """Refuse a loss for models of other framings with an OptionError."""
    if loss.framings and model.framing not in loss.framings:
        raise OptionError(
            f"training.loss: '{loss.name}' is for models of the framings {', '.join(loss.framings)}, and "
            f"'{model.name}' is of {model.framing}: leave it out, or choose another --model"
        )


def find_model(tree: Mapping[str, Any], plugins: Plugins) -> tuple[str, ModelSpec, Options]:
    """Find the model that a tree of plain values names: its name there, its spec as its options choose it, and these.

    An `UnknownName` or `AmbiguousName` where there is none, an `OptionError` where it does not take its options.
    """
    item = next((item for item in _find_asked(tree) if item.kind == "model"), None)
    if item is None:
        raise OptionError("model: this is no choice of a model, write model.name=seq2seq")
    options = _bind(item, plugins)
    return item.name, plugins[ModelSpec][item.name].chosen(options), options


def component_problems(tree: Mapping[str, Any], plugins: Plugins) -> list[str]:
    """List what is wrong with the components of a tree of plain values, one line each."""
    return [problem for _, problems in _faults(tree, plugins) for problem in problems]


def missing_components(config: RunConfig, plugins: Plugins) -> list[tuple[Asked, str]]:
    """List the components of a config that cannot be made, each with what is wrong."""
    return [(item, "; ".join(problems)) for item, problems in _faults(config.model_dump(), plugins)]


def _faults(tree: Mapping[str, Any], plugins: Plugins) -> Iterator[tuple[Asked, list[str]]]:
    for item in _find_asked(tree):
        try:
            _bind(item, plugins)
        except (UnknownName, AmbiguousName) as error:
            key = f".{CHOICES[item.where].name_key}" if item.where in RunConfig.model_fields else ""
            yield item, [f"{item.where}{key}: {error}"]
        except OptionError as error:
            yield item, error.problems


def _find_asked(tree: Mapping[str, Any]) -> Iterator[Asked]:
    """Find every component a tree asks for; values of the wrong kind are left to the config's own check."""
    chosen = {where: read_choice(where, value_at(tree, where, {})) for where in CHOICES}
    curriculum = chosen["curriculum"]
    is_taught = isinstance(curriculum, Mapping) and curriculum["name"] != NOTHING
    for where, table in chosen.items():
        if is_taught or not where.startswith("curriculum"):
            yield from _read_named(where, CHOICES[where], table)
    yield from _find_drawing(tree)
    for where, kind in LISTS.items():
        listed = choices(value_at(tree, where))
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            yield from _read_named(f"{where}.{index}", ComponentTable(kind), item)
    metrics, monitor = value_at(tree, "training.metrics"), value_at(tree, "training.monitor", EXACT_MATCH)
    listed = [str(name) for name in metrics] if isinstance(metrics, list) else []
    for name in listed:
        yield Asked(f"training.metrics.{name}", "metric", name, {})
    if monitor not in (EXACT_MATCH, *listed):
        yield Asked("training.monitor", "metric", str(monitor), {})


def _read_named(where: str, choice: ComponentTable, table: Any) -> Iterator[Asked]:
    name = table.get(choice.name_key) if isinstance(table, Mapping) else None
    if isinstance(name, str):
        own = (choice.name_key, *choice.own)
        yield Asked(where, choice.kind, name, {key: value for key, value in table.items() if key not in own})


def _find_drawing(tree: Mapping[str, Any]) -> Iterator[Asked]:
    """Find the way to draw: what balances the data, else what it is split by."""
    balance, split = value_at(tree, "data.balance", NOTHING), value_at(tree, "data.split", "content")
    if balance != NOTHING:
        yield from _read_named("data.balance", ComponentTable("drawing"), {"name": balance})
    # A wrong way to split is told where the values of the section are checked, for no plugin brings one.
    elif split in get_args(SplitBy):
        yield Asked("data.split", "drawing", split, {})


def _registry(item: Asked, plugins: Plugins) -> Registry[Any]:
    return plugins.registry(item.kind)


def _bind(item: Asked, plugins: Plugins) -> Options:
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
    key = item.kind if item.where in CHOICES else f"{item.kind} {item.name}"
    return key, (entry.plugin, entry.distribution, entry.version)


def _grammar_origin(name: str, plugins: Plugins) -> dict[str, Origin]:
    """Tell where a grammar comes from that goes by a name; one that is a file comes from nowhere."""
    if Path(name).is_file() or name not in GrammarTexts(plugins[GrammarSpec]):
        return {}
    entry = plugins[GrammarSpec].entry(name)
    return {"grammar": (entry.plugin, entry.distribution, entry.version)}


def _complete(config: RunConfig, asked: list[Asked], plugins: Plugins) -> RunConfig:
    """Write every option of every component out, so that a later change of a default changes no saved run."""
    tree = config.model_dump()
    for item in asked:
        if item.kind in ("metric", "drawing"):
            continue
        *above, last = item.where.split(".")
        table: Any = tree
        for part in above:
            table = table[part]
        key = int(last) if isinstance(table, list) else last
        choice = CHOICES.get(item.where, ComponentTable(item.kind))
        own = {name: table[key][name] for name in choice.own}
        options = _bind(item, plugins).model_dump(mode="json")
        given = {name: value for name, value in options.items() if value is not None}
        table[key] = {choice.name_key: item.name, **own, **given}
    return RunConfig.model_validate(tree)
