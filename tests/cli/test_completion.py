from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from exprlearn.cli.app import app
from exprlearn.plugin.manager import Plugins


def offered(line: str) -> list[str]:
    """Return what bash offers behind a line that is being typed."""
    words = line.split()
    place = len(words) if line.endswith(" ") else len(words) - 1
    asked = {"_EXPRLEARN_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(place)}
    result = CliRunner(env=asked).invoke(app, [], prog_name="exprlearn")
    assert result.exit_code == 0
    return result.stdout.split()


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two run folders below `runs`, and one elsewhere."""
    for name in ("runs/mixed-1", "runs/mixed-2", "other/sums-1"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "run.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("exprlearn grammar count mi", ["mixed"]),
        ("exprlearn train --grammar addition", ["addition", "addition-long"]),
        ("exprlearn train --model s", ["seq2seq", "stacked-lstm"]),
        ("exprlearn train --recipe addition-s", ["addition-seq2seq"]),
        ("exprlearn recipes show mixed-9", ["mixed-99"]),
        ("exprlearn curriculum show ne", ["nested"]),
        ("exprlearn worksheet curriculum/s", ["curriculum/stages", "curriculum/sums"]),
        ("exprlearn components show padd", ["padding"]),
        ("exprlearn components show padding per", ["per-term"]),
        ("exprlearn evaluate ", ["latest", "mixed-1", "mixed-2"]),
        ("exprlearn evaluate --runs other ", ["latest", "sums-1"]),
        ("exprlearn predict 1+2 --run mixed-2", ["mixed-2"]),
        ("exprlearn compare mixed-1 mixed-", ["mixed-1", "mixed-2"]),
        ("exprlearn plugins new convolution --kind trans", []),
        ("exprlearn plugins new s", []),
    ],
)
def test_names_are_offered_where_one_is_to_be_typed(runs: Path, line: str, names: list[str]) -> None:
    assert offered(line) == names


def test_every_component_of_the_kinds_that_flags_name_is_offered() -> None:
    registries = Plugins(only=()).registries
    for flag in ("--tokenizer", "--padding", "--reversal", "--loss", "--optimizer", "--metric", "--observer"):
        assert set(offered(f"exprlearn train {flag} ")) >= set(registries[flag[2:]].names)


def test_nothing_is_offered_and_nothing_said_where_plugins_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "no-such-plugin")
    assert offered("exprlearn grammar count mi") in ([], ["mixed"])
