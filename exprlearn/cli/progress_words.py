"""The words and numbers that every way of showing a training has in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from exprlearn.grammar.languages import MOST_DIGITS, count_text
from exprlearn.report.wording import counted, lasting

if TYPE_CHECKING:
    from exprlearn.plugin import Header, Sample

BAR = 10
EIGHTHS = " ▏▎▍▌▋▊▉"


def header_lines(header: Header, title: str) -> Iterator[str]:
    """Say everything that decides the result, in three lines."""
    opening = [title] if title else []
    chosen = [f"grammar {header.grammar}", f"model {header.model}", header.versions, f"seed {header.seed}"]
    yield " · ".join([*opening, *chosen, *_curriculum(header.config)])
    counts = {split: counted(count) if count else "fresh without end" for split, count in header.counts.items()}
    splits = [f"{split} {count}" for split, count in counts.items()]
    shared = f"{counted(header.shared)} held-out expressions or commuted twins in train"
    yield " · ".join([*splits, shared, _drawn(header)])
    sizes = [f"vocabulary {header.vocabulary_size}", f"{counted(header.parameters)} parameters"]
    yield " · ".join([f"source {header.source}", f"target {header.target}", *sizes, f"run {header.run}"])


def _drawn(header: Header) -> str:
    """Say how many of the expressions can be drawn."""
    there = f"{amount(header.expressions)} expressions"
    if header.examples is None:
        return f"{there} exist"
    if header.examples == header.expressions:
        return f"all {there} can be drawn" if header.examples_said == "exact" else f"nearly all {there} can be drawn"
    return f"{estimated(header.examples, header.examples_said)} of {there} can be drawn"


def estimated(count: int, said: str) -> str:
    """Write a count that is exact, an estimate or a bound; what is not exact has two digits.

    >>> estimated(12345, "exact"), estimated(12345, "estimate"), estimated(3 * 10**20, "at most")
    ('12 345', 'about 12 000', 'at most 3·10^20')
    """
    if said == "exact":
        return amount(count)
    if count >= 10**MOST_DIGITS:
        return count_text(count)
    rounded = round(count, 2 - len(str(count)))
    return f"{'about' if said == 'estimate' else said} {amount(rounded).removeprefix('about ')}"


def _curriculum(config: Mapping[str, Any]) -> list[str]:
    """Name the curriculum and its schedule; nothing without one."""
    curriculum = config.get("curriculum", {"name": "none"})
    return (
        [] if curriculum["name"] == "none" else [f"curriculum {curriculum['name']} by {curriculum['schedule']['name']}"]
    )


def amount(count: int) -> str:
    """Write a count of any size: large ones by their power of ten.

    >>> amount(10000), amount(3 * 10**20)
    ('10 000', 'about 3·10^20')
    """
    if count < 10**12:
        return counted(count)
    if count >= 10**MOST_DIGITS:
        return count_text(count)
    power = len(str(count)) - 1
    return f"about {str(count)[0]}·10^{power}"


def columns(record: Mapping[str, Any]) -> dict[str, str]:
    """Write an epoch's numbers, by heading.

    >>> list(columns({"epoch": 3, "loss": 0.5, "exact_match": 0.25, "digit_accuracy": 0.5, "seconds": 2.0}).values())
    ['3', '0.5000', ' 25.0 %', ' 50.0 %', '2.0 s']
    """
    return {
        "epoch": str(record["epoch"]),
        "loss": f"{record['loss']:.4f}",
        "exact": share(record["exact_match"]),
        "digits": share(record["digit_accuracy"]),
        "time": lasting(record["seconds"]),
    }


def stages(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Write how each stage of a curriculum was answered after an epoch; none without a curriculum.

    >>> stages({"stages": [{"stage": "easy", "examples": 12000, "right": 1, "count": 4}]})
    [{'stage': 'easy', 'exact': ' 25.0 %', 'trained on': '12 000'}]
    """
    return [
        {
            "stage": each["stage"],
            "exact": share(each["right"] / each["count"]),
            "trained on": counted(each["examples"]),
        }
        for each in record.get("stages", ())
    ]


def share(value: float) -> str:
    """Write a share in percent, in seven characters; only a whole that is whole reads 100 %."""
    shown = min(round(100 * value, 1), 99.9) if value < 1 else 100.0
    return f"{shown:5.1f} %"


def bar(value: float) -> str:
    """Draw a share as a bar of ten characters.

    >>> bar(0.5)
    '█████     '
    """
    eighths = round(value * BAR * 8)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()).ljust(BAR)


def answered(sample: Sample) -> str:
    """Write a sample: the answer given, and the truth when that was another."""
    return f"{sample.expression}={given(sample)} " + ("✓" if sample.correct else f"✗ {sample.truth}")


def given(sample: Sample) -> str:
    """Write the answer given; an early model often writes none."""
    return sample.answer or "nothing"
