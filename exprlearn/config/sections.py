"""RunConfig: everything that decides a run, in sections that follow the walk."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    WrapSerializer,
    field_validator,
    model_validator,
)

from exprlearn.config.setting_values import NOTHING, Bounds, OrNothing, Ranges, Sizes, Span, seconds

#: Every name is looked up, and a suggestion made for each that there is not.
MANY = Field(max_length=200)
#: The metric that every training is evaluated by.
EXACT_MATCH = "exact-match"
Share = Annotated[float, Field(ge=0, le=1)]


class ComponentTable(NamedTuple):
    """How a table of a config names its component.

    Attributes:
        kind: of the component.
        usual: the name of the one that is taken when none is named.
        name_key: the key of the name.
        own: further keys that are no options of the component.
    """

    kind: str
    usual: str = NOTHING
    name_key: str = "name"
    own: tuple[str, ...] = ()


#: Where a config chooses one component, by dotted key.
CHOICES: dict[str, ComponentTable] = {
    "division": ComponentTable("division", "exact-only", name_key="policy"),
    "working": ComponentTable("working", own=("drop",)),
    "curriculum": ComponentTable("curriculum", own=("schedule", "held_out", "beyond")),
    "tokenizer": ComponentTable("tokenizer", "digits"),
    "padding": ComponentTable("padding", "per-term"),
    "reversal": ComponentTable("reversal", "both"),
    "model": ComponentTable("model", "seq2seq"),
    "curriculum.schedule": ComponentTable("schedule", "threshold"),
    "training.loss": ComponentTable("loss", "default"),
    "training.optimizer": ComponentTable("optimizer", "adam"),
    "training.schedule": ComponentTable("learning-rate", "cosine"),
}


class Section(BaseModel):
    """Frozen settings that refuse unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Open(BaseModel):
    """A component by name; every key that is not listed is one of its options, checked by the component itself."""

    model_config = ConfigDict(extra="allow", frozen=True, validate_default=True)

    @property
    def options(self) -> dict[str, Any]:
        """Return the options given, as plain values."""
        return dict(self.model_extra or {})


class Choice(Open):
    """A component by name, with its options."""

    name: str


def read_choice(key: str, value: Any) -> Any:
    """Read a choice in which a name may stand for one without options, and options alone for the usual one.

    >>> read_choice("curriculum.schedule", "mixed"), read_choice("curriculum.schedule", {"promote_at": 0.99})
    ({'name': 'mixed'}, {'name': 'threshold', 'promote_at': 0.99})
    >>> read_choice("curriculum", {"stages": []})
    {'name': 'stages', 'stages': []}
    """
    choice = CHOICES[key]
    if isinstance(value, str):
        return {choice.name_key: value}
    if not isinstance(value, dict):
        return value
    # Anyone who lists stages means those.
    name = "stages" if key == "curriculum" and "stages" in value else choice.usual
    return {choice.name_key: name, **value}


def choice_reader(key: str) -> Any:
    """Return what reads the choice at a dotted key before it is checked."""
    return BeforeValidator(lambda value: read_choice(key, value))


def usual(key: str) -> Choice:
    """Choose what is taken at a dotted key when nothing is named."""
    return Choice(name=CHOICES[key].usual)


def shortest(choice: Any, write: SerializerFunctionWrapHandler) -> Any:
    """Write a choice without options as its name."""
    return write(choice) if choice.options else choice.name


def choices(value: Any) -> Any:
    """Read a list of choices in which a name may stand for a choice without options, or one name for the whole list.

    >>> choices("integer")
    [{'name': 'integer'}]
    """
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        return value
    return [{"name": item} if isinstance(item, str) else item for item in listed]


class DivisionChoice(Open):
    """A division policy by name, with its options."""

    policy: str = CHOICES["division"].usual

    @property
    def name(self) -> str:
        """Return the policy's name, as every other choice calls it."""
        return self.policy


class WorkingChoice(Open):
    """A working by name, with its options, and how much of it is written."""

    name: Annotated[str, Field(description="what is written before an answer; none writes the answer alone")] = NOTHING
    drop: Annotated[
        Annotated[int, Field(ge=0)] | Literal["all"],
        Field(description="parts of it that are left out from its beginning; all leaves the answer alone"),
    ] = 0

    @model_validator(mode="after")
    def _there_is_something_to_drop(self) -> WorkingChoice:
        if self.drop and self.name == NOTHING:
            raise ValueError(
                f"drop={self.drop} leaves parts of a working out, and no working is chosen: set working.name"
            )
        return self


class GrammarSection(Section):
    """Which language, and which part of it; what is left out follows the grammar's own pragmas."""

    name: str = "addition"
    range: Ranges = None
    terms: Sizes = None
    brackets: Sizes = None
    operators: Sizes = None
    characters: Sizes = None
    depth: Sizes = None
    weights: dict[str, int | float | str] | None = None
    signs: Annotated[
        list[str],
        MANY,
        Field(description="operators by plugin/name, where several are written with one sign"),
    ] = []
    ambiguity: Annotated[
        Literal["error", "strings", "derivations"],
        Field(description="of a grammar with several derivations: refuse it, draw expressions, or draw derivations"),
    ] = "error"

    @property
    def sizes(self) -> dict[str, Bounds | None]:
        """Return the bounds by measure, None where the grammar decides."""
        return {name: getattr(self, name) for name in ("terms", "brackets", "operators", "characters", "depth")}


class DataSection(Section):
    """How many examples each split has and which expressions are kept."""

    file: Annotated[
        str,
        Field(min_length=1, description="a file or folder of questions and answers, learned in place of a grammar"),
    ] = NOTHING
    question_key: Annotated[str, Field(min_length=1, description="the column of the file that holds questions")] = (
        NOTHING
    )
    answer_key: Annotated[str, Field(min_length=1, description="the column of the file that holds answers")] = NOTHING
    train: Annotated[int, Field(ge=0, description="0 generates examples on the fly, or takes all of a file")] = 0
    validation: Annotated[int, Field(ge=1)] = 1000
    test: Annotated[int, Field(ge=1)] = 2000
    shards: Annotated[int, Field(ge=1)] = 1
    constraints: Annotated[list[Choice], MANY] = [Choice.model_validate({"name": "answer-length", "maximum": 6})]
    level: Literal["string", "commutative", "operands"] = "commutative"
    split: Annotated[
        Literal["content", "position"],
        Field(description="what decides on the part of an expression: its content, or its place in an order"),
    ] = "content"
    balance: Annotated[
        str,
        Field(description="what comes equally often: every answer with result, expressions of a size with none"),
    ] = NOTHING

    mix: Annotated[
        Literal["terms", "size", "operators"],
        Field(description="how training examples are mixed: evenly by terms, by size, or by sets of operators"),
    ] = "terms"
    thinning: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="the chance to keep what came before in the epoch, to the power of how often",
        ),
    ] = 1.0

    _names_are_choices = field_validator("constraints", mode="before")(choices)

    @field_validator("question_key", "answer_key", mode="after")
    @classmethod
    def _key_is_of_a_file(cls, value: str, found: ValidationInfo) -> str:
        if value != NOTHING and found.data.get("file") == NOTHING:
            raise ValueError(f"'{value}' is a column of a file of pairs: name the file with --data FILE")
        return value


class CurriculumChoice(Open):
    """A curriculum by name, with its options; its schedule, and how each stage is evaluated."""

    name: Annotated[str, Field(description="which curriculum; none trains on the task itself alone")] = NOTHING
    schedule: Annotated[
        Choice,
        choice_reader("curriculum.schedule"),
        Field(description="how much of each epoch comes from which stage, with its options"),
    ] = usual("curriculum.schedule")
    held_out: Annotated[int, Field(ge=1, description="expressions of each stage that are answered every epoch")] = 256
    beyond: Annotated[
        Literal["none", "stage"],
        Field(description="what is left out of each stage; stage leaves out what an earlier stage gives already"),
    ] = "none"


class EncodingSection(Section):
    """How source ids reach a model."""

    inputs: Literal["one-hot", "integer", "embedding"] = "embedding"


class TrainingSection(Section):
    """How long, how fast and on what a model learns."""

    backend: Literal["tensorflow", "jax", "torch"] = "tensorflow"
    processes: Annotated[int, Field(ge=1, description="that train together, each on its share of every batch")] = 1
    epochs: Annotated[int, Field(ge=1)] = 40
    examples_per_epoch: Annotated[int, Field(ge=1)] = 16384
    batch_size: Annotated[int, Field(ge=1)] = 64
    learning_rate: Annotated[float, Field(gt=0)] = 6e-3
    loss: Annotated[
        Choice,
        choice_reader("training.loss"),
        WrapSerializer(shortest),
        Field(description="what is made small, with its options; default is the loss of the model's framing"),
    ] = usual("training.loss")
    init_from: Annotated[str, Field(description="the run whose weights it begins with, by name or path")] = NOTHING
    freeze: Annotated[list[str], MANY, Field(description="weights that stay, by patterns found in their paths")] = []
    optimizer: Annotated[
        Choice,
        choice_reader("training.optimizer"),
        WrapSerializer(shortest),
        Field(description="how weights follow from gradients, with its options"),
    ] = usual("training.optimizer")
    schedule: Annotated[
        Choice,
        choice_reader("training.schedule"),
        WrapSerializer(shortest),
        Field(description="how the learning rate goes on once it has risen, with its options"),
    ] = usual("training.schedule")
    warmup: Share = 0.05
    clip: Annotated[float, Field(ge=0, description="0 leaves gradients as they are")] = 1.0
    monitor: Annotated[str, Field(description="the metric that decides on target, patience and the best epoch")] = (
        EXACT_MATCH
    )
    target: Annotated[Annotated[float, Field(ge=0)] | None, OrNothing] = None
    max_time: Span = "6m"
    patience: Annotated[Annotated[int, Field(ge=1)] | None, OrNothing] = None
    metrics: Annotated[list[str], MANY] = []
    callbacks: Annotated[
        list[Choice], MANY, Field(description="what sees the model after each epoch, and may end it")
    ] = []
    observers: Annotated[list[Choice], MANY, Field(description="what watches the training, each with its options")] = []
    deterministic: Annotated[bool, Field(description="bit-identical operations each time, even if slower")] = False

    _names_are_choices = field_validator("callbacks", "observers", mode="before")(choices)

    @field_validator("freeze", mode="before")
    @classmethod
    def _patterns_are_listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("target", mode="after")
    @classmethod
    def _target_can_be_reached(cls, value: float | None, found: ValidationInfo) -> float | None:
        if value is not None and value > 1 and found.data.get("monitor") == EXACT_MATCH:
            raise ValueError(f"no share of the validation is {value:g}: write 0 … 1, such as 0.99")
        return value

    @field_validator("processes", mode="after")
    @classmethod
    def _backend_can_be_shared(cls, value: int, found: ValidationInfo) -> int:
        if value > 1 and found.data.get("backend") != "jax":
            raise ValueError("several processes train together on JAX alone: --backend jax, or --processes 1")
        return value

    @field_validator("batch_size", mode="after")
    @classmethod
    def _batch_can_be_shared(cls, value: int, found: ValidationInfo) -> int:
        processes = found.data.get("processes", 1)
        if value % processes:
            raise ValueError(f"{processes} processes cannot share a batch evenly: take a multiple of {processes}")
        return value

    @property
    def max_seconds(self) -> float | None:
        """Return `max_time` in seconds, None without a limit."""
        return seconds(self.max_time)


class RunConfig(Section):
    """Everything that decides a run.

    >>> RunConfig().grammar.name, RunConfig(grammar={"terms": "2..4"}).grammar.terms
    ('addition', (2, 4))
    """

    seed: Annotated[int, Field(ge=0)] = 0
    grammar: GrammarSection = GrammarSection()
    division: Annotated[DivisionChoice, choice_reader("division")] = DivisionChoice()
    working: Annotated[WorkingChoice, choice_reader("working")] = WorkingChoice()
    data: DataSection = DataSection()
    curriculum: Annotated[CurriculumChoice, choice_reader("curriculum")] = CurriculumChoice()
    tokenizer: Annotated[Choice, choice_reader("tokenizer")] = usual("tokenizer")
    padding: Annotated[Choice, choice_reader("padding")] = usual("padding")
    reversal: Annotated[Choice, choice_reader("reversal")] = usual("reversal")
    encoding: EncodingSection = EncodingSection()
    model: Annotated[Choice, choice_reader("model")] = usual("model")
    training: TrainingSection = TrainingSection()

    @property
    def subject(self) -> str:
        """Return what is learned: the name of the grammar, or of the file of pairs."""
        return self.grammar.name if self.data.file == NOTHING else self.data.file


SECTIONS: tuple[str, ...] = tuple(name for name in RunConfig.model_fields if name != "seed")
