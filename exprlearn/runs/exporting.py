"""From a run to what leaves: its model on Keras or in numpy, what asks it, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exprlearn.backend.keras_import import array_of
from exprlearn.dataset import canonical_forms
from exprlearn.errors import OptionError
from exprlearn.export.model_card import CardFacts
from exprlearn.export.model_files import OF_KERAS, Exported, Format, export_model
from exprlearn.intervals import Interval
from exprlearn.runs.built_models import in_numpy, is_built_in
from exprlearn.runs.checkpoint import Checkpoint, name_variables, restore
from exprlearn.runs.record import RunRecord, read_record
from exprlearn.scoring.baselines import baselines
from exprlearn.scoring.metrics import estimate_exact_match

if TYPE_CHECKING:
    from exprlearn.decoding.answerer import Answerer
    from exprlearn.runs.run import Run


def export_run(run: Run, out: Path, file_format: Format) -> Path:
    """Write the model of a run in a format; see `export_model`."""
    if out.exists():
        raise OptionError(f"{out} is there already: name a new one")
    if file_format == "savedmodel" and run.config.training.backend != "tensorflow":
        raise OptionError(
            f"format savedmodel: TensorFlow writes it, and the run is on {run.config.training.backend}: load it with "
            "backend='tensorflow' in a new process"
        )
    answerer = run.answerer if file_format in OF_KERAS else answerer_in_numpy(run)
    return export_model(Exported(answerer, run.components, facts_of(run)), out, file_format)


def answerer_in_numpy(run: Run) -> Answerer:
    """Return what asks the model in numpy, with the weights that it has now."""
    if not is_built_in(run.components):
        raise OptionError(
            f"model.name: '{run.config.model.name}' is built by a plugin for Keras alone: choose --format keras"
        )
    weights, model = run.weights, in_numpy(run.components, run.encoder)
    if "model" in vars(run) or weights is None:
        # Anyone who has the model on its backend may have trained it further.
        values = {name: array_of(variable) for name, variable in run.variables.items()}
        weights = Checkpoint(run.folder.path, values, {})
    restore(name_variables("model", model.variables), weights)
    return run.answerer_of(model)


def facts_of(run: Run) -> CardFacts:
    """Gather what is known of a run; what its folder lacks is left out, and damage is a RunError."""
    record = read_record(run.folder.path)
    exact_match, known = scored(record, run.common_answer)
    best = run.facts.get("epochs") or 0
    return CardFacts(
        name=run.folder.name,
        config=run.config,
        alphabet=run.encoder.alphabet,
        summary=run.components.model.summary,
        parameters=run.facts.get("parameters") or 0,
        epochs=best,
        examples=run.facts.get("examples") or 0,
        exact_match=exact_match,
        baselines=known,
        example=record.predictions[0].expression if record.predictions else "1+2",
        asks="expression" if run.pairs is None or run.pairs.are_expressions else "text",
    )


def scored(record: RunRecord, common_answer: str) -> tuple[Interval | None, dict[str, float]]:
    """Score what a run answered of its test split, beside the best model that knows nothing."""
    rows = record.predictions
    if not rows:
        return None, {}
    expressions, answers, truths = zip(*((row.expression, row.answer, row.truth) for row in rows), strict=True)
    known = baselines(expressions, truths, common_answer)
    best = max(known, key=lambda name: known[name])
    return estimate_exact_match(answers, truths, canonical_forms(expressions)), {best: known[best]}
