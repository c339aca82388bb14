from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.counts import counted
from exprlearn.report.wording import clip, lasting, next_commands, run_reference


@given(st.integers(0, 10**12))
def test_a_count_without_its_spaces_is_the_count(count: int) -> None:
    assert int(counted(count).replace(" ", "")) == count


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.04, "0.0 s"), (9.96, "10.0 s"), (59.6, "1 min 0 s"), (3600, "1 h 0 min")]
)
def test_a_time_span_reads_as_a_person_says_it(seconds: float, said: str) -> None:
    assert lasting(seconds) == said


@given(st.text(), st.integers(0, 20))
def test_a_clipped_text_begins_as_the_text_does(text: str, most: int) -> None:
    assert clip(text, most).startswith(text[:most])
    assert (clip(text, most) == text) == (len(text) <= most)


def test_a_run_is_named_only_where_its_name_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_reference(Path("runs/a-1")) == run_reference(tmp_path / "runs" / "a-1") == "a-1"
    assert run_reference(Path("elsewhere/a-1")) == "elsewhere/a-1"


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1))
def test_a_command_hands_any_expression_over_as_one_argument(expression: str) -> None:
    words = shlex.split(next_commands(Path("runs/a-1"), expression)[0])
    assert expression in words[2:]
    assert not expression.startswith("-") or words[-2] == "--"
