"""A run: a model with everything needed to ask it, judge it and go on training it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exprlearn.arithmetic import answer
from exprlearn.config import Components, RunConfig
from exprlearn.curriculum.stage_data import StageData
from exprlearn.dataset import Examples, Splits
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.encoding import Encoder
from exprlearn.errors import RunError
from exprlearn.locking import Lock
from exprlearn.runs.checkpoint import named
from exprlearn.runs.prediction import Prediction, expression_of, make_predictions
from exprlearn.runs.preparation import load_space, load_splits
from exprlearn.runs.run_evaluation import BASELINE, BASELINE_MODEL, Evaluation, read_baseline, seen_sizes
from exprlearn.runs.run_folder import RunFolder, state_of
from exprlearn.scoring import score
from exprlearn.scoring.census import BLOCK, MOST, Baselines, CensusOptions, Wrong, take_census
from exprlearn.scoring.mistakes import MistakeGroup, WrongAnswer, mistake_groups
from exprlearn.tables import html_table

if TYPE_CHECKING:
    import keras


# What a notebook is told of a run's facts.
TOLD = ("state", "stopped_by", "epochs", "examples", "parameters")


@dataclass
class Run:
    """A model, its encoder and its folder.

    Attributes:
        folder: where it lies.
        components: what it is made of, with the completed config.
        encoder: strings to arrays and back.
        model: the built Keras model.
        scale: the answer that a mapping model calls 1.
        common_answer: the most common answer of the training examples, for the baseline.
        grammar_text: the grammar it was trained on.
        facts: what run.json says besides.
        notes: what was mended while loading, a sentence each.
        stages: the stages it is trained through; none without a curriculum.
        lock: of its folder, while it is trained.
    """

    folder: RunFolder
    components: Components
    encoder: Encoder
    model: keras.Model
    scale: float
    common_answer: str
    grammar_text: str
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    stages: tuple[StageData, ...] = ()
    lock: Lock = field(default_factory=Lock)

    @property
    def config(self) -> RunConfig:
        """Return the completed config."""
        return self.components.config

    def _repr_html_(self) -> str:
        """Show what the run is in a notebook."""
        config = self.config
        rows = [("grammar", config.grammar.name), ("model", config.model.name), ("seed", config.seed)]
        facts = {**self.facts, "state": state_of(self.folder.path, self.facts)}
        rows += [(name.replace("_", " "), facts[name]) for name in TOLD if facts.get(name) is not None]
        return html_table(("run", self.folder.name), rows)

    @property
    def variables(self) -> dict[str, keras.Variable]:
        """Return the model's variables by name, seed generators included."""
        return named("model", self.model.variables)

    @cached_property
    def answerer(self) -> Answerer:
        """Return what asks the model."""
        shape = self.encoder.shape_for(self.components.model.framing)
        return Answerer(Decoder(self.model, self.components.model, shape), self.encoder, self.scale)

    def predict(self, expressions: Sequence[str], *, steps: bool = False, beam: int = 1) -> list[Prediction]:
        """Answer expressions, each beside the exact answer.

        Args:
            expressions: what to answer; `=` or `=?` at the end is dropped.
            steps: whether each prediction tells how it was written.
            beam: beginnings of an answer that are kept from step to step; 1 is greedy decoding, more list candidates.

        Raises:
            EncodingError: an expression the run's vocabulary or widths cannot write.
            EvaluationError: text that is no arithmetic expression, or has no answer under the run's division policy.
            OptionError: a beam that the model cannot have.
        """
        asked = [expression_of(text) for text in expressions]
        truths = [answer(text, self.components.division) for text in asked]
        return make_predictions(self.answerer, asked, truths, steps=steps, beam=beam)

    def evaluate(
        self,
        split: str = "test",
        size: int | None = None,
        *,
        beam: int = 1,
        on_progress: Callable[[int, int], None] = lambda done, count: None,
        found: Callable[[Sequence[Wrong]], None] = lambda wrong: None,
        told: Callable[[int, int], None] | None = None,
    ) -> Evaluation:
        """Evaluate the model on held-out expressions, drawn anew from the config, or on every expression there is.

        Args:
            split: `validation`, `test`, or `all` for every expression of the space.
            size: how many; None takes as many as the config says. Of `all`, how many the space may have.
            beam: beginnings of an answer that are kept from step to step; 1 is greedy decoding.
            on_progress: hears how many expressions of `all` have been looked at, and how many there are.
            found: is handed the wrong answers; of `all`, block by block.
            told: deprecated, the name that `on_progress` had.

        Raises:
            OptionError: a beam that the model cannot have, or a space too large for `all`.
        """
        if told is not None:
            warnings.warn("evaluate(told=…) is deprecated: write on_progress=…", DeprecationWarning, stacklevel=2)
            on_progress = told
        space = load_space(self.config.grammar, self.components, text=self.grammar_text)
        if split != "all":
            splits = load_splits(space, self.components, sizes={split: size} if size else {})
            judged = self.evaluate_split(split, splits, beam=beam)
            found([row.wrong(split) for row in judged.predictions if row.answer != row.truth])
            return judged
        baselines, omitted = self._baselines()
        how = CensusOptions(
            beam=beam,
            most=size or MOST,
            common_answer=self.common_answer,
            baselines=baselines,
            omitted=omitted,
            on_progress=lambda done: on_progress(done, space.size),
            on_wrong=found,
        )
        census = take_census(space, load_splits(space, self.components), self.answerer, how)
        wrong = [Prediction(item.expression, item.answer, item.truth, None) for item in census.examples]
        return Evaluation(self.folder.name, split, census.scores, wrong, census)

    def evaluate_split(self, split: str, splits: Splits, *, beam: int = 1) -> Evaluation:
        """Evaluate the model on one of the splits at hand."""
        examples: Examples = getattr(splits, split)
        expressions, truths = examples.expressions.tolist(), examples.answers.tolist()
        predictions = make_predictions(self.answerer, expressions, truths, beam=beam, locate=True)
        baselines, omitted = self._baselines()
        scores = score(
            expressions,
            [prediction.answer for prediction in predictions],
            truths,
            metrics=self.components.metrics,
            common_answer=self.common_answer,
            further_baselines=baselines,
            omitted=omitted,
            framing=self.components.model.framing,
            axes=seen_sizes(self.config.data, splits),
        )
        return Evaluation(self.folder.name, split, scores, predictions, division=self.components.division)

    def mistakes(self, wrong: Sequence[Wrong], *, beam: int = 1) -> list[MistakeGroup]:
        """Ask again what was answered wrongly, and return the mistakes by name, the most frequent first."""
        found: list[WrongAnswer] = []
        for start in range(0, len(wrong), BLOCK):
            rows = wrong[start : start + BLOCK]
            expressions, truths = [item.expression for item in rows], [item.truth for item in rows]
            again = make_predictions(self.answerer, expressions, truths, beam=beam, locate=True)
            found += [item.wrong_answer for item in again if item.answer != item.truth]
        return mistake_groups(found, self.components.division)

    def _baselines(self) -> tuple[Baselines, dict[str, str]]:
        """Return the baseline that the folder keeps, or why there is none."""
        kept = read_baseline(self.folder)
        if isinstance(kept, str):
            return {}, {BASELINE_MODEL: kept}
        if kept.inputs != self.encoder.number_rows.steps * self.encoder.number_rows.features:
            raise RunError(
                f"{self.folder.path / BASELINE} is of another encoding: remove it to judge without this baseline"
            )
        return {BASELINE_MODEL: lambda expressions: kept.answers(self.encoder.numbers(expressions))}, {}

    def keep(self, **facts: Any) -> None:
        """Remember facts in run.json.

        Raises:
            RunError: the folder was removed, or the file cannot be written.
        """
        self.lock.check()
        self.facts.update(facts)
        self.folder.write_run(self.facts)
