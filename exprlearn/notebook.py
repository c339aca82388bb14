"""The walk as one call, for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exprlearn.config import RunConfig, leaves, read_config, resolve
from exprlearn.dataset.sequence import EXPRESSION, Dataset
from exprlearn.errors import OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run import Run
from exprlearn.runs.starting import load
from exprlearn.training.observers import Observer
from exprlearn.walk import RUNS, learn

# What decides which examples a dataset has.
_SECTIONS = ("seed", "grammar", "division", "working", "data")


def train(
    data: str | Dataset = "addition",
    *,
    model: str = "seq2seq",
    config: str | Path | None = None,
    settings: Sequence[str] = (),
    runs: str | Path = RUNS,
    name: str | None = None,
    observer: Observer | None = None,
    plugins: Plugins | None = None,
    **stopping: Any,
) -> Run:
    """Train a model on a grammar or a dataset and return the run, as `exprlearn train` does.

    An `OptionError` tells all unknown settings at once, those that a dataset was not made with, or that it is none to
    learn from.

    Args:
        data: a shipped grammar by name, the path of a Lark file, or training entries that `exprlearn.dataset` has made:
            the model learns from exactly these, and is judged on what their settings hold out.
        model: name of the model.
        config: a TOML file with further settings.
        settings: further settings as `section.key=value`, which count most.
        runs: where run folders lie.
        name: of the run folder.
        observer: hears of every epoch.
        plugins: the plugins to choose components from; None loads what is installed.
        stopping: settings of the training section, such as `target=0.97` or `max_time="2m"`.
    """
    plugins = plugins or Plugins()
    flags = {"model.name": model, **{f"training.{key}": stopping[key] for key in stopping}}
    flags |= {"grammar.name": data} if isinstance(data, str) else _made_with(data)
    read = read_config(Path(config) if config else None, flags, settings, plugins=plugins)
    text = None
    if not isinstance(data, str):
        _refuse_other_data(data, read.config)
        text = data.space.grammar.text
    components = resolve(read.config, plugins)
    with read.explained():
        report = learn(components.config, components, runs=Path(runs), name=name, observer=observer, grammar_text=text)
    return load(report.run, plugins=plugins)


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
