"""Making a run: its folder and its model, new or as a folder kept them, and whatever of it is still installed.

A folder that is damaged, or made of components that are not installed, is a RunError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from exprlearn.backend.reproducibility import versions
from exprlearn.config import Components, RunConfig, TrainingSection, missing_components, resolve, to_toml
from exprlearn.config.setting_values import NOTHING
from exprlearn.curriculum.stage_data import StageData
from exprlearn.dataset.pairs import Pairs
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Encoder
from exprlearn.errors import EncodingError, OptionError, RunError
from exprlearn.plugin import Selective
from exprlearn.plugin.manager import PYTHON, Plugins
from exprlearn.plugin.objects import plugins_of
from exprlearn.plugin.options import bind
from exprlearn.runs import checkpoint
from exprlearn.runs.built_models import build_larger, build_model, build_on_numpy
from exprlearn.runs.preparation import Data, read_data, write_data, write_stages
from exprlearn.runs.retention import read_best
from exprlearn.runs.run import Run
from exprlearn.runs.run_files import read_toml, write_json
from exprlearn.runs.run_folder import RunFolder, create, find
from exprlearn.runs.schema import MonitorRow
from exprlearn.runs.warm_start import WarmStart, name_source, refuse_leaks, take_weights, with_source

if TYPE_CHECKING:
    import keras

ORIGIN = ("plugin", "distribution", "version")


def start_run(
    components: Components,
    encoder: Encoder,
    *,
    runs: Path,
    name: str | None,
    data: Data,
    common_answer: str,
    scale: float,
    stages: tuple[StageData, ...] = (),
) -> Run:
    """Build the model, make the run folder as `run_folder.create` does, lock it and keep what the run is made of."""
    config = components.config
    refuse_working(components)
    if isinstance(data, Pairs) and components.model.framing == "rewriting":
        raise OptionError(
            f"model.name: '{config.model.name}' learns to rewrite expressions line by line, and pairs hold no lines: "
            "choose --model seq2seq"
        )
    model = build_model(components, encoder, processes=config.training.processes, is_new=True)
    warm, components = warm_start(model, components, encoder, [data, *(each.space for each in stages)], runs)
    config = components.config
    chosen = components.optimizer
    notes = list(warm.notes()) if warm else []
    notes += list(chosen.notes(model.trainable_variables)) if isinstance(chosen, Selective) else []
    folder = create(runs, name, f"{Path(config.subject).stem}-{config.model.name.replace('/', '-')}")
    with ExitStack() as stack:
        lock = stack.enter_context(folder.hold())
        kept = write_data(folder, data)
        folder.write_config(to_toml(config))
        write_json(folder.path / "vocabulary.json", encoder.to_json())
        write_stages(folder, stages)
        made_of = (folder, components, encoder, scale, common_answer)
        run = Run(*made_of, **kept, stages=stages, lock=lock, notes=notes)
        run.model = model
        run.keep(**_first_facts(run), **({"init_from": warm.document()} if warm else {}))
        stack.pop_all()
    return run


def warm_start(
    model: keras.Model,
    components: Components,
    encoder: Encoder,
    learned: Sequence[Data],
    runs: Path,
) -> tuple[WarmStart | None, Components]:
    """Give a new model the weights of the run that its config names, if it names one.

    Returns:
        What was taken, and the components, whose config names that run for good.

    Raises:
        DataError: that run may have learned what the new one holds out of what is `learned`.
        OptionError: none of its weights fits.
    """
    training = components.config.training
    if training.init_from == NOTHING:
        return None, components
    folder = find(training.init_from, runs)
    source = load(folder.path, plugins=components.plugins, backend=training.backend)
    refuse_leaks(components, learned, source)
    found = take_weights(model, build_larger(components, encoder), encoder.vocabulary, source)
    return found, with_source(components, name_source(folder.path, runs))


def refuse_working(components: Components) -> None:
    """Refuse with an OptionError a working where the model does not write token after token what it is taught."""
    refusal = FRAMINGS[components.model.framing].without_working
    if components.working is not None and refusal:
        raise OptionError(f"working.name: {refusal}: leave '{components.config.working.name}' out")


def _first_facts(run: Run) -> dict[str, Any]:
    config, origins = run.config, run.components.origins
    return {
        "name": run.folder.name,
        "state": "training",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "framing": run.components.model.framing,
        "seed": config.seed,
        "backend": config.training.backend,
        "monitor": MonitorRow.of(run.components).model_dump(),
        "versions": versions(),
        "components": {kind: dict(zip(ORIGIN, origin, strict=True)) for kind, origin in origins.items()},
        "common_answer": run.common_answer,
        "scale": run.scale,
        "parameters": run.model.count_params(),
    }


def load(
    reference: str | Path = "latest",
    *,
    runs: str | Path = "runs",
    plugins: Plugins | Iterable[Any] | None = None,
    backend: str | None = None,
) -> Run:
    """Load a run by path, name or `latest`: the model of its best epoch, ready to be asked.

    A built-in model answers few questions in numpy; its backend is imported when more is asked of it.

    Args:
        reference: which run.
        runs: where names are looked for.
        plugins: modules, files and objects that bring components, besides what is installed.
        backend: what Keras runs on, once it is needed; None takes the backend that the run was trained on.
    """
    folder = find(reference, Path(runs))
    components, missing = components_for_asking(folder, plugins_of(plugins), backend=backend)
    run, kept = read_run(folder, components)
    best, notes = read_best(kept, parameters=run.facts.get("parameters"))
    run.notes += [*notes, *missing]
    run.weights, model = checkpoint.group(best, "model"), build_on_numpy(components, run.encoder)
    if model is None:
        checkpoint.restore(run.variables, run.weights)
    else:
        checkpoint.restore(checkpoint.name_variables("model", model.variables), run.weights)
        run.numpy_model = model
    return run


def reopen(folder: RunFolder, components: Components, *, processes: int = 1) -> tuple[Run, checkpoint.Checkpoint]:
    """Build a run anew from its folder, without its weights, and read its newest whole checkpoint.

    With several `processes`, which are going to train it, none returns before all have read the folder.
    """
    run, kept = read_run(folder, components)
    run.model = build_model(components, run.encoder, processes=processes)
    return run, kept


def read_run(folder: RunFolder, components: Components) -> tuple[Run, checkpoint.Checkpoint]:
    """Read a run from its folder, without its model, and its newest whole checkpoint."""
    facts = folder.read_facts()
    kept, notes = checkpoint.newest(folder.checkpoints, parameters=facts.get("parameters"))
    try:
        # Tokenizer, padding and reversal are at hand, made from the same config as the vocabulary.
        document = folder.read_json("vocabulary.json")
        encoder = Encoder.from_json(document, lambda kind, name, options: getattr(components, kind))
    except EncodingError as error:
        raise RunError(f"the run {folder.path} is damaged: vocabulary.json: {error}") from error
    kept_data = read_data(folder, components)
    del facts["format"]
    run = Run(
        folder=folder,
        components=components,
        encoder=encoder,
        scale=float(facts.get("scale", 1.0)),
        common_answer=facts.get("common_answer", ""),
        **kept_data,
        facts=facts,
        notes=notes,
    )
    return run, kept


def read_run_config(folder: RunFolder) -> RunConfig:
    """Read the config of a run."""
    tables, _ = read_toml(folder.path / "config.toml")
    try:
        return bind(RunConfig, tables, where="")
    except OptionError as error:
        raise RunError(f"the run {folder.path} is damaged: config.toml: {error}") from error


def make_components(folder: RunFolder, plugins: Plugins) -> Components:
    """Make the components of a run; what is not installed is named with the command that installs it.

    Its callbacks and observers are left out: they watched the training, and what is asked later is none of theirs.
    """
    with _installation_hinted(folder, plugins):
        return resolve(_unobserved(read_run_config(folder), {}), plugins)


def components_for_asking(
    folder: RunFolder, plugins: Plugins, *, backend: str | None = None
) -> tuple[Components, list[str]]:
    """Make the components that asking a run needs, on a backend, and note which others of it are not installed."""
    config = _unobserved(read_run_config(folder), {} if backend is None else {"backend": backend})
    with _installation_hinted(folder, plugins):
        components, missing = resolve_for_asking(config, plugins)
    hints = installation_hints(folder.read_facts(), plugins) if missing else []
    notes = [f"asked without what is not there: {problem}" for problem in missing]
    return components, [*notes, *(f"to have it again: {hint}" for hint in hints)]


def _unobserved(config: RunConfig, changed: Mapping[str, Any]) -> RunConfig:
    training = config.training.model_copy(update={"callbacks": [], "observers": [], **changed})
    return config.model_copy(update={"training": training})


@contextmanager
def _installation_hinted(folder: RunFolder, plugins: Plugins) -> Iterator[None]:
    """Turn what is wrong with the components of a run into a RunError that says how to install them."""
    facts = folder.read_facts()
    try:
        yield
    except OptionError as error:
        hints = "".join(f"\n{hint}" for hint in installation_hints(facts, plugins))
        raise RunError(f"the run {folder.path} cannot be made anew: {error}{hints}") from error


def installation_hints(facts: Mapping[str, Any], plugins: Plugins) -> list[str]:
    """List how to install what a run's facts say that its components came from, as far as it is not there."""
    there = {(source.distribution, source.version) for source in plugins.sources}
    hints = []
    for kind, origin in facts.get("components", {}).items():
        distribution, version = origin.get("distribution"), origin.get("version")
        # What is built in needs no installation, whatever its version was.
        if (distribution, version) in there or origin.get("plugin") == "exprlearn":
            continue
        if distribution == PYTHON:
            hints.append(f"its {kind} was handed over by Python: hand it to xl.load(…, plugins=[…]) as well")
        elif version == "file":
            hints.append(f"its {kind} came from the file {distribution}: pass --plugin {distribution}")
        else:
            found = f"{distribution} {version}: python -m pip install '{distribution}=={version}'"
            hints.append(f"its {kind} came from {found}")
    return hints


#: Kinds that decide which examples a run sees and how it is evaluated, and not what it answers.
UNASKED = ("metric", "constraint", "curriculum", "schedule", "loss", "optimizer", "learning-rate")


@dataclass(frozen=True)
class MissingConstraint:
    """Stands for a constraint that is not installed: without it nobody can tell which expressions a run held out."""

    problem: str

    def keep(self, block: Any, values: Any) -> NoReturn:
        """Refuse to filter a block."""
        raise RunError(f"the examples of the run cannot be drawn: {self.problem}")

    def holds(self, expression: str, value: Fraction) -> NoReturn:
        """Refuse to evaluate an expression."""
        self.keep(expression, value)


def resolve_for_asking(config: RunConfig, plugins: Plugins) -> tuple[Components, list[str]]:
    """Make the components of a config; without those that are missing where a model can be asked without them.

    Returns:
        The components, and what is wrong with those that are missing, a sentence each.
    """
    missing = {item.where: (item, why) for item, why in missing_components(config, plugins) if item.kind in UNASKED}
    if not missing:
        return resolve(config, plugins), []
    kinds = {item.kind for item, _ in missing.values()}
    metrics = [name for name in config.training.metrics if f"training.metrics.{name}" not in missing]
    listed = enumerate(config.data.constraints)
    constraints = [each for index, each in listed if f"data.constraints.{index}" not in missing]
    # What trained a model is not asked for answers, and one schedule serves as well as another.
    trained_by = ("loss", "optimizer", "schedule", "monitor")
    usual = {key: getattr(TrainingSection(), key) for key in trained_by if f"training.{key}" in missing}
    changed: Mapping[str, Any] = {
        "training": config.training.model_copy(update={"metrics": metrics, **usual}),
        "data": config.data.model_copy(update={"constraints": constraints}),
        # No stage is opened to ask a model.
        **({"curriculum": type(config.curriculum)(name=NOTHING)} if kinds & {"curriculum", "schedule"} else {}),
    }
    components = resolve(config.model_copy(update=changed), plugins)
    lost = [MissingConstraint(why) for item, why in missing.values() if item.kind == "constraint"]
    problems = [why for _, why in missing.values()]
    return replace(components, constraints=(*components.constraints, *lost)), problems
