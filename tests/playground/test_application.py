from __future__ import annotations

import http.client
import json
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

Read = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def read(recorded: Path, serve: Any) -> Iterator[Read]:
    """Ask the served page, as anything on this machine could."""
    with serve(recorded.parent) as address:
        host, port = urlsplit(address).hostname, urlsplit(address).port

        def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
            connection = http.client.HTTPConnection(str(host), port, timeout=30)
            connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            found = answer.status, dict(answer.getheaders()), answer.read().decode()
            connection.close()
            return found

        yield ask


PATHS = ["/", "/vega.js", "/drawing.js", "/playground.js", "/page.css", "/api/runs", "/api/runs/nobody", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_lets_only_the_pages_own_scripts_run(read: Read, path: str) -> None:
    _, headers, _ = read(path)
    rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_the_page_holds_no_script_and_no_style_of_its_own(read: Read) -> None:
    _, _, page = read("/")
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script src=") == page.count("<script") == 3


def test_another_name_for_this_machine_is_refused(read: Read) -> None:
    assert read("/api/runs", Host="playground.example")[0] == 400


def test_what_a_page_of_another_site_asks_is_refused(read: Read) -> None:
    for site in ("cross-site", "same-site"):
        assert read("/api/runs", Sec_Fetch_Site=site)[0] == 403
    assert read("/api/runs", Sec_Fetch_Site="same-origin")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(read: Read, method: str) -> None:
    assert read("/api/runs", method)[0] == 405
    assert read("/api/runs/mixed-seq2seq-1/answer", method)[0] == 405


@pytest.mark.parametrize("name", ["..", "../..", "../outside", "/etc", "mixed-seq2seq-1/../../outside", "\x00", "<b>"])
def test_only_runs_below_the_folder_can_be_reached(read: Read, recorded: Path, name: str) -> None:
    outside = recorded.parents[1] / "outside"
    outside.mkdir()
    (outside / "run.json").write_text("{}")
    for address in (f"/api/runs/{quote(name, safe='')}", f"/events/{quote(name, safe='')}"):
        status, _, text = read(address)
        assert status in (200, 400, 404)
        assert "state" not in text


def test_a_run_is_shown_as_its_report_shows_it(read: Read) -> None:
    run = json.loads(read("/api/runs/mixed-seq2seq-1")[2])
    assert run["verdict"].startswith("71.3 % of 300 test expressions answered exactly right (95 %: 66.0 – 76.2 %)")
    (shown, *_) = run["maps"]
    assert sum(cell["count"] for cell in shown["cells"]) == 300
    assert ["grammar", "mixed"] in run["origin"]


def test_a_training_that_is_over_is_told_and_ended(read: Read) -> None:
    status, headers, text = read("/events/mixed-seq2seq-1")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
    (epochs, over) = text.strip().split("\n\n")
    news = json.loads(epochs.removeprefix("event: epochs\ndata: "))
    assert [row["epoch"] for row in news["epochs"]] == list(range(1, 25))
    assert over.startswith("event: over")


def test_a_run_without_weights_says_what_it_lacks(read: Read) -> None:
    status, _, text = read("/api/runs/mixed-seq2seq-1/answer?expression=1%2B2")
    assert status == 200
    assert "mixed-seq2seq-1" in json.loads(text)["error"]


def test_an_expression_of_too_many_characters_is_refused(read: Read) -> None:
    status, _, text = read(f"/api/runs/mixed-seq2seq-1/answer?expression={'1' * 201}")
    assert (status, json.loads(text)["error"]) == (
        200,
        "That is too long or too large: a question here has at most 200 characters.",
    )


def test_a_damaged_run_is_named_and_the_others_are_shown(read: Read, recorded: Path) -> None:
    (recorded.parent / "broken").mkdir()
    (recorded.parent / "broken" / "run.json").write_text("{")
    assert set(json.loads(read("/api/runs")[2])["runs"]) == {"broken", "mixed-seq2seq-1"}
    status, _, text = read("/api/runs/broken")
    assert status == 200
    assert "broken" in json.loads(text)["error"]
    assert read("/api/runs/mixed-seq2seq-1")[0] == 200


def test_numbers_that_json_has_not_are_told_as_null(read: Read, recorded: Path) -> None:
    lines = (recorded / "metrics.jsonl").read_text().splitlines()
    broken = json.loads(lines[2]) | {"loss": float("nan"), "exact_match": None, "digit_accuracy": None}
    (recorded / "metrics.jsonl").write_text("\n".join([*lines[:2], json.dumps(broken), *lines[3:]]) + "\n")
    events = read("/events/mixed-seq2seq-1")[2].strip().split("\n\n")
    news = json.loads(events[0].removeprefix("event: epochs\ndata: "), parse_constant=pytest.fail)
    assert news["epochs"][2] == {"epoch": 3, "loss": None, "exact": None, "digits": None}
    assert len(news["epochs"]) == 24
    assert events[1].startswith("event: over")


@pytest.mark.parametrize(
    "path", ["/api/runs/mixed-seq2seq-1", "/api/runs/mixed-seq2seq-1/answer", "/events/mixed-seq2seq-1"]
)
def test_a_folder_that_vanished_is_a_sentence(read: Read, recorded: Path, path: str) -> None:
    assert read("/api/runs/mixed-seq2seq-1")[0] == 200
    shutil.rmtree(recorded)
    status, _, text = read(path)
    assert (status, json.loads(text)) == (404, {"error": "There is no run mixed-seq2seq-1 here, or no more."})
    assert json.loads(read("/api/runs")[2])["runs"] == []


@pytest.mark.parametrize("path", ["/api/runs/mixed-seq2seq-1", "/api/runs/mixed-seq2seq-1/answer"])
def test_a_file_that_cannot_be_read_is_a_sentence(read: Read, recorded: Path, path: str) -> None:
    (recorded / "config.toml").unlink()
    (recorded / "config.toml").mkdir()
    status, _, text = read(path)
    assert status == 200
    assert json.loads(text)["error"].startswith("The run mixed-seq2seq-1 cannot be ")


def test_the_page_is_served_to_this_machine_alone(recorded: Path, serve: Any) -> None:
    with serve(recorded.parent) as address:
        assert urlsplit(address).hostname == "127.0.0.1"
        others = {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for other in others - {"127.0.0.1", "127.0.1.1"}:
            with socket.socket() as knocking:
                knocking.settimeout(2)
                assert knocking.connect_ex((other, urlsplit(address).port)) != 0
