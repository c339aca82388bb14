"""Whether a share surely lies above or below a bar, looked at after every answer.

A 95 % interval that is looked at again and again misses the truth sooner or later. So each answer is a bet against the
doubt that the share is on the other side of the bar, at odds that are fair if it lies on the bar itself:

    bar 0.9, the bet says 0.95      right: the stake times 0.95 / 0.9 = 1.06      wrong: times 0.05 / 0.1 = 0.5

As long as the doubt is right, whatever is staked is not expected to grow, and it comes to 20 times all that was ever
put in with a chance of 1/20 at most, however often one looks, and whenever one stops (Ville 1939, Étude critique de la
notion de collectif; Shafer 2021, Testing by betting). That is: the lower end of a 95 % interval that holds at all
times at once has reached the bar. A new stake is added with every answer, all of them together 1, so that what was
wrong long ago counts no more (Shin, Ramdas and Rinaldo 2022, E-detectors).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

#: How far from the bar the bets say that the share lies, of what there is between the bar and 1, or 0.
DISTANCES = (1 / 8, 1 / 4, 1 / 2, 7 / 8)
#: The chance that what is said to be sure is wrong.
DOUBT = 0.05

Side = Literal["above", "below"]


@dataclass(frozen=True)
class Evidence:
    """What answers say against a doubt.

    Attributes:
        answers: how many there were in all, which new stakes follow from.
        stakes: what each bet has come to.
    """

    answers: int = 0
    stakes: tuple[float, ...] = (0.0,) * len(DISTANCES)

    def after(self, right: bool, bar: float, side: Side) -> Evidence:
        """Return the evidence after one more answer, that the share lies on a side of a bar between 0 and 1.

        >>> evidence = Evidence()
        >>> for answer in range(47):
        ...     evidence = evidence.after(True, 0.9, "above")
        >>> evidence.is_sure(), evidence.after(False, 0.9, "above").is_sure()
        (True, False)
        """
        answers = self.answers + 1
        room = 1 - bar if side == "above" else -bar
        shares = [bar + distance * room for distance in DISTANCES]
        factors = [share / bar if right else (1 - share) / (1 - bar) for share in shares]
        # 1/2 + 1/6 + 1/12 + … = 1.
        fresh = 1 / (answers * (answers + 1))
        pairs = zip(self.stakes, factors, strict=True)
        return Evidence(answers, tuple((stake + fresh) * factor for stake, factor in pairs))

    def is_sure(self, among: int = 1) -> bool:
        """Tell whether the doubt is given up; several doubts that are watched together err as seldom as one."""
        return sum(self.stakes) / len(self.stakes) >= among / DOUBT

    def without_stakes(self) -> Evidence:
        """Return the evidence of nothing; what was put in before stays spent, or one would look too often."""
        return replace(self, stakes=Evidence.stakes)
