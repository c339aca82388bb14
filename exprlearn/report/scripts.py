"""The scripts of a page: Vega, and what draws with it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from exprlearn.errors import RunError


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
