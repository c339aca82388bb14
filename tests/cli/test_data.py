from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.dataset.store import read_manifest

Cli = Callable[..., Any]
OLDER = Path(__file__).parents[1] / "dataset" / "store" / "older" / "chat"
FIRST, SECOND = Path("out/train-00000-of-00001.jsonl.gz"), Path("out/validation-00000-of-00001.jsonl.gz")

PROGRAM = """
import json, sys
from exprlearn.cli.app import app
for arguments in json.loads(sys.argv[1]):
    try:
        app(arguments)
    except SystemExit as stop:
        assert not stop.code, stop.code
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture
def out(cli: Cli) -> Path:
    """A small dataset folder in the working folder."""
    sizes = ("--train", "100", "--validation", "20", "--test", "20")
    assert cli("data", "build", "out", *sizes, "--progress", "none").code == 0
    return Path("out")


def test_a_whole_folder_verifies(cli: Cli, out: Path) -> None:
    outcome = cli("data", "verify", "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "out: 3 shards, 140 rows, all as they were written\n"


def test_damage_is_named_and_ends_with_1_until_it_is_mended(cli: Cli, out: Path) -> None:
    whole = FIRST.read_bytes()
    FIRST.write_bytes(whole[:-3])
    SECOND.unlink()
    Path("out/shard-9").write_text("", encoding="utf-8")
    outcome = cli("data", "verify", "out")
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        f"{FIRST.name} has {len(whole) - 3} bytes instead of {len(whole)}",
        f"{SECOND.name} is missing",
        "shard-9 does not belong to the dataset",
        "",
        "repair it with: exprlearn data repair out",
    ]
    mended = cli("data", "repair", "out")
    said = ["made anew", "made anew", "left alone, remove it yourself"]
    assert (mended.code, [line.rpartition(": ")[2] for line in mended.out.splitlines()]) == (1, said)
    Path("out/shard-9").unlink()
    assert FIRST.read_bytes() == whole
    assert cli("data", "verify", "out").code == 0
    assert cli("data", "repair", "out").out == "out: nothing to fix\n"


def test_findings_come_as_a_document_too(cli: Cli, out: Path) -> None:
    FIRST.unlink()
    outcome = cli("data", "verify", "out", "--json")
    finding = {"kind": "missing", "name": FIRST.name, "detail": "is missing"}
    assert outcome.code == 1
    assert json.loads(outcome.out) == {"format": 1, "folder": "out", "shards": 3, "rows": 140, "findings": [finding]}
    document = json.loads(cli("data", "repair", "out", "--json").out)
    assert (document["findings"], document["made"], document["left"]) == ([finding], [FIRST.name], [])


@pytest.mark.parametrize("command", [("verify",), ("build", "--grammar", "mixed.lark", "--set", "grammar.terms=2..3")])
def test_a_folder_of_an_older_exprlearn_passes_with_a_warning(cli: Cli, command: tuple[str, ...]) -> None:
    shutil.copytree(OLDER, "out")
    Path("mixed.lark").write_text(read_manifest(OLDER).recipe.grammar_text, encoding="utf-8")
    sizes = ("--train", "40", "--validation", "8", "--test", "8", "--shards", "1", "--layout", "chat")
    name, *options = command
    outcome = cli("data", name, "out", *options, *(sizes if options else ()))
    assert outcome.code == 0
    assert "shard-00000-of-00001.jsonl.gz hold rows of several splits, and load_dataset would" in outcome.err


@pytest.mark.parametrize("command", ["verify", "repair"])
def test_a_folder_that_is_no_dataset_is_refused(cli: Cli, command: str) -> None:
    outcome = cli("data", command, "nowhere")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: nowhere is no finished dataset folder, it has no manifest.json")


def test_ids_are_mended_as_well(cli: Cli) -> None:
    cli("data", "build", "out", "--train", "50", "--layout", "tokens", "--progress", "none")
    whole = FIRST.read_bytes()
    FIRST.unlink()
    assert cli("data", "repair", "out").code == 0
    assert FIRST.read_bytes() == whole


def test_what_is_built_passes_the_audit(cli: Cli, out: Path) -> None:
    outcome = cli("data", "audit", "out", "--json")
    found = json.loads(outcome.out)
    assert outcome.code == 0
    assert (found["wrong_answers"], found["duplicates"], found["leaks"]) == (0, 0, {"string": 0, "commutative": 0})


def test_a_preview_counts_and_shows_what_a_model_reads(cli: Cli) -> None:
    outcome = cli("data", "preview", "mixed", "-n", "3", "--set", "grammar.terms=2..3")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["terms", "brackets", "expressions", "drawn", "kept"]
    assert lines[2].split()[:2] == ["3", "0"]
    assert "35 316 expressions, unambiguous" in outcome.out
    assert "division by zero" in outcome.out
    assert lines[-4].split() == ["expression", "answer", "source", "target"]


def test_a_preview_is_a_document_too(cli: Cli) -> None:
    document = json.loads(cli("data", "preview", "addition", "-n", "2", "--json").out)
    assert document["total"] == "1000000"
    assert document["strata"][0]["sizes"] == {"terms": 2, "brackets": 0}
    assert document["shape"] == {"source": 7, "target": 5, "vocabulary": 15}
    for example in document["examples"]:
        first, second = example["expression"].split("+")
        assert int(first) + int(second) == int(example["answer"])
        assert len(example["source"]["ids"]) == 7


def test_no_command_for_data_imports_a_backend(cli: Cli, out: Path) -> None:
    commands = [
        ["data", "preview", "addition"],
        ["data", "build", "fresh", "--train", "50", "--layout", "tokens", "--progress", "none"],
        ["data", "verify", "out"],
        ["data", "repair", "out"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    assert not {"tensorflow", "keras", "jax", "scipy", "altair", "pyarrow", "pandas"} & modules


def test_help_for_data_imports_nothing_heavy() -> None:
    commands = [["data", "--help"], ["data", "build", "--help"]]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    assert not {"numpy", "lark", "scipy", "pluggy"} & set(json.loads(done.stdout.splitlines()[-1]))


def test_parquet_is_written_without_pandas(cli: Cli) -> None:
    pytest.importorskip("pyarrow")
    commands = [["data", "build", "out", "--train", "50", "--format", "parquet", "--progress", "none"]]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    assert "pandas" not in json.loads(done.stdout.splitlines()[-1])
    assert cli("data", "verify", "out").code == 0
