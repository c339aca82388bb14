"""The card of a model that leaves: what it is, how well it does on what it has never seen, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exprlearn import __version__
from exprlearn.config import RunConfig
from exprlearn.encoding import Alphabet
from exprlearn.intervals import Interval, percent
from exprlearn.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """What is known of a run.

    Attributes:
        name: of the run.
        config: its settings.
        alphabet: what its expressions hold.
        summary: what kind of model it is, a sentence.
        parameters: how many weights it has.
        epochs: how long it was trained.
        examples: on how many examples.
        exact_match: on its test split; None where that was never measured.
        baselines: exact match of models that know nothing, on the same test.
        example: an expression that the model can be asked.
        asks: what it is asked: an `expression`, or a `text`.
    """

    name: str
    config: RunConfig
    alphabet: Alphabet
    summary: str
    parameters: int
    epochs: int
    examples: int
    exact_match: Interval | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)
    example: str = "1+2"
    asks: str = "expression"

    @property
    def shown(self) -> dict[str, object]:
        """Return what a card or a page says of the model, by name."""
        config = self.config
        said = {name: f"{name.replace('-', ' ')} has {percent(share)}" for name, share in self.baselines.items()}
        return {
            "name": self.name,
            "version": __version__,
            "summary": self.summary,
            "exact_match": self.exact_match and str(self.exact_match),
            "baselines": ", ".join(said.values()),
            "grammar": config.subject,
            "model": config.model.name,
            "parameters": f"{self.parameters:,}".replace(",", " "),
            "epochs": self.epochs,
            "examples": f"{self.examples:,}".replace(",", " "),
            "seed": config.seed,
            "division": config.division.name,
            "working": config.working.name,
            "split": config.data.split,
            "sizes": self._sizes(),
            "example": self.example,
            "asks": self.asks,
        }

    def _sizes(self) -> str:
        if self.asks == "text":
            return f"questions of up to {self.alphabet.longest_expression} characters"
        lowest, highest = self.alphabet.numbers
        signs = " ".join(self.alphabet.literals) or "no signs"
        return f"expressions of up to {self.alphabet.most_terms} numbers from {lowest} to {highest}, with {signs}"


def card(facts: CardFacts, files: Sequence[tuple[str, str]]) -> str:
    """Write the card as Markdown, with a list of the files beside it."""
    return visible(templates().get_template("card.md.jinja").render(facts.shown, files=files))


def templates(*, escaping: bool = False) -> Environment:
    """Make the templates of this room; what is no page is written without escapes."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("exprlearn", "export")
    return Environment(
        loader=loader, autoescape=escaping, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
