"""`exprlearn explain`: one expression, step by step, from text to answer."""

from __future__ import annotations

from typing import Annotated

import typer

from exprlearn.cli.loading import load_plugins, load_run
from exprlearn.cli.options import (
    RUNS,
    ConfigOption,
    GrammarOption,
    JsonOption,
    ModelOption,
    PaddingOption,
    PluginFilesOption,
    ReversalOption,
    RunsOption,
    SetOption,
    TokenizerOption,
)
from exprlearn.cli.output import echo, print_document
from exprlearn.cli.settings import settings

TrainedOption = Annotated[
    str | None, typer.Option("--run", metavar="RUN", help="Explain with a trained model, its answer included.")
]


def explain(
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="An expression.")],
    grammar: GrammarOption = None,
    model: ModelOption = None,
    tokenizer: TokenizerOption = None,
    padding: PaddingOption = None,
    reversal: ReversalOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    run: TrainedOption = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Show text, padding, tokens, ids, array shapes, layer shapes and the answer of one expression."""
    from exprlearn.cli.explaining import explanation, lines, predicted, print_layers, untrained
    from exprlearn.training.questions import expression_of

    expression = expression_of(expression)
    if run is not None:
        trained = load_run(run, runs, plugin)
        parts = (trained.components, trained.encoder, trained.model)
        document = {**explanation(expression, *parts), "predicted": predicted(expression, trained)}
    else:
        flags = {"grammar.name": grammar, "model.name": model, "tokenizer.name": tokenizer}
        sides = {"padding.name": padding, "reversal.name": reversal}
        components = settings(load_plugins(plugin), {**flags, **sides}, file=config, sets=set_).components
        document = explanation(expression, components, *untrained(components))
    if json:
        print_document(document)
        return
    echo("\n".join(lines(document)) + "\n")
    print_layers(document)
    said = document.get("predicted", {"answer": "untrained"})["answer"]
    echo(f"\nanswer {said}   exact {document['truth']}")
