"""How settings and their values read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def told(settings: Mapping[str, Any]) -> str:
    """Write settings for people.

    >>> told({"model.units": 64, "reversal.name": "both"})
    'model.units=64 reversal.name=both'
    """
    return " ".join(f"{key}={written(value)}" for key, value in settings.items())


def written(value: Any) -> str:
    """Write one value of a setting.

    >>> written(0.0015), written([64, 64]), written("both")
    ('0.0015', '[64, 64]', 'both')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
