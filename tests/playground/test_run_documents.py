from __future__ import annotations

import json
from pathlib import Path
from threading import Thread

import pytest

import exprlearn as xl
from exprlearn.errors import EncodingError, EvaluationError
from exprlearn.playground.run_documents import Asker
from exprlearn.plugin.manager import Plugins

PLUGINS = Plugins(only=())


@pytest.fixture(scope="module")
def asker() -> Asker:
    return Asker(PLUGINS)


def test_an_answer_is_what_the_run_predicts_step_by_step(asker: Asker, trained: Path) -> None:
    (prediction,) = xl.load(trained, plugins=PLUGINS).predict(["3+4"], steps=True)
    said = asker.ask(trained, "3+4")
    assert (said["answer"], said["truth"], said["correct"]) == (prediction.answer, "7", prediction.answer == "7")
    assert [step["chosen"] for step in said["steps"]] == [step.chosen for step in prediction.steps]
    assert said["steps"][0]["probability"] == pytest.approx(prediction.steps[0].probability, abs=1e-6)
    assert {square["column"] for square in said["chart"]["data"]["values"]} == {
        f"{number}: {step.chosen}" for number, step in enumerate(prediction.steps, start=1)
    }


def test_the_steps_that_a_run_keeps_for_its_report_are_those_of_asking_it(asker: Asker, trained: Path) -> None:
    rows = [json.loads(line) for line in (trained / "steps.jsonl").read_text("utf-8").splitlines()]
    assert rows
    for row in rows:
        said = asker.ask(trained, row["expression"])
        assert [step["chosen"] for step in said["steps"]] == [step["chosen"] for step in row["steps"]]
        shares = [step["probability"] for step in row["steps"]]
        assert [step["probability"] for step in said["steps"]] == pytest.approx(shares, abs=1e-4)
        assert said["back_to_front"] == row["back_to_front"]


@pytest.mark.parametrize(
    ("expression", "error"),
    [("1+", EvaluationError), ("import os", EvaluationError), ("123+4", EncodingError), ("", EvaluationError)],
)
def test_what_cannot_be_answered_is_an_expected_failure(
    asker: Asker, trained: Path, expression: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        asker.ask(trained, expression)


def test_questions_of_many_are_answered_one_after_the_other(asker: Asker, trained: Path) -> None:
    answers: dict[str, str] = {}

    def ask(expression: str) -> None:
        answers[expression] = asker.ask(trained, expression)["truth"]

    threads = [Thread(target=ask, args=(f"{number}+1",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {f"{number}+1": str(number + 1) for number in range(8)}


def test_asking_writes_nothing(asker: Asker, trained: Path) -> None:
    def files() -> dict[Path, tuple[int, bytes]]:
        return {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in trained.rglob("*") if f.is_file()}

    before = files()
    asker.ask(trained, "1+1")
    assert files() == before
