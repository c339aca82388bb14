"""`exprlearn explain`: one expression, step by step, from text to answer."""

from __future__ import annotations

from collections.abc import Mapping
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
    from exprlearn.runs.prediction import expression_of

    expression = expression_of(expression)
    flags = {"grammar.name": grammar, "model.name": model, "tokenizer.name": tokenizer}
    flags |= {"padding.name": padding, "reversal.name": reversal}
    if run is not None:
        _refuse_settings({**flags, "--config": config, "--set": set_})
        trained = load_run(run, runs, plugin)
        parts = (trained.components, trained.encoder, trained.model)
        document = {**explanation(expression, *parts), "predicted": predicted(expression, trained)}
    else:
        components = settings(load_plugins(plugin), flags, command="explain", file=config, sets=set_).components
        document = explanation(expression, components, *untrained(components))
    if json:
        print_document(document)
        return
    echo("\n".join(lines(document)) + "\n")
    print_layers(document)
    said = document.get("predicted", {"answer": "untrained"})["answer"]
    echo(f"\nanswer {said}   exact {document['truth']}")


def _refuse_settings(given: Mapping[str, object]) -> None:
    """Refuse settings beside a trained model.

    Raises:
        OptionError: every one that was given.
    """
    from exprlearn.config.origins import flag_of
    from exprlearn.errors import OptionError

    names = [name if name.startswith("--") else flag_of(name) for name, value in given.items() if value]
    if names:
        raise OptionError([f"{name}: a trained model keeps its own settings; leave it or --run out" for name in names])
