"""What two numbers, written one under the other, differ by."""

from __future__ import annotations


def other_sign(answer: str, truth: str) -> bool:
    """Tell whether an answer is the truth with a sign too many or too few.

    >>> other_sign("-12", "12"), other_sign("-12", "-12")
    (True, False)
    """
    return answer != truth and bool(truth) and answer.lstrip("-") == truth.lstrip("-")


def swapped(answer: str, truth: str) -> bool:
    """Tell whether two digits have changed places, or the whole number is written back to front.

    >>> swapped("165", "156"), swapped("321", "123"), swapped("-21", "-12"), swapped("122", "211")
    (True, True, True, False)
    """
    places = _differing(answer, truth)
    if places is None or (answer[:1] == "-") != (truth[:1] == "-"):
        return False
    exchanged = len(places) == 2 and [answer[place] for place in places] == [truth[place] for place in places[::-1]]
    return bool(places) and (exchanged or answer.lstrip("-")[::-1] == truth.lstrip("-"))


def one_digit(answer: str, truth: str) -> int | None:
    """Return by how much the only digit that differs is off; None when none or several differ.

    >>> one_digit("165", "155"), one_digit("195", "155"), one_digit("165", "156")
    (1, 4, None)
    """
    places = _differing(answer, truth)
    if places is None or len(places) != 1:
        return None
    return abs(int(answer[places[0]]) - int(truth[places[0]]))


def _differing(answer: str, truth: str) -> list[int] | None:
    """List the places at which two texts of one length have different digits; None when anything else differs."""
    if len(answer) != len(truth):
        return None
    places = [place for place, pair in enumerate(zip(answer, truth, strict=True)) if pair[0] != pair[1]]
    digits = "".join(answer[place] + truth[place] for place in places)
    return places if not places or (digits.isascii() and digits.isdecimal()) else None
