"""What a user should know of a dataset: parts that are smaller than asked for, sizes that are used up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exprlearn.config.values import write_range
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS
from exprlearn.dataset.store.shards import Made
from exprlearn.dataset.store.workshop import Workshop
from exprlearn.sampling import ExpressionSpace


def notes(workshop: Workshop, made: Sequence[Made]) -> list[str]:
    """List what a user should know, a sentence each."""
    return [*_repeated(workshop), *_smaller(workshop), *workshop.drawing.notes(_training(made))]


def sizes_table(workshop: Workshop, made: Sequence[Made]) -> list[tuple[dict[str, int], int, int]]:
    """List for each size vector: the sizes, how many rows there are, how many expressions the space has."""
    table: dict[str, tuple[dict[str, int], int, int]] = {}
    for place, stratum in enumerate(workshop.space.strata):
        _, rows, size = table.get(str(stratum.sizes), ({}, 0, 0))
        rows += sum(each.sizes[place] for each in made)
        table[str(stratum.sizes)] = stratum.sizes.as_dict(), rows, size + stratum.size
    return list(table.values())


def applied_bounds(space: ExpressionSpace) -> dict[str, str]:
    """Write the sizes and numbers that a space has, whether its settings bound them or its grammar.

    >>> applied_bounds(ExpressionSpace.from_file("nested", terms=(2, 3), ranges="0..5"))
    {'terms': '2..3', 'brackets': '0..1', 'depth': '0..4', 'NUMBER': '0..5'}
    >>> applied_bounds(ExpressionSpace.from_file("addition"))['terms']
    '2'
    """
    spans = {name: [stratum.sizes[name] for stratum in space.strata] for name in space.strata[0].sizes}
    bounds = {name: (min(values), max(values)) for name, values in spans.items()}
    deepest = {"depth": space.bounds["depth"]} if "depth" in space.bounds else {}
    numbers: dict[str, tuple[int, int]] = {}
    for language in space.specification.languages:
        low, high = numbers.get(name := language.name.partition("[")[0], (language.lowest, language.highest))
        numbers[name] = min(low, language.lowest), max(high, language.highest)
    found = bounds | deepest | numbers
    return {name: str(low) if low == high else write_range((low, high)) for name, (low, high) in found.items()}


def _repeated(workshop: Workshop) -> Iterator[str]:
    if workshop.space.mode == "derivations":
        yield "derivations are drawn, so an expression that has several may come several times in a split"


def _smaller(workshop: Workshop) -> Iterator[str]:
    counts, asked = workshop.plan.counts, workshop.recipe.asked
    for part in SPLITS:
        if counts[part] < asked[part]:
            yield f"{part} has {counts[part]} examples instead of {asked[part]}: the space holds no more"


def _training(made: Sequence[Made]) -> list[tuple[Piece, int]]:
    shards = ((each.entry.shard(number), each.reached) for number, each in enumerate(made))
    return [(piece, reached) for shard, reached in shards for piece in shard.pieces if piece.split == "train"]
