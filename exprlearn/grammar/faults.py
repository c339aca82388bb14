"""Errors about the text of a grammar that show their place, lark's own translated among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exprlearn.errors import GrammarError, SizeError

SUGGESTED: Mapping[str, str] = {
    "terms": "1..4",
    "brackets": "..2",
    "operators": "..4",
    "characters": "1..12",
    "range": "0..99",
}
"""A bound for each size, and for numbers."""

_PLACE = re.compile(r"line (\d+),? col(?:umn)? (\d+)")
_UNDEFINED = re.compile(r"(Rule|Terminal|Token|Symbols?) '?(\w+)'? used but not defined")
_NAMED = re.compile(r"(?:[Tt]oken|[Tt]erminal|[Rr]ule) '?`?(\w+)")


class Unbounded(SizeError):
    """Sizes or numbers without an end, told at once with the settings that bound them.

    Args:
        reasons: a sentence for each; they may hold a place in the grammar.
        missing: the names of what has to be bounded, each once.
    """

    def __init__(self, reasons: Sequence[str], missing: Sequence[str]) -> None:
        self.reasons, self.missing = tuple(reasons), tuple(dict.fromkeys(missing))
        settings = " ".join(f"--set grammar.{name}={SUGGESTED[name]}" for name in self.missing)
        super().__init__("\n".join([*self.reasons, f"this ends it: {settings}"]))

    def joined(self, other: Unbounded) -> Unbounded:
        """Tell both."""
        return Unbounded([*self.reasons, *other.reasons], [*self.missing, *other.missing])


@dataclass(frozen=True, slots=True)
class GrammarText:
    """A text and the file or name that it has in messages."""

    text: str
    path: str | Path | None = None

    def fault(self, message: str, name: str = "") -> GrammarError:
        """Build an error that shows where a name is first written, if it is."""
        line, column = self.find(name)
        return self.fault_at(message, line, column) if line else GrammarError(message, path=self.path)

    def fault_at(self, message: str, line: int, column: int) -> GrammarError:
        """Build an error that shows a place of the text.

        >>> print(GrammarText("start NUMBER", "x.lark").fault_at("no colon", 1, 7))
        x.lark:1:7: no colon
        start NUMBER
              ^
        """
        lines = self.text.splitlines()
        shown = lines[line - 1] if 0 < line <= len(lines) else ""
        context = f"{shown}\n{' ' * (column - 1)}^" if shown else ""
        return GrammarError(message, path=self.path, line=line, column=column, context=context)

    def find(self, name: str) -> tuple[int, int]:
        """Find the first line and column that write a name, its definition first; (0, 0) when none does.

        >>> GrammarText('start: N "+" N\\nN: "1"').find("N")
        (2, 1)
        """
        word = re.escape(name)
        for pattern in (rf"^[!?]*({word})\b[^:\n]*:", rf"(?<!\w)({word})(?!\w)") if name else ():
            if found := re.search(pattern, self.text, re.MULTILINE):
                start = found.start(1)
                return self.text.count("\n", 0, start) + 1, start - self.text.rfind("\n", 0, start)
        return 0, 0

    def translate(self, error: Exception) -> GrammarError:
        """Translate what lark raises about the text, with line, column and a caret where they can be told."""
        if isinstance(error, RecursionError):
            return GrammarError("groups nest too deep, in a rule or a pattern: give inner parts names", path=self.path)
        if isinstance(error, TypeError | AssertionError):
            # Lark stumbles over its own message.
            message = "lark cannot read this grammar: look for an unfinished string or group"
            return GrammarError(message, path=self.path)
        reason = str(error).strip()
        if found := _PLACE.search(reason):
            return self.fault_at(_first_sentence(reason), int(found[1]), int(found[2]))
        if found := _UNDEFINED.search(reason):
            return self.fault(f"{found[2]!r} is used but nowhere defined", found[2])
        if isinstance(error, OSError) and error.filename:
            return self.fault(f"there is no {error.filename} to import from", Path(error.filename).stem)
        if "Reduce/Reduce collision" in reason:
            message = "this grammar is not LALR(1), which is needed to read expressions back; lark says:\n"
            return GrammarError(message + reason, path=self.path)
        named = _NAMED.search(reason)
        return self.fault(f"lark cannot load this grammar: {reason}", named[1] if named else "")


def _first_sentence(reason: str) -> str:
    """Lark puts the place, the file and the excerpt into its message; they are shown apart."""
    first = reason.splitlines()[0]
    first = re.sub(r"\s*(?:,? at|,? in|,? \()?\s*line \d+,? col(?:umn)? \d+.*", "", first).strip(" :.,")
    return f"{first[:1].lower()}{first[1:]}" or "lark cannot read this"
