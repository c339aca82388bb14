from __future__ import annotations

from typing import Any

import pytest

from exprlearn.cli.data_preview import preview_document
from exprlearn.config import Components, RunConfig, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.dataset.numbered import NumberedExamples
from exprlearn.plugin.manager import Plugins

WAYS: list[dict[str, Any]] = [{}, {"split": "position"}]


def components_of(data: dict[str, Any]) -> Components:
    config = {"grammar": {"name": "addition", "range": "0..30"}, "data": {"validation": 90, "test": 80} | data}
    return resolve(RunConfig.model_validate(config), Plugins(only=()))


@pytest.mark.parametrize("data", WAYS, ids=str)
def test_numbered_examples_are_those_of_training_and_of_the_preview(data: dict[str, Any]) -> None:
    components = components_of(data)
    space = load_space(components.config.grammar, components)
    splits = load_splits(space, components)
    train = NumberedExamples(space, components, "train", 300)
    assert list(train.examples) == list(splits.train.take(300)[0])
    texts = [text for piece in train.between(0, 300) for text in piece.expressions.tolist()]
    assert texts == train.examples.expressions.tolist()
    assert next(train.between(150, 151)).answers.tolist() == [train.examples[150].answer]
    assert list(NumberedExamples(space, components, "test", 80).examples) == list(splits.test)
    shown = [example["expression"] for example in preview_document(components, 20)["examples"]]
    assert shown == train.examples.expressions[:20].tolist()


@pytest.mark.parametrize("data", WAYS, ids=str)
def test_the_index_of_an_example_finds_its_expression(data: dict[str, Any]) -> None:
    components = components_of(data)
    space = load_space(components.config.grammar, components)
    for part in ("train", "validation", "test"):
        numbered = NumberedExamples(space, components, part, 50)
        for place in (0, 7, 49):
            ((expression, _, index, *_),) = next(numbered.between(place, place + 1)).entries()
            assert space[index] == expression
