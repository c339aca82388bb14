"""What is heard, as the flat names and numbers that trackers keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

NOT_MEASURED = ("epoch", "format")


def settings_of(config: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every setting with its whole name.

    >>> dict(settings_of({"seed": 0, "model": {"name": "seq2seq", "units": 128}}))
    {'seed': '0', 'model.name': 'seq2seq', 'model.units': '128'}
    """
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from settings_of(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", str(value)


def measured(record: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of an epoch or a report, those one level below with their whole name.

    >>> measured({"epoch": 3, "loss": 0.5, "exact_match": {"value": 0.9, "count": 10}, "split": "test"})
    {'loss': 0.5, 'exact_match.value': 0.9, 'exact_match.count': 10.0}
    """
    found: dict[str, float] = {}
    for name, value in record.items():
        below = (
            {f"{name}.{key}": number for key, number in value.items()} if isinstance(value, Mapping) else {name: value}
        )
        found |= {key: float(number) for key, number in below.items() if _is_number(number)}
    return {name: number for name, number in found.items() if name not in NOT_MEASURED}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
