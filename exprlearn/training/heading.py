"""What a training says about itself before the first epoch."""

from __future__ import annotations

from exprlearn.dataset import Drawable, Splits
from exprlearn.training.observer import Header
from exprlearn.training.run import Run
from exprlearn.training.versions import versions


def heading(run: Run, drawn: Drawable, splits: Splits, *, done: int = 0) -> Header:
    """Collect everything that decides the result, and count what the splits share; `done` epochs lie behind."""
    config, found = run.config, versions()
    shown = splits.validation[0]
    proof = splits.proof()
    return Header(
        run=run.folder.name,
        grammar=config.grammar.name,
        model=config.model.name,
        backend=config.training.backend,
        versions=f"keras {found['keras']} on {config.training.backend} {found[config.training.backend]}",
        seed=config.seed,
        counts={"train": config.data.train, "validation": len(splits.validation), "test": len(splits.test)},
        shared=proof.shared,
        expressions=drawn.expressions,
        source=run.encoder.describe(shown.expression).padded,
        target=run.encoder.describe_answer(shown.answer).padded,
        vocabulary_size=len(run.encoder.vocabulary),
        parameters=run.model.count_params(),
        epochs=config.training.epochs,
        folder=run.folder.path,
        config=config.model_dump(mode="json"),
        done=done,
        examples=drawn.examples,
        examples_said=drawn.said,
    )
