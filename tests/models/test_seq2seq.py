from __future__ import annotations

import pytest

from exprlearn.config import read_config, resolve
from exprlearn.errors import OptionError
from exprlearn.models.seq2seq import DEFAULT, Seq2SeqOptions
from exprlearn.plugin.manager import Plugins

PLUGINS = Plugins(only=())
LSTM = {"network": "lstm", "units": 128, "bidirectional": True, "attention": True, "dropout": 0.0, "embedding": 32}


def read(*settings: str):
    return read_config(None, {"model.name": "seq2seq"}, settings, plugins=PLUGINS)


def test_a_config_from_before_there_were_networks_means_the_lstm():
    without = {name: value for name, value in LSTM.items() if name != "network"}
    assert Seq2SeqOptions(**without).model_dump(exclude_none=True) == LSTM
    assert Seq2SeqOptions().network == DEFAULT


@pytest.mark.parametrize(
    ("settings", "network", "framing"),
    [
        (["model.network=lstm"], "lstm", "teacher-forced"),
        (["model.attention=false"], "lstm", "teacher-forced"),
        (["model.network=transformer"], "transformer", "causal"),
        (["model.layers=2"], "transformer", "causal"),
    ],
)
def test_the_network_decides_on_options_framing_and_defaults(settings, network, framing):
    components = resolve(read(*settings).config, PLUGINS)
    assert (components.config.model.options["network"], components.model.framing) == (network, framing)
    assert components.model.name == "seq2seq"
    is_transformer = network == "transformer"
    assert ("layers" in components.config.model.options) == is_transformer
    assert (components.config.training.optimizer.name == "muon") == is_transformer
    again = resolve(components.config, PLUGINS)
    assert (again.config, again.model.framing) == (components.config, framing)


def test_an_option_of_the_other_network_is_refused_with_what_would_do():
    with pytest.raises(OptionError, match=r"the lstm has no layers: .* model\.network=transformer"):
        resolve(read("model.network=lstm", "model.layers=2").config, PLUGINS)
    with pytest.raises(OptionError, match="units: input should be greater than or equal to 2"):
        resolve(read("model.units=1").config, PLUGINS)
