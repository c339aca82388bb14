"""Which settings are tried: every combination, independent draws, or what optuna asks for.

Optuna is asked in batches of one size, so that nothing depends on who ends first. The study lives in memory: a sweep
that is resumed asks the same questions again, and hears what the trials' own folders hold; so it stands where it
stood, without a file of optuna's.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Generator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from exprlearn.errors import BackendError
from exprlearn.sweep.section import ChoiceList, Parameter, Range, SweepSection

if TYPE_CHECKING:
    from exprlearn.sweep.trial import End

#: The second entry of a seed: what the random numbers are for.
DRAW: Final = 31
#: Significant digits of a number that is drawn: enough to search with, and few enough to read.
DIGITS: Final = 4

Settings = dict[str, Any]
#: Yields the settings of the next trials, none when enough were tried, and is sent how they ended, in their order.
Search = Generator[list[Settings], "list[End]", None]

_SAMPLERS = {"tpe": "TPESampler", "nsgaii": "NSGAIISampler", "qmc": "QMCSampler"}


def make_search(section: SweepSection) -> Search:
    """Make the search that a section names; a BackendError says that it needs optuna, which is not installed."""
    if section.search == "optuna":
        return _ask_optuna(_import_optuna(), section)
    if section.search == "random":
        return _ask_at_once([draw_settings(section.parameters, section.seed, n) for n in range(section.trials or 0)])
    return _ask_at_once(grid_settings(section.parameters))


def _ask_at_once(settings: list[Settings]) -> Search:
    yield settings
    yield []


def _import_optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise BackendError(
            f'search = "optuna" needs optuna, which is not installed ({error}): '
            "python -m pip install 'exprlearn[optuna]'"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _ask_optuna(optuna: Any, section: SweepSection) -> Search:
    """Ask one of optuna's samplers that need no memory but the trials.

    It hears what came of each trial: a score, how far it came before it was stopped, or a failure.
    """
    study = optuna.create_study(direction="maximize", sampler=_sampler(optuna, section))
    ranges = {key: _distribution(optuna, parameter) for key, parameter in section.parameters.items()}
    states = optuna.trial.TrialState
    while True:
        left = (section.trials or 0) - len(study.trials)
        asked = [study.ask(ranges) for _ in range(min(left, section.batch))]
        ends = yield [{key: _value(section.parameters[key], trial.params[key]) for key in ranges} for trial in asked]
        for trial, end in zip(asked, ends, strict=True):
            if end.result is None:
                study.tell(trial, state=states.FAIL)
            elif end.state == "stopped":
                trial.report(end.merit, step=end.epochs)
                study.tell(trial, state=states.PRUNED)
            else:
                study.tell(trial, end.merit)


def grid_settings(parameters: Mapping[str, Parameter]) -> list[Settings]:
    """List every combination of values; the last parameter changes fastest.

    >>> grid_settings({"seed": ChoiceList(values=[0, 1]), "model.units": ChoiceList(values=[64])})
    [{'seed': 0, 'model.units': 64}, {'seed': 1, 'model.units': 64}]
    """
    values = [parameter.values for parameter in parameters.values() if isinstance(parameter, ChoiceList)]
    return [dict(zip(parameters, chosen, strict=True)) for chosen in product(*values)]


def draw_settings(parameters: Mapping[str, Parameter], seed: int, index: int) -> Settings:
    """Draw the settings of one trial, which follow from the seed and its index alone.

    >>> draw_settings({"model.units": Range(low=32, high=256, log=True, whole=True)}, seed=0, index=3)
    {'model.units': ...}
    """
    generator = np.random.default_rng([seed, DRAW, index])
    return {key: _draw(parameter, generator) for key, parameter in parameters.items()}


def _draw(parameter: Parameter, generator: np.random.Generator) -> Any:
    if isinstance(parameter, ChoiceList):
        return parameter.values[int(generator.integers(len(parameter.values)))]
    # Of whole numbers, the last has a stretch of its own behind it, as every other one has.
    ends = parameter.low, parameter.high + parameter.whole
    low, high = map(math.log, ends) if parameter.log else ends
    value = float(generator.uniform(low, high))
    return round_to_range(math.exp(value) if parameter.log else value, parameter)


def round_to_range(value: float, parameter: Range) -> float | int:
    """Write a number of a range as a setting.

    >>> round_to_range(0.00123456, Range(low=1e-4, high=1e-2)), round_to_range(64.9, Range(low=1, high=64, whole=True))
    (0.001235, 64)
    """
    if parameter.whole:
        return int(min(max(math.floor(value), parameter.low), parameter.high))
    return min(max(float(f"{value:.{DIGITS}g}"), parameter.low), parameter.high)


def _sampler(optuna: Any, section: SweepSection) -> Any:
    """Make the sampler; that optuna may change one some day is no news to anyone who asks for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return getattr(optuna.samplers, _SAMPLERS[section.sampler])(seed=section.seed)


def _distribution(optuna: Any, parameter: Parameter) -> Any:
    if isinstance(parameter, ChoiceList):
        # By index: a value may be a list or a table, which optuna cannot hold.
        return optuna.distributions.CategoricalDistribution(range(len(parameter.values)))
    if parameter.whole:
        low, high = int(parameter.low), int(parameter.high)
        return optuna.distributions.IntDistribution(low, high, log=parameter.log)
    return optuna.distributions.FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _value(parameter: Parameter, chosen: Any) -> Any:
    return parameter.values[chosen] if isinstance(parameter, ChoiceList) else round_to_range(chosen, parameter)
