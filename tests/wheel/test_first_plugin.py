"""Whoever types the page of the first plugin, from top to bottom, gets what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "plugins" / "first.md"
# What a reader does, in order: types, writes a file that the sentence before names, and looks at what came.
STEP = re.compile(
    r"^```sh\n(?P<typed>.*?)^```$|Write this into\s+`(?P<file>[^`]+)`.*?^```python\n(?P<written>.*?)^```$"
    r"|^```text\n(?P<shown>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
NUMBER = re.compile(r"\d+(?:[\d ]*\d)?(?:\.\d+)?")


def steps() -> Iterator[re.Match[str]]:
    return STEP.finditer(PAGE.read_text(encoding="utf-8"))


def script() -> str:
    """Write what a reader does as one bash script."""
    lines = []
    for step in steps():
        if step["typed"]:
            lines.append(step["typed"])
        elif step["written"]:
            lines.append(f"cat > {step['file']} <<'END OF FILE'\n{step['written']}END OF FILE\n")
    return "".join(lines)


def plain(text: str) -> str:
    """Write every number as 0 and every gap as a space: numbers differ from machine to machine."""
    return re.sub(r"\s+", " ", NUMBER.sub("0", text))


def test_the_page_tells_what_to_type_where_to_write_and_what_comes() -> None:
    assert "pip install .\n" in script()
    assert "exprlearn-convolution/src/exprlearn_convolution/__init__.py <<" in script()
    assert sum(bool(step["shown"]) for step in steps()) > 4


@pytest.mark.slow
def test_the_page_can_be_typed_literally_in_a_fresh_environment(checkout: Any) -> None:
    done = checkout.run(script())
    said = plain(done.stdout + done.stderr)
    shown = [line for step in steps() for line in (step["shown"] or "").splitlines()]
    assert [line for line in shown if plain(line) not in said] == []
