"""Turn lark's exceptions into a `GrammarError` that shows the place."""

from __future__ import annotations

import re
from pathlib import Path

from exprlearn.errors import GrammarError

_PLACE = re.compile(r"line (\d+),? col(?:umn)? (\d+)")
_UNDEFINED = re.compile(r"(Rule|Terminal|Token|Symbols?) '?(\w+)'? used but not defined")
_NAMED = re.compile(r"(?:[Tt]oken|[Tt]erminal|[Rr]ule) '?`?(\w+)")
_COLLISION = re.compile(r"Reduce/Reduce collision")


def grammar_fault(error: Exception, text: str, path: str | Path | None = None) -> GrammarError:
    """Translate an exception of lark about a grammar text, with line, column and a caret where they can be told."""
    if isinstance(error, RecursionError):
        return GrammarError("groups nest too deep, in a rule or a pattern: give inner parts names", path=path)
    if isinstance(error, TypeError | AssertionError):
        # Lark stumbles over its own message.
        return GrammarError("lark cannot read this grammar: look for an unfinished string or group", path=path)
    reason = str(error).strip()
    if found := _PLACE.search(reason):
        return fault_at(_first_sentence(reason), text, int(found[1]), int(found[2]), path)
    if found := _UNDEFINED.search(reason):
        return fault_for(f"{found[2]!r} is used but nowhere defined", text, found[2], path)
    if isinstance(error, OSError) and error.filename:
        return fault_for(f"there is no {error.filename} to import from", text, Path(error.filename).stem, path)
    if _COLLISION.search(reason):
        message = "this grammar is not LALR(1), which is needed to read expressions back; lark says:\n"
        return GrammarError(message + reason, path=path)
    named = _NAMED.search(reason)
    return fault_for(f"lark cannot load this grammar: {reason}", text, named[1] if named else "", path)


def fault_at(message: str, text: str, line: int, column: int, path: str | Path | None = None) -> GrammarError:
    """Build an error that shows a place of the text.

    >>> print(fault_at("no colon", "start NUMBER", 1, 7, "x.lark"))
    x.lark:1:7: no colon
    start NUMBER
          ^
    """
    lines = text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    context = f"{shown}\n{' ' * (column - 1)}^" if shown else ""
    return GrammarError(message, path=path, line=line, column=column, context=context)


def fault_for(message: str, text: str, name: str, path: str | Path | None = None) -> GrammarError:
    """Build an error that shows where a name is first written."""
    line, column = place_of(name, text)
    return fault_at(message, text, line, column, path) if line else GrammarError(message, path=path)


def place_of(name: str, text: str) -> tuple[int, int]:
    """Find the first line and column that write a name, its definition first; (0, 0) when none does.

    >>> place_of("N", 'start: N "+" N\\nN: "1"')
    (2, 1)
    """
    if not name:
        return 0, 0
    word = re.escape(name)
    for pattern in (rf"^[!?]*({word})\b[^:\n]*:", rf"(?<!\w)({word})(?!\w)"):
        if found := re.search(pattern, text, re.MULTILINE):
            start = found.start(1)
            return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return 0, 0


def _first_sentence(reason: str) -> str:
    """Lark puts the place, the file and the excerpt into its message; they are shown apart."""
    first = reason.splitlines()[0]
    first = re.sub(r"\s*(?:,? at|,? in|,? \()?\s*line \d+,? col(?:umn)? \d+.*", "", first).strip(" :.,")
    return f"{first[:1].lower()}{first[1:]}" or "lark cannot read this"
