"""Pairs from files, from dataset folders and from Python; what is too large or incomplete is refused by its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple

from exprlearn.config import DataSection, RunConfig
from exprlearn.config.setting_values import NOTHING
from exprlearn.dataset.audit.audit_rows import RowSource
from exprlearn.dataset.audit.row_fields import Keys, whole
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.pairs.pairs import Pairs
from exprlearn.dataset.store.checking import read_examples
from exprlearn.dataset.store.manifest import MANIFEST, read_manifest
from exprlearn.errors import DataError

#: Bytes of a file, pairs, characters of a text and of all texts side by side: what a training holds in memory.
MOST_BYTES, MOST_PAIRS, LONGEST, MOST_CHARACTERS = 2**28, 2**20, 1000, 2**28
#: What else a column may call the splits.
ALIASES: Mapping[str, Split] = {
    **{split: split for split in SPLITS},
    **dict.fromkeys(("training", "trn"), "train"),
    **dict.fromkeys(("valid", "val", "dev", "development"), "validation"),
    **dict.fromkeys(("testing", "held-out", "heldout"), "test"),
}
KEYS = Keys(
    hint="call the column of questions 'question' and that of answers 'answer', or name them with --question-key KEY "
    "and --answer-key KEY"
)

LEAVE_OUT = "leave --question-key and --answer-key out"
# Bad rows that a message names.
_NAMED = 5


class GivenRow(NamedTuple):
    """A row as it came: what names it, and its texts, None where it has none."""

    place: str
    question: str | None
    answer: str | None
    split: str | None


def read_pairs(path: str | Path, keys: Keys = KEYS) -> Pairs:
    """Read the pairs of a CSV, TSV, JSON or JSONL file, plain or gzipped, or of a folder that `data build` made.

    Raises:
        DataError: a file that cannot be read, is too large or holds no pairs; the first bad rows by their lines; keys
            of what has no columns.
    """
    path = Path(path)
    name = whole(str(path))
    if not path.is_dir():
        return _gathered(name, _file_rows(path, keys))
    if keys != KEYS:
        raise DataError(f"'{name}' is a folder, whose columns have names already: {LEAVE_OUT}")
    if not (path / MANIFEST).exists():
        raise DataError(f"'{name}' is a folder without {MANIFEST}: name a file, or a folder that data build made")
    return _gathered(name, _folder_rows(path))


def named_pairs(config: RunConfig) -> Pairs | None:
    """Read the pairs that a config names; None where a grammar writes the expressions."""
    return None if config.data.file == NOTHING else read_pairs(config.data.file, keys_of(config.data))


def keys_of(data: DataSection) -> Keys:
    """Return where rows keep questions and answers, as a config says it.

    >>> keys_of(DataSection(file="sums.csv", question_key="q")).question
    ('q',)
    """
    question = KEYS.question if data.question_key == NOTHING else (data.question_key,)
    return replace(KEYS, question=question, answer=KEYS.answer if data.answer_key == NOTHING else (data.answer_key,))


def pairs_of(rows: Iterable[Any], name: str = "pairs", keys: Keys = KEYS) -> Pairs:
    """Take pairs from Python: mappings with the keys of a file, such as question and answer, or tuples of the two.

    Raises:
        TypeError: a row is neither, or a value is no text, no exact number and no truth value.
        DataError: bad rows by their numbers, or too many.

    >>> pairs = pairs_of([{"question": "3+5", "answer": 8}, ("two plus two", "four")])
    >>> pairs.examples[1], pairs.place(1)
    (Example(expression='two plus two', answer='four'), 'pairs: row 2')
    """
    taken = (_taken(row, f"{name}: row {at}", keys) for at, row in enumerate(rows, 1))
    return replace(_gathered(name, taken), places=())


def _file_rows(path: Path, keys: Keys) -> Iterator[GivenRow]:
    _refuse_large(path)
    source = RowSource(path, keys)
    for rows in source.read():
        if source.keys != keys and keys != KEYS:
            raise DataError(f"'{path}' holds equations, which have no columns: {LEAVE_OUT}")
        for line, question, answer, split in zip(rows.lines, rows.questions, rows.answers, rows.parts, strict=True):
            yield GivenRow(source.place(line), question, answer, split)


def _refuse_large(path: Path) -> None:
    # What is missing is told by anyone who opens it.
    size = path.stat().st_size if path.is_file() else 0
    if size > MOST_BYTES:
        raise DataError(f"'{path}' has {size} bytes, at most {MOST_BYTES} are read: train on a part of it")


def _folder_rows(folder: Path) -> Iterator[GivenRow]:
    manifest = read_manifest(folder)
    there = sum(manifest.rows.values())
    if there > MOST_PAIRS:
        raise DataError(f"'{folder}' has {there} rows, at most {MOST_PAIRS} are read: build a smaller one")
    for split in SPLITS:
        for row, example in enumerate(read_examples(folder, split), 1):
            yield GivenRow(f"{folder}: {split} row {row}", *example, split)


def _taken(row: Any, place: str, keys: Keys) -> GivenRow:
    if isinstance(row, Mapping):
        columns = (keys.question, keys.answer, ("split",))
        found = [next((row[key] for key in names if row.get(key) is not None), None) for names in columns]
        return GivenRow(place, *(_text(value, place) for value in found))
    if isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 2:
        return GivenRow(place, _text(row[0], place), _text(row[1], place), None)
    raise TypeError(f'{place} is a {type(row).__name__}: write {{"question": "3+5", "answer": "8"}} or ("3+5", "8")')


def _text(value: Any, place: str) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else whole(value)
    if isinstance(value, bool):
        return str(value).lower()
    # Those of numpy and pandas are integers too.
    if isinstance(value, Integral | Fraction | Decimal):
        return str(value)
    raise TypeError(f"{place} holds a {type(value).__name__}, {value!r}: write questions and answers as text")


def _gathered(name: str, rows: Iterator[GivenRow]) -> Pairs:
    places, texts, splits, problems = list[str](), list[tuple[str, str]](), list[str | None](), list[str]()
    bad = size = 0
    for row in rows:
        problem, question, answer = _checked(row)
        size = max(size, len(question), len(answer))
        if problem:
            bad += 1
            problems += [f"{row.place}: {problem}"] if len(problems) < _NAMED else []
            continue
        places.append(row.place)
        texts.append((question, answer))
        splits.append(row.split or None)
        if len(texts) > MOST_PAIRS or len(texts) * size > MOST_CHARACTERS:
            raise DataError(
                f"{row.place}: more than {MOST_PAIRS} pairs, or {MOST_CHARACTERS} characters where each takes as many "
                f"as the longest of {size}: train on a part of it, or shorten the longest"
            )
    if bad:
        more = [f"and {bad - len(problems)} more rows"] if bad > len(problems) else []
        last = f"fix or remove the rows of {name}" if texts else KEYS.hint
        raise DataError("\n".join([*problems, *more, last]))
    if not texts:
        raise DataError(f"'{name}' holds no rows: name one that has questions and answers")
    return Pairs(name, Examples.of(texts), _read_splits(splits, places), places)


def _checked(row: GivenRow) -> tuple[str, str, str]:
    """Return what is wrong with a row, or "", and its texts without blanks around them."""
    question, answer = (row.question or "").strip(), (row.answer or "").strip()
    for word, text in (("question", question), ("answer", answer)):
        if not text:
            return f"it has no {word}", "", ""
        if len(text) > LONGEST:
            return f"its {word} has {len(text)} characters, at most {LONGEST} can be learned", "", ""
        if "\0" in text:
            return f"its {word} holds a zero byte", "", ""
    return "", question, answer


def _read_splits(said: Sequence[str | None], places: Sequence[str]) -> tuple[Split, ...] | None:
    """Read a column of splits; None where no row says one."""
    if not any(said):
        return None
    read = [ALIASES.get((word or "").strip().lower()) for word in said]
    wrong = [row for row, split in enumerate(read) if split is None]
    if wrong:
        found = f"its split is {said[wrong[0]]!r}" if said[wrong[0]] else "it has no split, and other rows do"
        raise DataError(
            f"{places[wrong[0]]}: {found}; write {', '.join(SPLITS)}, or leave the column out "
            f"({len(wrong)} of {len(said)} rows)"
        )
    return tuple(split for split in read if split is not None)
