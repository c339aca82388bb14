"""The walk as one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from exprlearn.config import ConfigWithOrigins, DataSection, RunConfig, leaves, read_config, resolve
from exprlearn.dataset.audit import Keys
from exprlearn.dataset.pairs import Pairs, keys_of, pairs_of, read_pairs
from exprlearn.dataset.pairs.settings import pairs_preset, refuse_beside_pairs
from exprlearn.dataset.sequence import EXPRESSION, Dataset
from exprlearn.errors import OptionError
from exprlearn.notebook.display import fitting_display
from exprlearn.plugin import CallbackSpec, LossSpec, ModelSpec, OptimizerSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.objects import (
    BuildModel,
    BuildOptimizer,
    ComputeLoss,
    LookAfterEpoch,
    callback_spec,
    full_name,
    loss_spec,
    model_spec,
    optimizer_spec,
    plugins_of,
)
from exprlearn.plugin.spec import Spec
from exprlearn.runs.run import Run
from exprlearn.runs.starting import load
from exprlearn.training.observers import Observer
from exprlearn.walk import RUNS, learn

# What decides which examples a dataset has.
_SECTIONS = ("seed", "grammar", "division", "working", "data")
_EVENTS = ("started", "epoch", "noted", "finished")

Given = str | Path | Dataset | Pairs | Iterable[Any]


def train(
    data: Given = "addition",
    *,
    model: str | ModelSpec | BuildModel | None = None,
    optimizer: str | OptimizerSpec | BuildOptimizer | None = None,
    loss: str | LossSpec | ComputeLoss | None = None,
    callbacks: Sequence[str | CallbackSpec | LookAfterEpoch] = (),
    init_from: str | Path | Run | None = None,
    question_key: str | None = None,
    answer_key: str | None = None,
    seed: int | None = None,
    config: str | Path | None = None,
    settings: Mapping[str, Any] | Sequence[str] = (),
    runs: str | Path = RUNS,
    name: str | None = None,
    progress: bool | None = None,
    observer: Observer | None = None,
    plugins: Plugins | Iterable[Any] | None = None,
    **training: Any,
) -> Run:
    """Train a model on a grammar, a dataset or pairs and return the run, as `exprlearn train` does.

    Args:
        data: a shipped grammar by name, the path of a Lark file, or training entries that `exprlearn.dataset` has made:
            the model learns from exactly these, and is evaluated on what their settings hold out. Or pairs of question
            and answer: the path of a CSV, TSV or JSONL file, of a folder that `data build` made, or a list of
            `{"question": …, "answer": …}`, as `exprlearn.dataset.pairs` reads them.
        model: the name of one, a `ModelSpec`, or a function that builds one for a `Shape`: source ids
            (batch, source_length) → logits (batch, target_length, vocabulary_size). None leaves it to the config.
        optimizer: the name of one, an `OptimizerSpec`, or what builds one for a learning rate, as the classes of
            `keras.optimizers` do.
        loss: the name of one, a `LossSpec`, or a function of outputs, batch and `LossContext` that returns one number.
        callbacks: names, `CallbackSpec`s, or functions that get a `TrainingState` after each epoch, and return why the
            training is to end, or None.
        init_from: the run whose weights it begins with: itself, its name or its path.
        question_key: the column of pairs that holds questions; None looks for `question` and the like.
        answer_key: the column of pairs that holds answers; None looks for `answer` and the like.
        seed: the random seed.
        config: a TOML file with further settings.
        settings: further settings, which count most: `{"model.units": 64}` or `["model.units=64"]`.
        runs: where run folders lie.
        name: of the run folder.
        progress: whether the training is shown; None shows it in a terminal and in a notebook.
        observer: hears of every epoch, in place of what shows it.
        plugins: modules, files and objects that bring components, besides what is installed.
        training: settings of the training section, such as `target=0.97`, `max_time="2m"` or `epochs=3`.

    Raises:
        TypeError: an argument is of another kind than these; the message says what would do.
        OptionError: all unknown settings at once, those that a dataset was not made with, or that it is none to learn
            from.
        DataError: pairs that cannot be learned.
    """
    specs, chosen = _chosen(
        {
            "model": (model, ModelSpec, model_spec),
            "training.optimizer": (optimizer, OptimizerSpec, optimizer_spec),
            "training.loss": (loss, LossSpec, loss_spec),
        }
    )
    if callbacks:
        training["callbacks"] = _described(callbacks)
    if init_from is not None:
        training["init_from"] = str(init_from.folder.path if isinstance(init_from, Run) else init_from)
    flags = {**chosen, "seed": seed, "data.question_key": question_key, "data.answer_key": answer_key}
    flags |= {f"training.{key}": _named(value, specs) for key, value in training.items()}
    loaded = plugins_of(plugins, *specs)
    pairs = _pairs(data, _read_keys(question_key, answer_key))
    read = _read(data, pairs, config, flags, settings, loaded)
    components = resolve(read.config, loaded)
    with read.explained():
        report = learn(
            components.config,
            components,
            runs=Path(runs),
            name=name,
            observer=_checked(observer) or fitting_display(progress),
            grammar_text=data.space.grammar.text if isinstance(data, Dataset) else None,
            pairs=pairs,
        )
    return load(report.run, plugins=loaded)


def _chosen(
    given: Mapping[str, tuple[Any, type[Spec], Callable[[Any], Spec]]],
) -> tuple[list[Spec], dict[str, Any]]:
    """Return the specs of components that are described or built, and the settings that choose all that are given."""
    specs, flags = list[Spec](), dict[str, Any]()
    for key, (value, kind, describe) in given.items():
        if value is None or isinstance(value, str):
            flags[f"{key}.name"] = value
            continue
        spec = value if isinstance(value, kind) else describe(value)
        specs.append(spec)
        flags[f"{key}.name"] = full_name(spec)
    return specs, flags


def _described(callbacks: Sequence[Any]) -> list[Any]:
    """Return callbacks with those that are functions described."""
    if isinstance(callbacks, str) or not isinstance(callbacks, Sequence):
        raise TypeError(f"callbacks: write a list of names, specs or functions, got {callbacks!r}")
    return [each if isinstance(each, str | Mapping | CallbackSpec) else callback_spec(each) for each in callbacks]


def _named(value: Any, specs: list[Spec]) -> Any:
    """Name the specs that a setting of the training section holds, and add them to the others."""
    if isinstance(value, Spec):
        specs.append(value)
        return full_name(value)
    return [_named(item, specs) for item in value] if isinstance(value, list | tuple) else value


def _read(
    data: Given,
    pairs: Pairs | None,
    config: str | Path | None,
    flags: dict[str, Any],
    settings: Mapping[str, Any] | Sequence[str],
    plugins: Plugins,
) -> ConfigWithOrigins:
    """Put the settings together, and refuse those that do not go with the data."""
    if pairs is not None:
        flags["data.file"] = pairs.name
    else:
        flags |= _made_with(data) if isinstance(data, Dataset) else {"grammar.name": str(data)}
    sets, preset = _sets(settings, flags), None if pairs is None else pairs_preset(pairs)
    read = read_config(Path(config) if config else None, flags, sets, preset=preset, plugins=plugins)
    if pairs is not None:
        refuse_beside_pairs(read)
        if keys_of(read.config.data) != _read_keys(flags["data.question_key"], flags["data.answer_key"]):
            raise OptionError("data.question_key, data.answer_key: write question_key=… and answer_key=… of train")
    elif isinstance(data, Dataset):
        _refuse_other_data(data, read.config)
    return read


def _sets(settings: Mapping[str, Any] | Sequence[str], flags: dict[str, Any]) -> Sequence[str]:
    """Lay settings by their keys over the flags, and return those that are written out."""
    if isinstance(settings, Mapping):
        odd = [key for key in settings if not isinstance(key, str)]
        if odd:
            raise TypeError(f'settings: a key is text such as "model.units", got {odd[0]!r}')
        flags |= settings
        return ()
    is_listed = isinstance(settings, Sequence) and not isinstance(settings, str)
    if not is_listed or not all(isinstance(item, str) for item in settings):
        raise TypeError(f'settings: write {{"model.units": 64}} or ["model.units=64"], got {settings!r}')
    return settings


def _checked(observer: Observer | None) -> Observer | None:
    missing = [event for event in _EVENTS if observer is not None and not callable(getattr(observer, event, None))]
    if missing:
        raise TypeError(f"observer: {observer!r} cannot hear {', '.join(missing)}: write a function for each")
    return observer


def _read_keys(question_key: str | None, answer_key: str | None) -> Keys:
    named = {"question_key": question_key, "answer_key": answer_key}
    given = {name: key for name, key in named.items() if key is not None}
    return keys_of(DataSection.model_validate({"file": "pairs", **given}))


def _pairs(data: Given, keys: Keys) -> Pairs | None:
    """Return the pairs that data is, or is the path of; None where it is a grammar or a dataset."""
    if isinstance(data, Dataset | Pairs):
        return data if isinstance(data, Pairs) else None
    if isinstance(data, str | Path):
        path = Path(data)
        return None if path.suffix == ".lark" or not path.exists() else read_pairs(path, keys)
    if isinstance(data, Iterable) and not isinstance(data, Mapping | bytes):
        return pairs_of(data, keys=keys)
    raise TypeError(
        f"data: write a grammar's name, a path, an exprlearn.dataset or a list of pairs, got a {type(data).__name__}"
    )


def _made_with(data: Dataset) -> dict[str, Any]:
    """List the settings that a dataset was made with."""
    if data.split != "train":
        raise OptionError(f"split: a model learns from training entries, these are for {data.split}: leave split out")
    if data.template != EXPRESSION:
        raise OptionError(f"template: models read expressions, not '{data.template}': make the dataset without one")
    return dict(leaves({name: data.config.model_dump(mode="json")[name] for name in _SECTIONS}))


def _refuse_other_data(data: Dataset, config: RunConfig) -> None:
    """Refuse settings under which other examples would be drawn."""
    made, asked = (dict(leaves(each.model_dump(mode="json"))) for each in (data.config, config))
    free = () if data.config.data.split == "position" else ("data.validation", "data.test")
    keys = [key for key in sorted(made.keys() | asked.keys()) if key.partition(".")[0] in _SECTIONS and key not in free]
    problems = [
        f"{key}: the dataset was made with {made.get(key)}, not with {asked.get(key)}: make it with the other setting"
        for key in keys
        if made.get(key) != asked.get(key)
    ]
    if problems:
        raise OptionError(problems)
