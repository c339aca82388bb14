"""The walk as one call, for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exprlearn.config import read_config, resolve
from exprlearn.plugin.manager import Plugins
from exprlearn.training.observer import Observer
from exprlearn.training.run import Run
from exprlearn.training.starting import load
from exprlearn.walk import RUNS, learn


def train(
    grammar: str = "addition",
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
    """Train a model on a grammar and return the run, as `exprlearn train` does.

    Args:
        grammar: a shipped name or the path of a Lark file.
        model: name of the model.
        config: a TOML file with further settings.
        settings: further settings as `section.key=value`, which count most.
        runs: where run folders lie.
        name: of the run folder.
        observer: hears of every epoch.
        plugins: the plugins to choose components from; None loads what is installed.
        stopping: settings of the training section, such as `target=0.97` or `max_time="2m"`.

    Raises:
        OptionError: unknown settings, every problem at once.
    """
    plugins = plugins or Plugins()
    flags = {"grammar.name": grammar, "model.name": model, **{f"training.{key}": stopping[key] for key in stopping}}
    read = read_config(Path(config) if config else None, flags, settings, plugins=plugins)
    components = resolve(read.config, plugins)
    report = learn(components.config, components, runs=Path(runs), name=name, observer=observer)
    return load(report.run, plugins=plugins)
