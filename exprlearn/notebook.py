"""The walk as one call, for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from exprlearn.config import RunConfig, leaves, read_config, resolve
from exprlearn.dataset.pairs import Pairs, pairs_of, read_pairs
from exprlearn.dataset.pairs.settings import pairs_preset, refuse_beside_pairs
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
    data: str | Path | Dataset | Pairs | Iterable[Any] = "addition",
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
    """Train a model on a grammar, a dataset or pairs and return the run, as `exprlearn train` does.

    An `OptionError` tells all unknown settings at once, those that a dataset was not made with, or that it is none to
    learn from; a `DataError` which pairs cannot be learned.

    Args:
        data: a shipped grammar by name, the path of a Lark file, or training entries that `exprlearn.dataset` has made:
            the model learns from exactly these, and is judged on what their settings hold out. Or pairs of question
            and answer: the path of a CSV, TSV or JSONL file, of a folder that `data build` made, or a list of
            `{"question": …, "answer": …}`, as `exprlearn.dataset.pairs` reads them.
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
    pairs = _pairs(data)
    if pairs is not None:
        flags |= {"data.file": pairs.name}
    else:
        flags |= _made_with(data) if isinstance(data, Dataset) else {"grammar.name": str(data)}
    preset = None if pairs is None else pairs_preset(pairs)
    read = read_config(Path(config) if config else None, flags, settings, preset=preset, plugins=plugins)
    text = None
    if pairs is not None:
        refuse_beside_pairs(read)
    elif isinstance(data, Dataset):
        _refuse_other_data(data, read.config)
        text = data.space.grammar.text
    components = resolve(read.config, plugins)
    with read.explained():
        report = learn(
            components.config,
            components,
            runs=Path(runs),
            name=name,
            observer=observer,
            grammar_text=text,
            pairs=pairs,
        )
    return load(report.run, plugins=plugins)


def _pairs(data: str | Path | Dataset | Pairs | Iterable[Any]) -> Pairs | None:
    """Return the pairs that data is, or is the path of; None where it is a grammar or a dataset."""
    if isinstance(data, Dataset | Pairs):
        return data if isinstance(data, Pairs) else None
    if isinstance(data, str | Path):
        path = Path(data)
        return None if path.suffix == ".lark" or not path.exists() else read_pairs(path)
    return pairs_of(data)


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
