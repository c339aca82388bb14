"""`exprlearn explain`: one expression, step by step, from text to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from exprlearn.arithmetic import answer
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import load_run, read_settings
from exprlearn.config import Components
from exprlearn.config.origins import flag_of
from exprlearn.dataset import load_space, operators_for
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.decoding.working_writer import working_writer
from exprlearn.encoding import Encoder
from exprlearn.errors import DataError, OptionError
from exprlearn.runs.built_models import build_model, build_on_numpy
from exprlearn.runs.prediction import asked_of, expression_of
from exprlearn.runs.preparation import make_encoder
from exprlearn.working import spaced_lines

#: What is told of a trained model's answer.
PREDICTED = ("answer", "correct", "probability", "working", "first_wrong_line")


def explain(options: CommandOptions) -> None:
    """Explain an expression with an untrained model of the settings, or with a trained one and its answer."""
    if options.trained is None:
        expression = expression_of(options.expression)
        settings = read_settings(options, "explain")
        components = settings.components
        with settings.read.explained():
            encoder = make_encoder(load_space(components.config.grammar, components), components)
            model = build_on_numpy(components, encoder) or build_model(components, encoder)
            operators = operators_for(encoder.alphabet.literals, components)
            truth = answer(expression, components.division, operators=operators)
            document = explanation_document(expression, truth, components, encoder, model)
    else:
        _refuse_settings(options)
        run = load_run(options.trained, options)
        expression = asked_of(run, options.expression)
        known = run.truth(expression)
        if known is None:
            raise DataError(f"no answer to {expression!r} is known: explain a question of {run.config.subject}")
        model = run.numpy_model or run.model
        document = explanation_document(expression, known, run.components, run.encoder, model)
        prediction = run.predict([expression])[0].document()
        document["predicted"] = {key: prediction[key] for key in PREDICTED if key in prediction}
    if options.json:
        print_document(document)
        return
    echo("\n".join(source_lines(document)) + "\n")
    rows = [(layer["name"], layer["kind"], _shape(layer["shape"])) for layer in document["layers"]]
    print_table(("layer", "kind", "output shape"), rows)
    predicted = document.get("predicted", {"answer": "untrained"})
    said = spaced_lines(predicted.get("working", "")) or predicted["answer"]
    echo(f"\nanswer {said}   exact {document['truth']}")


def _refuse_settings(options: CommandOptions) -> None:
    """Refuse settings beside a trained model."""
    typed = {flag_of(key): value for key, value in options.settings().items()}
    typed |= {"--config": options.config, "--set": options.set_}
    names = [flag for flag, value in typed.items() if value]
    if names:
        raise OptionError([f"{name}: a trained model keeps its own settings; leave it or --run out" for name in names])


def explanation_document(
    expression: str, truth: str, components: Components, encoder: Encoder, model: Any
) -> dict[str, Any]:
    """Follow an expression and its right answer from text to layers; what cannot be written is refused."""
    framing = components.model.framing
    document: dict[str, Any] = {"expression": expression, "model": components.config.model.name, "framing": framing}
    rules, writer, written = FRAMINGS[framing].adapted(components), working_writer(components, encoder), truth
    if writer is not None and not writer.stands_alone:
        written = document["working"] = writer.text(expression, truth)
    document["source"], document["target"] = rules.explained(encoder, expression, written)
    arrays = {"source": rules.sources(encoder, [expression])}
    if rules.writes_tokens:
        arrays["target"] = rules.targets(encoder, np.array([written]), 1.0)
    document["arrays"] = [
        {"name": name, "shape": list(array.shape), "dtype": str(array.dtype)} for name, array in arrays.items()
    ]
    return {**document, "layers": list(_layers(model)), "truth": truth}


def _layers(model: Any) -> Iterator[dict[str, Any]]:
    for layer in model.layers:
        output = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
        yield {"name": layer.name, "kind": type(layer).__name__, "shape": list(output.shape)}


def source_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Write the way of the text as lines."""
    for side in ("source", "target"):
        for key, value in document[side].items():
            shown = " ".join(token or "·" for token in value) if key == "tokens" else value
            yield f"{side:6} {key:7}  {' '.join(map(str, shown)) if isinstance(shown, tuple) else shown}"
    if "working" in document:
        yield f"working         {document['working']}"
    for array in document["arrays"]:
        yield f"array  {array['name']:7}  {_shape(array['shape'])} {array['dtype']}"


def _shape(shape: list[int | None]) -> str:
    # What is open is how many rows, and behind it how many steps.
    unknown = ["batch", *["steps"] * (len(shape) - 1)]
    return "(" + ", ".join(name if size is None else str(size) for name, size in zip(unknown, shape, strict=True)) + ")"
