"""The command `exprlearn carries`: sums on paper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from exprlearn import ExprLearnError
from exprlearn_carry.chains import carried, carries, longest_chain
from exprlearn_carry.constraint import SUM

if TYPE_CHECKING:
    import typer


def application() -> typer.Typer:
    """Make the command; its arguments and options are typer's."""
    import typer

    made = typer.Typer()

    @made.command()
    def show(
        expressions: list[str] = typer.Argument(help="Sums, such as 758+467."),  # noqa: B008
        as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
    ) -> None:
        """Show sums as they are done on paper, with their carries."""
        sums = [(text, numbers_of(text)) for text in expressions]
        if as_json:
            rows = [
                {"expression": text, "carries": carries(numbers), "longest_chain": longest_chain(numbers)}
                for text, numbers in sums
            ]
            typer.echo(json.dumps({"format": 1, "sums": rows}))
        else:
            typer.echo("\n\n".join(on_paper(numbers) for _, numbers in sums))

    return made


def numbers_of(expression: str) -> list[int]:
    """Read the numbers of a sum.

    Raises:
        ExprLearnError: it is no sum of whole numbers.

    >>> numbers_of("75 + 48")
    [75, 48]
    """
    plain = "".join(expression.split())
    if not SUM.fullmatch(plain):
        raise ExprLearnError(f"'{expression}' is no sum of whole numbers: write one such as 758+467")
    return [int(number) for number in plain.split("+")]


def on_paper(numbers: list[int]) -> str:
    """Write a sum as it is done on paper, its carries above and how many they are below.

    >>> print(on_paper([758, 467]))
       111
        758
     +  467
     = 1225
    3 carries, 3 of them in a row
    """
    total, *rest = numbers
    width = len(str(sum(numbers)))
    lines = [f"{total:>{width + 3}}"]
    for number in rest:
        above = f"{carried(total, number):>{width}}".rstrip()
        total += number
        lines += [f" + {number:>{width}}", f" = {total:>{width}}"]
        lines[-3:-3] = [f"   {above}"] if above else []
    count, chain = carries(numbers), longest_chain(numbers)
    return "\n".join([*lines, f"{count} {'carry' if count == 1 else 'carries'}, {chain} of them in a row"])
