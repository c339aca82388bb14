"""A dataset for the loops of others: a sequence of questions with answers, and a check of given answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypedDict, overload

from exprlearn.arithmetic import UNLIMITED
from exprlearn.config import Components, DataSection, GrammarSection, RunConfig, read_config, resolve
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.split import SPLITS, Split, named
from exprlearn.dataset.final_answer import same_answer
from exprlearn.dataset.numbered import NumberedExamples, NumberedRows
from exprlearn.dataset.splits import check_drawing, load_space
from exprlearn.errors import OptionError, suggest
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace
from exprlearn.tables import html_table
from exprlearn.working import write_working

EXPRESSION = "{expression}"
# Questions that a notebook shows.
PREVIEW = 8

_KEYS = {
    **{name: f"grammar.{name}" for name in GrammarSection.model_fields if name != "name"},
    **{name: f"data.{name}" for name in DataSection.model_fields if name in ("constraints", "level", "balance", "mix")},
    "by": "data.split",
    "working": "working.name",
    "validation": "data.validation",
    "test": "data.test",
}


class Entry(TypedDict):
    """One question with its answer, and where both come from.

    The metadata say which entry of which dataset it is (`source_dataset`, `source_index`), how hard in sizes such as
    `{"terms": 2, "brackets": 0}` (`difficulty`) and in `points`, and what it was made from: the `index` of the
    `expression` in the space of its `grammar`, `split`, `division` and, if there is one, the `working`.
    """

    question: str
    answer: str
    metadata: dict[str, Any]


class Dataset(Sequence[Entry]):
    """Questions with exact answers; entry i follows from grammar, settings, split, seed and i alone.

    A larger dataset begins with the smaller one. `train` entries repeat an expression only when all expressions of its
    size have been asked, or with a balance all that have its answer; those of `validation` and `test` are all
    different, and there may be fewer than asked for. No form of an expression is in two splits, whatever the seeds; by
    position no expression is, of datasets that set aside equally many.

    Attributes:
        components: what the settings name, made.
        config: every setting, with `data.train` at the size of the dataset.
        space: the expressions that questions are drawn from.
        split: the split of the data.
        template: the question, with `{expression}` where the expression goes.
        source: what entries say that they are of.
    """

    def __init__(
        self,
        components: Components,
        size: int,
        split: Split = "train",
        template: str = EXPRESSION,
        *,
        space: ExpressionSpace | None = None,
        beside: Sequence[ExpressionSpace] = (),
        source: str | None = None,
    ) -> None:
        self.components, self.config = components, _sized(components.config, size)
        self.space = load_space(self.config.grammar, components) if space is None else space
        self.split, self.template, self.source = split, template, source or self.config.grammar.name
        self._numbered = NumberedExamples(self.space, components, split, size, beside=beside)
        self._size = len(self._numbered)

    def __len__(self) -> int:
        return self._size

    @property
    def examples(self) -> Examples:
        """All expressions and answers, in columns."""
        return self._numbered.examples

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        """Return one entry, or a list of those of a slice."""
        if isinstance(index, slice):
            places = range(*index.indices(self._size))
            if places.step == 1:
                return list(self._between(places.start, places.stop))
            return [self[place] for place in places]
        place = index + self._size if index < 0 else index
        if not 0 <= place < self._size:
            raise IndexError(f"entry {index} of {self._size}")
        return next(self._between(place, place + 1))

    def __iter__(self) -> Iterator[Entry]:
        return self._between(0, self._size)

    def score_answer(self, answer: str | None, entry: Entry) -> float:
        """Return 1.0 when an answer is worth what the entry's is, else 0.0; nothing is given for a part of it.

        `8`, `+8` and `8.0` are worth the same; a fraction must be in lowest terms, or `16/2` would answer itself. The
        text must hold the answer alone: `exprlearn.rewards` finds answers in longer texts.

        >>> data = dataset("addition", size=1)
        >>> data.score_answer(data[0]["answer"], data[0]), data.score_answer("none", data[0])
        (1.0, 0.0)
        """
        return score_answer(answer, entry)

    def __repr__(self) -> str:
        return f"Dataset({self.config.grammar.name!r}, size={self._size}, seed={self.config.seed}, {self.split!r})"

    def _repr_html_(self) -> str:
        """Show the first questions in a notebook."""
        shown = self[:PREVIEW]
        more = len(self) - len(shown)
        rows = [(number, entry["question"], entry["answer"]) for number, entry in enumerate(shown)]
        rest = [("…", f"{more} more", "")] if more else []
        return html_table(("", "question", "answer"), [*rows, *rest], caption=repr(self))

    def _between(self, start: int, stop: int) -> Iterator[Entry]:
        for rows in self._numbered.between(start, stop):
            yield from self._entries(rows, start)
            start += len(rows)

    def _entries(self, rows: NumberedRows, first: int) -> Iterator[Entry]:
        working, division = self.components.working, self.components.division
        same = {"grammar": self.config.grammar.name, "split": self.split, "division": named(division)}
        for number, (expression, answer, index, sizes, points) in enumerate(rows.entries(), first):
            metadata = {"source_dataset": self.source, "source_index": number, "difficulty": sizes, "points": points}
            metadata |= {"index": str(index), "expression": expression, **same}
            if working is not None:
                metadata["working"] = write_working(expression, working, division, truth=answer, limits=UNLIMITED)
            question = self.template.replace(EXPRESSION, expression)
            yield {"question": question, "answer": answer, "metadata": metadata}


def score_answer(answer: str | None, entry: Entry) -> float:
    """Return 1.0 when an answer is worth what the entry's is, else 0.0; see `Dataset.score_answer`."""
    return float(answer is not None and same_answer(str(answer).strip(), entry["answer"]))


def dataset(
    grammar: str | Path = "addition",
    *,
    size: int,
    seed: int = 0,
    split: Split = "train",
    division: str | Mapping[str, Any] = "exact-only",
    template: str = EXPRESSION,
    plugins: Plugins | None = None,
    **settings: Any,
) -> Dataset:
    """Make a dataset of questions from a grammar.

    Args:
        grammar: a shipped name or the path of a Lark file.
        size: how many entries.
        seed: which entries are drawn, in which order.
        split: train, validation or test.
        division: the division policy, by name or as a table such as `{"policy": "decimal", "digits": 2}`.
        template: the question, with `{expression}` where the expression goes.
        plugins: the plugins to choose components from; None loads what is installed.
        settings: `terms`, `brackets`, `operators`, `characters`, `depth`, `range` and `weights` of the grammar,
            `constraints` on examples, and the `level` at which splits are kept apart; `mix="operators"` for training
            entries with every set of operators equally often; `balance="result"` for every answer equally often;
            `by="position"` for splits of exact sizes, which set `validation` and `test` entries aside;
            `working="equations"` for the working of each answer in the metadata, where training entries that would
            show a held-out expression are left out.

    Raises:
        OptionError: unknown or wrong settings, every problem at once.
        GrammarError: the grammar cannot be read, compiled or sized.
        DataError: hardly any expression is an example under these settings, the tables of a balance would be too
            large, or more entries are asked for than are set aside.

    >>> data = dataset("mixed", size=100, seed=7, terms=3, division="fraction")
    >>> data[0] == data[-100] == dataset("mixed", size=9, seed=7, terms=3, division="fraction")[0]
    True
    """
    policy = {"policy": division} if isinstance(division, str) else division
    flags = {"grammar.name": str(grammar), "seed": seed, **{f"division.{key}": policy[key] for key in policy}}
    problems = [f"{name}: unknown setting, {suggest(name, list(_KEYS))}" for name in settings if name not in _KEYS]
    if split not in SPLITS:
        problems.append(f"split: no part of the data is called '{split}': {suggest(split, SPLITS)}")
    if size < 1:
        problems.append(f"size: a dataset has at least one entry, got {size}")
    problems += _without_effect(settings)
    if problems:
        raise OptionError(problems)
    plugins = plugins or Plugins()
    flags |= {_KEYS[name]: value for name, value in settings.items()}
    components = resolve(read_config(flags=flags, plugins=plugins, of_model=False).config, plugins)
    data = components.config.data
    check_drawing(data.balance, data.split, data.mix)
    return Dataset(components, size, split, template)


class DatasetRoom(ModuleType):
    """Lets `exprlearn.dataset`, which is this room, be called as the function of that name."""

    def __call__(self, *arguments: Any, **options: Any) -> Dataset:
        """Make a dataset; see `exprlearn.dataset.sequence.dataset`."""
        return dataset(*arguments, **options)


def _without_effect(settings: Mapping[str, Any]) -> list[str]:
    """Name the sizes of splits that nothing is set aside for."""
    given = [name for name in ("validation", "test") if name in settings and settings.get("by") != "position"]
    return [f"{name}: entries are set aside by position only: add by='position', or leave it out" for name in given]


def _sized(config: RunConfig, size: int) -> RunConfig:
    return config.model_copy(update={"data": config.data.model_copy(update={"train": size})})
