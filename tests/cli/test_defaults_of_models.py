from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exprlearn.plugin.manager import Plugins
from exprlearn.testing import checks_of, find_subject, run_checks

Cli = Callable[..., Any]
SCRIBES = Path(__file__).parents[1] / "config" / "scribes.py"


def test_the_command_line_shows_and_explains_them(cli: Cli) -> None:
    shown = cli("components", "show", "model", "scribe", "--plugin", SCRIBES)
    assert ["training.batch_size", "96"] in [line.split() for line in shown.out.splitlines()]
    document = json.loads(cli("components", "show", "model", "scribe", "--plugin", SCRIBES, "--json").out)
    assert document["defaults"]["working.name"] == "columns"
    printed = cli("train", "--model", "scribe", "--plugin", SCRIBES, "--print-config")
    assert 'name = "columns"  # model scribe' in printed.out
    refused = cli("train", "--model", "scribe", "--plugin", SCRIBES)
    assert refused.code == 2
    assert "(working.name=columns is a default of model scribe; the usual one: --set working.name=none)" in refused.err


def test_data_is_the_same_whatever_will_learn_from_it(cli: Cli) -> None:
    assert "model " not in cli("data", "build", "out", "--grammar", "mixed", "--train", "9", "--print-config").out


def test_a_run_goes_on_as_its_folder_says(cli: Cli, tmp_path: Path) -> None:
    small = ("--set", "training.examples_per_epoch=64", "--set", "data.test=20")
    cli(
        "train",
        "--model",
        "brisk",
        "--plugin",
        SCRIBES,
        *small,
        "--epochs",
        "1",
        "--name",
        "old",
        "--progress",
        "none",
    )
    config = next(tmp_path.rglob("old/config.toml"))
    assert "batch_size = 96" in config.read_text("utf-8")
    # An older exprlearn did not know the setting.
    config.write_text(config.read_text("utf-8").replace("batch_size = 96\n", ""), encoding="utf-8")
    resumed = cli("train", "--resume", "old", "--plugin", SCRIBES, "--print-config")
    assert "batch_size = 64  # default" in resumed.out


def test_a_plugin_whose_default_is_no_setting_fails_its_check() -> None:
    plugins = Plugins(only=(), files=[SCRIBES])
    checks = [check for check in checks_of("model") if check.statement == "its defaults are settings"]
    told = {name: list(run_checks(checks, find_subject("model", name, plugins))) for name in ("scribe", "careless")}
    assert [(outcome.state, outcome.why) for outcome in told["scribe"]] == [("passed", "")]
    assert [outcome.state for outcome in told["careless"]] == ["failed"]
    assert "training.batchsize: unknown key" in told["careless"][0].why
