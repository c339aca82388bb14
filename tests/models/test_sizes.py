from __future__ import annotations

import pytest

from exprlearn.errors import OptionError
from exprlearn.models import mapping_mlp, stacked_lstm
from exprlearn.plugin import Shape
from exprlearn.plugin.options import bind

NUMBERS = Shape(source_length=3, target_length=1, vocabulary_size=15, features=2)


@pytest.mark.parametrize(("spec", "first"), [(mapping_mlp.SPEC, "hidden"), (stacked_lstm.SPEC, "lstm")])
@pytest.mark.parametrize(
    ("options", "sizes"), [({"sizes": [4, 2]}, [4, 2]), ({"units": 6, "layers": 3}, [6, 6, 6]), ({"sizes": [9]}, [9])]
)
def test_layers_are_as_large_as_listed_or_else_all_alike(keras, spec, first, options, sizes):
    model = spec.build(NUMBERS, bind(spec.options, options, where="model"))
    assert [layer.units for layer in model.layers if layer.name.startswith(first)] == sizes
    assert model.output_shape == (None, 1)


@pytest.mark.parametrize("spec", [mapping_mlp.SPEC, stacked_lstm.SPEC], ids=lambda spec: spec.name)
@pytest.mark.parametrize("sizes", [[0], [4] * 9, [4, -2], 4])
def test_sizes_outside_of_their_bounds_are_refused(spec, sizes):
    with pytest.raises(OptionError, match=r"model\.sizes"):
        bind(spec.options, {"sizes": sizes}, where="model")
