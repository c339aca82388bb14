"""Layouts: what is in a row of a file.

    rows        {"expression", "answer", "split", "index", "sizes", "calculations", "difficulty"}
    qa          {"question", "answer"}
    chat        {"messages": [{"role": "user", "content"}, {"role": "assistant", "content"}]}
    completion  {"prompt", "completion"}, the prompt ending in "="
    tokens      {"source": [ids], "target": [ids]}, as models read them

A template says how `qa`, `chat` and `completion` ask, such as `What is {expression}?`.

With a working, `rows` and `qa` have a column `working` as well; in `chat` and `completion` it is what is said, and
in `tokens` what is written: it ends with the answer.

`index` is a decimal string, for it may be larger than any machine integer. `difficulty` is in points, as everywhere; in
folders of format 1 the number of calculations was called so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.rows import Example, Rows
from exprlearn.dataset.store.dataset_recipe import EXPRESSION, FORMAT, LayoutName

Kind = Literal["text", "count", "sizes", "messages", "ids"]


class IdWriter(Protocol):
    """Writes expressions and answers as ids, as `exprlearn.encoding.Encoder` does."""

    def sources(self, expressions: NDArray[np.str_]) -> NDArray[np.int32]:
        """Return rows (n, source_length) int32."""

    def targets(self, answers: NDArray[np.str_]) -> NDArray[np.int32]:
        """Return rows (n, target_length) int32."""

    def to_json(self) -> dict[str, Any]:
        """Describe the vocabulary and the rows."""


class RowField(NamedTuple):
    """What a row holds under one name: its kind, and what returns the plain values of all rows."""

    kind: Kind
    values: Callable[[Rows], list[Any]]


@dataclass(frozen=True)
class Layout:
    """What is in a row.

    Attributes:
        holds: what a reader is told of the fields.
        fields: in the order in which a row names them.
        example: reads the example of a row; None where it holds no texts.
        template: how the expression is asked for.
        says_working: whether the working of an answer, which ends with it, stands where the answer does.
    """

    holds: str
    fields: Mapping[str, RowField]
    example: Callable[[Mapping[str, Any]], Example] | None = None
    template: str = EXPRESSION
    says_working: bool = False

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field; an `EncodingError` names a text that the ids cannot write."""
        if self.says_working and rows.workings is not None:
            rows = replace(rows, answers=rows.workings)
        if self.template != EXPRESSION:
            before, _, after = self.template.partition(EXPRESSION)
            asked = [f"{before}{expression}{after}" for expression in rows.expressions.tolist()]
            rows = replace(rows, expressions=np.array(asked, np.str_))
        return {name: field.values(rows) for name, field in self.fields.items()}

    @property
    def reader(self) -> Callable[[Mapping[str, Any]], Example] | None:
        """What reads the example of a row, without what its template says; None where rows hold no texts."""
        example = self.example
        if example is None or self.template == EXPRESSION:
            return example
        before, _, after = self.template.partition(EXPRESSION)

        def read(row: Mapping[str, Any]) -> Example:
            found = example(row)
            return found._replace(expression=found.expression.removeprefix(before).removesuffix(after))

        return read

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object without spaces; raises as `columns` does."""
        columns = [_write_column(self.fields[name].kind, values) for name, values in self.columns(rows).items()]
        row = ",".join(f"{json.dumps(name)}:%s" for name in self.fields)
        return [f"{{{row}}}" % values for values in zip(*columns, strict=True)]


# What JSON writes with a backslash in any encoding, and halves of characters, which UTF-8 cannot write.
_ESCAPED: Final = re.compile(r'["\\\x01-\x1f\ud800-\udfff]')
_WRITE: Final = json.JSONEncoder(separators=(",", ":")).encode


def _write_column(kind: Kind, values: list[Any]) -> list[str]:
    """Write the values of one field as JSON."""
    if kind == "text":
        return _quote(values)
    if kind == "messages":
        questions, answers = (_quote([each[turn]["content"] for each in values]) for turn in (0, 1))
        return [
            f'[{{"role":"user","content":{question}}},{{"role":"assistant","content":{answer}}}]'
            for question, answer in zip(questions, answers, strict=True)
        ]
    # The sizes of a stratum and small numbers are one object each, however many rows have them.
    written = {key: _WRITE(value) for key, value in {id(value): value for value in values}.items()}
    return [written[id(value)] for value in values]


def _quote(texts: list[str]) -> list[str]:
    r"""Write the texts of a column as JSON: where one needs escapes, all are plain ASCII, else none has any.

    Folders are repaired byte for byte, so that this must stay as it is.

    >>> _quote(["1×2", "3"]), _quote(["1×2", "a\nb"])
    (['"1×2"', '"3"'], ['"1\\u00d72"', '"a\\nb"'])
    """
    plain = _ESCAPED.search("".join(texts)) is None
    return [f'"{text}"' for text in texts] if plain else list(map(_WRITE, texts))


def _messages(rows: Rows) -> list[list[dict[str, str]]]:
    pairs = zip(rows.expressions.tolist(), rows.answers.tolist(), strict=True)
    return [
        [{"role": "user", "content": question}, {"role": "assistant", "content": answer}] for question, answer in pairs
    ]


def _sizes(rows: Rows) -> list[dict[str, int]]:
    sizes = [each.as_dict() for each in rows.sizes]
    return [sizes[index] for index in rows.strata.tolist()]


_EXPRESSION: Final = RowField("text", lambda rows: rows.expressions.tolist())
_ANSWER: Final = RowField("text", lambda rows: rows.answers.tolist())
_WORKING: Final = RowField("text", lambda rows: (rows.answers if rows.workings is None else rows.workings).tolist())
_CALCULATIONS: Final = RowField("count", lambda rows: rows.calculations.tolist())
_COMMON: Final = {
    "expression": _EXPRESSION,
    "answer": _ANSWER,
    "split": RowField("text", lambda rows: [rows.split] * len(rows)),
    "index": RowField("text", lambda rows: list(map(str, rows.indices.tolist()))),
    "sizes": RowField("sizes", _sizes),
}

LAYOUTS: Final[Mapping[LayoutName, Layout]] = {
    "rows": Layout(
        "`expression`, its exact `answer`, the `split`, the `index` of the expression in the space of the grammar (a "
        "decimal string of any length), its `sizes`, the number of `calculations` that the answer takes, and its "
        "`difficulty` in points",
        {
            **_COMMON,
            "calculations": _CALCULATIONS,
            "difficulty": RowField("count", lambda rows: rows.difficulties.tolist()),
        },
        lambda row: Example(row["expression"], row["answer"]),
    ),
    "qa": Layout(
        "`question` and `answer`",
        {"question": _EXPRESSION, "answer": _ANSWER},
        lambda row: Example(row["question"], row["answer"]),
    ),
    "chat": Layout(
        "`messages`: a user who asks, an assistant who answers",
        {"messages": RowField("messages", _messages)},
        lambda row: Example(row["messages"][0]["content"], row["messages"][1]["content"]),
    ),
    "completion": Layout(
        "a `prompt` and its `completion`",
        {
            "prompt": _EXPRESSION,
            "completion": _ANSWER,
        },
        lambda row: Example(row["prompt"], row["completion"]),
        f"{EXPRESSION}=",
    ),
    "tokens": Layout("padded ids, `source` and `target`; `encoder` in `manifest.json` holds their vocabulary", {}),
}


def layout_named(
    name: LayoutName,
    encoder: IdWriter | None = None,
    *,
    template: str = "",
    folder_format: int = FORMAT,
    has_working: bool = False,
) -> Layout:
    """Make a layout; `tokens` writes with an encoder, and rows of folders of format 1 hold what they did."""
    layout = replace(LAYOUTS[name], template=template or LAYOUTS[name].template)
    if has_working and "answer" in layout.fields:
        return replace(layout, fields={**layout.fields, "working": _WORKING})
    if encoder is not None:
        source = RowField("ids", lambda rows: encoder.sources(rows.expressions).tolist())
        target = RowField("ids", lambda rows: encoder.targets(rows.answers).tolist())
        layout = replace(layout, fields={"source": source, "target": target})
    if has_working:
        return replace(layout, says_working=True)
    if name == "rows" and folder_format == 1:
        return replace(layout, fields={**_COMMON, "difficulty": _CALCULATIONS})
    return layout
