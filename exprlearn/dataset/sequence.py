"""A dataset for the loops of others: a sequence of questions with answers, and a judge of given answers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypedDict, overload

from exprlearn.arithmetic import UNLIMITED
from exprlearn.config import Components, DataSection, GrammarSection, RunConfig, read_config, resolve
from exprlearn.dataset.difficulty import features_of, scores
from exprlearn.dataset.drawing.example_stream import WINDOW, ExampleStream, FoundExamples
from exprlearn.dataset.drawing.rows import Example, Examples
from exprlearn.dataset.drawing.split import SPLITS, Split, named
from exprlearn.dataset.final_answer import same_answer
from exprlearn.dataset.splits import check_drawing, load_space, open_drawing
from exprlearn.errors import OptionError, suggest
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace
from exprlearn.tables import html_table
from exprlearn.working import write_working

EXPRESSION = "{expression}"
# Questions that a notebook shows.
PREVIEW = 8

# Windows of a stream that are remembered: some hundred thousand examples.
_MOST_WINDOWS = 32

_KEYS = {
    **{name: f"grammar.{name}" for name in GrammarSection.model_fields if name != "name"},
    **{name: f"data.{name}" for name in DataSection.model_fields if name in ("constraints", "level", "balance", "mix")},
    "by": "data.split",
    "working": "working.name",
    "validation": "data.validation",
    "test": "data.test",
}


class Entry(TypedDict):
    """One question with its answer, and where both come from."""

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
    """

    def __init__(self, components: Components, size: int, split: Split = "train", template: str = EXPRESSION) -> None:
        self.components, self.config = components, _sized(components.config, size)
        self.space: ExpressionSpace = load_space(self.config.grammar, components)
        self.split, self.template = split, template
        self._numbered = NumberedExamples(self.space, components, split, size)
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
            return [self[place] for place in range(*index.indices(self._size))]
        place = index + self._size if index < 0 else index
        if not 0 <= place < self._size:
            raise IndexError(f"entry {index} of {self._size}")
        return self._entry(*self._numbered.at(place))

    def score_answer(self, answer: str | None, entry: Entry) -> float:
        """Return 1.0 when an answer is worth what the entry's is, else 0.0; nothing is given for a part of it.

        `8`, `+8` and `8.0` are worth the same; a fraction must be in lowest terms, or `16/2` would answer itself. The
        text must hold the answer alone: `exprlearn.rewards` finds answers in longer texts.

        >>> data = dataset("addition", size=1)
        >>> data.score_answer(data[0]["answer"], data[0]), data.score_answer("none", data[0])
        (1.0, 0.0)
        """
        return float(answer is not None and same_answer(str(answer).strip(), entry["answer"]))

    def __repr__(self) -> str:
        return f"Dataset({self.config.grammar.name!r}, size={self._size}, seed={self.config.seed}, {self.split!r})"

    def _repr_html_(self) -> str:
        """Show the first questions in a notebook."""
        shown = self[:PREVIEW]
        more = len(self) - len(shown)
        rows = [(number, entry["question"], entry["answer"]) for number, entry in enumerate(shown)]
        rest = [("…", f"{more} more", "")] if more else []
        return html_table(("", "question", "answer"), [*rows, *rest], caption=repr(self))

    def _entry(self, example: Example, index: int) -> Entry:
        metadata = {
            "index": str(index),
            "expression": example.expression,
            "sizes": self.space.locate(index)[0].sizes.as_dict(),
            "difficulty": int(scores(features_of(example.expression))),
            "grammar": self.config.grammar.name,
            "split": self.split,
            "division": named(self.components.division),
        }
        if self.components.working is not None:
            working, division = self.components.working, self.components.division
            truth, text = example.answer, example.expression
            metadata["working"] = write_working(text, working, division, truth=truth, limits=UNLIMITED)
        question = self.template.replace(EXPRESSION, example.expression)
        return {"question": question, "answer": example.answer, "metadata": metadata}


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


class NumberedExamples:
    """The first examples of a split, as training and scoring with the same settings have them.

    A held-out split by content may have fewer than asked for; by position, a `DataError` refuses to give fewer.
    """

    def __init__(self, space: ExpressionSpace, components: Components, split: Split, size: int) -> None:
        self.space, self._split, self._size = space, split, size
        self._drawing = open_drawing(space, components)

    def __len__(self) -> int:
        return self._size if self._split == "train" else len(self.examples)

    @cached_property
    def examples(self) -> Examples:
        """All of them, in columns."""
        if self._split == "train":
            return self._drawing.train.take(self._size)[0]
        return self._drawing.fixed(self._split, self._size)

    def at(self, number: int) -> tuple[Example, int]:
        """Find an example and the index of its expression in the space."""
        if self._split == "train":
            example, index = self._windows.at(number)
            if self._drawing.train.stream.space is self.space:
                return example, index
            # A space that is divided more finely has other indices.
            return example, self.space.rank(example.expression)
        example = self.examples[number]
        return example, self.space.rank(example.expression)

    @cached_property
    def _windows(self) -> Windows:
        return Windows(self._drawing.train)


class Windows:
    """The examples of a stream by number.

    Reaching an example for the first time takes a walk through all windows before it, at the speed of the stream;
    after that its window is found at once, and made again when it has been forgotten.
    """

    def __init__(self, stream: ExampleStream) -> None:
        self.stream, self._search = stream, stream.search()
        # How many examples come before each window.
        self._starts = [0]
        self._found = lru_cache(_MOST_WINDOWS)(self._find)
        self._indices = lru_cache(_MOST_WINDOWS)(self._index)

    def at(self, number: int) -> tuple[Example, int]:
        """Return an example and the index of its expression in the space; a `DataError` where next to none is one."""
        while self._starts[-1] <= number:
            found = self._found(len(self._starts) - 1)
            self._starts.append(self._starts[-1] + len(found.items))
            self._search.note(len(found.items), found.tried, found.eligible, found.rejected)
        which = bisect_right(self._starts, number) - 1
        row = number - self._starts[which]
        return self._found(which).examples[row], self._indices(which)[row]

    def _find(self, which: int) -> FoundExamples:
        return self.stream.find(which * WINDOW, (which + 1) * WINDOW)

    def _index(self, which: int) -> list[int]:
        """List the index in the space of each example's expression."""
        indices = self.stream.stream.block(which, WINDOW).indices
        return [indices[item] for item in self._found(which).items.tolist()]
