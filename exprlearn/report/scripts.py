"""The scripts of a page: Vega, what draws with it, and the hashes by which a page lets no other script run."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from functools import cache
from importlib.resources import files
from typing import Any

from exprlearn.errors import RunError
from exprlearn.visible import visible_json


@cache
def vega_script() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that needs no network; some 900 000 characters.

    A RunError says that the installed Vega cannot stand inside of a page.
    """
    import vl_convert

    script = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    if any(text in script for text in ("</script", "<!--", "\r")):
        raise RunError("the installed vl-convert-python brings scripts that end a page early: install another version")
    return script


@cache
def own_script(name: str) -> str:
    """Return a script of this package, such as `drawing.js`."""
    return files("exprlearn.report").joinpath(name).read_text(encoding="utf-8")


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
