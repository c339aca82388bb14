"""JSON objects, one a line or all in an array, read one after the other in constant memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from exprlearn.dataset.audit.opening import LONGEST, Unreadable, decoded

# Numbers stay text: none is rounded, and none is too long.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)

_BLANK = re.compile(r"[ \t\r\n]*")
_CHUNK = 1 << 16


def line_object(line: bytes) -> Mapping[str, Any]:
    """Read a line as an object.

    Raises:
        Unreadable: it is none.
    """
    text = decoded(line).strip(" \t\r\n")
    try:
        found, end = _DECODER.raw_decode(text)
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except (ValueError, RecursionError) as error:
        said = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        if text == "{":
            said = "an object of several lines; write one object a line, with jq -c . FILE"
        raise Unreadable(f"no JSON: {said}; mend or remove the line") from None
    if not isinstance(found, dict):
        raise Unreadable(f"a JSON {type(found).__name__} instead of an object; write one object a line")
    return found


def array_objects(stream: IO[bytes]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of an array, on one line or on many.

    Raises:
        Unreadable: it is no array, is cut off, or holds something else.
    """
    window = _Window(stream)
    if window.next_sign() != "[":
        raise Unreadable("no JSON array")
    window.start += 1
    if window.next_sign() == "]":
        return
    while True:
        yield window.read_object()
        sign = window.next_sign()
        window.start += 1
        if sign == "]":
            return
        if sign != ",":
            raise Unreadable("the array goes on without a comma, or is cut off; mend it")


class _Window:
    """What of a stream is looked at."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.utf8 = stream, codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.start, self.ended = "", 0, False

    def next_sign(self) -> str:
        """Go to the next sign that is no blank, "" at the end."""
        while True:
            blank = _BLANK.match(self.text, self.start)
            self.start = blank.end() if blank else self.start
            if self.start < len(self.text) or self.ended:
                return self.text[self.start : self.start + 1]
            self.widen(_CHUNK)

    def read_object(self) -> Mapping[str, Any]:
        """Read the next object."""
        if self.next_sign() != "{":
            raise Unreadable("no JSON object in the array; write objects only")
        while True:
            try:
                found: dict[str, Any]
                found, self.start = _DECODER.raw_decode(self.text, self.start)
            except (ValueError, RecursionError) as error:
                known = len(self.text) - self.start
                if self.ended or known > LONGEST or isinstance(error, RecursionError):
                    raise Unreadable(f"no JSON: {error}; mend or remove the object") from None
                # Twice as much each time, so that long objects are read in linear time.
                self.widen(max(_CHUNK, known))
            else:
                return found

    def widen(self, size: int) -> None:
        """Look at more of the stream, and forget what was read."""
        data = self.stream.read(size)
        self.ended = not data
        try:
            self.text, self.start = self.text[self.start :] + self.utf8.decode(data, self.ended), 0
        except UnicodeDecodeError:
            raise Unreadable("no UTF-8 text; write the file as UTF-8") from None
