"""A plugin of broken components: each is named after the one check that it fails."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np
from pydantic import ConfigDict, Field, field_validator

from exprlearn.arithmetic.divisions import DivisionPolicy, ExactOnlyPolicy, FractionPolicy
from exprlearn.encoding import Characters, PerTerm, Right
from exprlearn.models import causal_network
from exprlearn.plugin import (
    Bounds,
    ConstraintSpec,
    CurriculumSpec,
    DivisionSpec,
    GrammarSpec,
    Incremental,
    MetricSpec,
    ModelSpec,
    Options,
    PaddingSpec,
    ReversalSpec,
    ScheduleSpec,
    Shape,
    Stage,
    TokenizerSpec,
    hookimpl,
)


class Required(Options):
    units: int = Field(description="Has no default.")


class Undescribed(Options):
    units: int = 3


class Generous(Options):
    model_config = ConfigDict(extra="allow")
    units: int = Field(default=3, description="One of many.")


class Doubling(Options):
    units: int = Field(default=3, description="Grows each time it is read.", validate_default=True)

    @field_validator("units")
    @classmethod
    def _double(cls, units: int) -> int:
        return units * 2


ADDITION = 'start: NUMBER "+" NUMBER\nNUMBER: /0|[1-9][0-9]?/\n'
UNREAD = 'start: NUMBER "+" \n NUMBER: /[0-9/\n'
ENDLESS = 'start: NUMBER | start "+" NUMBER\nNUMBER: /[0-9]/\n'
TWO_WAYS = '//@ size terms=1..3\nstart: NUMBER | start "+" start\nNUMBER: /[0-9]/\n'
COLLIDING = 'start: LEFT "+" LEFT | RIGHT "-" RIGHT\nLEFT: /[1-9]/\nRIGHT: /[1-9]/\n'
UNREACHED = ADDITION + "unused: NUMBER\n"


def changing() -> Callable[[], str]:
    """Return what tells another range of numbers every time."""
    told = count(1)
    return lambda: f'start: NUMBER "+" NUMBER\n//@ range=0..{next(told)}\nNUMBER: /0|[1-9][0-9]{{0,2}}/\n'


@hookimpl
def exprlearn_grammars() -> Iterator[GrammarSpec]:
    texts = {
        "lark-reads-the-grammar": UNREAD,
        "it-writes-finitely-many-expressions": ENDLESS,
        "no-expression-has-two-derivations": TWO_WAYS,
        "lark-reads-every-expression-it-writes": COLLIDING,
        "there-is-nothing-to-remark": UNREACHED,
    }
    for name, text in texts.items():
        yield GrammarSpec(name=name, summary="Broken.", text=lambda text=text: text)
    yield GrammarSpec(name="every-expression-has-its-index-in-the-space-made-again", summary="Broken.", text=changing())


class Whole:
    def keep(self, block: Any, values: Any) -> Any:
        return values.denominators == 1

    def holds(self, expression: str, value: Fraction) -> bool:
        return value.denominator == 1


class KeepsMore(Whole):
    def keep(self, block: Any, values: Any) -> Any:
        return np.ones(len(values), bool)


class Counts(Whole):
    def keep(self, block: Any, values: Any) -> Any:
        return (values.denominators == 1).astype(np.int64)


class NeedsRows(Whole):
    def keep(self, block: Any, values: Any) -> Any:
        return values.denominators <= min(1, values.denominators.max())


class Apart(Whole):
    def keep_values(self, numerators: Any, denominators: Any) -> Any:
        return denominators <= 2


class Boastful(Whole):
    def bounds(self) -> Bounds:
        return Bounds(low=0, high=5)


class Presumptuous(Whole):
    divides_evenly = True


@hookimpl
def exprlearn_constraints() -> Iterator[ConstraintSpec]:
    for name, make in {
        "keep-says-of-blocks-what-holds-says-of-each-row": KeepsMore,
        "keep-answers-with-one-bool-for-each-row": Counts,
        "an-empty-block-is-checked-too": NeedsRows,
        "keep-values-says-of-values-what-keep-says-of-their-rows": Apart,
        "what-is-kept-lies-within-its-bounds": Boastful,
        "what-is-kept-divides-evenly-where-it-is-told-to": Presumptuous,
    }.items():
        yield ConstraintSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Listed:
    def __init__(self, stages: Callable[[], Any]) -> None:
        self._stages = stages

    def stages(self, space: Any) -> Any:
        return self._stages()


def renamed() -> Callable[[], Any]:
    """Return what tells a stage of another name every time."""
    told = count(1)
    return lambda: [Stage(name=f"stage {next(told)}")]


@hookimpl
def exprlearn_curricula() -> Iterator[CurriculumSpec]:
    for name, stages in {
        "it-has-some-stages-and-not-without-end": lambda: (Stage(name=f"stage {number}") for number in count()),
        "no-two-stages-have-one-name": lambda: [Stage(name="one"), Stage(name="one")],
        "its-stages-are-the-same-each-time": renamed(),
        "every-stage-can-be-sampled": lambda: [Stage(name="none", constraints=[{"name": "carries", "minimum": 9}])],
        "its-stages-come-back-from-json": lambda: [Stage(name="one", grammar={"terms": (2, 3)})],
    }.items():
        yield CurriculumSpec(name=name, summary="Broken.", make=lambda options, stages=stages: Listed(stages))


class Evenly:
    def begin(self, stages: Any) -> Any:
        return {"epoch": 0, "count": len(stages)}

    def shares(self, state: Any) -> Any:
        return [1 / state["count"]] * state["count"]

    def after(self, state: Any, results: Any) -> Any:
        return {**state, "epoch": state["epoch"] + 1}


class Greedy(Evenly):
    def shares(self, state: Any) -> Any:
        return [1.0] * state["count"]


class Numbered(Evenly):
    def after(self, state: Any, results: Any) -> Any:
        return {**state, "epoch": state["epoch"] + 1, len(results): results[0].right}


class Scribbling(Evenly):
    def after(self, state: Any, results: Any) -> Any:
        state["epoch"] += 1
        return state


class Remembering(Evenly):
    def __init__(self) -> None:
        self._epochs = 0

    def shares(self, state: Any) -> Any:
        return [float(place == self._epochs % state["count"]) for place in range(state["count"])]

    def after(self, state: Any, results: Any) -> Any:
        self._epochs += 1
        return super().after(state, results)


class Comfortable(Evenly):
    def shares(self, state: Any) -> Any:
        return [1.0] + [0.0] * (state["count"] - 1)


@hookimpl
def exprlearn_schedules() -> Iterator[ScheduleSpec]:
    for name, make in {
        "every-epoch-is-divided-among-the-stages": Greedy,
        "its-state-comes-back-from-json": Numbered,
        "it-changes-no-state-that-it-was-given": Scribbling,
        "what-it-does-follows-from-the-state-alone": Remembering,
        "a-learner-without-errors-comes-to-every-stage": Comfortable,
    }.items():
        yield ScheduleSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Modular(FractionPolicy):
    operation = "modular"


class Careless(DivisionPolicy):
    def answer(self, value: Fraction, expression: str = "") -> str:
        if value.denominator != 1:
            raise ArithmeticError(expression)
        return str(value.numerator)


class Hasty(ExactOnlyPolicy):
    def answers(self, values: Any) -> Any:
        answers, answered = super().answers(values)
        return np.strings.lstrip(answers, "-"), answered


class Signless(ExactOnlyPolicy):
    characters = "0123456789"


class Narrow(ExactOnlyPolicy):
    def longest(self, extent: Any) -> float:
        return 1


class Rowless(ExactOnlyPolicy):
    def answers(self, values: Any) -> Any:
        values.numerators.max()
        return super().answers(values)


class Confident(ExactOnlyPolicy):
    def keep_values(self, numerators: Any, denominators: Any) -> Any:
        return np.ones(len(numerators), bool)


@hookimpl
def exprlearn_divisions() -> Iterator[DivisionSpec]:
    for name, make in {
        "its-operation-is-one-there-is": Modular,
        "what-has-no-answer-is-refused-with-an-evaluation-error": Careless,
        "blocks-are-answered-as-single-expressions-are": Hasty,
        "its-characters-cover-every-answer": Signless,
        "no-answer-is-longer-than-rows-have-room-for": Narrow,
        "an-empty-block-is-answered-too": Rowless,
        "keep-values-tells-which-values-have-an-answer": Confident,
    }.items():
        yield DivisionSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Spaced(Characters):
    def join(self, tokens: Sequence[str]) -> str:
        return " ".join(tokens)


class Forgetful(Characters):
    def symbols(self, alphabet: Any) -> Sequence[str]:
        return [symbol for symbol in super().symbols(alphabet) if symbol != "7"] + ["seven"]


class Doubled(Characters):
    def symbols(self, alphabet: Any) -> Sequence[str]:
        return [*super().symbols(alphabet), "7"]


class Shuffled(Characters):
    def symbols(self, alphabet: Any) -> Sequence[str]:
        symbols = list(super().symbols(alphabet))
        turn = os.getpid() % len(symbols)
        return symbols[turn:] + symbols[:turn]


class Paired:
    """Cuts into pairs, and says that they are characters."""

    per_character = True

    def symbols(self, alphabet: Any) -> Sequence[str]:
        singles = Characters().symbols(alphabet)
        return [*singles, *(one + other for one in singles for other in singles)]

    def split(self, text: str) -> list[str]:
        return [text[start : start + 2] for start in range(0, len(text), 2)]

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(tokens)


class Dithering(Paired):
    """Cuts into pairs, and now and then into characters."""

    per_character = False

    def split(self, text: str) -> list[str]:
        return list(text) if secrets.randbits(1) else super().split(text)


class Tight(Characters):
    def for_alphabet(self, alphabet: Any, side: str) -> Any:
        return self

    def digit_steps(self, digits: int) -> int:
        return 1


@hookimpl
def exprlearn_tokenizers() -> Iterator[TokenizerSpec]:
    for name, make in {
        "tokens-join-to-the-text-they-were-cut-from": Spaced,
        "the-same-text-gives-the-same-tokens": Dithering,
        "every-token-is-among-the-symbols": Forgetful,
        "a-vocabulary-is-made-of-the-symbols": Doubled,
        "the-symbols-have-one-order-in-every-process": Shuffled,
        "per-character-is-said-of-single-characters-only": Paired,
        "rows-have-room-for-every-text": Tight,
    }.items():
        yield TokenizerSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Plain:
    """Padding behind the text, without anything that a padding may offer on top."""

    def width(self, alphabet: Any, vocabulary: Any) -> int:
        return Right().width(alphabet, vocabulary)

    def pad(self, ids: Any, vocabulary: Any, width: int) -> Any:
        return Right().pad(ids, vocabulary, width)


class Turned(Plain):
    def pad(self, ids: Any, vocabulary: Any, width: int) -> Any:
        return np.ascontiguousarray(super().pad(ids, vocabulary, width)[:, ::-1])


class Jittering(Plain):
    """Leaves as much room in front of a text as chance says."""

    def pad(self, ids: Any, vocabulary: Any, width: int) -> Any:
        return shifted(super().pad(ids, vocabulary, width), np.random.default_rng(secrets.randbits(60)))


class JitteringInTraining(Plain):
    def pad_augmented(self, ids: Any, vocabulary: Any, width: int, random: Any) -> Any:
        return shifted(super().pad(ids, vocabulary, width), np.random.default_rng(secrets.randbits(60)))


def shifted(rows: Any, random: Any) -> Any:
    """Move what stands at the left of each row to the right, by as much as fits."""
    free = (rows == 0).sum(axis=1)
    return np.array([np.roll(row, random.integers(0, room + 1)) for row, room in zip(rows, free, strict=True)])


class Wide(Plain):
    def pad(self, ids: Any, vocabulary: Any, width: int) -> Any:
        return super().pad(ids, vocabulary, width).astype(np.int64)


class Cutting(Plain):
    def pad(self, ids: Any, vocabulary: Any, width: int) -> Any:
        return super().pad(ids[:, :width], vocabulary, width)


class Unmirrored(PerTerm):
    def pad_mirrored(self, ids: Any, vocabulary: Any, width: int) -> Any:
        return self.pad(ids, vocabulary, width)


@hookimpl
def exprlearn_paddings() -> Iterator[PaddingSpec]:
    for name, make in {
        "every-token-comes-back-in-order": Turned,
        "the-same-text-gives-the-same-row": Jittering,
        "rows-have-the-width-it-tells": Wide,
        "rows-that-are-too-long-are-refused": Cutting,
        "mirrored-rows-are-the-rows-reversed": Unmirrored,
        "augmented-rows-follow-from-the-generator-alone": JitteringInTraining,
    }.items():
        yield PaddingSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Wordy:
    source, target = "source", ""


class Moody:
    target = False

    def __init__(self) -> None:
        self._asked = 0

    @property
    def source(self) -> bool:
        self._asked += 1
        return self._asked % 3 == 0


@hookimpl
def exprlearn_reversals() -> Iterator[ReversalSpec]:
    yield ReversalSpec(name="both-sides-are-told-by-true-or-false", summary="Broken.", make=lambda options: Wordy())
    yield ReversalSpec(
        name="what-one-encoder-writes-another-one-reads", summary="Broken.", make=lambda options: Moody()
    )


class Share:
    """The share of right answers; weights and scale are what breaks."""

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        return sum(map(str.__eq__, answers, truths)) / len(truths)


class Numeric(Share):
    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        return sum(int(answer or 0) == int(truth) for answer, truth in zip(answers, truths, strict=True)) / len(truths)


class Lengthy(Share):
    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        return sum(len(answer) > 5 for answer in answers) / len(truths)


class Percent(Share):
    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        return 100 * super().score(answers, truths)


class FirstTwice(Share):
    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        return (super().score(answers, truths) + (answers[0] == truths[0])) / 2


@hookimpl
def exprlearn_metrics() -> Iterator[MetricSpec]:
    for name, make in {
        "every-text-has-a-finite-score": Numeric,
        "no-answers-score-better-than-the-right-ones": Lengthy,
        "scores-lie-between-zero-and-one": Percent,
        "the-order-of-items-changes-nothing": FirstTwice,
    }.items():
        yield MetricSpec(name=name, summary="Broken.", make=lambda options, make=make: make())
    options: dict[str, type[Options]] = {
        "every-option-has-a-default": Required,
        "every-option-is-described": Undescribed,
        "unknown-options-are-refused": Generous,
        "options-come-back-from-json-and-toml": Doubling,
    }
    for name, model in options.items():
        yield MetricSpec(name=name, summary="Broken.", options=model, make=lambda options: Share())


def sequence(shape: Shape, change: Callable[[Any], Any] = lambda logits: logits, **dense: Any) -> Any:
    """Write with dense layers, the quickest that learn eight examples."""
    import keras

    layers = keras.layers
    source = keras.Input((shape.source_length,), dtype="int32")
    hidden = layers.Dense(32, "relu")(layers.Flatten()(layers.Embedding(shape.vocabulary_size, 8)(source)))
    logits = layers.Dense(shape.target_length * shape.vocabulary_size, **dense)(hidden)
    steps = layers.Reshape((shape.target_length, shape.vocabulary_size), name="logits")(logits)
    return keras.Model([source], change(steps))


def teacher_forced(shape: Shape, nudge: Callable[[Any], Any]) -> Any:
    """Write as `sequence` does, and add to the first symbol's logits what a function makes of the answer's tokens."""
    import keras

    plain = sequence(shape)
    previous = keras.Input((shape.target_length,), dtype="int32")
    added = keras.layers.Reshape((-1, 1))(nudge(keras.ops.cast(previous, "float32")))
    first = keras.ops.one_hot([3], shape.vocabulary_size)[None]
    return keras.Model([plain.inputs[0], previous], plain.outputs[0] + 0.05 * added * first)


def crowded(shape: Shape, options: Any) -> Any:
    """Write with a causal transformer, and add a little where an example is not the first of its row."""
    import keras

    small = causal_network.CausalTransformerOptions(units=16, layers=1, feed_forward=32, head=8)
    plain = causal_network.build(shape, small)
    is_later = keras.ops.cast(keras.ops.expand_dims(plain.inputs[1] > 1, -1), "float32")
    return keras.Model(plain.inputs, plain.outputs[0] + 0.05 * is_later * keras.ops.one_hot([3], shape.vocabulary_size))


def one_step_short(shape: Shape, options: Any) -> Any:
    steps = min(shape.target_length, 10)
    return sequence(shape, lambda logits: logits[:, :steps])


def unseeded(shape: Shape, options: Any) -> Any:
    import keras

    return sequence(shape, kernel_initializer=keras.initializers.RandomNormal(seed=secrets.randbits(30)))


def talkative(shape: Shape, options: Any) -> Any:
    print("building")
    return sequence(shape)


def beside(shape: Shape, options: Any) -> Any:
    import keras

    return sequence(shape, lambda logits: logits - 0.1 * keras.ops.mean(logits, axis=0, keepdims=True))


def ahead(shape: Shape, options: Any) -> Any:
    # The first token is never padding, and it is written at the first step.
    return teacher_forced(shape, lambda tokens: tokens[:, 1:2] * (tokens * 0 + 1))


def counts_padding(shape: Shape, options: Any) -> Any:
    import keras

    def share(tokens: Any) -> Any:
        is_padding = keras.ops.cast(keras.ops.equal(tokens, shape.pad), "float32")
        return keras.ops.mean(is_padding, axis=1, keepdims=True) * (tokens * 0 + 1)

    return teacher_forced(shape, share)


def cuttable(shape: Shape, options: Any) -> Any:
    return teacher_forced(shape, lambda tokens: tokens * 0)


def cut_wrongly(model: Any) -> Incremental:
    """Cut `cuttable`, whose states are the logits of every step and a clock, and let each step add a little."""
    import keras

    ops, logits = keras.ops, model.get_layer("logits").output
    encode = keras.Model(model.inputs[0], [logits, logits[:, 0, :1] * 0])
    token, every, clock = keras.Input((1,)), keras.Input(logits.shape[1:]), keras.Input((1,))
    here = ops.one_hot(ops.cast(clock[:, 0], "int32"), logits.shape[1])
    now = ops.sum(every * here[:, :, None], axis=1, keepdims=True)
    wrong = now + 0.05 * ops.one_hot([3], logits.shape[2])[None] + 0 * token[:, :, None]
    return Incremental(encode=encode, step=keras.Model([token, every, clock], [wrong, every, clock + 1]))


def adds_what_moves_nothing(shape: Shape, options: Any) -> Any:
    import keras

    class Adding(keras.layers.Layer):
        def call(self, logits: Any) -> Any:
            self.add_loss(keras.ops.stop_gradient(keras.ops.mean(keras.ops.square(logits))))
            return logits

    return sequence(shape, Adding())


def deaf(shape: Shape, options: Any) -> Any:
    return sequence(shape, kernel_initializer="zeros", trainable=False)


def of_this_process(shape: Shape, options: Any) -> Any:
    import keras

    return sequence(shape, keras.layers.Rescaling(1 + secrets.randbits(20) / 2**20))


@hookimpl
def exprlearn_models() -> Iterator[ModelSpec]:
    sequences = {
        "it-writes-the-shape-it-is-asked-for": one_step_short,
        "the-same-seed-gives-the-same-weights": unseeded,
        "building-it-prints-nothing": talkative,
        "an-answer-does-not-depend-on-the-rows-beside-it": beside,
        "what-it-adds-to-the-loss-counts": adds_what_moves_nothing,
        "it-memorises-eight-examples": deaf,
        "its-weights-bring-the-same-answers-to-a-new-process": of_this_process,
    }
    forced = {"no-step-looks-at-a-later-token": ahead, "the-loss-is-blind-to-padding": counts_padding}
    for name, build in sequences.items():
        yield ModelSpec(name=name, summary="Broken.", framing="sequence", build=build)
    for name, build in forced.items():
        yield ModelSpec(name=name, summary="Broken.", framing="teacher-forced", build=build)
    yield ModelSpec(
        name="an-example-is-written-alike-beside-others-in-its-row",
        summary="Broken.",
        framing="causal",
        build=crowded,
    )
    yield ModelSpec(
        name="cut-in-two-it-writes-the-same",
        summary="Broken.",
        framing="teacher-forced",
        build=cuttable,
        incremental=cut_wrongly,
    )
    yield ModelSpec(
        name="its-defaults-are-settings",
        summary="Broken.",
        framing="sequence",
        build=lambda shape, options: sequence(shape),
        defaults={"training.batch_size": 0, "training.optimiser.name": "adam"},
    )
