"""Sixteen broken plugins and some good ones, installed together: every command, as a process of its own, goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DISTRIBUTIONS = Path(__file__).parents[1] / "plugin" / "distributions"
BROKEN = {
    "argument": "failed to register",
    "capital": "failed to answer exprlearn_models",
    "classlike": "failed to register",
    "defaulted": "failed to register",
    "empty": "failed to register",
    "halfway": "failed to answer exprlearn_models",
    "inside": "failed to register",
    "kind": "failed to register",
    "leaving": "failed to import",
    "missing": "failed to import",
    "misspelt": "failed to register",
    "panicking": "failed to answer exprlearn_models",
    "returning": "failed to register",
    "skipping": "failed to import",
    "twice": "failed to register",
    "unmarked": "failed to register",
}
GOOD = ("also", "commands", "doubles", "good", "heavy", "namesake", "printing", "shadow", "watchers")


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where all of them are installed, and nothing else."""
    places = os.pathsep.join(str(DISTRIBUTIONS / name) for name in (*GOOD, *BROKEN))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EXPRLEARN_")}
    names = ",".join([*BROKEN, *(name for name in GOOD if name != "namesake")])
    return subprocess.run(
        [sys.executable, "-m", "exprlearn.cli.main", *arguments],
        env=clean | {"PYTHONPATH": places, "XDG_CACHE_HOME": str(folder), "EXPRLEARN_PLUGINS": names, "COLUMNS": "120"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def warned(told: str) -> list[str]:
    """Name the plugins that the lines on standard error are about."""
    lines = [line for line in told.splitlines() if line.startswith("warning: ")]
    for line in lines:
        name = line.split()[1]
        assert line.startswith(f"warning: {name} (exprlearn-{name} 0.1) {BROKEN[name]}: "), line
    return sorted(line.split()[1] for line in lines)


def test_the_help_is_shown_and_each_broken_plugin_named_once(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)
    assert done.returncode == 0
    assert all(told in done.stdout for told in ("train", "commands/double", "doubles/double"))
    assert "Traceback" not in done.stderr
    assert warned(done.stderr) == sorted(BROKEN)


def test_the_list_of_plugins_tells_exactly_the_broken_ones(tmp_path: Path) -> None:
    done = run("plugins", "list", "--json", folder=tmp_path)
    assert done.returncode == 0
    listed = json.loads(done.stdout)["plugins"]
    assert {each["plugin"]: each["state"] for each in listed if each["state"] != "ok"} == BROKEN
    assert {each["plugin"] for each in listed if each["state"] == "ok"} == {"exprlearn", *GOOD} - {"namesake"}
    assert [each["plugin"] for each in listed if each["heavy"]] == ["heavy"]
    assert [each["components"] for each in listed if each["distribution"] == "exprlearn-namesake"] == [["model tiny"]]


def test_built_in_components_are_chosen_as_if_nothing_was_installed(tmp_path: Path) -> None:
    done = run("train", "--grammar", "mixed", "--model", "seq2seq", "--print-config", folder=tmp_path)
    assert done.returncode == 0
    assert 'name = "seq2seq"  # --model\n' in done.stdout
    assert warned(done.stderr) == sorted(BROKEN)


@pytest.mark.slow
def test_a_built_in_model_is_trained_all_the_same(tmp_path: Path) -> None:
    tiny = ["training.examples_per_epoch=64", "data.validation=5", "data.test=5"]
    sets = [word for item in tiny for word in ("--set", item)]
    done = run("train", "--model", "mapping-mlp", "--epochs", "1", "--max-time", "none", *sets, folder=tmp_path)
    assert (done.returncode, warned(done.stderr)) == (0, sorted(BROKEN))
    assert "exact" in done.stdout
