"""What the files of a run hold, line by line: checked as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from exprlearn.config import Components
from exprlearn.config.sections import EXACT_MATCH
from exprlearn.config.setting_values import NOTHING
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.pairs.pair_files import LONGEST
from exprlearn.intervals import percent
from exprlearn.scoring import Interval
from exprlearn.scoring.cube import THRESHOLD
from exprlearn.working import FaultKind, WorkingCheck, WorkingFault

Count = Annotated[int, Field(ge=0, le=2**53)]
"""A whole number that every program reads as it is."""
Finite = Annotated[float, Field(allow_inf_nan=False)]


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a moment without its time zone")
    return text


def _in_order(share: Interval) -> Interval:
    if not 0 <= share.low <= share.value <= share.high <= 1:
        raise ValueError(f"no share with its interval: {share.low} ≤ {share.value} ≤ {share.high}")
    return share


class Row(BaseModel):
    """A line of a JSONL file; keys that a report does not show are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class StageRow(Row):
    """How a stage of a curriculum stood after an epoch."""

    stage: str
    examples: Count
    right: Count
    count: Annotated[int, Field(ge=1, le=2**53)]


class OfEpoch(Row):
    """A line that belongs to an epoch."""

    epoch: Count


class EpochRow(OfEpoch):
    """A line of metrics.jsonl; with the stages of a curriculum, where there is one."""

    # A loss that is not a number is written as such, and null where a document holds none.
    model_config = ConfigDict(ser_json_inf_nan="null")

    examples: Count | None = None
    loss: float | None = None
    exact_match: Finite | None = None
    digit_accuracy: Finite | None = None
    learning_rate: Finite | None = None
    seconds: Finite | None = None
    working_right: Finite | None = None
    metrics: dict[str, Finite] = {}
    stages: list[StageRow] = []


class MonitorRow(Row):
    """The metric that decided on the best epoch of a run; those of older versions were evaluated by exact match."""

    name: str = EXACT_MATCH
    is_lower_better: bool = False

    @classmethod
    def of(cls, components: Components) -> MonitorRow:
        """Return the metric that decides by the config of components."""
        return cls(**components.monitor._asdict())

    @property
    def is_exact_match(self) -> bool:
        """Tell whether exact match decided, which is shown in any case."""
        return self.name == EXACT_MATCH

    def merit(self, score: float) -> float:
        """Return a score so that more is better."""
        return -score if self.is_lower_better else score

    def write(self, score: float) -> str:
        """Write a score for people.

        >>> MonitorRow().write(0.985), MonitorRow(name="rmse", is_lower_better=True).write(0.47312)
        ('98.5 %', '0.4731')
        """
        return percent(score) if self.is_exact_match else f"{score:.4g}"

    def score(self, epoch: EpochRow) -> float | None:
        """Return what decided about an epoch; None where its line does not have it."""
        return epoch.exact_match if self.is_exact_match else epoch.metrics.get(self.name)

    def best(self, epochs: Iterable[EpochRow]) -> EpochRow | None:
        """Return the epoch whose weights are kept, which is the last of those with the best score.

        >>> errors = enumerate((2.0, 1.0, 3.0), start=1)
        >>> epochs = [EpochRow(epoch=number, exact_match=0.5, metrics={"rmse": error}) for number, error in errors]
        >>> [MonitorRow(name="rmse", is_lower_better=True).best(epochs).epoch, MonitorRow().best(epochs).epoch]
        [2, 3]
        """
        scored = [(self.merit(score), epoch) for epoch in epochs if (score := self.score(epoch)) is not None]
        return max(scored, key=lambda pair: (pair[0], pair[1].epoch), default=(0.0, None))[1]


class EvaluatedEpoch(EpochRow):
    """A line of metrics.jsonl with what a training that is searched through goes by."""

    exact_match: Finite
    seconds: Finite


class WrongStepRow(Row):
    """Where a wrong answer went wrong: the token written and the right one, with the probabilities of both."""

    step: Count
    chosen: str
    chosen_probability: Finite
    right: str
    right_probability: Finite


class WrongLineRow(Row):
    """The first wrong line of a working."""

    line: Count
    kind: FaultKind
    expression: str
    found: str
    expected: str


class AnsweredRow(Row):
    """A line of predictions.jsonl; of a wrong answer with the name of its mistake, if one was given.

    Where answers have workings, these stand beside them, and how far they are right.
    """

    expression: str
    answer: str
    truth: str
    probability: Finite | None = None
    mistake: str | None = None
    wrong_step: WrongStepRow | None = None
    working: str = ""
    right_lines: Count | None = None
    lines: Count = 0
    first_wrong_line: WrongLineRow | None = None

    @property
    def correct(self) -> bool:
        """Tell whether the answer is the truth, character for character."""
        return self.answer == self.truth

    @property
    def check(self) -> WorkingCheck | None:
        """Tell how far the working is right; None without one."""
        if self.right_lines is None:
            return None
        wrong = self.first_wrong_line
        fault = None if wrong is None else WorkingFault(**wrong.model_dump())
        return WorkingCheck(self.right_lines, self.lines, fault)


class SampleRow(OfEpoch, AnsweredRow):
    """A line of samples.jsonl: what a fixed expression was answered in one epoch."""


class WrittenStep(Row):
    """One step of an answer: the token written, `<end>` at the end mark, and the next most probable ones."""

    chosen: str
    probability: Finite
    # JSON has no tuples, and a strict row takes none for a list.
    others: list[tuple[str, Finite]] = Field(default=[], strict=False)


class Written(AnsweredRow):
    """A line of steps.jsonl: how an answer was written."""

    steps: list[WrittenStep]
    back_to_front: bool = False


class CubeCell(Row):
    """A cell of the cube that `evaluate --beyond` and `--lengths` ask."""

    digits: Count
    terms: Count
    depth: Count
    operators: str
    distribution: Literal["in", "partly", "out"]
    exact_match: Annotated[Interval, AfterValidator(_in_order)] | None
    reason: str = ""


class KeptCube(Row):
    """What beyond.json and lengths.json hold; without cells where nobody asked."""

    threshold: Finite = THRESHOLD
    cells: list[CubeCell] = []


class PairRow(Row):
    """A line of pairs.jsonl: what a run learned, where somebody brought it."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    answer: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    split: Split | None = None


class PairFacts(Row):
    """What run.json says of pairs: the signs of operators of plugins that they were split by."""

    signs: list[str] = []


class Facts(Row):
    """What run.json says besides its format."""

    model_config = ConfigDict(allow_inf_nan=False)

    name: str | None = None
    state: str | None = None
    started: Annotated[str, AfterValidator(_moment)] | None = None
    stopped_by: str | None = None
    framing: str | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    backend: str | None = None
    digest: str | None = None
    common_answer: str = ""
    scale: Annotated[float, Field(gt=0)] = 1.0
    parameters: Count | None = None
    epochs: Count | None = None
    examples: Count | None = None
    monitor: MonitorRow = MonitorRow()
    versions: dict[str, str] = {}
    components: dict[str, dict[str, str]] = {}
    pairs: PairFacts | None = None


class DataRow(Row):
    """The section of config.toml that says where examples come from."""

    file: str = NOTHING


class NamedRow(Row):
    """A section of config.toml that says which component is meant."""

    name: str | None = None


class SettingsRow(Row):
    """What lists and pages show of config.toml."""

    seed: Annotated[int, Field(ge=0)] | None = None
    grammar: NamedRow = NamedRow()
    data: DataRow = DataRow()
    model: NamedRow = NamedRow()
    training: dict[str, Any] = {}

    @property
    def subject(self) -> str | None:
        """Return what was learned: the name of the grammar, or of the file of pairs."""
        return self.grammar.name if self.data.file == NOTHING else self.data.file
