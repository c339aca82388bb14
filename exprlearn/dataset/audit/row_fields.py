"""What of a row is looked at, and under which keys the rows of others keep it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

Fields = Mapping[str, Any]

# Names of parts are kept, so endless ones are cut; what they are cut from stays apart.
_LONGEST_PART = 80


class QuestionRow(NamedTuple):
    """One row of a file: what it asks, what it answers, the part of the data it says it belongs to, and its working.

    A field that the row does not have, or has in a form that is no text, is None.
    """

    line: int
    question: str | None
    answer: str | None
    part: str | None
    working: str | None = None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Where rows keep their fields: the first key under which a row has something counts.

    A key such as `metadata.split` looks inside of objects. A field may be text, a number, true or false, or a list of
    messages `{"role", "content"}`, of which the last one counts, for an answer the last one of the assistant.

    Attributes:
        question: keys of the question.
        answer: keys of the answer.
        part: key of the part of the data; None when rows do not say it.
        working: keys of the working of the answer.
        hint: what to do where a table has no column of these names.
    """

    question: tuple[str, ...] = ("expression", "question", "prompt", "input", "problem", "instruction", "messages")
    answer: tuple[str, ...] = ("answer", "completion", "target", "output", "solution", "response", "messages")
    part: str | None = "split"
    working: tuple[str, ...] = ("working", "metadata.working")
    hint: str = "name one with --question-key"

    def among(self, names: Container[str]) -> Keys:
        """Keep the keys that a row with fields of some names can have, in their order."""

        def kept(keys: Sequence[str]) -> tuple[str, ...]:
            return tuple(key for key in keys if key in names or key.partition(".")[0] in names)

        part = kept([self.part] if self.part else [])
        return Keys(
            question=kept(self.question),
            answer=kept(self.answer),
            part=part[0] if part else None,
            working=kept(self.working),
        )


@dataclass(frozen=True, slots=True)
class QuestionRows:
    """Some rows of a file in columns; see `QuestionRow`."""

    lines: list[int]
    questions: list[str | None]
    answers: list[str | None]
    parts: list[str | None]
    workings: list[str | None]

    @classmethod
    def of(cls, numbers: Sequence[int], found: Sequence[Fields], keys: Keys) -> QuestionRows:
        """Read rows with some numbers by their keys."""
        there = keys.among(set(chain.from_iterable(found)))
        question, answer = _column(found, there.question, "user"), _column(found, there.answer, "assistant")
        working = _column(found, there.working, "assistant")
        return cls(list(numbers), question, answer, _parts(found, there.part), working)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, place: int) -> QuestionRow:
        return QuestionRow(*(getattr(self, name)[place] for name in self.__slots__))

    def extend(self, other: QuestionRows) -> None:
        """Put other rows behind these."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))

    def size(self) -> int:
        """Count the characters."""
        return sum(sum(map(len, filter(None, column))) for column in (self.questions, self.answers, self.workings))


def whole(text: str) -> str:
    r"""Replace halves of characters, which JSON and file names can hold, and no file and no terminal can.

    >>> whole("8\ud800")
    '8\ufffd'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _column(found: Sequence[Fields], names: Sequence[str], role: str) -> list[str | None]:
    if not names:
        return [None] * len(found)
    first = names[0]
    # Most rows have plain text under the first key that any has.
    return [
        value if type(value := each.get(first)) is str and value and value.isascii() else _field(each, names, role)
        for each in found
    ]


def _field(found: Fields, names: Sequence[str], role: str) -> str | None:
    for name in names:
        value = found.get(name)
        if not value and "." in name:
            value = _value(found, name)
        if value or value is False:
            return _message(value, role) if isinstance(value, list) else _text(value)
    return None


def _parts(found: Sequence[Fields], name: str | None) -> list[str | None]:
    if name is None:
        return [None] * len(found)
    return [
        value
        if type(value := each.get(name)) is str and value.isascii() and len(value) <= _LONGEST_PART
        else _part(_value(each, name))
        for each in found
    ]


def _part(value: Any) -> str | None:
    part = _text(value)
    if part is not None and len(part) > _LONGEST_PART:
        return f"{part[:_LONGEST_PART]}…{blake2b(part.encode(), digest_size=8).hexdigest()}"
    return part


def _value(found: Fields, name: str) -> Any:
    value = found.get(name)
    if value is None and "." in name:
        head, _, rest = name.partition(".")
        inner = found.get(head)
        return _value(inner, rest) if isinstance(inner, dict) else None
    return value


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value if value.isascii() else whole(value)
    # Comparisons are answered as JSON writes it.
    return str(value).lower() if isinstance(value, bool) else None


def _message(messages: Sequence[Any], role: str) -> str | None:
    """Return what the last message of a role says, else what the last message says."""
    spoken = [message for message in messages if isinstance(message, dict)]
    chosen = [message for message in spoken if message.get("role") == role] or spoken
    return _text(chosen[-1].get("content")) if chosen else None
