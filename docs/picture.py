"""The picture of the README: what a trained model answered, drawn as a terminal.

python docs/picture.py RUN '(1+8)*3-4' '9*8-7*6'      asks the run, and writes docs/figures/working.svg
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path

FILE = Path(__file__).parent / "figures" / "working.svg"
#: In pixels: a line, a character, the space around all.
LINE, CHARACTER, MARGIN = 24, 9.1, 20
COLOURS = {"$": "#9aa4ae", "✓": "#57c274", "✗": "#ff7b80"}
STYLE = f"font: 15px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre; fill: {'#e4e8ec'}"


def asked(run: str, expressions: Sequence[str]) -> list[str]:
    """Ask a run, and return the command with what it printed, line by line."""
    shown = " ".join(f"'{expression}'" for expression in expressions)
    command = [sys.executable, "-m", "exprlearn.cli.main", "predict", "--run", run, *expressions]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [f"$ exprlearn predict {shown}", *done.stdout.splitlines()]


def picture(lines: Sequence[str]) -> str:
    """Draw lines of a terminal as SVG.

    >>> "✓</tspan>" in picture(["1+2 = 3   ✓"])
    True
    """
    width = round(2 * MARGIN + CHARACTER * max(map(len, lines)))
    height = 2 * MARGIN + LINE * len(lines)
    box = f'<rect width="{width}" height="{height}" rx="10" fill="#14171b"/>'
    rows = [
        f'<text x="{MARGIN}" y="{MARGIN + LINE * (row + 0.7):g}">{_coloured(line)}</text>'
        for row, line in enumerate(lines)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    return "\n".join([f'{head}style="{STYLE}" role="img">', box, *rows, "</svg>"]) + "\n"


def _coloured(line: str) -> str:
    parts = re.split(f"([{''.join(COLOURS)}])", line)
    return "".join(
        f'<tspan fill="{COLOURS[part]}">{part}</tspan>' if part in COLOURS else escape(part) for part in parts
    )


def shown_lines(drawn: str) -> list[str]:
    """Read the lines of a picture back.

    >>> shown_lines(picture(["$ ask '1<2'", "1+2 = 3   ✓"]))
    ["$ ask '1<2'", '1+2 = 3   ✓']
    """
    return [unescape(re.sub("<[^>]*>", "", line)) for line in re.findall(r"<text[^>]*>(.*)</text>", drawn)]


def main() -> None:
    """Ask a run and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("expressions", nargs="+")
    given = parser.parse_args()
    FILE.write_text(picture(asked(given.run, given.expressions)), encoding="utf-8")


if __name__ == "__main__":
    main()
