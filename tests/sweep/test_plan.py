from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from exprlearn.errors import OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.sweep import SweepPlan, Trial, read_plan
from exprlearn.sweep.search import make_search

Planned = Callable[..., SweepPlan]
UNITS = '[sweep.parameters]\n"model.units" = [4, 8]\n'
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "sweep.toml"


def refused(planned: Planned, text: str, *sets: str) -> list[str]:
    with pytest.raises(OptionError) as error:
        trials_of(planned, text, *sets)
    return error.value.problems


def trials_of(planned: Planned, text: str, *sets: str) -> list[Trial]:
    plan = planned(text, *sets)
    return plan.trials(next(make_search(plan.section)))


def test_the_example_of_the_pages_is_a_sweep_of_twelve_checked_trials(plugins: Plugins) -> None:
    plan = read_plan(EXAMPLE, {}, (), plugins)
    trials = plan.trials(next(make_search(plan.section)))
    assert len({trial.name for trial in trials}) == 12
    assert all(trial.epochs == 12 for trial in trials)


def test_a_trial_is_named_by_its_config_and_grammar_alone(planned: Planned, tmp_path: Path) -> None:
    names = [trial.name for trial in planned(UNITS).trials([{"model.units": 4}, {"model.units": 8}])]
    assert len(set(names)) == 2
    # Said in another place, or written in another way, it is the same.
    same = planned('[sweep.parameters]\n"data.test" = [10]\n', "model.units=8").trials([{"data.test": 10}])
    assert same[0].name == names[1]
    program = (
        "import sys; from pathlib import Path; from exprlearn.plugin.manager import Plugins;"
        "from exprlearn.sweep import read_plan; file, plugin = map(Path, sys.argv[1:]);"
        "plan = read_plan(file, {}, (), Plugins(only=(), files=[plugin]));"
        "print(*(each.name for each in plan.trials([{'model.units': 4}, {'model.units': 8}])))"
    )
    planned(UNITS)
    arguments = [sys.executable, "-c", program, str(tmp_path / "tiny.toml"), str(Path(__file__).parent / "faulty.py")]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == names


def test_another_text_of_the_grammar_makes_another_trial(planned: Planned, tmp_path: Path) -> None:
    grammar = tmp_path / "own.lark"
    grammar.write_text('start: NUMBER "+" NUMBER\n//@ range=0..9\nNUMBER: /[0-9]/\n')
    first = planned(UNITS, f"grammar.name={grammar}").trials([{"model.units": 4}])
    grammar.write_text('start: NUMBER "-" NUMBER\n//@ range=0..9\nNUMBER: /[0-9]/\n')
    assert planned(UNITS, f"grammar.name={grammar}").trials([{"model.units": 4}]) != first


def test_trials_have_no_time_limit_unless_the_file_says_so(planned: Planned) -> None:
    assert planned(UNITS).base.config.training.max_seconds is None
    assert planned(UNITS, "training.max_time=9s").base.config.training.max_seconds == 9


@pytest.mark.parametrize(
    ("text", "sets", "told"),
    [
        ("", (), "has no section [sweep]: write [sweep.parameters]"),
        (UNITS + "[sweep.stop]\nafter = [2, 5]\n", (), "5 is not before the last epoch; training.epochs is 3"),
        (UNITS, ("model.units=3",), "sweep.parameters.model.units: it is varied, and given as well"),
        ('[sweep.parameters]\n"training.backend" = ["jax"]\n', (), "a process keeps the first value it has"),
        (
            '[sweep.parameters]\n"training.monitor" = ["rmse", "exact-match"]\n',
            (),
            "sweep.parameters.training.monitor: trials are compared by one metric; make a sweep of each",
        ),
        (
            '[sweep]\nstop.after = [1]\n[sweep.parameters]\n"training.epochs" = [4, 8]\n',
            (),
            "trials of unequal epochs cannot be stopped by them; leave out [sweep.stop]",
        ),
        (UNITS, ("training.processes=2",), "training.processes: a trial trains in one process; leave it out"),
        (UNITS, ("training.epoch=3",), "training.epoch: unknown key, did you mean 'epochs'?"),
        ('[sweep.parameters]\n"model.unit" = [4, 8]\n', (), "model.unit: unknown key, did you mean 'units'?"),
        ('[sweep.parameters]\n"padding.name" = ["per-term", "midle"]\n', (), "padding.name: no padding named 'midle'"),
        ('[sweep.parameters]\n"model.units" = [4, "many"]\n', (), "(the trial model.units=many)"),
    ],
)
def test_what_no_trial_can_be_is_refused_before_any_begins(
    planned: Planned, text: str, sets: tuple[str, ...], told: str
) -> None:
    assert any(told in problem for problem in refused(planned, text, *sets))


def test_problems_of_section_and_config_are_told_at_once_each_with_its_line(planned: Planned, tmp_path: Path) -> None:
    found = refused(planned, UNITS + "[sweep]\ntrails = 3\n[padding]\nname = 'midle'\n")
    assert len(found) == 2
    assert found[0].startswith(f"{tmp_path / 'tiny.toml'}:")
    assert "sweep.trails: unknown key" in found[0]
    assert "padding.name" in found[1]


def test_a_problem_of_several_trials_is_told_once(planned: Planned) -> None:
    text = '[sweep.parameters]\n"model.units" = [4, 8]\n"data.test" = [0]\n'
    (problem,) = refused(planned, text)
    assert problem.endswith("(the trial model.units=4 data.test=0, and 1 more)")
    assert "data.test" in problem
