"""README.md of a dataset folder: what a reader should know, and what makes `datasets.load_dataset` find the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from exprlearn.dataset.parts import PARTS
from exprlearn.dataset.store.manifest import Manifest
from exprlearn.dataset.store.proving import proof_sentence
from exprlearn.dataset.store.recipe import LayoutName

CARD: Final = "README.md"

#: The split of files that hold rows of several parts.
MIXED: Final = "full"

COLUMNS: Mapping[LayoutName, str] = {
    "rows": (
        "`expression`, its exact `answer`, the `split`, the `index` of the expression in the space of the grammar (a "
        "decimal string of any length), its `sizes`, and as `difficulty` the number of calculations the answer takes"
    ),
    "qa": "`question` and `answer`",
    "chat": "`messages`: a user who asks, an assistant who answers",
    "completion": "a `prompt` that ends in `=`, and its `completion`",
    "tokens": "padded ids, `source` and `target`; `encoder` in `manifest.json` holds their vocabulary",
}


PARTED: Mapping[str, str] = {
    "content": "by content: no form of an expression is in two parts, nor in those of another seed or grammar",
    "position": (
        "by position in an order of each size: no expression is in two parts of this folder, but another order of its "
        "terms may be; parts of other settings are cut elsewhere"
    ),
}

BALANCED: Mapping[str, str] = {
    "none": "none: sizes come evenly",
    "result": "by result: every answer comes equally often, as far as there are expressions for it",
}


def card(manifest: Manifest) -> str:
    """Write the card of a dataset."""
    return "\n".join([*_front_matter(manifest), "", *_body(manifest)]) + "\n"


def _front_matter(manifest: Manifest) -> Iterator[str]:
    yield from ("---", "# Choose a licence before you publish.", "license: unknown", "tags:", "- arithmetic")
    yield from ("configs:", "- config_name: default", "  data_files:")
    for split, names in _files(manifest).items():
        yield f"  - split: {split}"
        yield "    path:"
        yield from (f"    - {name}" for name in names)
    yield "---"


def _files(manifest: Manifest) -> dict[str, list[str]]:
    """List the files of each split; empty ones are left out."""
    files: dict[str, list[str]] = {}
    for shard in manifest.shards:
        parts = {piece.split for piece in shard.pieces if piece.rows}
        if parts:
            split = parts.pop() if len(parts) == 1 else MIXED
            files.setdefault(split, []).append(shard.name)
    return files


def _body(manifest: Manifest) -> Iterator[str]:
    # Folders built before there was a choice say nothing of it.
    grammar, data = manifest.grammar, manifest.config["data"]
    yield f"# Arithmetic expressions: {grammar.name}"
    yield ""
    yield f"Made by exprlearn {manifest.exprlearn}. Each row holds {COLUMNS[manifest.layout]}."
    yield ""
    yield from ("| | |", "| --- | --- |")
    counts = ", ".join(f"{manifest.rows[part]} {part}" for part in PARTS)
    constraints = ", ".join(_with_options(each, "name") for each in manifest.constraints) or "none"
    rows = {
        "rows": counts,
        "proof": proof_sentence(manifest.proof),
        "grammar": f"{grammar.name}, sha256 `{grammar.sha256}`",
        "division": _with_options(manifest.division, "policy"),
        "constraints": constraints,
        "parts": PARTED[data.get("split", "content")],
        "balance": BALANCED[data.get("balance", "none")],
        "seed": str(manifest.seed),
        "data version": str(manifest.data_version),
    }
    yield from (f"| {name} | {said} |" for name, said in rows.items())
    yield ""
    yield from (f"Note: {note}." for note in manifest.notes)
    if MIXED in _files(manifest):
        yield f"Files of the split `{MIXED}` hold rows of several parts; `split` tells which."
    repeats = manifest.config["grammar"].get("ambiguity") == "derivations"
    yield "Answers are exact." if repeats else "Answers are exact. No expression comes twice."
    yield "`exprlearn data verify` compares every file with its sum in `manifest.json`; `exprlearn data repair` makes"
    yield "damaged ones anew, byte for byte."
    yield from ("", "## Grammar", "", "```lark", grammar.text.rstrip(), "```")


def _with_options(choice: Mapping[str, object], key: str) -> str:
    options = ", ".join(f"{name}={value}" for name, value in choice.items() if name != key)
    return f"{choice[key]} ({options})" if options else str(choice[key])
