"""The written working of an expression: its calculations one by one, and texts that show them before the answer."""

from __future__ import annotations

from exprlearn.working.dropping import drop_parts, parts_before, without_missing
from exprlearn.working.forms import spaced_lines
from exprlearn.working.line_checking import FaultKind, WorkingCheck, WorkingFault, check_working
from exprlearn.working.mirroring import reverse_numbers
from exprlearn.working.reduction import (
    Rule,
    WorkingStep,
    as_expression,
    line_value,
    ready_steps,
    reduce_line,
    replace_spans,
    steps,
    write_value,
)
from exprlearn.working.written import bounds_of, join_bounds, write_working

__all__ = [
    "FaultKind",
    "Rule",
    "WorkingCheck",
    "WorkingFault",
    "WorkingStep",
    "as_expression",
    "bounds_of",
    "check_working",
    "drop_parts",
    "join_bounds",
    "line_value",
    "parts_before",
    "ready_steps",
    "reduce_line",
    "replace_spans",
    "reverse_numbers",
    "spaced_lines",
    "steps",
    "without_missing",
    "write_value",
    "write_working",
]
