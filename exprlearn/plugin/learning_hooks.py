"""The hooks for what learns and how that is judged: models and metrics."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin.marks import hookspec
from exprlearn.plugin.specs import MetricSpec, ModelSpec


@hookspec
def exprlearn_models() -> Iterable[ModelSpec]:  # type: ignore[empty-body]
    '''Yield models, for `--model NAME`.

    A model is its framing, which says how arrays are laid out, and a function that builds a Keras model for a
    shape. Keras is imported inside of that function, so that `exprlearn --help` stays quick for everybody. Layers
    are of `keras.layers` and arithmetic is of `keras.ops`, so that the model learns on every backend. What it adds to
    the loss, by regularizers or `add_loss`, counts as in Keras's `fit`.

    Example:
        """A model plugin: one hidden layer over all tokens at once."""

        from collections.abc import Iterable

        from pydantic import Field

        from exprlearn.plugin import ModelSpec, Options, hookimpl


        class PerceptronOptions(Options):
            """Options of the model, for `--set model.units=512`."""

            units: int = Field(default=256, ge=1, description="Units of the hidden layer.")


        def build(shape, options):
            """Build source (batch, source_length) int32 → logits (batch, target_length, vocabulary_size)."""
            from keras import Input, Model, layers

            source = Input((shape.source_length,), dtype="int32")
            tokens = layers.Flatten()(layers.Embedding(shape.vocabulary_size, 16)(source))
            hidden = layers.Dense(options.units, activation="relu")(tokens)
            logits = layers.Dense(shape.target_length * shape.vocabulary_size)(hidden)
            return Model([source], layers.Reshape((shape.target_length, shape.vocabulary_size))(logits))


        @hookimpl
        def exprlearn_models() -> Iterable[ModelSpec]:
            """Yield the model."""
            yield ModelSpec(
                name="perceptron",
                summary="One hidden layer over all tokens at once.",
                framing="sequence",
                options=PerceptronOptions,
                build=build,
            )
    '''


@hookspec
def exprlearn_metrics() -> Iterable[MetricSpec]:  # type: ignore[empty-body]
    '''Yield metrics, for `--metric NAME`.

    A metric scores the answers that a model wrote against the true ones, both as text. Scores lie in 0..1, unless
    the summary says `lower is better`. Models write any text, so a metric must score any text.

    Example:
        """A metric plugin: the share of answers whose last digit is right."""

        from collections.abc import Iterable

        from exprlearn.plugin import MetricSpec, hookimpl


        class LastDigit:
            """Looks at units alone."""

            def score(self, answers, truths):
                """Return the share of answers that end as their truth does."""
                ends = [answer[-1:] == truth[-1:] for answer, truth in zip(answers, truths, strict=True)]
                return sum(ends) / len(ends)


        @hookimpl
        def exprlearn_metrics() -> Iterable[MetricSpec]:
            """Yield the metric."""
            yield MetricSpec(name="last-digit", summary="Share of right last digits.", make=lambda options: LastDigit())
    '''
