from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.errors import DataError
from exprlearn.scoring import score, scores_document

EXPRESSIONS = ["1+2", "2+2", "(9-4)*2", "8/2"]
TRUTHS = ["3", "4", "10", "4"]

# Written on purpose without anything of the package: what anybody can do with predictions.jsonl.
INDEPENDENT = """
import json, sys
right = count = 0
for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    right += row["answer"] == row["truth"]
    count += 1
print(right / count)
"""


class Constant:
    def score(self, answers: object, truths: object) -> float:
        return 0.25


def test_a_model_that_always_answers_blank_scores_nothing() -> None:
    evaluated = score(EXPRESSIONS, [""] * 4, TRUTHS)
    assert (evaluated.exact_match.value, evaluated.digit_accuracy) == (0, 0)
    assert all(group.interval.value == 0 for groups in evaluated.breakdown.values() for group in groups)


def test_a_model_that_always_answers_the_truth_scores_all() -> None:
    evaluated = score(EXPRESSIONS, TRUTHS, TRUTHS, framing="mapping")
    assert (evaluated.exact_match.value, evaluated.digit_accuracy, evaluated.rmse) == (1, 1, 0)
    assert all(group.interval.value == 1 for groups in evaluated.breakdown.values() for group in groups)


@given(
    st.lists(
        st.tuples(st.sampled_from(EXPRESSIONS), st.integers(0, 9).map(str), st.integers(0, 9).map(str)), min_size=1
    )
)
def test_the_headline_is_what_an_independent_script_computes(items: list[tuple[str, str, str]]) -> None:
    rows = [{"expression": e, "answer": a, "truth": t} for e, a, t in items]
    evaluated = score(*map(list, zip(*items, strict=True)))
    assert evaluated.exact_match.value == sum(row["answer"] == row["truth"] for row in rows) / len(rows)


def test_an_independent_script_recomputes_the_headline_from_the_predictions(tmp_path: Path) -> None:
    draw = random.Random(7)
    terms = [(draw.randint(0, 99), draw.randint(0, 99)) for _ in range(1999)]
    expressions, truths = [f"{a}+{b}" for a, b in terms], [str(a + b) for a, b in terms]
    answers = [truth if draw.random() < 0.7 else truth[:-1] for truth in truths]
    rows = zip(expressions, answers, truths, strict=True)
    file = tmp_path / "predictions.jsonl"
    file.write_text("".join(json.dumps({"expression": e, "answer": a, "truth": t}) + "\n" for e, a, t in rows), "utf-8")
    printed = subprocess.run([sys.executable, "-c", INDEPENDENT, file], capture_output=True, text=True, check=True)
    assert float(printed.stdout) == score(expressions, answers, truths).exact_match.value


def test_asked_for_metrics_are_scored_by_name() -> None:
    assert score(EXPRESSIONS, TRUTHS, TRUTHS, metrics=[("mine", Constant())]).metrics == {"mine": 0.25}
    assert score(EXPRESSIONS, TRUTHS, TRUTHS, metrics={"mine": Constant()}).metrics == {"mine": 0.25}


def test_scoring_nothing_and_unequal_columns_are_refused() -> None:
    with pytest.raises(DataError):
        score([], [], [])
    with pytest.raises(ValueError, match="2 expressions, 1 answers and 1 truths"):
        score(["1", "2"], ["1"], ["1"])


def test_the_document_has_the_fixed_keys_and_only_json() -> None:
    document = scores_document(score(EXPRESSIONS, ["3", "4", "1", ""], TRUTHS), "addition-1", "test")
    assert json.loads(json.dumps(document)) == document
    assert next(iter(document)) == "format"
    assert (document["format"], document["run"], document["split"]) == (1, "addition-1", "test")
    assert list(document["exact_match"]) == ["value", "low", "high", "count"]
    assert list(document["breakdown"]["terms"][0]) == ["group", "value", "low", "high", "count"]
    assert list(document["baselines"]) == ["blank", "most-common-answer", "copy-first-number"]


def test_only_mapping_models_get_an_rmse() -> None:
    assert "rmse" not in scores_document(score(["1+2"], ["5"], ["3"]), "a", "test")
    assert scores_document(score(["1+2"], ["5"], ["3"], framing="mapping"), "a", "test")["rmse"] == 2.0
