"""Reading a padded sequence with an LSTM that passes padding over, in one direction or in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def read_tokens(
    features: keras.KerasTensor, mask: keras.KerasTensor, units: int, *, bidirectional: bool, name: str
) -> tuple[keras.KerasTensor, keras.KerasTensor, keras.KerasTensor]:
    """Read the steps of features (batch, steps, size) at which mask (batch, steps) bool is True.

    A step that is passed over changes no state, so that the last states do not depend on where padding stands or how
    much of it; its output is the one before it.

    Returns:
        Outputs (batch, steps, units), last hidden and cell (batch, units); read in both directions, each gets half of
        the units, as in `reading.read`.
    """
    import keras
    from keras import ops

    def lstm(size: int, direction: str, *, backwards: bool = False) -> list[keras.KerasTensor]:
        layer = keras.layers.LSTM(
            size,
            return_sequences=True,
            return_state=True,
            go_backwards=backwards,
            # cuDNN's kernel takes no mask but that of padding on the right, and ours stands on the left or between.
            use_cudnn=False,
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
