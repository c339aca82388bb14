"""Which settings each command makes use of; any other that is asked for is refused, and what would do is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from exprlearn.errors import OptionError

if TYPE_CHECKING:
    from exprlearn.config import RunConfig
    from exprlearn.plugin import Stage

_EXAMPLES = ("grammar", "division", "seed", "data.constraints", "data.level", "data.split", "data.balance")
_COUNTS = ("data.train", "data.validation", "data.test", "data.shards")
_IDS = ("tokenizer", "padding", "reversal")
# Whether each stage can be reached depends on the number of epochs.
_STAGES = ("curriculum", "training.epochs")

_TRAINING = (*_EXAMPLES, *_COUNTS[:-1], "curriculum", *_IDS, "encoding", "model", "training")

#: By command: sections, or keys of sections.
USES: Mapping[str, tuple[str, ...]] = {
    "grammar check": ("grammar",),
    "grammar count": ("grammar",),
    "grammar rank": ("grammar",),
    "grammar at": ("grammar",),
    "grammar sample": ("grammar", "division", "seed", "data.level"),
    "data preview": (*_EXAMPLES, "data.validation", "data.test", *_IDS),
    "data build": (*_EXAMPLES, *_COUNTS, *_IDS, "encoding"),
    "data audit": ("division",),
    "curriculum show": (*_EXAMPLES, *_STAGES),
    "curriculum build": (*_EXAMPLES, *_COUNTS, *_IDS, "encoding", *_STAGES),
    "explain": ("grammar", "division", "data.constraints", *_IDS, "encoding", "model", "training.backend"),
    "train": _TRAINING,
    "sweep": _TRAINING,
}

#: The command that makes use of a setting, by the longest of these that its key begins with.
_ELSEWHERE: Mapping[str, str] = {
    "seed": "grammar sample",
    "grammar": "grammar count",
    "division": "grammar sample",
    "data": "data preview",
    "data.train": "data build",
    "data.validation": "data build",
    "data.test": "data build",
    "data.shards": "data build",
    "curriculum": "curriculum show",
    "tokenizer": "data preview",
    "padding": "data preview",
    "reversal": "data preview",
    "encoding": "explain",
    "model": "explain",
    "training": "train",
}


def refuse_unused(
    command: str, config: RunConfig, origins: Mapping[str, str], idle: Mapping[str, str] | None = None
) -> None:
    """Refuse flags and `--set` that a command makes no use of; what a file says besides is of other commands.

    Args:
        command: as it is typed.
        config: the settings.
        origins: where each was asked for, by its key.
        idle: settings that do nothing beside the other options, and what would make them do something.

    Raises:
        OptionError: every setting without a use, and what would do.
    """
    still = {**dict(_idle(command, config, origins)), **(idle or {})}
    problems = []
    for key, origin in origins.items():
        if not origin.startswith("--"):
            continue
        missing = [said for known, said in still.items() if _is_in(key, known)]
        if missing:
            problems.append(f"{origin}: {key}: {missing[0]}")
        elif not any(_is_in(key, known) for known in USES[command]):
            home = max((known for known in _ELSEWHERE if _is_in(key, known)), key=len)
            problems.append(f"{origin}: {key}: {command} makes no use of it, exprlearn {_ELSEWHERE[home]} does")
    if problems:
        raise OptionError(problems)


def refuse_idle_grammar(origins: Mapping[str, str], stages: Iterable[Stage]) -> None:
    """Refuse settings of a grammar that no stage takes over, each having one of its own.

    Raises:
        OptionError: every such setting.
    """
    if all("name" in stage.grammar for stage in stages):
        asked = {key: origin for key, origin in origins.items() if key.startswith("grammar.") and origin[:2] == "--"}
        said = "every stage names a grammar of its own: change the curriculum"
        if asked:
            raise OptionError([f"{origin}: {key}: {said}" for key, origin in asked.items()])


def _idle(command: str, config: RunConfig, origins: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """List what does nothing under the other settings, with what would change that."""
    if config.curriculum.name == "none":
        needed = "it needs a curriculum, such as --set curriculum.name=sums"
        yield from ((key, needed) for key in origins if key.startswith("curriculum.") and key != "curriculum.name")
    if command == "data preview" and config.data.split == "content":
        needed = "a preview needs it for parts by position alone: --set data.split=position"
        yield from ((key, needed) for key in ("data.validation", "data.test"))


def _is_in(key: str, known: str) -> bool:
    return key == known or key.startswith(f"{known}.")
