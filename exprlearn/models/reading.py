"""Reading a sequence with an LSTM, in one direction or in both, padding passed over or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exprlearn.models.unrolling import unrolled_lstm

if TYPE_CHECKING:
    import keras


def read(
    features: keras.KerasTensor,
    units: int,
    *,
    bidirectional: bool,
    name: str,
    mask: keras.KerasTensor | None = None,
    unrolled: bool = False,
) -> tuple[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor]:
    """Read features (batch, steps, size); return outputs (batch, steps, units), last hidden and cell (batch, units).

    Read in both directions, each gets half of the units, and the two are joined. Two plain layers do it: Keras's
    `Bidirectional` copies its layer through serialisation, which imports TensorFlow on every backend.

    With a mask (batch, steps) bool, steps at which it is False are passed over: they change no state, so that the last
    states do not depend on where padding stands or how much of it; their output is the one before.

    Laid out (`unrolled`), a few steps are trained faster than in a loop, and many are compiled for longer.
    """
    import keras
    from keras import ops

    kind = unrolled_lstm() if unrolled else keras.layers.LSTM

    def lstm(size: int, direction: str, *, backwards: bool = False) -> list[keras.KerasTensor]:
        layer = kind(
            size,
            return_sequences=True,
            return_state=True,
            go_backwards=backwards,
            # cuDNN's kernel takes no mask but that of padding on the right, and ours stands on the left or between.
            use_cudnn="auto" if mask is None else False,
            name=f"{name}{direction}",
        )
        return list(layer(features, mask=mask))

    if not bidirectional:
        outputs, hidden, cell = lstm(units, "")
        return outputs, hidden, cell
    ahead = lstm(units - units // 2, "_ahead")
    back = lstm(units // 2, "_back", backwards=True)
    back[0] = ops.flip(back[0], axis=1)
    outputs, hidden, cell = (keras.layers.Concatenate()([one, other]) for one, other in zip(ahead, back, strict=True))
    return outputs, hidden, cell
