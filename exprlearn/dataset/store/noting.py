"""What a user should know of a dataset: parts that are smaller than asked for, sizes that are used up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exprlearn.dataset.parts import PARTS
from exprlearn.dataset.store.shards import Made
from exprlearn.dataset.store.workshop import Workshop
from exprlearn.sampling.schedule import apportion, whole_weights


def notes(workshop: Workshop, made: Sequence[Made]) -> list[str]:
    """List what a user should know, a sentence each."""
    return [*_repeated(workshop), *_smaller(workshop), *_used_up(workshop, made)]


def sizes_table(workshop: Workshop, made: Sequence[Made]) -> list[tuple[dict[str, int], int, int]]:
    """List for each size vector: the sizes, how many rows there are, how many expressions the space has."""
    table: dict[str, tuple[dict[str, int], int, int]] = {}
    for place, stratum in enumerate(workshop.space.strata):
        _, rows, size = table.get(str(stratum.sizes), ({}, 0, 0))
        rows += sum(each.sizes[place] for each in made)
        table[str(stratum.sizes)] = stratum.sizes.as_dict(), rows, size + stratum.size
    return list(table.values())


def _repeated(workshop: Workshop) -> Iterator[str]:
    if workshop.space.mode == "derivations":
        yield "derivations are drawn, so an expression that has several may come several times in a split"


def _smaller(workshop: Workshop) -> Iterator[str]:
    counts, asked = workshop.plan.counts, workshop.recipe.asked
    for part in PARTS:
        if counts[part] < asked[part]:
            yield f"{part} has {counts[part]} examples instead of {asked[part]}: the space holds no more"


def _used_up(workshop: Workshop, made: Sequence[Made]) -> Iterator[str]:
    """Name the sizes whose training examples are all in the dataset, when there are others that go on."""
    stream = workshop.examples("train").stream
    weights = whole_weights(stream.mix)
    pieces = [(piece, each.reached) for each in made for piece in each.entry.pieces if piece.split == "train"]
    passed = [(piece, apportion(weights, reached)) for piece, reached in pieces]
    used: dict[str, bool] = {}
    for place, stratum in enumerate(workshop.space.strata):
        left = any(taken[place] * piece.slices + piece.slice < stratum.size for piece, taken in passed)
        used[str(stratum.sizes)] = used.get(str(stratum.sizes), True) and not left
    names = [sizes for sizes, is_used in used.items() if is_used]
    if names and len(names) < len(used):
        yield f"train holds every example there is of {', '.join(names)}: other sizes fill its place"
