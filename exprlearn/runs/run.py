"""A run: a model with everything needed to ask it, evaluate it and go on training it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from exprlearn.arithmetic import answer
from exprlearn.arithmetic.operators import Operators
from exprlearn.config import Components, RunConfig
from exprlearn.curriculum.stage_data import StageData
from exprlearn.dataset import Examples, Splits, load_splits, operators_for
from exprlearn.dataset.pairs import Pairs
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.decoding.working_writer import working_writer
from exprlearn.encoding import Encoder
from exprlearn.errors import OptionError, suggest
from exprlearn.export.model_files import Format
from exprlearn.locking import Lock
from exprlearn.runs.built_models import build_model, is_keras_loaded
from exprlearn.runs.checkpoint import Checkpoint, name_variables, restore
from exprlearn.runs.exporting import export_run
from exprlearn.runs.prediction import Prediction, asked_of, make_predictions
from exprlearn.runs.preparation import Data, open_data, split_data
from exprlearn.runs.run_evaluation import Evaluation, evaluate_examples, read_baselines, seen_sizes
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder, state_of
from exprlearn.runs.schema import EpochRow
from exprlearn.scoring.census import BLOCK, MOST, CensusOptions, Wrong, take_census
from exprlearn.scoring.mistakes import MistakeGroup, WrongAnswer, mistake_groups
from exprlearn.tables import Records, html_table
from exprlearn.tensors.array_keras import Model

if TYPE_CHECKING:
    import keras


#: Multiplications that numpy does for a run, seconds of them, as long as importing a backend and compiling take. A
#: model of fewer weights takes as long as one of so many.
MOST_IN_NUMPY, FEWEST_WEIGHTS = 2**34, 2**18
#: What a model is evaluated on.
EVALUATED = ("validation", "test", "all")
#: What a notebook shows of a run's facts.
SHOWN = ("state", "stopped_by", "epochs", "examples", "parameters")


@dataclass
class Run:
    """A model, its encoder and its folder.

    Attributes:
        components: what it is made of, with the completed config.
        scale: the answer that a mapping model calls 1.
        common_answer: the most common answer of the training examples, for the baseline.
        facts: what run.json says besides.
        notes: what was fixed while loading, a sentence each.
        pairs: what it learned instead of a grammar; None where one writes the expressions.
        stages: the stages it is trained through; none without a curriculum.
        weights: what its model was loaded with; None for one that is new or trained further.
        numpy_model: the model in numpy, of a built-in one that was loaded; None without.
        multiplied: about how many multiplications that one has done.
    """

    folder: RunFolder
    components: Components
    encoder: Encoder
    scale: float
    common_answer: str
    grammar_text: str
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    pairs: Pairs | None = None
    stages: tuple[StageData, ...] = ()
    lock: Lock = field(default_factory=Lock)
    weights: Checkpoint | None = None
    numpy_model: Model | None = None
    multiplied: int = 0

    @property
    def config(self) -> RunConfig:
        """Return the completed config."""
        return self.components.config

    def _repr_html_(self) -> str:
        """Show what the run is in a notebook."""
        config, subject = self.config, "grammar" if self.pairs is None else "data"
        rows = [(subject, config.subject), ("model", config.model.name), ("seed", config.seed)]
        facts = {**self.facts, "state": state_of(self.folder.path, self.facts)}
        rows += [(name.replace("_", " "), facts[name]) for name in SHOWN if facts.get(name) is not None]
        return html_table(("run", self.folder.name), rows)

    @cached_property
    def data(self) -> Data:
        """Return what the run learned, as its folder keeps it."""
        return open_data(self.components, text=self.grammar_text, pairs=self.pairs)

    @property
    def variables(self) -> dict[str, keras.Variable]:
        """Return the model's variables by name, seed generators included."""
        return name_variables("model", self.model.variables)

    @cached_property
    def model(self) -> keras.Model:
        """Return the model on its backend, which is imported when it is first asked for."""
        model = build_model(self.components, self.encoder)
        if self.weights is not None:
            restore(name_variables("model", model.variables), self.weights)
        return model

    @cached_property
    def answerer(self) -> Answerer:
        """Return what asks the model on its backend."""
        return self.answerer_of(self.model)

    @cached_property
    def _numpy_answerer(self) -> Answerer:
        return self.answerer_of(self.numpy_model)

    @cached_property
    def _numpy_weights(self) -> int:
        weights: int = sum(variable.value.size for variable in self._numpy_answerer.decoder.model.variables)
        return max(weights, FEWEST_WEIGHTS)

    def answerer_for(self, rows: int) -> Answerer:
        """Return what asks the model to write so many rows: numpy, while that takes no longer than a backend."""
        if self.numpy_model is None or is_keras_loaded():
            return self.answerer
        steps = rows * self._numpy_answerer.decoder.shape.target_length
        self.multiplied += steps * self._numpy_weights
        return self._numpy_answerer if self.multiplied <= MOST_IN_NUMPY else self.answerer

    def answerer_of(self, model: Any) -> Answerer:
        """Return what asks a model with the encoder and the rules of the run."""
        rules = FRAMINGS[self.components.model.framing].adapted(self.components)
        decoder = Decoder(model, self.components.model, rules.shape(self.encoder), rules=rules)
        return Answerer(decoder, self.encoder, self.scale, working_writer(self.components, self.encoder))

    @cached_property
    def operators(self) -> Operators:
        """Return the operators of plugins that the signs of its expressions stand for."""
        if self.pairs is not None:
            return self.pairs.operators or ()
        return operators_for(self.encoder.alphabet.literals, self.components)

    def truth(self, expression: str) -> str | None:
        """Return the right answer to an expression; None where a run of pairs cannot know it.

        What pairs say counts, for other questions the exact answer where all of theirs are exact. An EvaluationError
        names text that has no exact answer.
        """
        if self.pairs is None:
            return answer(expression, self.components.division, operators=self.operators)
        known = self.pairs.answers.get(expression)
        return known if known is not None or not self._is_exact else self._exact(expression)

    @cached_property
    def _is_exact(self) -> bool:
        return self.pairs is not None and self.pairs.are_exact(self.components.division)

    def _exact(self, question: str) -> str | None:
        asked = Pairs("", Examples.of([(question, "")])).with_operators(self.operators)
        return asked.exact_answers(self.components.division)[0]

    @property
    def history(self) -> Records:
        """Return the epochs as metrics.jsonl holds them; a RunError says that it is damaged."""
        return Records(read_lines(self.folder.path / "metrics.jsonl", EpochRow))

    # A text is a sequence of texts too.
    @overload
    def predict(  # type: ignore[overload-overlap]
        self, expressions: str, *, steps: bool = False, beam: int = 1
    ) -> Prediction: ...

    @overload
    def predict(self, expressions: Sequence[str], *, steps: bool = False, beam: int = 1) -> list[Prediction]: ...

    def predict(
        self, expressions: str | Sequence[str], *, steps: bool = False, beam: int = 1
    ) -> Prediction | list[Prediction]:
        """Answer one expression, or each of several, beside the exact answer; `=` or `=?` at the end is dropped.

        With `steps` each prediction tells how it was written. A `beam` above 1 keeps so many beginnings of an answer
        from step to step, and lists them as candidates. An EncodingError names an expression that the run's vocabulary
        or widths cannot write, an EvaluationError text that has no exact answer, an OptionError a beam that the model
        cannot have.
        """
        if isinstance(expressions, str):
            return self.predict([expressions], steps=steps, beam=beam)[0]
        if not isinstance(expressions, Iterable) or not all(isinstance(text, str) for text in [*expressions]):
            raise TypeError(f"predict: ask a text such as '12+34', or a list of texts, got {expressions!r}")
        asked = [asked_of(self, text) for text in expressions]
        truths = [self.truth(text) for text in asked]
        return make_predictions(self.answerer_for(beam * len(asked)), asked, truths, steps=steps, beam=beam)

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

        An OptionError refuses a beam that the model cannot have, and a space too large for `all`.

        Args:
            split: `validation`, `test`, or `all` for every expression of the space.
            size: how many; None takes as many as the config says. Of `all`, how many the space may have.
            beam: as of `predict`.
            on_progress: hears how many expressions of `all` have been looked at, and how many there are.
            found: is handed the wrong answers; of `all`, block by block.
            told: deprecated, the name that `on_progress` had.
        """
        if told is not None:
            warnings.warn("evaluate(told=…) is deprecated: write on_progress=…", DeprecationWarning, stacklevel=2)
            on_progress = told
        if split not in EVALUATED:
            raise OptionError(f"split: no model is evaluated on {split!r}: {suggest(str(split), EVALUATED)}")
        space = self.data
        if split != "all":
            splits = split_data(space, self.components, sizes={split: size} if size else {})
            evaluation = self.evaluate_split(split, splits, beam=beam)
            found(evaluation.wrong)
            return evaluation
        if isinstance(space, Pairs):
            raise OptionError(f"split: {space.name} gives pairs, of which there is no 'all': choose validation or test")
        baselines, omitted = read_baselines(self)
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
        known, axes = read_baselines(self), seen_sizes(self.config.data, splits)
        return evaluate_examples(self, split, getattr(splits, split), self.answerer, known=known, axes=axes, beam=beam)

    def mistakes(self, wrong: Sequence[Wrong], *, beam: int = 1) -> list[MistakeGroup]:
        """Ask again what was answered wrongly, and return the mistakes by name, the most frequent first."""
        found: list[WrongAnswer] = []
        for start in range(0, len(wrong), BLOCK):
            rows = wrong[start : start + BLOCK]
            expressions, truths = [item.expression for item in rows], [item.truth for item in rows]
            again = make_predictions(self.answerer, expressions, truths, beam=beam, locate=True)
            found += [item.wrong_answer for item in again if item.answer != item.truth]
        return mistake_groups(found, self.components.division)

    def export(self, out: str | Path, format: Format = "keras") -> Path:
        """Write the model so that it answers without exprlearn, and return where it lies; docs/export.md says how.

        An OptionError says what the format cannot hold.
        """
        return export_run(self, Path(out), format)

    def keep(self, **facts: Any) -> None:
        """Remember facts in run.json; a RunError says that the folder was removed, or cannot be written."""
        self.lock.check()
        self.facts.update(facts)
        self.folder.write_run(self.facts)
