"""What a finished training hands back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from exprlearn.counts import counted
from exprlearn.report.recipe_claim import Claim
from exprlearn.report.terminal import NamedLines, as_text, scores_view
from exprlearn.report.wording import lasting, next_commands
from exprlearn.scoring import Scores, scores_document


@dataclass(frozen=True, kw_only=True)
class Report:
    """The end of a run: how well it does on the test split, why it stopped, where everything lies.

    Attributes:
        examples: examples trained on, repeats counted.
        example: an expression of the test split, for the command to type next.
        claim: of the recipe that the run began with; None without one.
    """

    run: Path
    scores: Scores
    stopped_by: str
    epochs: int
    examples: int
    seconds: float
    page: Path
    example: str = "12+34"
    claim: Claim | None = None

    def __rich__(self) -> RenderableType:
        """Lay the report out for a terminal: the test table, then what happened and what to type next."""
        effort = f"{counted(self.epochs)} epochs, {counted(self.examples)} examples, {lasting(self.seconds)}"
        first, *others = next_commands(self.run, self.example)
        lines: list[tuple[str, str | list[str]]] = [("stopped", [f"{self.stopped_by} ({effort})"])]
        lines += [("run", str(self.run)), ("report", str(self.page))]
        lines += [("next", first), *(("", command) for command in others)]
        claimed: list[RenderableType] = []
        if self.claim:
            claimed = [Text(), NamedLines([(name, [said]) for name, said in self.claim.lines(self.scores)])]
        return Group(scores_view(self.scores), *claimed, Text(), NamedLines(lines))

    def __str__(self) -> str:
        return as_text(self.__rich__())

    def _repr_html_(self) -> str:
        """Show the test table in a notebook."""
        from exprlearn.report.page import scores_fragment

        return scores_fragment(self.scores)

    def document(self) -> dict[str, Any]:
        """Write the report as JSON: the scores' document and how training went."""
        return {
            **scores_document(self.scores, self.run.name, "test"),
            "stopped_by": self.stopped_by,
            "epochs": self.epochs,
            "examples": self.examples,
            "seconds": self.seconds,
            "report": str(self.page),
            **({"recipe": self.claim.document(self.scores)} if self.claim else {}),
        }
