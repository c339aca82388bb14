"""Optuna as a search: asked in batches of one size, so that nothing depends on who ends first.

The study lives in memory. A sweep that goes on asks the same questions again, and is told what the trials' own folders
hold; so it stands where it stood, without a file of optuna's.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exprlearn.errors import BackendError
from exprlearn.sweep.drawing import Settings, rounded
from exprlearn.sweep.section import Choices, Parameter, SweepSection

if TYPE_CHECKING:
    from exprlearn.sweep.ending import End


_SAMPLERS = {"tpe": "TPESampler", "nsgaii": "NSGAIISampler", "qmc": "QMCSampler"}


class OptunaSearch:
    """Asks one of optuna's samplers that need no memory but the trials.

    Raises:
        BackendError: optuna is not installed.
    """

    def __init__(self, section: SweepSection) -> None:
        try:
            import optuna
        except ImportError as error:
            raise BackendError(
                f'search = "optuna" needs optuna, which is not installed ({error}): '
                "python -m pip install 'exprlearn[optuna]'"
            ) from error
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna, self._section = optuna, section
        self._study = optuna.create_study(direction="maximize", sampler=_sampler(optuna, section))
        self._ranges = {key: _distribution(optuna, parameter) for key, parameter in section.parameters.items()}
        self._asked: list[Any] = []

    def ask(self) -> list[Settings]:
        """Return the settings of the next batch."""
        left = (self._section.trials or 0) - len(self._study.trials)
        self._asked = [self._study.ask(self._ranges) for _ in range(min(left, self._section.batch))]
        return [self._settings(asked.params) for asked in self._asked]

    def tell(self, ends: Sequence[End]) -> None:
        """Tell the sampler what came of each trial: a score, how far it came before it was stopped, or a failure."""
        states = self._optuna.trial.TrialState
        for asked, end in zip(self._asked, ends, strict=True):
            if end.result is None:
                self._study.tell(asked, state=states.FAIL)
            elif end.state == "stopped":
                asked.report(end.exact_match.value, step=end.epochs)
                self._study.tell(asked, state=states.PRUNED)
            else:
                self._study.tell(asked, end.exact_match.value)

    def _settings(self, chosen: Settings) -> Settings:
        parameters = self._section.parameters
        return {key: _value(parameters[key], chosen[key]) for key in parameters}


def _sampler(optuna: Any, section: SweepSection) -> Any:
    """Make the sampler; that optuna may change one some day is no news to whoever asks for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return getattr(optuna.samplers, _SAMPLERS[section.sampler])(seed=section.seed)


def _distribution(optuna: Any, parameter: Parameter) -> Any:
    if isinstance(parameter, Choices):
        # By place: a value may be a list or a table, which optuna cannot hold.
        return optuna.distributions.CategoricalDistribution(range(len(parameter.values)))
    if parameter.whole:
        low, high = int(parameter.low), int(parameter.high)
        return optuna.distributions.IntDistribution(low, high, log=parameter.log)
    return optuna.distributions.FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _value(parameter: Parameter, chosen: Any) -> Any:
    return parameter.values[chosen] if isinstance(parameter, Choices) else rounded(chosen, parameter)
