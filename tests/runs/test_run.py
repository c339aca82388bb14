"""What a run can be asked, by the words that callers know."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from exprlearn.runs import run as runs
from exprlearn.runs.run import Run


@pytest.fixture
def asked(monkeypatch):
    """A run without a model, of a space of nine expressions of which four have been looked at."""

    def take_census(space, splits, answerer, how):
        how.on_progress(4)
        return SimpleNamespace(scores=None, examples=())

    monkeypatch.setattr(runs, "load_splits", lambda *arguments: None)
    monkeypatch.setattr(runs, "take_census", take_census)
    monkeypatch.setattr(runs, "read_baselines", lambda run: ({}, {}))
    names = "config components grammar_text common_answer answerer folder"
    run = SimpleNamespace(**dict.fromkeys(names.split()))
    run.data, run.folder = SimpleNamespace(size=9), SimpleNamespace(name="run")
    return run


def test_who_asks_for_all_hears_how_far_it_is(asked):
    heard = []
    Run.evaluate(asked, "all", on_progress=lambda done, count: heard.append((done, count)))
    assert heard == [(4, 9)]


def test_the_older_word_for_progress_still_works_and_says_the_new_one(asked):
    heard = []
    with pytest.warns(DeprecationWarning, match="write on_progress="):
        Run.evaluate(asked, "all", told=lambda done, count: heard.append((done, count)))
    assert heard == [(4, 9)]
