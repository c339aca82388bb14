"""Training on files of pairs: from a table, from questions in words, from a dataset folder; and what comes after."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import exprlearn as xl
from exprlearn.errors import DataError, OptionError
from exprlearn.playground.run_documents import Asker, run_document
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_evaluation import answer_test

pytestmark = pytest.mark.long

Cli = Callable[..., Any]
PLUGINS = Plugins(only=())
#: Writes any answer.
WRITER = ("model.name=seq2seq", "model.network=lstm", "model.units=8", "model.embedding=4", "model.attention=false")
#: Answers with a number, and is compiled in a quarter of the time.
NUMBER = ("model.name=mapping-mlp", "model.units=4")
TINY = ("training.epochs=1", "training.examples_per_epoch=64", "training.batch_size=32", "data.validation=20")
TINY += ("data.test=20",)
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")


@pytest.fixture(scope="module", autouse=True)
def only_built_in() -> Iterator[None]:
    """Leave out what happens to be installed: it may divide texts of its own, which `PLUGINS` could not load."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("EXPRLEARN_PLUGINS", "")
        yield


def settings(backend: str, model: tuple[str, ...] = NUMBER) -> list[str]:
    return [*model, *TINY, f"training.backend={backend}"]


def flags(backend: str, model: tuple[str, ...] = NUMBER) -> list[str]:
    return [word for each in settings(backend, model) for word in ("--set", each)]


def write_sums(file: Path, count: int = 5000) -> list[tuple[str, str]]:
    rows = [(f"{number % 97}+{number // 50}", str(number % 97 + number // 50)) for number in range(count)]
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("question", "answer"), *rows])
    return rows


def write_words(file: Path, answers: tuple[str, ...] = NUMBERS) -> None:
    rows = [
        {"question": f"What is {left} plus {right}?", "answer": answers[(one + other) % 12]}
        for one, left in enumerate(NUMBERS)
        for other, right in enumerate(NUMBERS)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def build(run_command: Cli, folder: Path, *more: str) -> None:
    built = ["data", "build", str(folder), "--grammar", "addition", "--set", "grammar.range=0..19"]
    sizes = ["--train", "200", "--validation", "20", "--test", "20"]
    assert run_command(*built, *sizes, *more).code == 0


@dataclass(frozen=True)
class OwnRun:
    """A run that was trained on a file of pairs."""

    name: str
    runs: Path
    outcome: Any

    @property
    def folder(self) -> Path:
        return self.runs / self.name

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return facts

    def flags(self) -> list[str]:
        return ["--runs", str(self.runs)]


def trained_on(data: Path, how: list[str], run_command: Cli, runs: Path) -> OwnRun:
    outcome = run_command("train", "--data", str(data), "--name", "own", "--runs", str(runs), *how)
    assert outcome.code == 0, outcome.err
    # A run needs nothing but its folder.
    data.rename(data.with_name("moved"))
    return OwnRun("own", runs, outcome)


@pytest.fixture(scope="module")
def sums(tmp_path_factory: pytest.TempPathFactory, backend: str, run_command: Cli) -> OwnRun:
    folder = tmp_path_factory.mktemp("sums")
    write_sums(folder / "sums.csv")
    return trained_on(folder / "sums.csv", flags(backend), run_command, folder / "runs")


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory, backend: str, run_command: Cli) -> OwnRun:
    folder = tmp_path_factory.mktemp("words")
    write_words(folder / "words.jsonl")
    return trained_on(folder / "words.jsonl", flags(backend, WRITER), run_command, folder / "runs")


def test_a_table_of_five_thousand_sums_is_learned_and_its_split_is_said(sums: OwnRun) -> None:
    heading = sums.outcome.err
    assert "data " in heading
    assert "sums.csv · model mapping-mlp" in heading
    assert "0 held-out expressions or commutative duplicates in train · 5 000 pairs, split by canonical form" in heading
    proof = sums.facts["pairs"]["proof"]
    assert proof["holds"]
    assert proof["counts"]["train"] > 3500
    assert not (sums.folder / "grammar.lark").exists()
    assert len((sums.folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines()) == 5000


def test_questions_in_words_are_learned_text_by_text(words: OwnRun) -> None:
    assert "144 pairs, split texts by themselves" in words.outcome.err
    vocabulary = json.loads((words.folder / "vocabulary.json").read_text(encoding="utf-8"))
    assert {"What", "plus", "eleven", "?"} <= set(vocabulary["vocabulary"]["symbols"])
    assert "blank" in words.outcome.out


@pytest.mark.parametrize(
    ("model", "more"),
    [(WRITER, ()), (NUMBER, ("--layout", "chat", "--format", "parquet")), (NUMBER, ("--layout", "completion"))],
    ids=["rows", "chat", "completion"],
)
def test_a_dataset_folder_is_learned_with_its_own_splits(
    cli: Cli, tmp_path: Path, backend: str, model: tuple[str, ...], more: tuple[str, ...]
) -> None:
    build(cli, tmp_path / "built", *more)
    done = cli("train", "--data", "built", "--name", "own", *flags(backend, model))
    assert done.code == 0
    assert "240 pairs, split as its column split says, compared by canonical form" in done.err
    facts = json.loads((tmp_path / "runs" / "own" / "run.json").read_text(encoding="utf-8"))
    assert facts["pairs"]["proof"]["counts"] == {"train": 200, "validation": 20, "test": 20}
    assert facts["pairs"]["left_out"] == 0


def test_a_folder_of_ids_says_that_it_holds_no_texts(cli: Cli, tmp_path: Path) -> None:
    build(cli, tmp_path / "built", "--layout", "tokens")
    done = cli("train", "--data", "built")
    assert (done.code, done.out) == (1, "")
    assert "holds ids and no texts" in done.err


def test_planted_leaks_are_told_while_a_file_with_splits_is_learned(cli: Cli, tmp_path: Path, backend: str) -> None:
    rows = [
        (text, answer, "test" if text.startswith("9") else "train") for text, answer in write_sums(tmp_path / "x", 600)
    ]
    leaked = [
        (f"{text.partition('+')[2]}+{text.partition('+')[0]}", answer)
        for text, answer, split in rows
        if split == "test"
    ][:5]
    with (tmp_path / "leaky.csv").open("w", encoding="utf-8", newline="") as stream:
        planted = [(*row, "train") for row in leaked]
        csv.writer(stream).writerows([("question", "answer", "split"), *rows, *planted])
    done = cli("train", "--data", "leaky.csv", "--name", "own", *flags(backend))
    assert done.code == 0
    assert "the column split leaks: train and test have" in done.err
    facts = json.loads((tmp_path / "runs" / "own" / "run.json").read_text(encoding="utf-8"))["pairs"]
    assert facts["shared_before"]["train/test"] >= 5
    assert facts["left_out"] >= 5
    assert facts["proof"]["holds"]


@pytest.mark.parametrize("which", ["sums", "words"])
def test_everything_that_comes_after_works_without_the_file(
    which: str, request: pytest.FixtureRequest, run_command: Cli, backend: str
) -> None:
    own: OwnRun = request.getfixturevalue(which)
    question = "12+34" if which == "sums" else "What is two plus three?"
    evaluated = run_command("evaluate", "own", *own.flags())
    assert evaluated.code == 0
    assert run_command("evaluate", "own", "--split", "validation", "--mistakes", *own.flags()).code == 0
    asked = json.loads(run_command("predict", question, "--run", "own", "--explain", "--json", *own.flags()).out)
    (row,) = asked["answers"]
    assert row["truth"] == ("46" if which == "sums" else "five")
    assert run_command("report", "own", *own.flags()).code == 0
    page = (own.folder / "report.html").read_text(encoding="utf-8")
    assert f"{which}." in page
    assert f"{which}." in run_command("runs", "list", "--json", *own.flags()).out
    assert run_document(own.folder)["example"]
    assert run_command("explain", question, "--run", "own", *own.flags()).code == 0
    assert Asker(PLUGINS).ask(own.folder, question)["truth"] == row["truth"]
    shutil.copytree(own.folder, own.runs / "longer")
    done = run_command("train", "--resume", "longer", "--epochs", "2", *own.flags())
    assert done.code == 0, done.err
    assert len((own.runs / "longer" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_run_of_pairs_is_done_again_to_the_bit(sums: OwnRun, run_command: Cli) -> None:
    done = run_command("reproduce", "own", *sums.flags())
    assert done.code == 0, done.err


def test_what_pairs_say_is_the_truth_and_exact_answers_where_all_of_theirs_are(
    sums: OwnRun, words: OwnRun, run_command: Cli
) -> None:
    run = xl.load("own", runs=sums.runs, plugins=PLUGINS)
    assert [row.truth for row in run.predict(["12+34", "96+99="])] == ["46", "195"]
    run = xl.load("own", runs=words.runs, plugins=PLUGINS)
    assert run.predict(["What is ten plus nine?"])[0].truth == "seven"
    unknown = "What is ten plus ?"
    assert run.predict([unknown])[0].truth is None
    assert Asker(PLUGINS).ask(words.folder, unknown)["truth"] is None
    assert "? no right answer is known" in run_command("predict", unknown, "--run", "own", *words.flags()).out
    assert (
        "no answer to 'What is ten plus ?' is known"
        in run_command("explain", unknown, "--run", "own", *words.flags()).err
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evaluate", "own", "--split", "all"], "gives pairs, of which there is no 'all': choose validation or test"),
        (["evaluate", "own", "--beyond"], "nothing says what lies beyond"),
    ],
)
def test_what_needs_a_grammar_says_that_there_is_none(
    sums: OwnRun, run_command: Cli, arguments: list[str], said: str
) -> None:
    done = run_command(*arguments, *sums.flags())
    assert done.code == 2
    assert said in " ".join(done.err.split())


def test_nobody_elses_test_is_asked_of_a_run_of_pairs(sums: OwnRun) -> None:
    with pytest.raises(DataError, match="learned pairs, and may have learned another run's test"):
        answer_test(xl.load("own", runs=sums.runs, plugins=PLUGINS), [("1+2", "3")])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--grammar", "mixed"], "grammar.name: the file says what is learned, which is"),
        (["--working", "equations"], "working.name: the answers of the file are learned as they stand"),
        (["--set", "data.constraints=integer"], "data.constraints: every row of the file is an example"),
        (["--set", "data.split=position"], "data.split: pairs are split by content, or by a column split"),
        (["--set", "data.train=900"], "data.train: sums.csv has"),
        (["--model", "rewriter"], "rewriter' learns to rewrite expressions line by line, and pairs hold no lines"),
    ],
)
def test_settings_that_say_nothing_of_pairs_are_refused(
    cli: Cli, tmp_path: Path, backend: str, more: list[str], said: str
) -> None:
    write_sums(tmp_path / "sums.csv", 500)
    done = cli("train", "--data", "sums.csv", "--backend", backend, *more)
    assert done.code == 2, done.err
    assert said in " ".join(done.err.split())
    assert not (tmp_path / "runs").exists()


def test_a_folder_of_pairs_that_lost_them_is_damaged(cli: Cli, tmp_path: Path, sums: OwnRun) -> None:
    (tmp_path / "runs").mkdir()
    copy = tmp_path / "runs" / "copy"
    shutil.copytree(sums.folder, copy)
    (copy / "pairs.jsonl").unlink()
    done = cli("predict", "1+2", "--run", "copy")
    assert (done.code, done.out) == (1, "")
    assert "it has no pairs.jsonl, which it was trained on" in done.err
    (copy / "pairs.jsonl").write_text('{"question": 7}\n', encoding="utf-8")
    assert "pairs.jsonl:1 is damaged: question" in cli("predict", "1+2", "--run", "copy").err


def test_python_learns_the_same_pairs_from_a_file_a_folder_and_a_list(
    tmp_path: Path, backend: str, run_command: Cli
) -> None:
    rows = write_sums(tmp_path / "sums.csv", 500)
    write_words(tmp_path / "words.jsonl", tuple(map(str, range(12))))
    build(run_command, tmp_path / "built")
    how: dict[str, Any] = {"settings": settings(backend), "runs": tmp_path / "runs", "plugins": PLUGINS}
    from_file = xl.train(tmp_path / "sums.csv", **how)
    named = [{"q": question, "a": answer} for question, answer in rows]
    from_list = xl.train(named, question_key="q", answer_key="a", **how)
    assert from_file.facts["digest"] == from_list.facts["digest"]
    assert from_list.folder.name == "pairs-mapping-mlp-1"
    assert xl.train(str(tmp_path / "words.jsonl"), **how).predict(["What is one plus one?"])[0].truth == "2"
    assert xl.train(tmp_path / "built", **how).facts["pairs"]["proof"]["counts"]["train"] == 200
    with pytest.raises(OptionError, match=r"grammar\.range: the file says what is learned"):
        xl.train(rows, **{**how, "settings": [*settings(backend), "grammar.range=0..9"]})
    with pytest.raises(OptionError, match=r"write question_key=… and answer_key=… of train"):
        xl.train(rows, **{**how, "settings": [*settings(backend), "data.question_key=q"]})
    with pytest.raises(OptionError, match=r"'q' is a column of a file of pairs: name the file with --data FILE"):
        xl.train("addition", question_key="q", **how)


def test_columns_of_other_names_are_said_and_kept_in_the_config(cli: Cli, tmp_path: Path) -> None:
    write_sums(tmp_path / "sums.csv", 500)
    text = (tmp_path / "sums.csv").read_text().replace("question,answer", "sum,total", 1)
    (tmp_path / "sums.csv").write_text(text)
    named = ("--question-key", "sum", "--answer-key", "total")
    done = cli("train", "--data", "sums.csv", *named, "--print-config")
    assert done.code == 0, done.err
    assert 'question_key = "sum"  # --question-key' in done.out
    (tmp_path / "again.toml").write_text(done.out, encoding="utf-8")
    assert cli("train", "--config", "again.toml", "--print-config").code == 0
    done = cli("train", "--data", "sums.csv")
    assert done.code == 1
    assert "they are called 'sum', 'total'; call the column of questions 'question'" in done.err
    assert "or name them with --question-key KEY and --answer-key KEY" in done.err
    done = cli("train", *named)
    assert done.code == 2
    assert (
        "--question-key: data.question_key: 'sum' is a column of a file of pairs: name the file with --data FILE"
        in done.err
    )


def test_an_exported_model_names_the_file_that_it_learned(sums: OwnRun, run_command: Cli, tmp_path: Path) -> None:
    assert run_command("export", "own", str(tmp_path / "out"), *sums.flags()).code == 0
    (card,) = (tmp_path / "out").glob("*.md")
    assert "sums.csv` asks." in (said := card.read_text(encoding="utf-8"))
    assert "up to 2 numbers from 0 to 99" in said
