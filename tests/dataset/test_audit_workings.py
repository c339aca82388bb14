"""Workings in the files of others: what training rows show of other parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset.audit import Audit, audit
from exprlearn.plugin import Working
from exprlearn.working import reverse_numbers
from exprlearn.working.forms import EquationsWorking, ExpressionsWorking

TEST = {"expression": "4+9", "answer": "13", "split": "test"}


def audited(folder: Path, *rows: dict[str, Any], working: Working | None = None, **options: Any) -> Audit:
    file = folder / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return audit([file], FractionPolicy(), working=working, **options)


def train(working: str, expression: str = "8+3*(9+4)", answer: str = "47") -> dict[str, Any]:
    return {"expression": expression, "answer": answer, "split": "train", "working": working}


def test_a_training_row_that_shows_a_test_is_found(tmp_path: Path) -> None:
    found = audited(tmp_path, train("9+4=13;3*13=39;8+39=47"), TEST)
    assert (found.shown, found.held_out_shown, found.is_clean) == (3, 1, False)
    (finding,) = found.findings
    assert (finding.kind, finding.place, finding.expression) == ("shown", f"{tmp_path}/rows.jsonl:1", "8+3*(9+4)")
    assert finding.other == (f"{tmp_path}/rows.jsonl:2", "4+9")
    assert found.as_dict()["workings"] == {"shown": 3, "held_out": 1}
    json.dumps(found.as_dict())


@pytest.mark.parametrize("working", ["13;39;47", "3*12=36;8+39=47", "9+(4=13", ""])
def test_what_shows_no_test_is_clean(tmp_path: Path, working: str) -> None:
    found = audited(tmp_path, train(working), TEST)
    assert (found.held_out_shown, found.is_clean) == (0, True)


def test_a_test_may_show_what_is_trained_on(tmp_path: Path) -> None:
    test = {"expression": "4+9+2", "answer": "15", "split": "test", "working": "4+9=13;13+2=15"}
    found = audited(tmp_path, {"expression": "4+9", "answer": "13", "split": "train", "working": "4+9=13"}, test)
    assert (found.shown, found.held_out_shown, found.is_clean) == (1, 0, True)


def test_the_last_line_need_not_be_the_answer(tmp_path: Path) -> None:
    found = audited(tmp_path, train("8+3*13\n9+4"), TEST)
    assert (found.shown, found.held_out_shown) == (2, 1)


def test_a_working_may_stand_in_the_metadata(tmp_path: Path) -> None:
    row = {"expression": "8+3*(9+4)", "answer": "47", "split": "train"}
    found = audited(tmp_path, {**row, "metadata": {"working": "9+4=13;3*13=39;8+39=47"}}, TEST)
    assert (found.shown, found.held_out_shown) == (3, 1)


def test_values_are_no_expressions(tmp_path: Path) -> None:
    row = train("4/9-1/9=4|9;4|9-1/9=1/3", "4/9-1/9", "1/3")
    found = audited(tmp_path, row, {"expression": "1/3", "answer": "1/3", "split": "test"})
    assert found.held_out_shown == 0


def test_answers_that_are_workings_are_read_by_their_name(tmp_path: Path) -> None:
    row = {"expression": "8+3*(9+4)", "answer": "8+3*13=8+39=47", "split": "train"}
    assert audited(tmp_path, row, TEST).shown == 0
    found = audited(
        tmp_path, row, {"expression": "3*13+8", "answer": "47", "split": "test"}, working=ExpressionsWorking()
    )
    assert (found.wrong_answers, found.shown, found.held_out_shown) == (0, 2, 1)


def test_numbers_with_units_first_are_turned_round(tmp_path: Path) -> None:
    text = reverse_numbers("8*16=128;128+2=130")
    row = {"expression": "8*16+2", "answer": text, "split": "train"}
    test = {"expression": "16*8", "answer": "8*16=821", "split": "test"}
    found = audited(tmp_path, row, test, working=EquationsWorking(), turned="answer")
    assert (found.wrong_answers, found.held_out_shown) == (0, 1)
