from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from exprlearn.errors import RunError
from exprlearn.inline import digest
from exprlearn.report import write_page
from exprlearn.report.page import score_record
from exprlearn.report.scripts import vega_script
from exprlearn.runs.record import read_record
from exprlearn.scoring import percent, score

HOSTILE = "</pre><script>alert('1')</script><img src=x onerror=alert(2)>{{ 7*7 }}&amp;"
VOID = {"meta", "br"}
SCRIPT = re.compile(r"<script[^>]*>.*?</script>", re.DOTALL)
BOMB = 500_000


class Page(HTMLParser):
    """Collects the elements of a page and the text of its table cells."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def rewrite(file: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    rows = [change(json.loads(line)) for line in file.read_text("utf-8").splitlines()]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_the_page_is_one_file_that_fetches_nothing(folder: Path) -> None:
    text = write_page(folder).read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert not {"link", "img", "image", "iframe", "object", "embed", "base"} & {t for t, _ in page.elements}
    attributes = {name for _, found in page.elements for name in found}
    assert not {name for name in attributes if name.startswith("on")} | attributes & {"src", "xlink:href"}
    # Links lead to places of the page itself.
    links = [found["href"] or "" for _, found in page.elements if "href" in found]
    assert links
    assert set(links) <= {f"#{found['id']}" for _, found in page.elements if "id" in found}
    assert not re.search(r"https?:|//[a-z]|@import|@font-face|url\(", SCRIPT.sub("", text))


def test_only_the_scripts_that_the_policy_names_by_their_hash_may_run(folder: Path) -> None:
    text = write_page(folder).read_text("utf-8")
    (policy,) = re.findall(r'Security-Policy" content="([^"]+)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(policy).split(";"))
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [f"'{digest(script)}'" for script in scripts]
    assert len(scripts) == 3


def test_the_page_is_small_but_for_what_draws_its_charts(folder: Path) -> None:
    assert write_page(folder).stat().st_size - len(vega_script()) <= 300_000


@pytest.mark.long
def test_a_run_of_any_length_still_makes_a_page_below_two_megabytes(folder: Path) -> None:
    sign = "&<>\"'"
    epochs = [
        {"epoch": e, "examples": e * 10**9, "loss": 1 / e, "exact_match": 0.5, "seconds": 1.0} for e in range(1, 5001)
    ]
    samples = [
        {"epoch": e, "expression": sign * 99, "answer": sign * 99, "truth": "2"} for e in range(200) for _ in range(30)
    ]
    rows = [{"expression": "1+1" * (n % 60), "answer": sign * 200, "truth": "1" * (n % 300)} for n in range(3000)]
    for name, lines in (("metrics", epochs), ("samples", samples), ("predictions", rows)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (folder / "grammar.lark").write_text("// " + "<" * BOMB, "utf-8")
    (folder / "config.toml").write_text(f'seed = 0\nname = "{"&" * 200_000}"\n', "utf-8")
    (folder / "run.json").write_text(json.dumps({f"key{n}": "<" * 1000 for n in range(4000)}), "utf-8")
    assert write_page(folder).stat().st_size <= 2_000_000


def test_hostile_text_anywhere_in_a_run_stays_text(folder: Path) -> None:
    for name in ("samples.jsonl", "predictions.jsonl"):
        rewrite(folder / name, lambda row: row | {key: HOSTILE for key in ("expression", "answer", "truth")})
    rewrite(folder / "predictions.jsonl", lambda row: row | {"answer": HOSTILE + "!"})
    (folder / "run.json").write_text(json.dumps({HOSTILE: HOSTILE, "stopped_by": HOSTILE}))
    (folder / "config.toml").write_text(f'[model]\nname = """{HOSTILE}"""\n')
    (folder / "grammar.lark").write_text("// " + HOSTILE)
    hostile = folder.rename(folder.with_name("<b>run & 'co'"))
    page_text = write_page(hostile).read_text("utf-8")
    page = Page(page_text)
    assert page.open == []
    assert [tag for tag, _ in page.elements if tag in ("script", "img")] == ["script"] * 4
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert page.text.count("<script>alert('1')</script>") >= 40
    (island,) = re.findall(r'<script type="application/json" id="live">(.*?)</script>', page_text, re.DOTALL)
    assert "alert('1')" in island
    assert HOSTILE[:40] in json.dumps(json.loads(island))
    assert "{{ 7*7 }}" in page.text
    assert "<b>run & 'co'" in page.text


def test_the_headline_is_what_an_independent_count_of_the_predictions_gives(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "predictions.jsonl").read_text("utf-8").splitlines()]
    share = sum(row["answer"] == row["truth"] for row in rows) / len(rows)
    page = Page(write_page(folder).read_text("utf-8"))
    assert score_record(read_record(folder)).exact_match.value == share
    assert f"{folder.name}: {percent(share)} exact match" in page.text


def test_the_page_shows_config_grammar_environment_and_how_to_do_it_again(folder: Path) -> None:
    page = Page(write_page(folder).read_text("utf-8"))
    for shown in ('policy = "exact-only"', "?start: sum", "versions.keras", "3.15.1", "all 24 epochs are done"):
        assert shown in page.text
    assert f"exprlearn train --config {folder / 'config.toml'}" in page.text
    assert f"exprlearn train --resume {folder}" in page.text


def test_every_chart_has_a_table_beside_it_and_a_name(folder: Path) -> None:
    page = Page(write_page(folder).read_text("utf-8"))
    drawn = [attributes for tag, attributes in page.elements if attributes.get("role") == "img"]
    assert len(drawn) == sum(tag == "svg" for tag, _ in page.elements) > 12
    assert all("the table beside it has the numbers" in (attributes["aria-label"] or "") for attributes in drawn)
    pairs = sum(attributes.get("class") == "pair" for _, attributes in page.elements)
    assert pairs <= sum(tag == "table" for tag, _ in page.elements)


def test_given_scores_are_shown_in_place_of_the_predictions(folder: Path) -> None:
    page = write_page(folder, score(["1+1"], ["2"], ["2"]), split="validation").read_text("utf-8")
    assert "100.0 %" in page
    assert "validation expressions answered exactly right" in page


def test_a_run_that_is_still_young_makes_a_page_too(folder: Path) -> None:
    for name in ("metrics.jsonl", "samples.jsonl", "grammar.lark"):
        (folder / name).unlink()
    (folder / "config.toml").write_text("")
    (folder / "run.json").write_text("{}")
    page = Page(write_page(folder).read_text("utf-8"))
    assert "Learning" not in page.text
    assert "Where it is right" in page.text


def test_a_first_epoch_alone_can_be_drawn(folder: Path) -> None:
    first = (folder / "metrics.jsonl").read_text("utf-8").splitlines()[0]
    (folder / "metrics.jsonl").write_text(first + "\n")
    assert "Best: epoch 1" in write_page(folder).read_text("utf-8")


def test_a_run_without_predictions_says_how_to_get_them(folder: Path) -> None:
    (folder / "predictions.jsonl").write_text("")
    with pytest.raises(RunError, match="has no predictions to report on: exprlearn evaluate"):
        write_page(folder)


def test_a_page_that_cannot_be_written_leaves_the_former_one(folder: Path) -> None:
    former = write_page(folder).read_bytes()
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(RunError, match=r"cannot write .*report\.html: File too large"):
            write_page(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (folder / "report.html").read_bytes() == former
    assert not list(folder.glob(".report*"))


def test_writing_the_page_again_gives_the_same_bytes_and_leaves_nothing_beside_it(folder: Path) -> None:
    before = set(folder.iterdir())
    first = write_page(folder).read_bytes()
    assert write_page(folder).read_bytes() == first
    assert set(folder.iterdir()) - before == {folder / "report.html"}


def test_a_loss_that_is_no_number_makes_a_page_all_the_same(folder: Path) -> None:
    nan = float("nan")
    rewrite(folder / "metrics.jsonl", lambda row: row | {"loss": nan})
    text = write_page(folder).read_text("utf-8")
    (shown,) = re.findall(r'id="live">(.*?)</script>', text, re.DOTALL)
    json.loads(shown, parse_constant=pytest.fail)


def test_a_mapping_run_shows_its_error_in_the_units_of_the_answers(folder: Path) -> None:
    run = json.loads((folder / "run.json").read_text()) | {"framing": "mapping"}
    (folder / "run.json").write_text(json.dumps(run))
    assert "<dt>rmse</dt>" in write_page(folder).read_text("utf-8")


@pytest.mark.long
def test_making_a_page_never_imports_keras(folder: Path) -> None:
    code = (
        "import sys, pathlib, exprlearn.report as r; light = {'altair', 'jinja2', 'scipy'} & set(sys.modules);"
        "r.write_page(pathlib.Path(sys.argv[1]));"
        "print(sorted(light | {'keras', 'tensorflow', 'jax'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


def test_the_metric_that_decides_stands_beside_exact_match_and_marks_its_epoch(folder: Path) -> None:
    facts = json.loads((folder / "run.json").read_text("utf-8"))
    facts["monitor"] = {"name": "length-error", "is_lower_better": True}
    (folder / "run.json").write_text(json.dumps(facts), "utf-8")
    errors = (abs(epoch - 7) / 8 for epoch in range(1, 99))
    rewrite(folder / "metrics.jsonl", lambda row: {**row, "metrics": {"length-error": next(errors)}})
    page = Page(write_page(folder).read_text("utf-8"))
    assert "Best by length error: epoch 7, in bold" in page.text
    assert [dict(row).get("class") for tag, row in page.elements if tag == "tr"].count("best") == 1
    assert "0.125" in page.text
