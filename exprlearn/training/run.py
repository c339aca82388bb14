"""A run: a model with everything needed to ask it, judge it and go on training it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exprlearn.arithmetic import answer
from exprlearn.config import Components, RunConfig
from exprlearn.dataset import Examples, Splits
from exprlearn.encoding import Encoder
from exprlearn.scoring import Scores, score
from exprlearn.scoring.answering import Answerer
from exprlearn.scoring.decode import Decoder
from exprlearn.training.checkpoint import named
from exprlearn.training.prediction import Prediction, predictions_of
from exprlearn.training.preparation import load_space, load_splits
from exprlearn.training.run_folder import RunFolder

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Evaluation:
    """A model judged on a split.

    Attributes:
        run: name of the run.
        split: `validation` or `test`.
        scores: the judgement.
        predictions: what it was computed from, item by item.
    """

    run: str
    split: str
    scores: Scores
    predictions: Sequence[Prediction]


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

    @property
    def config(self) -> RunConfig:
        """Return the completed config."""
        return self.components.config

    @property
    def variables(self) -> dict[str, keras.Variable]:
        """Return the model's variables by name, seed generators included."""
        return named("model", self.model.variables)

    @cached_property
    def answerer(self) -> Answerer:
        """Return what asks the model."""
        shape = self.encoder.shape_for(self.components.model.framing)
        return Answerer(Decoder(self.model, self.components.model, shape), self.encoder, self.scale)

    def predict(self, expressions: Sequence[str], *, steps: bool = False) -> list[Prediction]:
        """Answer expressions, each beside the exact answer; with `steps` each tells how it was written.

        Raises:
            EncodingError: an expression the run's vocabulary or widths cannot write.
            EvaluationError: text that is no arithmetic expression, or has no answer under the run's division policy.
        """
        truths = [answer(text, self.components.division) for text in expressions]
        return predictions_of(self.answerer, list(expressions), truths, steps=steps)

    def evaluate(self, split: str = "test", size: int | None = None) -> Evaluation:
        """Judge the model on held-out expressions, drawn anew from the config.

        Args:
            split: `validation` or `test`.
            size: how many; None takes as many as the config says.
        """
        space = load_space(self.config.grammar, self.components, text=self.grammar_text)
        return self.judge(split, load_splits(space, self.components, sizes={split: size} if size else {}))

    def judge(self, split: str, splits: Splits) -> Evaluation:
        """Judge the model on one of the splits at hand."""
        examples: Examples = getattr(splits, split)
        expressions, truths = examples.expressions.tolist(), examples.answers.tolist()
        predictions = predictions_of(self.answerer, expressions, truths)
        scores = score(
            expressions,
            [prediction.answer for prediction in predictions],
            truths,
            metrics=self.components.metrics,
            common_answer=self.common_answer,
            framing=self.components.model.framing,
        )
        return Evaluation(self.folder.name, split, scores, predictions)

    def keep(self, **facts: Any) -> None:
        """Remember facts in run.json."""
        self.facts.update(facts)
        self.folder.write_run(self.facts)
