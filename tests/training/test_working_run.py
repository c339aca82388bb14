"""Models that learn to write the working before the answer, from the grammar to what is asked of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.decoding.forced import TIE
from exprlearn.decoding.working_writer import WorkingWriter
from exprlearn.errors import OptionError, TrainingError
from exprlearn.playground.server import address_of, listening, server
from exprlearn.plugin.manager import Plugins
from exprlearn.report.page import score_record
from exprlearn.runs.generalisation import Beyond
from exprlearn.runs.record import read_record
from exprlearn.runs.run import Run
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.starting import load
from exprlearn.scoring import scores_document
from exprlearn.scoring.census import wrong_answers
from exprlearn.walk import learn
from exprlearn.working import check_working, reverse_numbers, spaced_lines
from exprlearn.working.forms import ExpressionsWorking

pytestmark = pytest.mark.long

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
SETTINGS = (
    "grammar.name=mixed",
    "grammar.terms=2..3",
    "grammar.range=1..6",
    "data.validation=40",
    "data.test=40",
    "training.examples_per_epoch=2048",
    "training.batch_size=32",
    "training.learning_rate=0.01",
    "training.epochs=2",
    "training.max_time=none",
)


@lru_cache
def plugins() -> Plugins:
    return Plugins(only=())


def components(*changed: str) -> Components:
    settings = [f"training.backend={BACKEND}", *SETTINGS, *changed]
    return resolve(read_config(None, {}, settings, plugins=plugins()).config, plugins())


def trained(folder: Path, *changed: str) -> tuple[Run, Path]:
    made = components(*changed)
    report = learn(made.config, made, runs=folder)
    return load(report.run.name, runs=folder, plugins=plugins()), report.run


@pytest.fixture(scope="module")
def run(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    return trained(tmp_path_factory.mktemp("runs"), "working.name=expressions", "model.units=32")


def test_every_epoch_and_every_answer_shows_its_working(run: tuple[Run, Path]) -> None:
    model, folder = run
    assert all(0 <= epoch["working_right"] <= epoch["exact_match"] for epoch in read_lines(folder / "metrics.jsonl"))
    samples = read_lines(folder / "samples.jsonl")
    assert any(len(sample.get("working", "")) > len(sample["answer"]) for sample in samples)
    rows = read_lines(folder / "predictions.jsonl")
    working, division = ExpressionsWorking(), model.components.division
    for row in rows:
        check = check_working(row["expression"], row["working"], working, division)
        assert (row["right_lines"], row["lines"]) == (check.right, check.lines)
        assert (row["first_wrong_line"] is None) == (check.fault is None)
        assert row["answer"] == working.answer(row["working"])
        assert "wrong_step" not in row
    asked = [row["expression"] for row in rows]
    assert [each.working for each in model.predict(asked)] == [row["working"] for row in rows]
    (step, *_) = model.predict(asked[:1], steps=True)[0].steps
    assert step.chosen == reverse_numbers(rows[0]["working"])[:1] or step.chosen == "<end>"


def test_what_one_pass_finds_right_is_right_and_the_rest_is_decoded(run: tuple[Run, Path]) -> None:
    model, _ = run
    space = load_space(model.config.grammar, model.components)
    examples, _ = load_splits(space, model.components).train.take(400)
    answerer = model.answerer
    found = answerer.answer(examples.expressions)
    texts = answerer.texts(examples.expressions, examples.answers).tolist()
    margins = answerer.margins(examples.expressions, examples.answers)
    assert found.written is not None
    written = np.array([one == other for one, other in zip(found.written, texts, strict=True)])
    right = np.array(found.texts) == examples.answers
    assert written[margins > TIE].all()
    assert not written[margins < -TIE].any()
    # Other lines may come to the right answer as well.
    assert right[written].all()
    assert right.sum() >= written.sum()
    rows, _ = wrong_answers(answerer, examples.expressions, examples.answers)
    assert rows.tolist() == np.flatnonzero(~right).tolist()


def test_a_beam_tells_answers_apart_and_not_the_ways_to_them(run: tuple[Run, Path]) -> None:
    model, _ = run
    for prediction in model.predict(["3+4*2", "9-5"], beam=4):
        answers = [candidate.answer for candidate in prediction.candidates]
        assert len(set(answers)) == len(answers)
        assert answers[0] == prediction.answer == ExpressionsWorking().answer(prediction.working)


def test_targets_have_their_numbers_turned_one_by_one(run: tuple[Run, Path]) -> None:
    model, _ = run
    encoder = model.encoder
    text = "6-18=-12"
    row = encoder.targets([text])[0]
    symbols = "".join(encoder.vocabulary.symbol(each) for each in row if each > 2)
    assert symbols == reverse_numbers(text)
    assert encoder.answers(row[None]).tolist() == [text]


def test_a_sequence_model_learns_it_too(keras: Any, tmp_path: Path) -> None:
    options = "model.name=repeat-vector", "model.units=16", "working.name=equations"
    model, folder = trained(tmp_path, *options, "training.epochs=1", "training.examples_per_epoch=256")
    assert all("first_wrong_line" in row for row in read_lines(folder / "predictions.jsonl"))
    assert model.encoder.shape.target_length == model.encoder.alphabet.longest_answer + 1


def test_longer_expressions_are_asked_in_rows_that_hold_their_workings(run: tuple[Run, Path]) -> None:
    model, _ = run
    beyond = Beyond(model, per_cell=4)
    cube = beyond.cube(beyond.lengths([1, 3]))
    asked = [cell for cell in cube.cells if cell.exact_match is not None]
    assert {cell.coordinates.digits for cell in asked} == {1, 3}
    assert {cell.mark for cell in asked if cell.coordinates.digits == 3} == {"out"}
    # Of three numbers a line shows two at most; two of three digits may have been a line, and are asked nowhere.
    assert {cell.coordinates.terms for cell in asked} == {3}
    short = beyond.cube(replace(beyond.lengths([3]), terms=[2]))
    assert [cell.exact_match for cell in short.cells] == [None] * 4


def test_the_scores_of_a_run_tell_how_far_its_workings_are_right(run: tuple[Run, Path]) -> None:
    model, folder = run
    scores = model.evaluate("validation").scores
    assert scores.workings is not None
    assert scores.workings.right.value <= scores.exact_match.value
    assert scores.workings.right.value <= scores.workings.lines
    wrong = scores.workings.right.count - round(scores.workings.right.value * scores.workings.right.count)
    assert sum(scores.workings.faults.values()) == wrong
    # A report that is written afresh has only the files of the run.
    kept = score_record(read_record(folder)).workings
    assert kept == model.evaluate("test").scores.workings
    assert scores_document(scores, "run", "validation")["working"] == scores.workings.document()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_report_shows_every_working_below_its_answer(
    run: tuple[Run, Path], visit: Callable[..., Any], overflowing: Callable[[Any], list[str]], width: int
) -> None:
    _, folder = run
    page = visit((folder / "report.html").as_uri(), width=width)
    assert overflowing(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wrong = [row for row in read_lines(folder / "predictions.jsonl") if not row["correct"] and "=" in row["working"]]
    shown = page.locator("section:has(h2:text('Wrong answers')) .working").all_text_contents()
    assert any(spaced_lines(row["working"]) in text for row in wrong for text in shown)
    assert [text for text in shown if "first wrong line" not in text] == []
    assert "every line right" in page.content()


@pytest.fixture(scope="module")
def address(run: tuple[Run, Path]) -> Iterator[str]:
    """Serve the playground of the run."""
    application = server(run[1].parent, plugins())
    with listening(0) as opened:
        thread = Thread(target=application.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        yield address_of(opened)
        application.should_exit = True
        thread.join(30)


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_playground_shows_the_working_of_an_answer(
    run: tuple[Run, Path], address: str, visit: Callable[..., Any], width: int
) -> None:
    model, folder = run
    (said,) = model.predict(["3+4*2"])
    assert said.check is not None
    page = visit(f"{address}#run={folder.name}&ask=3%2B4*2", width=width)
    page.wait_for_selector(".verdict", timeout=120_000)
    assert page.locator("[data-part=answer] .working").all_text_contents() == (
        [f"3+4*2 = {spaced_lines(said.working)}"] if said.working != said.answer else []
    )
    faults = page.locator("[data-part=answer] p.wrong").all_text_contents()
    assert faults == ([str(said.check.fault)] if said.check.fault else [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_run_that_is_taught_in_stages_writes_workings_in_each(keras: Any, tmp_path: Path) -> None:
    stages = "curriculum.name=mixed", "curriculum.terms=3", "curriculum.brackets=1"
    small = "model.units=16", "model.layers=1", "training.examples_per_epoch=256"
    made = components("working.name=expressions", *small, *stages)
    report = learn(made.config, made, runs=tmp_path)
    epoch, *_ = read_lines(report.run / "metrics.jsonl")
    assert [stage["stage"] for stage in epoch["stages"]]
    assert report.scores.workings is not None


@pytest.mark.parametrize(
    ("model", "why"), [("mapping-mlp", "answers with one number"), ("rewriter", "shows its lines anyway")]
)
def test_models_that_cannot_write_it_refuse_it(keras: Any, tmp_path: Path, model: str, why: str) -> None:
    made = components("working.name=expressions", f"model.name={model}")
    with pytest.raises(OptionError, match=f"working.name: .*{why}: leave 'expressions' out"):
        learn(made.config, made, runs=tmp_path)


def test_a_working_that_is_too_long_gives_its_place_to_another_and_is_told() -> None:
    made = components()
    writer = WorkingWriter(ExpressionsWorking(), made.division, 6)
    texts = ["2+2*3=8", "3+3=6", "2*2", "1+2+3=3+3=6", "8+54=62"]
    assert writer.rows_that_fit(texts).tolist() == [1, 1, 2, 2, 2]
    assert writer.notes(writer.counts) == [
        "3 of 5 training examples have workings of more than 6 characters, and others were learned from twice"
    ]
    with pytest.raises(TrainingError, match="no working of 1 examples is as short as 6 characters"):
        writer.rows_that_fit(["2+2*3=8"])
