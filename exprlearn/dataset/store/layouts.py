"""Layouts: what is in a row of a file.

    rows        {"expression", "answer", "split", "index", "sizes", "calculations", "difficulty"}
    qa          {"question", "answer"}
    chat        {"messages": [{"role": "user", "content"}, {"role": "assistant", "content"}]}
    completion  {"prompt", "completion"}, the prompt ending in "="
    tokens      {"source": [ids], "target": [ids]}, as models read them

With a working, `rows` and `qa` have a column `working` as well; in `chat` and `completion` it is what is said, and ends
with the answer.

`index` is a decimal string, for it may be larger than any machine integer. `difficulty` is in points, as everywhere; in
folders of format 1 the number of calculations was called so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.store.dataset_recipe import FORMAT, LayoutName

Kind = Literal["text", "count", "sizes", "messages", "ids"]
Values = dict[str, list[Any]]


class IdWriter(Protocol):
    """Writes expressions and answers as ids, as `exprlearn.encoding.Encoder` does."""

    def sources(self, expressions: NDArray[np.str_]) -> NDArray[np.int32]:
        """Return rows (n, source_length) int32."""

    def targets(self, answers: NDArray[np.str_]) -> NDArray[np.int32]:
        """Return rows (n, target_length) int32."""

    def to_json(self) -> dict[str, Any]:
        """Describe the vocabulary and the rows."""


@dataclass(frozen=True)
class Layout:
    """What is in a row.

    Attributes:
        fields: the kind of each field, in the order in which a row names them.
        values: returns the plain values of each field; more than the fields are left out.
    """

    fields: Mapping[str, Kind]
    values: Callable[[Rows], Values]

    def columns(self, rows: Rows) -> Values:
        """Return the values of each field.

        Raises:
            EncodingError: the vocabulary or the widths cannot write an expression or an answer.
        """
        values = self.values(rows)
        return {name: values[name] for name in self.fields}

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object without spaces; raises as `columns` does."""
        columns = [_written(self.fields[name], values) for name, values in self.columns(rows).items()]
        row = ",".join(f"{json.dumps(name)}:%s" for name in self.fields)
        return [f"{{{row}}}" % values for values in zip(*columns, strict=True)]


# What JSON writes with a backslash in any encoding, and halves of characters, which UTF-8 cannot write.
_ESCAPED: Final = re.compile(r'["\\\x01-\x1f\ud800-\udfff]')
_WRITE: Final = json.JSONEncoder(separators=(",", ":")).encode


def _written(kind: Kind, values: list[Any]) -> list[str]:
    """Write the values of one field as JSON."""
    if kind == "text":
        return _quoted(values)
    if kind == "messages":
        questions, answers = (_quoted([each[turn]["content"] for each in values]) for turn in (0, 1))
        return [
            f'[{{"role":"user","content":{question}}},{{"role":"assistant","content":{answer}}}]'
            for question, answer in zip(questions, answers, strict=True)
        ]
    return list(map(_WRITE, values))


def _quoted(texts: list[str]) -> list[str]:
    r"""Write the texts of a column as JSON: where one needs escapes, all are plain ASCII, else none has any.

    Folders are repaired byte for byte, so that this must stay as it is.

    >>> _quoted(["1×2", "3"]), _quoted(["1×2", "a\nb"])
    (['"1×2"', '"3"'], ['"1\\u00d72"', '"a\\nb"'])
    """
    plain = _ESCAPED.search("".join(texts)) is None
    return [f'"{text}"' for text in texts] if plain else list(map(_WRITE, texts))


def _all_values(rows: Rows) -> Values:
    """Return all that is known of an example."""
    sizes = [each.as_dict() for each in rows.sizes]
    return {
        "expression": rows.expressions.tolist(),
        "answer": rows.answers.tolist(),
        "split": [rows.split] * len(rows),
        "index": list(map(str, rows.indices.tolist())),
        "sizes": [sizes[index] for index in rows.strata.tolist()],
        "calculations": rows.calculations.tolist(),
        "difficulty": rows.difficulties.tolist(),
    }


def _first_values(rows: Rows) -> Values:
    """Return what rows of folders of format 1 hold, which can still be repaired."""
    values = _all_values(rows)
    return values | {"difficulty": values["calculations"]}


def _question_values(rows: Rows) -> Values:
    return {"question": rows.expressions.tolist(), "answer": rows.answers.tolist()}


def _chat_values(rows: Rows) -> Values:
    pairs = zip(rows.expressions.tolist(), rows.answers.tolist(), strict=True)
    said = [(("user", question), ("assistant", answer)) for question, answer in pairs]
    return {"messages": [[{"role": role, "content": content} for role, content in each] for each in said]}


def _completion_values(rows: Rows) -> Values:
    prompts = [f"{expression}=" for expression in rows.expressions.tolist()]
    return {"prompt": prompts, "completion": rows.answers.tolist()}


def _with_working(layout: Layout) -> Layout:
    """Add the working to a row, or let it stand for the answer where the row is what somebody says."""
    if not {"answer"} & layout.fields.keys():
        return Layout(layout.fields, lambda rows: layout.values(_said(rows)))
    return Layout(
        {**layout.fields, "working": "text"},
        lambda rows: {**layout.values(rows), "working": _said(rows).answers.tolist()},
    )


def _said(rows: Rows) -> Rows:
    """Return rows whose answers are their workings, which end with them."""
    return rows if rows.workings is None else replace(rows, answers=rows.workings)


_FIRST: Final = Layout(
    {"expression": "text", "answer": "text", "split": "text", "index": "text", "sizes": "sizes", "difficulty": "count"},
    _first_values,
)

_LAYOUTS: Mapping[LayoutName, Layout] = {
    "rows": Layout(
        {
            "expression": "text",
            "answer": "text",
            "split": "text",
            "index": "text",
            "sizes": "sizes",
            "calculations": "count",
            "difficulty": "count",
        },
        _all_values,
    ),
    "qa": Layout({"question": "text", "answer": "text"}, _question_values),
    "chat": Layout({"messages": "messages"}, _chat_values),
    "completion": Layout({"prompt": "text", "completion": "text"}, _completion_values),
}


def layout_named(
    name: LayoutName, encoder: IdWriter | None = None, *, folder_format: int = FORMAT, has_working: bool = False
) -> Layout:
    """Make a layout; `tokens` writes with an encoder.

    Args:
        name: of the layout.
        encoder: what writes ids.
        folder_format: of the folder.
        has_working: whether workings are written, as the module says.
    """
    if has_working:
        return _with_working(_LAYOUTS[name])
    if encoder is None:
        return _FIRST if name == "rows" and folder_format == 1 else _LAYOUTS[name]

    def ids(rows: Rows) -> Values:
        sources, targets = encoder.sources(rows.expressions), encoder.targets(rows.answers)
        return {"source": sources.tolist(), "target": targets.tolist()}

    return Layout({"source": "ids", "target": "ids"}, ids)
