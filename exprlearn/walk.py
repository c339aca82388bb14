"""READ FIRST: the whole program as one walk, a function a step.

    grammar → sampling → arithmetic → dataset → encoding → models → training → decoding → scoring → report

A grammar is a Lark file and the whole specification of the data. `learn` counts its expressions, splits them by
content, so that no test expression or commutative duplicate of one (`b+a` of `a+b`) can be trained on, writes them as
arrays, builds a model, trains it, and evaluates it on answers that it writes all by itself.

Each step lives in the package of its name, and what is kept of it in `runs`; CONTRIBUTING.md says which package may
import which. Which tokenizer, model, … is used comes in as `components`, made by `exprlearn.config.resolve` from the
names in a config and whatever plugins are there. Three ways through the code are written down in docs/walk.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exprlearn.config import Components, RunConfig, to_toml
from exprlearn.dataset import Splits
from exprlearn.dataset.pairs import Pairs, PairSplits
from exprlearn.report import Report, claim_of, write_page
from exprlearn.runs import (
    Checkpoint,
    Run,
    RunFolder,
    answer_statistics,
    check_name,
    count_drawable,
    load_stages,
    make_encoder,
    open_data,
    read_stages,
    reopen,
    split_data,
    start_run,
    take_all,
    write_evaluation,
)
from exprlearn.training.baseline import write_baseline
from exprlearn.training.observers import Observer, Observers, Silent, run_header
from exprlearn.training.trainer import train

RUNS = Path("runs")


def learn(
    config: RunConfig,
    components: Components,
    *,
    runs: Path = RUNS,
    name: str | None = None,
    observer: Observer | None = None,
    grammar_text: str | None = None,
    pairs: Pairs | None = None,
    until: int | None = None,
    recipe: Mapping[str, Any] | None = None,
) -> Report:
    """Walk once from a grammar, or from pairs of question and answer, to an evaluated model.

    A name that no new run can have is refused at once.

    Args:
        config: every setting; its sections follow the walk.
        components: what the config names, made.
        runs: where run folders lie.
        name: of the new run folder; None numbers it.
        observer: hears of every epoch.
        grammar_text: of a run that is done again, whatever has become of the file; None reads what the config names.
        pairs: what is learned instead of a grammar; None reads the file that the config names, if it names one.
        until: train so many epochs, whatever else would stop the training; None leaves it to the config.
        recipe: what is kept and told of the recipe that the run begins with, as `report.recipe_claim.Claim` reads it.
    """
    if name is not None:
        check_name(runs, name)

    # A Lark file becomes a countable space: `space[10**9]` is an expression, `space.rank("1+2*3")` its index.
    # A file of pairs is what it is: here the two ways part, and meet again as splits.
    data = open_data(components, text=grammar_text, pairs=pairs)

    # A curriculum teaches the task in stages; each has expressions of its own.
    stages = load_stages(data, components)

    # Every expression belongs to one split, by a hash of its commutative canonical form; answers are exact rationals.
    splits = split_data(data, components, beside=[stage.space for stage in stages])
    components = take_all(splits, components)

    # Expressions and answers become rows of ids: tokenizer × padding × reversal.
    encoder = make_encoder(data, components, stages)

    # The model comes from its plugin, built for the encoder's shape; the run folder keeps everything it is made of.
    common_answer, scale = answer_statistics(splits, components.model.framing)
    run = start_run(
        components,
        encoder,
        runs=runs,
        name=name,
        data=data,
        common_answer=common_answer,
        scale=scale,
        stages=stages,
    )
    with run.lock:
        if recipe is not None:
            run.keep(recipe=recipe)
        if isinstance(splits, PairSplits):
            run.keep(pairs=splits.document())
        return train_and_evaluate(run, splits, observer or Silent(), until=until)


def resume(
    folder: RunFolder, components: Components, *, observer: Observer | None = None, until: int | None = None
) -> Report:
    """Go on with the walk where a run's newest whole checkpoint stands; no other process may train the run meanwhile.

    Args:
        folder: the run folder.
        components: of the run's own config; only when to stop and where to run may differ, and that is kept.
        observer: hears of every epoch.
        until: as of `learn`.
    """
    with folder.hold() as lock:
        run, checkpoint = reopen(folder, components, processes=components.config.training.processes)
        run.lock = lock
        folder.write_config(to_toml(components.config))
        run.keep(state="training")
        run.stages = read_stages(folder, run.data, components)
        splits = split_data(run.data, components, beside=[stage.space for stage in run.stages])
        return train_and_evaluate(run, splits, observer or Silent(), resumed=checkpoint, until=until)


def train_and_evaluate(
    run: Run,
    splits: Splits,
    observer: Observer,
    *,
    resumed: Checkpoint | None = None,
    until: int | None = None,
) -> Report:
    """Do the second half of the walk, for a new run or one that goes on from a checkpoint."""
    with Observers(observer, run.components) as observers:
        report = _train_and_evaluate(run, splits, observers, resumed, until)
        observers.evaluated(report.document())
    if observers.failures:
        run.keep(failed_observers=observers.failures)
    return report


def _train_and_evaluate(
    run: Run, splits: Splits, observer: Observer, resumed: Checkpoint | None, until: int | None
) -> Report:
    # Epochs of compiled steps; after each, the model answers the validation split and a checkpoint is written.
    drawn = count_drawable(run.data, splits)
    observer.started(run_header(run, drawn, splits, done=resumed.epoch if resumed else 0))
    for note in (*run.lock.notes, *run.notes, *splits.notes, *drawn.notes):
        observer.noted(note)
    outcome = train(run, splits, observer, resumed=resumed, until=until)

    # The test split, answered token by token: exact match with its interval, beside what knows nothing or little.
    write_baseline(run.folder, run.components, run.encoder, splits)
    evaluation = run.evaluate_split("test", splits)
    write_evaluation(run, evaluation)
    done = {name: getattr(outcome, name) for name in ("stopped_by", "epochs", "examples", "digest")}
    run.keep(state="finished", processes=run.config.training.processes, **done)

    # A table for the terminal and one page that opens offline.
    return Report(
        run=run.folder.path,
        scores=evaluation.scores,
        stopped_by=outcome.stopped_by,
        epochs=outcome.epochs,
        examples=outcome.examples,
        seconds=outcome.seconds,
        page=write_page(run.folder.path, evaluation.scores, noted=observer.noted),
        example=evaluation.predictions[0].expression,
        claim=claim_of(run.facts),
    )
