"""What stands inside of a page: documents that end no element, and the hashes by which no other script runs."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from typing import Any

from exprlearn.visible import visible_json


def digest(script: str) -> str:
    """Write a script's hash as a security policy names it.

    >>> digest("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def policy(scripts: tuple[str, ...]) -> str:
    """Write a security policy under which just these scripts run and nothing is ever fetched."""
    listed = " ".join(f"'{digest(script)}'" for script in scripts)
    return f"default-src 'none'; script-src {listed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def finite(document: Any) -> Any:
    """Return plain data in which numbers that JSON has no word for are None.

    >>> finite({"loss": [0.5, float("nan")], "rate": float("-inf")})
    {'loss': [0.5, None], 'rate': None}
    """
    if isinstance(document, dict):
        return {key: finite(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [finite(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document


def island(document: Any) -> str:
    r"""Write a JSON document that can stand inside of a script element: no text of it ends the element.

    >>> island({"text": "</script>"})
    '{"text": "\\u003c/script\\u003e"}'
    """
    text = visible_json(json.dumps(finite(document), ensure_ascii=False, allow_nan=False))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
