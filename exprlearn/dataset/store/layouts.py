"""Layouts: what is in a row of a file.

    rows        {"expression", "answer", "split", "index", "sizes", "calculations", "difficulty"}
    qa          {"question", "answer"}
    chat        {"messages": [{"role": "user", "content"}, {"role": "assistant", "content"}]}
    completion  {"prompt", "completion"}, the prompt ending in "="
    tokens      {"source": [ids], "target": [ids]}, as models read them

`index` is a decimal string, for it may be larger than any machine integer. `difficulty` is in points, as everywhere; in
folders of format 1 the number of calculations was called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol

import numpy as np

from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.store.json_text import compact, quoted
from exprlearn.dataset.store.recipe import FORMAT, LayoutName
from exprlearn.dataset.store.tools import IdWriter

Kind = Literal["text", "count", "sizes", "messages", "ids"]


class Layout(Protocol):
    """Writes rows as lines of JSON, and as columns of plain values that say the same."""

    fields: Mapping[str, Kind]

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object."""

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field."""


class RowsLayout:
    """All that is known of an example."""

    fields: Mapping[str, Kind] = {
        "expression": "text",
        "answer": "text",
        "split": "text",
        "index": "text",
        "sizes": "sizes",
        "calculations": "count",
        "difficulty": "count",
    }

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object."""
        sizes = np.array([compact(each.as_dict()) for each in rows.sizes], object)[rows.strata].tolist()
        columns = quoted(rows.expressions), quoted(rows.answers), rows.indices, sizes, self._measured(rows)
        return [
            f'{{"expression":"{expression}","answer":"{answer}","split":"{rows.split}","index":"{index}",'
            f'"sizes":{size},{measured}}}'
            for expression, answer, index, size, measured in zip(*columns, strict=True)
        ]

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field."""
        return {
            "expression": rows.expressions.tolist(),
            "answer": rows.answers.tolist(),
            "split": [rows.split] * len(rows),
            "index": list(map(str, rows.indices)),
            "sizes": [rows.sizes[place].as_dict() for place in rows.strata.tolist()],
            "calculations": rows.calculations.tolist(),
            "difficulty": rows.difficulties.tolist(),
        }

    def _measured(self, rows: Rows) -> list[str]:
        pairs = zip(rows.calculations.tolist(), rows.difficulties.tolist(), strict=True)
        return [f'"calculations":{calculations},"difficulty":{difficulty}' for calculations, difficulty in pairs]


class FirstRowsLayout(RowsLayout):
    """Rows of folders of format 1, which can still be mended: `difficulty` is the number of calculations."""

    fields: Mapping[str, Kind] = {name: kind for name, kind in RowsLayout.fields.items() if name != "calculations"}

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field."""
        columns = super().columns(rows)
        return {**columns, "difficulty": columns.pop("calculations")}

    def _measured(self, rows: Rows) -> list[str]:
        return [f'"difficulty":{calculations}' for calculations in rows.calculations.tolist()]


class QuestionLayout:
    """Question and answer."""

    fields: Mapping[str, Kind] = {"question": "text", "answer": "text"}

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object."""
        return [f'{{"question":"{question}","answer":"{answer}"}}' for question, answer in _pairs(rows)]

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field."""
        return {"question": rows.expressions.tolist(), "answer": rows.answers.tolist()}


class ChatLayout:
    """A user who asks and an assistant who answers."""

    fields: Mapping[str, Kind] = {"messages": "messages"}

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object."""
        return [
            f'{{"messages":[{{"role":"user","content":"{question}"}},{{"role":"assistant","content":"{answer}"}}]}}'
            for question, answer in _pairs(rows)
        ]

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field."""
        pairs = zip(rows.expressions.tolist(), rows.answers.tolist(), strict=True)
        return {
            "messages": [
                [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
                for question, answer in pairs
            ]
        }


class CompletionLayout:
    """A prompt that ends in `=`, and what follows."""

    fields: Mapping[str, Kind] = {"prompt": "text", "completion": "text"}

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object."""
        return [f'{{"prompt":"{question}=","completion":"{answer}"}}' for question, answer in _pairs(rows)]

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field."""
        prompts = [f"{expression}=" for expression in rows.expressions.tolist()]
        return {"prompt": prompts, "completion": rows.answers.tolist()}


class TokensLayout:
    """Padded rows of ids."""

    fields: Mapping[str, Kind] = {"source": "ids", "target": "ids"}

    def __init__(self, encoder: IdWriter) -> None:
        self._encoder = encoder

    def lines(self, rows: Rows) -> list[str]:
        """Write each row as one JSON object."""
        columns = self.columns(rows)
        pairs = zip(columns["source"], columns["target"], strict=True)
        return [compact({"source": source, "target": target}) for source, target in pairs]

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """Return the values of each field.

        Raises:
            EncodingError: the vocabulary or the widths cannot write an expression or an answer.
        """
        sources, targets = self._encoder.sources(rows.expressions), self._encoder.targets(rows.answers)
        return {"source": sources.tolist(), "target": targets.tolist()}


_LAYOUTS: Mapping[LayoutName, type[Layout]] = {
    "rows": RowsLayout,
    "qa": QuestionLayout,
    "chat": ChatLayout,
    "completion": CompletionLayout,
}


def layout_named(name: LayoutName, encoder: IdWriter | None = None, *, folder_format: int = FORMAT) -> Layout:
    """Make a layout; `tokens` writes with an encoder."""
    if encoder is not None:
        return TokensLayout(encoder)
    return FirstRowsLayout() if name == "rows" and folder_format == 1 else _LAYOUTS[name]()


def _pairs(rows: Rows) -> Iterator[tuple[str, str]]:
    return zip(quoted(rows.expressions), quoted(rows.answers), strict=True)
