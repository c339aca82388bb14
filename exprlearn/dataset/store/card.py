"""README.md of a dataset folder: what a reader should know, and what makes `datasets.load_dataset` find the files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from exprlearn.counts import counted
from exprlearn.dataset.drawing.split import SPLITS
from exprlearn.dataset.store.describing import proof_sentence
from exprlearn.dataset.store.layouts import LAYOUTS
from exprlearn.dataset.store.manifest import Manifest, plain_size, read_plain
from exprlearn.errors import DataError
from exprlearn.files import write_whole

CARD: Final = "README.md"

#: The configuration that a dataset folder has.
DEFAULT: Final = "default"

# Sizes that a card shows.
_LISTED: Final = 40

_EACH: Final = "Each has a card of its own. No held-out form of one is a training row of another."

_WORKING: Final = "the *working* of the answer, its calculations one after the other, which ends with the answer."

#: Where the working stands, by layout; a column of its own in others.
_WORKING_AT: Mapping[str, str] = {
    "chat": "The assistant says",
    "completion": "The completion is",
    "tokens": "`target` is",
}

_SPLITS: Mapping[str, str] = {
    "content": "by content: no form of an expression is in two parts, nor in those of another seed or grammar",
    "position": (
        "by position in an order of each size: no expression is in two parts of this folder, but another order of its "
        "terms may be; parts of other settings are cut elsewhere"
    ),
}

_BALANCES: Mapping[str, str] = {
    "none": "none: sizes come evenly",
    "result": "by result: every answer comes equally often, as far as there are expressions for it",
}

_MIXES: Mapping[str, str] = {
    "size": "by size: evenly, as far as the expressions of a size last",
    "operators": "by operators: every set of operators equally often, as far as its expressions last",
}


def card(manifest: Manifest) -> str:
    """Write the card of a dataset."""
    return "\n".join([*_front_matter({DEFAULT: manifest}), "", *_body(manifest)]) + "\n"


def write_collection_card(folder: Path, title: str, manifests: Mapping[str, Manifest]) -> bool:
    """Write the card of a folder that dataset folders lie in; `load_dataset` takes each by its name.

    Args:
        folder: the folder.
        title: of the card.
        manifests: of each dataset folder, by its name.

    Returns:
        False when there is another card already, which is left alone.
    """
    rows = [f"| `{name}` | {_counts(manifest)} | {_applied(manifest)} |" for name, manifest in manifests.items()]
    table = ["| configuration | rows | grammar, sizes and constraints |", "| --- | --- | --- |", *rows]
    text = "\n".join([*_front_matter(manifests), "", f"# {title}", "", *table, "", _EACH]) + "\n"
    file = folder / CARD
    if plain_size(file) is None and not file.exists():
        write_whole(file, text, DataError)
        return True
    return read_plain(file) == text.encode()


def _front_matter(manifests: Mapping[str, Manifest]) -> Iterator[str]:
    """Say which files of which folder hold which split; `default` is this folder itself."""
    yield from (
        "---",
        "# Choose a licence before you publish.",
        "license: unknown",
        "tags:",
        "- arithmetic",
        "configs:",
    )
    for config, manifest in manifests.items():
        yield from (f"- config_name: {config}", "  data_files:")
        for split, names in _files(manifest).items():
            yield from (f"  - split: {split}", "    path:")
            yield from (f"    - {name if config == DEFAULT else f'{config}/{name}'}" for name in names)
    yield "---"


def _files(manifest: Manifest) -> dict[str, list[str]]:
    """List the files of each split; empty ones are left out."""
    files: dict[str, list[str]] = {}
    for shard in manifest.shards:
        if shard.rows:
            files.setdefault(shard.pieces[0].split, []).append(shard.name)
    return files


def _as_code(text: str) -> str:
    r"""Write a text as code in a cell of a table.

    >>> _as_code("What is {expression}?\n")
    '`"What is {expression}?\\n"`'
    """
    return f"`{json.dumps(text, ensure_ascii=False)}`".replace("|", "\\|")


def _body(manifest: Manifest) -> Iterator[str]:
    # Folders built before there was a choice say nothing of it.
    grammar, data = manifest.grammar, manifest.config["data"]
    yield from (f"# Arithmetic expressions: {grammar.name}", "")
    yield f"Made by exprlearn {manifest.exprlearn}. Each row holds {LAYOUTS[manifest.layout].holds}."
    if "working" in manifest.config:
        yield f"{_WORKING_AT.get(manifest.layout, 'The column `working` holds')} {_WORKING}"
    yield from ("", "| | |", "| --- | --- |")
    rows = {
        "rows": _counts(manifest),
        "proof": proof_sentence(manifest.proof),
        "grammar": f"{grammar.name}, sha256 `{grammar.sha256}`",
        "division": _with_options(manifest.division, "policy"),
        **({"working": _with_options(manifest.config["working"], "name")} if "working" in manifest.config else {}),
        "sizes": _sizes(manifest),
        "constraints": _constraints(manifest),
        **_measured(manifest),
        **({"asked": _as_code(manifest.template)} if manifest.template else {}),
        "parts": _SPLITS[data.get("split", "content")],
        "balance": _BALANCES.get(data.get("balance", "none"), f"by {data.get('balance')}"),
        **({"training mix": _MIXES[data["mix"]]} if data.get("mix", "terms") != "terms" else {}),
        "seed": str(manifest.seed),
        "data version": str(manifest.data_version),
    }
    yield from (f"| {name} | {said} |" for name, said in rows.items())
    yield ""
    yield from (f"Note: {note}." for note in manifest.notes)
    repeats = manifest.config["grammar"].get("ambiguity") == "derivations"
    yield "Answers are exact." if repeats else "Answers are exact. No expression comes twice."
    yield "`exprlearn data verify` compares every file with its sum in `manifest.json`; `exprlearn data repair` makes"
    yield "damaged ones anew, byte for byte."
    yield from ("", "## Sizes", "", *_sizes_table(manifest))
    yield from (
        "",
        "## Grammar",
        "",
        "As its file says it; the sizes and constraints above are those that applied.",
        "",
        "```lark",
        grammar.text.rstrip(),
        "```",
    )


def _with_options(choice: Mapping[str, object], key: str) -> str:
    options = ", ".join(f"{name}={value}" for name, value in choice.items() if name != key)
    return f"{choice[key]} ({options})" if options else str(choice[key])


def _counts(manifest: Manifest) -> str:
    return ", ".join(f"{manifest.rows[split]} {split}" for split in SPLITS)


def _constraints(manifest: Manifest) -> str:
    beyond = ["nothing that an earlier stage gives"] if manifest.earlier else []
    return ", ".join([*(_with_options(each, "name") for each in manifest.constraints), *beyond]) or "none"


def _measured(manifest: Manifest) -> dict[str, str]:
    """Say how many expressions there are under the constraints, in all parts together, and how hard the rows are."""
    said = {}
    if manifest.drawn is not None:
        expressions = counted(sum(int(entry.expressions) for entry in manifest.sizes))
        said["can be drawn"] = f"{manifest.drawn.text} of the {expressions} expressions"
    if manifest.difficulty is not None:
        low, middle, high = manifest.difficulty
        points = f"a tenth of the training rows up to {low} points, half up to {middle}, nine tenths up to {high}"
        said["difficulty"] = points
    return said


def _applied(manifest: Manifest) -> str:
    return f"{manifest.grammar.name}; {_sizes(manifest)}; {_constraints(manifest)}"


def _sizes(manifest: Manifest) -> str:
    """Say the bounds that expressions keep to, whether a setting says them or the grammar."""
    return ", ".join(f"{name} {span}" for name, span in manifest.applied.items())


def _sizes_table(manifest: Manifest) -> Iterator[str]:
    """List the sizes with the rows that have them, and the expressions that there are before constraints."""
    measures = list(manifest.sizes[0].sizes) if manifest.sizes else []
    yield from (_table_row([*measures, "rows", "expressions"]), _table_row(["---"] * (len(measures) + 2)))
    for entry in manifest.sizes[:_LISTED]:
        yield _table_row([*map(str, entry.sizes.values()), str(entry.rows), entry.expressions])
    if len(manifest.sizes) > _LISTED:
        yield from ("", f"{len(manifest.sizes) - _LISTED} further sizes are in `manifest.json`.")


def _table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
