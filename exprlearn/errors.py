"""Every failure that exprlearn expects, as one tree.

    ExprLearnError                 exit 1
    ├── GrammarError               file, line and column when known
    │   ├── SizeError              endless, empty or too many sizes asked of a grammar
    │   └── MembershipError        an expression that the space does not hold
    ├── EvaluationError            with the expression
    │   ├── ExpressionSyntaxError  not an arithmetic expression; with the position
    │   ├── ExpressionTooLarge     more characters, depth or bits than allowed
    │   ├── DivisionByZero
    │   ├── UndefinedValue         an operator that has no value for its operands
    │   ├── UnknownOperator        asked of an operator of a plugin, and known of + - * / alone
    │   └── NotAnInteger           refused by the division policy in force
    ├── EncodingError              text that the vocabulary or the widths cannot write
    ├── DataError                  damaged, missing or contradictory data files
    ├── RunError                   a run folder that is missing, damaged or of another format
    │   └── CheckpointError        a checkpoint that cannot be restored whole
    ├── TrainingError              a loss that is not a number, nothing left to train on
    ├── BackendError               a Keras backend that cannot be had
    ├── PluginError                a plugin that fails to load, register or answer
    ├── OutputError                standard output that cannot be written
    ├── QualityGateError           exit 3: a score below the asked-for minimum
    └── OptionError                exit 2: options and config, every problem at once
        ├── UnknownName            no component of that name
        └── AmbiguousName          several plugins offer that name

A message says what came, what would do, and the command that fixes it; it is lower case and needs no traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ExprLearnError(Exception):
    """An expected failure: shown as one message, without a traceback."""

    exit_code = 1


class GrammarError(ExprLearnError):
    """A grammar that cannot be read, compiled or sampled; line and column count from 1, the context shows both."""

    def __init__(
        self,
        message: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
        context: str = "",
    ) -> None:
        self.path, self.line, self.column = path, line, column
        where = ":".join(str(part) for part in (path, line, column) if part is not None)
        head = f"{where}: {message}" if where else message
        super().__init__(f"{head}\n{context.rstrip()}" if context else head)


class SizeError(GrammarError):
    """Sizes that make a space endless, empty or too large to handle."""


class MembershipError(GrammarError):
    """An expression that the space does not hold."""


class EvaluationError(ExprLearnError):
    """An expression without an exact answer; the only exception evaluation raises."""

    def __init__(self, message: str, *, expression: str = "") -> None:
        self.expression = expression
        super().__init__(message)


class ExpressionSyntaxError(EvaluationError):
    """Text that is not an arithmetic expression."""

    def __init__(self, message: str, *, expression: str = "", position: int | None = None) -> None:
        self.position = position
        super().__init__(message, expression=expression)


class ExpressionTooLarge(EvaluationError):
    """More characters, nesting or integer bits than evaluation allows."""


class DivisionByZero(EvaluationError):
    """A division whose divisor is zero."""


class UndefinedValue(EvaluationError):
    """An operator that has no value for its operands."""


class UnknownOperator(EvaluationError):
    """Something that is known of the built-in operators alone, asked of an expression with another."""


class NotAnInteger(EvaluationError):
    """An answer that the division policy refuses because it is no integer."""


class EncodingError(ExprLearnError):
    """Text that the vocabulary cannot write, or that is longer than the arrays are wide."""


class DataError(ExprLearnError):
    """Data files that are damaged, missing or contradict each other."""


class RunError(ExprLearnError):
    """A run folder that is missing, damaged or of another format."""


class CheckpointError(RunError):
    """A checkpoint that cannot be restored whole."""


class TrainingError(ExprLearnError):
    """Training that cannot go on."""


class BackendError(ExprLearnError):
    """A Keras backend that cannot be had in this process."""


class PluginError(ExprLearnError):
    """A plugin that fails to load, register or answer."""


class OutputError(ExprLearnError):
    """Results that cannot be written to standard output."""


class QualityGateError(ExprLearnError):
    """A score below the asked-for minimum."""

    exit_code = 3


class OptionError(ExprLearnError):
    """Wrong options or config values, all of them at once, a line for each problem."""

    exit_code = 2

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class UnknownName(OptionError):
    """No component has the asked-for name."""


class AmbiguousName(OptionError):
    """Several plugins offer the asked-for name."""


def suggest(name: str, available: Sequence[str]) -> str:
    """Name the nearest valid value, then all of them.

    >>> suggest("seq2sec", ["seq2seq", "stacked-lstm"])
    "did you mean 'seq2seq'? Available: seq2seq, stacked-lstm"
    """
    # Only for those who err: one expression is evaluated in the time that this import takes.
    from difflib import get_close_matches

    near = get_close_matches(name, available, n=1)
    listed = f"Available: {', '.join(available)}" if available else "none is available"
    return f"did you mean '{near[0]}'? {listed}" if near else listed
