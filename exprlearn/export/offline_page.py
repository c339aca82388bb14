"""A model as one HTML page that answers offline: its weights, its programs, and what plays them in a browser."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from exprlearn.errors import OptionError
from exprlearn.export.model_card import CardFacts, templates
from exprlearn.export.text_rules import text_rules
from exprlearn.inline import island, policy
from exprlearn.tensors import on_numpy
from exprlearn.tensors.array_program import Program, program_of

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.decoding.answerer import Answerer

#: Weights of the largest model that a page may hold; a browser takes minutes over more.
MOST_WEIGHTS = 2**24
SCRIPTS = ("program.js", "page.js")


def page_of(answerer: Answerer, components: Components, facts: CardFacts) -> str:
    """Write the page of a model in numpy; an OptionError says what a page cannot hold."""
    model = answerer.decoder.model
    if (weights := sum(variable.value.size for variable in model.variables)) > MOST_WEIGHTS:
        raise OptionError(
            f"a page of {weights} weights would be too slow; the most are {MOST_WEIGHTS}: choose --format keras"
        )
    rules = text_rules(answerer, components, asks=facts.asks)
    document = {"rules": rules, **_programs_document(programs_of(answerer))}
    scripts = tuple(files("exprlearn.export").joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    return (
        templates(escaping=True)
        .get_template("page.html.jinja")
        .render(facts.shown, document=island(document), policy=policy(scripts), scripts=scripts)
    )


def programs_of(answerer: Answerer) -> dict[str, Program]:
    """Return what a model in numpy does: `read` and `write` of one that writes token after token, else `network`."""
    decoder = answerer.decoder
    with on_numpy():
        if decoder.spec.incremental is not None:
            cut: Any = decoder.spec.incremental(decoder.model)
            return {"read": program_of(cut.encode), "write": program_of(cut.step)}
        model: Any = decoder.model
        # Rows of one line, where a network takes any.
        open_rows = [(decoder.shape.source_length,)] * len(model.inputs) if model.inputs[0].shape[1] is None else []
        return {"network": program_of(model, *open_rows)}


def _programs_document(programs: Mapping[str, Program]) -> dict[str, Any]:
    """Write programs as plain data, and the arrays of all of them one after the other, four bytes a number."""
    arrays: list[NDArray[Any]] = []
    places: dict[int, int] = {}
    told: dict[str, Any] = {}
    for name, program in programs.items():
        document, constants = program.document()
        for array in constants:
            if id(array) not in places:
                places[id(array)] = len(arrays)
                arrays.append(array)
        told[name] = {**document, "places": [places[id(array)] for array in constants]}
    stored = [array.astype("<f4" if array.dtype.kind == "f" else "<i4") for array in arrays]
    return {
        "programs": told,
        "constants": [["f" if array.dtype.kind == "f" else "i", list(array.shape)] for array in stored],
        "weights": base64.b64encode(b"".join(array.tobytes() for array in stored)).decode(),
    }
