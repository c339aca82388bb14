from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.curriculum.schedules import apportion_examples
from exprlearn.dataset import load_space
from exprlearn.errors import OptionError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.preparation import load_stages, make_encoder, read_stages, restore_grammars, write_stages
from exprlearn.runs.run_folder import RunFolder
from exprlearn.training.batches import EpochLayout, batches_of
from exprlearn.training.training_data import CurriculumData

STAGES = [
    {"name": "small", "grammar": {"range": "0..9"}, "weight": 3},
    {"name": "differences", "grammar": {"name": "subtraction", "range": "0..99"}},
    {"name": "task"},
]
PLUGINS = Plugins(only=(), strict=True)


def components_of(train=0, schedule="mixed", epochs=9, **curriculum):
    settings = {"examples_per_epoch": 60, "batch_size": 6, "epochs": epochs}
    chosen = {"name": "stages", "stages": STAGES, "held_out": 20, "schedule": schedule, **curriculum}
    config = {"data": {"train": train, "validation": 20, "test": 20}, "training": settings, "curriculum": chosen}
    return resolve(RunConfig.model_validate({"grammar": {"range": "0..99"}, **config}), PLUGINS)


def opened(components):
    space = load_space(components.config.grammar, components)
    return space, load_stages(space, components)


@pytest.fixture
def curriculum_of():
    def made(**settings):
        components = components_of(**settings)
        _, stages = opened(components)
        texts = lambda examples, epoch: {"source": examples.expressions, "target": examples.answers}  # noqa: E731
        layouts = {0: EpochLayout(texts, batches_of(components.config))}
        return CurriculumData(stages, components.schedule, layouts, components.config)

    return made


def knows(known):
    """Answer as one does who knows some operators."""

    def answer(expressions):
        return SimpleNamespace(texts=[str(evaluated(text)) if known in text else "?" for text in expressions.tolist()])

    return SimpleNamespace(answer=answer, writer=None)


def evaluated(text):
    left, sign, right = text.partition("+") if "+" in text else text.partition("-")
    return int(left) + int(sign + right)


def rows_of(epoch):
    return list(zip(*(column[epoch.order.ravel()].tolist() for column in epoch.arrays.values()), strict=True))


@pytest.mark.parametrize("train", [0, 25])
def test_an_epoch_follows_from_the_position_that_a_checkpoint_holds(curriculum_of, train):
    data, position = curriculum_of(train=train), Position()
    for _ in range(4):
        again = Position.of(json.loads(json.dumps(asdict(position))))
        epoch, same = data.epoch(position), curriculum_of(train=train).epoch(again)
        assert rows_of(epoch) == rows_of(same)
        assert epoch.course == same.course
        position.end_epoch(cursor=epoch.cursor, examples=epoch.examples, course=epoch.course)
        data.evaluate(knows("+"), position)


def test_an_epoch_has_of_each_stage_what_the_schedule_says_mixed_in_an_order_of_its_own(curriculum_of):
    data, position = curriculum_of(schedule={"name": "mixed", "strategy": "mix"}), Position()
    first = data.epoch(position)
    assert first.course["counts"] == [36, 12, 12]
    rows = rows_of(first)
    assert sum("-" in expression for expression, _ in rows) == 12
    assert [max(map(int, text.split("+"))) < 10 for text, _ in rows if "+" in text].count(True) >= 36
    assert sorted(first.order.ravel().tolist()) == list(range(60))
    position.end_epoch(cursor=first.cursor, examples=60, course=first.course)
    second = data.epoch(position)
    assert not set(rows) >= set(rows_of(second))
    assert (first.order != second.order).any()


def test_stages_are_evaluated_one_by_one_and_the_schedule_hears_of_it(curriculum_of):
    schedule = {"name": "threshold", "replay": 0.0, "promote_at": 0.5}
    data, position = curriculum_of(schedule=schedule), Position()
    epoch = data.epoch(position)
    position.end_epoch(cursor=epoch.cursor, examples=60, course=epoch.course)
    rows = data.evaluate(knows("+"), position)
    assert [(row["stage"], row["examples"]) for row in rows] == [("small", 60), ("differences", 0), ("task", 0)]
    assert [row["right"] == row["count"] for row in rows] == [True, False, True]
    assert data.epoch(position).course["counts"] == [0, 60, 0]


def test_a_fixed_set_of_each_stage_is_gone_through_before_it_comes_again(curriculum_of):
    data = curriculum_of(train=30, schedule="fixed", stages=STAGES[2:])
    rows = rows_of(data.epoch(Position()))
    assert len(set(rows)) == 30
    assert all(rows.count(row) == 2 for row in rows)


def test_the_encoder_fits_every_stage_and_the_task():
    components = components_of()
    space, stages = opened(components)
    alone, union = make_encoder(space, components), make_encoder(space, components, stages)
    assert "-" not in alone.alphabet.literals
    for stage in stages:
        rows = union.sources(stage.held_out.expressions)
        assert rows.shape == (len(stage.held_out), union.shape.source_length)
    assert np.array_equal(rows, make_encoder(space, components, stages).sources(stage.held_out.expressions))


def test_a_run_folder_keeps_the_stages_and_their_grammars(tmp_path):
    components = components_of()
    space, stages = opened(components)
    write_stages(RunFolder(tmp_path), stages)
    again = read_stages(RunFolder(tmp_path), space, components)
    assert [stage.stage for stage in again] == [stage.stage for stage in stages]
    assert [stage.space.grammar.text for stage in again] == [stage.space.grammar.text for stage in stages]
    (tmp_path / "curriculum.json").write_text('{"format": 1, "stages": [{"name": "one", "txt": ""}]}')
    with pytest.raises(RunError, match=r"curriculum\.json holds what is no stage"):
        read_stages(RunFolder(tmp_path), space, components)


def test_a_run_that_is_done_again_needs_no_grammar_file_of_its_stages_but_no_other_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.lark"
    file.write_text('start: NUMBER "+" NUMBER\nNUMBER: /[0-9][0-9]?/\n')
    components = components_of(stages=[{"name": "mine", "grammar": {"name": "mine.lark"}}])
    _, stages = opened(components)
    write_stages(RunFolder(tmp_path), stages)
    file.unlink()
    _, again = opened(restore_grammars(RunFolder(tmp_path), components))
    assert again[0].space.grammar.text == stages[0].space.grammar.text
    file.write_text('start: NUMBER "-" NUMBER\nNUMBER: /[0-9]/\n')
    with pytest.raises(RunError, match=r"the grammar mine\.lark has changed since the run"):
        restore_grammars(RunFolder(tmp_path), components)


def test_a_stage_that_is_never_reached_is_refused_before_anything_is_trained():
    with pytest.raises(OptionError, match=r"stage 'differences' would not .* set training.epochs=21 or more"):
        opened(components_of(schedule="fixed"))


def test_portions_are_whole_and_no_further_than_one_from_the_shares():
    for seed in range(50):
        shares = np.random.default_rng(seed).dirichlet(np.ones(5)).tolist()
        counts = apportion_examples(shares, 997)
        assert sum(counts) == 997
        assert all(abs(count - 997 * share) < 1 for count, share in zip(counts, shares, strict=True))
