from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.data_build import read_numbers
from exprlearn.dataset.store import read_manifest, read_rows, shards_for
from exprlearn.errors import OptionError

Cli = Callable[..., Any]
SMALL = ("--grammar", "mixed", "--train", "300", "--validation", "40", "--test", "50", "--progress", "none")


def test_a_folder_is_written_and_its_proof_printed(cli: Cli) -> None:
    outcome = cli("data", "build", "out", *SMALL)
    assert (outcome.code, outcome.err) == (0, "")
    first, second, third = outcome.out.splitlines()
    assert first.startswith("out: 3 shards, ")
    assert second.startswith("300 train, 40 validation, 50 test; shared by two of them: 0 expressions, 0 commutative")
    drawn = read_manifest(Path("out")).drawn
    assert drawn is not None
    assert drawn.said == "estimate"
    assert third == f"{drawn.text} expressions can be drawn under the constraints"
    with gzip.open("out/train-00000-of-00001.jsonl.gz", "rt", encoding="utf-8") as stream:
        assert json.loads(next(stream)).keys() == {
            "expression",
            "answer",
            "split",
            "index",
            "sizes",
            "calculations",
            "difficulty",
        }


def test_a_second_run_writes_nothing_and_says_so(cli: Cli) -> None:
    cli("data", "build", "out", *SMALL)
    again = cli("data", "build", "out", *SMALL, "--json")
    assert json.loads(again.out)["written"] == []
    assert cli("data", "build", "out", *SMALL).out.splitlines()[0].endswith("complete before, nothing written")


def test_the_document_holds_rows_proof_and_shards(cli: Cli) -> None:
    document = json.loads(cli("data", "build", "out", *SMALL, "--json", "--shards", "5").out)
    assert list(document)[:2] == ["format", "folder"]
    assert document["rows"] == {"train": 300, "validation": 40, "test": 50}
    assert document["proof"]["holds"]
    assert len(document["shards"]) == 5


def test_settings_come_from_file_flags_and_set(cli: Cli) -> None:
    Path("my.toml").write_text('[grammar]\nname = "addition"\nrange = "0..99"\n[data]\ntrain = 100\n', encoding="utf-8")
    arguments = ("--config", "my.toml", "--set", "data.shards=4", "--test", "7", "--seed", "3", "--progress", "none")
    assert cli("data", "build", "out", *arguments).code == 0
    manifest = read_manifest(Path("out"))
    assert (manifest.seed, manifest.rows["train"], manifest.rows["test"], len(manifest.shards)) == (3, 100, 7, 4)


def test_files_are_made_on_several_machines_and_joined(cli: Cli) -> None:
    cli("data", "build", "whole", *SMALL)
    assert cli("data", "build", "out", *SMALL, "--only", "1..2").out == "out: 2 files written, 1 to be made\n"
    assert cli("data", "build", "out", *SMALL).code == 0
    names = sorted(path.name for path in Path("whole").iterdir())
    assert [Path("out", name).read_bytes() for name in names] == [Path("whole", name).read_bytes() for name in names]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--grammar", "mixed"), 2, "error: data.train: say how many training examples to write, such as --train"),
        ((*SMALL, "--only", "3"), 2, "error: there is no shard 3: they are numbered from 0 to 2"),
        ((*SMALL, "--only", "x"), 2, "error: --only x: write numbers and ranges such as 0,4..7"),
        ((*SMALL, "--grammar", "mixd"), 1, "error: no grammar is called 'mixd': did you mean 'mixed'?"),
        ((*SMALL, "--set", "data.trian=5"), 2, "error: --set: data.trian"),
        ((*SMALL, "--shards", "500"), 2, "error: data.shards: 500 files for 390 rows"),
    ],
)
def test_what_cannot_be_built_is_one_message(cli: Cli, arguments: tuple[str, ...], code: int, told: str) -> None:
    outcome = cli("data", "build", "out", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith(told)
    assert not Path("out").exists()


def test_other_settings_in_a_folder_are_refused(cli: Cli) -> None:
    cli("data", "build", "out", *SMALL)
    outcome = cli("data", "build", "out", *SMALL, "--seed", "1")
    assert outcome.code == 1
    assert outcome.err == "error: out was begun with other settings (seed: 0 here, 1 asked for): name another folder\n"


def test_a_small_space_is_noted_on_stderr(cli: Cli) -> None:
    outcome = cli("data", "build", "out", "--grammar", "addition", "--set", "grammar.range=0..9", *SMALL[2:])
    assert outcome.code == 0
    assert outcome.err.splitlines()[0].startswith("note: train has ")


@pytest.mark.parametrize("layout", ["qa", "chat", "completion", "tokens"])
def test_layouts_are_written(cli: Cli, layout: str) -> None:
    keys = {
        "qa": ["question", "answer"],
        "chat": ["messages"],
        "completion": ["prompt", "completion"],
        "tokens": ["source", "target"],
    }
    assert cli("data", "build", "out", *SMALL, "--layout", layout).code == 0
    with gzip.open("out/test-00000-of-00001.jsonl.gz", "rt", encoding="utf-8") as stream:
        assert list(json.loads(next(stream))) == keys[layout]


def test_progress_is_told_file_by_file_on_stderr(cli: Cli) -> None:
    plain = cli("data", "build", "out", *SMALL[:-2], "--progress", "plain").err.splitlines()
    assert plain[0] == "train-00000-of-00001.jsonl.gz  300 rows"
    lines = cli("data", "build", "other", *SMALL[:-2], "--progress", "json").err.splitlines()
    assert json.loads(lines[2]) == {"name": "test-00000-of-00001.jsonl.gz", "rows": 50, "was_there": False}
    assert cli("data", "build", "third", *SMALL[:-2], "--progress", "live").code == 0


def test_settings_can_be_printed_instead(cli: Cli) -> None:
    outcome = cli("data", "build", "out", *SMALL, "--print-config")
    assert "train = 300  # --train" in outcome.out
    assert not Path("out").exists()


def test_many_rows_get_more_files() -> None:
    assert [shards_for(counts) for counts in ([1, 1, 1], [10**6, 1, 1], [10**6, 10**6, 1])] == [3, 10, 17]


def test_numbers_are_read_or_refused() -> None:
    assert read_numbers("3") == [3]
    assert read_numbers(None) is None
    for text in ("", "1..", "..2", "1-2", "²"):
        with pytest.raises(OptionError):
            read_numbers(text)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--engine", "serail"), "no engine named 'serail': did you mean 'serial'? Available: processes, ray, serial"),
        (("--engine", "serial", "--workers", "3"), "--workers: the engine 'serial' takes none; try --engine processes"),
        (
            ("--engine", "processes", "--ray-address", "localhost:1"),
            "--ray-address: the engine 'processes' takes none; try --engine ray",
        ),
    ],
)
def test_an_engine_that_cannot_be_had_so_is_refused_with_what_would_do(
    cli: Cli, flags: tuple[str, ...], said: str
) -> None:
    outcome = cli("data", "build", "out", *SMALL, *flags)
    assert (outcome.code, outcome.err) == (2, f"error: {said}\n")
    assert not Path("out").exists()


def test_the_card_says_how_much_there_is_and_how_hard_the_rows_are(cli: Cli) -> None:
    cli("data", "build", "out", "--train", "90", "--set", "grammar.range=0..30", "--progress", "none")
    manifest = read_manifest(Path("out"))
    rows = list(read_rows(Path("out"), "train"))
    points = sorted(row["difficulty"] for row in rows)
    assert manifest.difficulty == (points[8], points[44], points[80])
    low, middle, high = manifest.difficulty
    card = Path("out/README.md").read_text(encoding="utf-8")
    assert "| can be drawn | 961 of the 961 expressions |" in card
    spread = f"a tenth of the training rows up to {low} points, half up to {middle}, nine tenths up to {high}"
    assert f"| difficulty | {spread} |" in card
