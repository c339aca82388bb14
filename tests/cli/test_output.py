"""Tables in narrow terminals: real commands, and every table there can be."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from exprlearn.cli.app import app
from exprlearn.cli.output import TextTable
from exprlearn.report import as_text

COMMANDS = (
    ("recipes", "list"),
    ("components", "list"),
    ("components", "show", "model", "seq2seq"),
    ("curriculum", "list"),
    ("grammar", "count", "mixed"),
    ("data", "preview", "addition", "-n", "3"),
    ("runs", "show", "a-run-with-a-name-that-says-a-lot"),
)
STYLES = re.compile(r"\x1b\[[0-9;]*m")
NAMES = st.text("abc-", min_size=1, max_size=30).map(lambda name: f"n{name}n")
SENTENCES = st.text("abc ", max_size=80)


def printed(arguments: Sequence[str], width: int | None) -> str:
    """Run a command in a terminal so wide, or in a pipe."""
    terminal = {"FORCE_COLOR": None} if width is None else {"FORCE_COLOR": "1", "COLUMNS": str(width)}
    result = CliRunner(env={**terminal, "NO_COLOR": "1"}).invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return STYLES.sub("", result.stdout)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_names_of_a_table_are_whole_in_a_narrow_terminal(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Path(__file__).parents[1] / "report" / "data" / "mixed-seq2seq-1"
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a-run-with-a-name-that-says-a-lot").symlink_to(run)
    monkeypatch.chdir(tmp_path)
    wide = printed(command, None)
    words = {word for word in wide.split() if len(word) < 16}
    for width in (60, 80):
        narrow = printed(command, width)
        # Sentences and settings that are no table are left to the terminal.
        assert {line for line in narrow.splitlines() if len(line) > width} <= set(wide.splitlines())
        assert not [word for word in words if word not in narrow]


@given(st.lists(st.tuples(NAMES, SENTENCES, NAMES), min_size=1, max_size=4), st.integers(20, 110))
def test_names_stay_whole_and_sentences_wrap_at_any_width(rows: list[tuple[str, str, str]], width: int) -> None:
    text = as_text(TextTable(("name", "sentence", "other"), rows, fold=("sentence",)), width)
    assert "…" not in text
    for name, sentence, other in rows:
        assert name in text
        assert other in text
        assert all(piece in text for word in sentence.split() for piece in textwrap.wrap(word, 1))
    longest = max(len(cell) for name, _, other in rows for cell in (name, other))
    most = max((len(word) for _, sentence, _ in rows for word in sentence.split()), default=0)
    assert max(map(len, text.splitlines())) <= max(width, len("sentence  ") + max(longest, most))


def test_a_table_that_is_wide_enough_is_aligned() -> None:
    rows = [("addition", "sums", "1"), ("mixed", "all", "20")]
    text = as_text(TextTable(("name", "learns", "n"), rows, right=("n",), fold=("learns",)), 80)
    assert text == "name      learns   n\naddition  sums     1\nmixed     all     20"


def test_tables_are_laid_out_in_one_place() -> None:
    rooms = Path(__file__).parents[2] / "exprlearn"
    importing = {
        str(file.relative_to(rooms)) for file in rooms.rglob("*.py") if "rich.table" in file.read_text("utf-8")
    }
    assert importing == {"cli/output.py", "report/terminal.py"}
