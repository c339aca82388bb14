"""What `exprlearn` alone prints: what to type first."""

from __future__ import annotations

PAGE = """\
exprlearn learns arithmetic from text.          all commands: exprlearn --help

  Start     exprlearn train                     two-digit addition, about a minute
            exprlearn train --grammar mixed     + - * / with brackets
  Look      exprlearn grammar sample mixed      exprlearn explain '12+34'
  Ask       exprlearn predict '12+34'
  Judge     exprlearn evaluate latest           exprlearn report latest --open
            exprlearn runs list                 exprlearn playground --open
  Extend    exprlearn components list           exprlearn plugins list"""


def start_page() -> str:
    """Return the start page."""
    return PAGE
