"""From a config file with a section `[sweep]` to trials, each checked whole before the first one starts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from exprlearn.config import Components, ConfigWithOrigins, Preset, TrainingSection, read_config, resolve
from exprlearn.config.origins import line_of, read_file
from exprlearn.dataset.pairs import Pairs, named_pairs
from exprlearn.dataset.pairs.settings import pairs_preset, refuse_beside_pairs
from exprlearn.errors import OptionError
from exprlearn.grammar.loading import load_grammar
from exprlearn.runs.schema import MonitorRow
from exprlearn.sweep.search import Settings
from exprlearn.sweep.section import SECTION, ChoiceList, Parameter, SweepSection, describe_settings, read_section
from exprlearn.sweep.trial import Trial

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins

#: How far a trial comes in a span of time says more about the machine than about its settings.
PRESET: Final = Preset(SECTION, {"training": {"max_time": "none"}})
#: Keys that a process has one value of, whatever its trials say.
ONE_A_PROCESS: Final = ("training.backend", "training.deterministic", "training.processes")
#: Keys that say what all trials are compared by.
COMPARED: Final = {
    "training.monitor": "one metric",
    **dict.fromkeys(("data.file", "data.question_key", "data.answer_key"), "the pairs of one file"),
}
#: Keys that decide how much an epoch is, or how many there are.
COMPUTE: Final = ("training.epochs", "training.examples_per_epoch")
#: Digits of the hash that names a trial.
DIGITS: Final = 12


@dataclass(frozen=True)
class SweepPlan:
    """A sweep that was read and checked: trials differ from `base`, by what `flags` and `sets` leave open.

    They learn `pairs`, or what the grammar of each writes.
    """

    section: SweepSection
    base: Components
    file: Path
    flags: Mapping[str, Any]
    sets: Sequence[str]
    plugins: Plugins
    notes: tuple[str, ...] = ()
    pairs: Pairs | None = None

    @property
    def monitor(self) -> MonitorRow:
        """Return the metric that decides between trials."""
        return MonitorRow.of(self.base)

    def trials(self, asked: Sequence[Settings]) -> list[Trial]:
        """Make the trial of each of the settings; equal configs make equal trials.

        An OptionError lists every problem of every trial, those that several have in common once.
        """
        made: list[Trial] = []
        problems: dict[str, list[Settings]] = {}
        for settings in asked:
            try:
                made.append(self._trial(settings))
            except OptionError as error:
                for problem in error.problems:
                    problems.setdefault(_bare(problem), []).append(settings)
        if problems:
            raise OptionError([f"{problem} ({_of_trials(alike)})" for problem, alike in problems.items()])
        return made

    def _trial(self, settings: Settings) -> Trial:
        flags = {**self.flags, **settings}
        components = resolve(_read(self.file, flags, self.sets, self.plugins, self.pairs).config, self.plugins)
        config = json.dumps(components.config.model_dump(mode="json"), sort_keys=True)
        section = components.config.grammar
        text = "" if self.pairs else load_grammar(section.name, components.grammars).text
        digest = sha256(json.dumps([config, self._said or text]).encode()).hexdigest()
        return Trial(digest[:DIGITS], settings, config, text, components.config.training.epochs)

    @cached_property
    def _said(self) -> str:
        """The hash of the pairs, so that another text of the file makes other trials; empty where there are none."""
        if self.pairs is None:
            return ""
        columns = self.pairs.examples.expressions.tolist(), self.pairs.examples.answers.tolist(), self.pairs.splits
        return sha256(json.dumps(columns).encode()).hexdigest()


def _read(
    file: Path, flags: Mapping[str, Any], sets: Sequence[str], plugins: Plugins, pairs: Pairs | None
) -> ConfigWithOrigins:
    """Read a config; an OptionError tells what says nothing of pairs, where pairs are learned."""
    preset = PRESET if pairs is None else pairs_preset(pairs, PRESET)
    read = read_config(file, flags, sets, preset=preset, plugins=plugins, beside=(SECTION,))
    if pairs is not None:
        refuse_beside_pairs(read)
    return read


def read_plan(file: Path, flags: Mapping[str, Any], sets: Sequence[str], plugins: Plugins) -> SweepPlan:
    """Read a sweep: an ordinary config file with a section `[sweep]`.

    An OptionError lists every problem at once, each with its line; a DataError tells of pairs that cannot be read.

    Args:
        file: the TOML file.
        flags: values of named flags by dotted key; None means not given.
        sets: `section.key=value` each.
        plugins: where components come from.
    """
    tree, text = read_file(file)
    problems: list[str] = []
    section, read, pairs = None, None, None
    try:
        section = read_section(_table(tree, file))
    except OptionError as error:
        problems += [_placed(problem, file, text) for problem in error.problems]
    try:
        read = _read(file, flags, sets, plugins, None)
        pairs = named_pairs(read.config)
        read = _read(file, flags, sets, plugins, pairs) if pairs else read
    except OptionError as error:
        problems += error.problems
    if section is None or read is None:
        raise OptionError(problems)
    keys = [*(key for key, value in flags.items() if value is not None), *(item.partition("=")[0] for item in sets)]
    problems = [_placed(problem, file, text) for problem in _conflicts(section, read.config.training, keys)]
    if read.config.curriculum.name != "none" and not any(key.startswith("grammar.") for key in read.origins):
        problems.append(f"{file}: grammar.name: say which grammar is learned through the curriculum")
    if problems:
        raise OptionError(problems)
    plan = SweepPlan(section, resolve(read.config, plugins), file, flags, sets, plugins, read.notes, pairs)
    plan.trials(_probes(section.parameters))
    return plan


def _table(tree: Mapping[str, Any], file: Path) -> Mapping[str, Any]:
    table = tree.get(SECTION)
    if isinstance(table, Mapping):
        return table
    raise OptionError(f'{file} has no section [sweep]: write [sweep.parameters] and below "model.units" = [64, 128]')


def _conflicts(section: SweepSection, training: TrainingSection, given: Sequence[str]) -> list[str]:
    """List what a section says against the config, or against itself."""
    parameters, found = section.parameters, []
    at = f"{SECTION}.parameters"
    for key in parameters:
        if key in ONE_A_PROCESS:
            found.append(f"{at}.{key}: a process keeps the first value it has; make a sweep of each")
        if key in COMPARED:
            found.append(f"{at}.{key}: trials are compared by {COMPARED[key]}; make a sweep of each")
        if key in given:
            found.append(f"{at}.{key}: it is varied, and given as well; leave one of them out")
        if section.stop is not None and key in COMPUTE:
            found.append(f"{at}.{key}: trials of unequal epochs cannot be stopped by them; leave out [sweep.stop]")
    if section.stop is not None and section.stop.after[-1] >= training.epochs:
        last, epochs = section.stop.after[-1], training.epochs
        found.append(f"{SECTION}.stop.after: {last} is not before the last epoch; training.epochs is {epochs}")
    if training.processes > 1:
        found.append("training.processes: a trial trains in one process; leave it out, and give the sweep --workers")
    return found


def _probes(parameters: Mapping[str, Parameter]) -> list[Settings]:
    """Name every value and every end of a range at least once, as few trials as can be."""
    values = {key: _values(parameter) for key, parameter in parameters.items()}
    longest = max(map(len, values.values()))
    return [{key: listed[min(index, len(listed) - 1)] for key, listed in values.items()} for index in range(longest)]


def _values(parameter: Parameter) -> list[Any]:
    if isinstance(parameter, ChoiceList):
        return parameter.values
    ends = [parameter.low, parameter.high]
    return [int(end) for end in ends] if parameter.whole else ends


def _placed(problem: str, file: Path, text: str) -> str:
    """Put the line of a problem's key in front of it."""
    key = problem.partition(": ")[0]
    line = line_of(text, key)
    return f"{file}:{line}: {problem}" if line else f"{file}: {problem}"


def _bare(problem: str) -> str:
    """Leave out the flag that a swept setting never was."""
    return problem.partition(": ")[2] if problem.startswith("--") else problem


def _of_trials(alike: Sequence[Settings]) -> str:
    more = f", and {len(alike) - 1} more" if len(alike) > 1 else ""
    return f"the trial {describe_settings(alike[0])}{more}"
