from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from exprlearn.config import RunConfig
from exprlearn.curriculum.schedules import sure_share
from exprlearn.curriculum.stage_data import StageData, open_stages, stage_config
from exprlearn.dataset import canonical_key, load_space, load_splits
from exprlearn.dataset.drawing.thinning import ThinnedStream
from exprlearn.errors import OptionError
from exprlearn.plugin import Stage, StageResult

Opening = Callable[..., tuple[StageData, ...]]

BUILT_IN = [
    {"name": "addition", "digits": 2},
    {"name": "sums", "terms": 4},
    {"name": "mixed", "terms": 3, "brackets": 1},
    {"name": "nested", "depth": 2},
    {"name": "auto", "stages": 3, "sample": 4096},
]


@pytest.mark.parametrize("curriculum", BUILT_IN, ids=lambda options: options["name"])
def test_no_stage_trains_on_what_any_stage_or_the_task_holds_out(
    lessons_of: Opening, curriculum: dict[str, Any]
) -> None:
    lessons = lessons_of(curriculum=curriculum, seed=3, data={"test": 300})
    last = lessons[-1]
    task = load_splits(last.space, last.components)
    trained = {canonical_key(text) for each in lessons for text in each.splits.train.take(2000)[0].expressions.tolist()}
    held_out = [task.validation, task.test, *(part for each in lessons for part in (each.held_out, each.splits.test))]
    texts = {text for part in held_out for text in part.expressions.tolist()}
    assert len(trained) > 1000
    assert len(texts) > 1000
    assert trained.isdisjoint(canonical_key(text) for text in texts)


TERMS = [{"name": "two", "grammar": {"terms": 2}}, {"name": "three", "grammar": {"terms": 3}}]


@pytest.mark.parametrize("curriculum", [*BUILT_IN[1:3], {"name": "stages", "stages": TERMS}])
def test_no_working_of_a_stage_shows_what_any_stage_or_the_task_holds_out(
    lessons_of: Opening, curriculum: dict[str, Any]
) -> None:
    lessons = lessons_of(
        curriculum=curriculum, seed=3, data={"test": 300}, working={"name": "equations"}, grammar={"name": "mixed"}
    )
    last = lessons[-1]
    task = load_splits(last.space, last.components)
    shown = set()
    for lesson in lessons:
        lines = lesson.splits.train.answering.lines
        assert lines is not None
        for expression, truth in lesson.splits.train.take(1000)[0]:
            shown.update(lines.keys(lines.text(expression, truth)))
    held_out = [task.validation, task.test, *(part for each in lessons for part in (each.held_out, each.splits.test))]
    forms = {canonical_key(text) for part in held_out for text in part.expressions.tolist()}
    assert len(shown) > 300
    assert shown.isdisjoint(forms)
    assert last.splits.proof(500, beside=[each.splits for each in lessons]).holds


def test_a_stage_that_says_nothing_is_the_task_itself(lessons_of: Opening) -> None:
    (lesson,) = lessons_of(curriculum={"name": "stages"}, grammar={"name": "mixed", "terms": 2})
    assert lesson.space.size == 324
    assert (
        lesson.components.config.grammar == RunConfig.model_validate({"grammar": {"name": "mixed", "terms": 2}}).grammar
    )


def test_every_stage_is_mixed_and_thinned_as_the_run_is(lessons_of: Opening) -> None:
    data = {"mix": "operators", "thinning": 0.5}
    stages = lessons_of(curriculum={"name": "mixed"}, grammar={"name": "mixed"}, data=data)
    for stage in stages:
        found = Counter(
            "".join(sorted(set(text) & set("+-*/"))) for text in stage.splits.train.take(1500)[0].expressions.tolist()
        )
        assert max(found.values()) < 2 * min(found.values())
    assert all(isinstance(stage.splits.train, ThinnedStream) for stage in stages)


def test_a_stage_of_another_grammar_leaves_the_sizes_of_the_task_behind() -> None:
    config = RunConfig.model_validate({"grammar": {"name": "mixed", "terms": 2}, "data": {"constraints": ["integer"]}})
    other = stage_config(config, Stage(name="other", grammar={"name": "sums"}, constraints=["meaningful-brackets"]))
    smaller = stage_config(config, Stage(name="smaller", grammar={"brackets": 0}))
    assert (other.grammar.name, other.grammar.terms) == ("sums", None)
    assert [each.name for each in other.data.constraints] == ["integer", "meaningful-brackets"]
    assert (smaller.grammar.name, smaller.grammar.terms, smaller.grammar.brackets) == ("mixed", (2, 2), (0, 0))


def test_everything_wrong_with_any_stage_is_told_at_once_and_named(lessons_of: Opening) -> None:
    stages = [
        {"name": "one", "grammar": {"term": 2}},
        {"name": "two", "grammar": {"name": "additon"}},
        {"name": "three", "constraints": ["intger"]},
        {"name": "four", "constraints": [{"name": "carries", "minimum": 9}]},
        {"name": "five", "grammar": {"terms": 7}},
        {"name": "six", "grammar": {"range": "0..9"}},
    ]
    with pytest.raises(OptionError) as told:
        lessons_of(curriculum={"name": "stages", "stages": stages})
    problems = told.value.problems
    assert [problem.partition(":")[0] for problem in problems] == [f"stage '{stage['name']}'" for stage in stages[:5]]
    for problem, part in zip(
        problems,
        [
            "unknown key, did you mean 'terms'?",
            "did you mean 'addition'?",
            "did you mean 'integer'?",
            "carries",
            "terms",
        ],
        strict=True,
    ):
        assert part in problem


def test_stages_have_different_names(lessons_of: Opening) -> None:
    with pytest.raises(OptionError, match="stage 'one': 2 stages have this name, give each its own"):
        lessons_of(curriculum={"name": "stages", "stages": [{"name": "one"}, {"name": "one"}]})


def test_parts_by_position_are_refused(lessons_of: Opening) -> None:
    with pytest.raises(OptionError, match=r"choose data\.split=content"):
        lessons_of(curriculum={"name": "sums"}, data={"split": "position"})


def test_a_small_stage_says_that_its_result_is_no_estimate(lessons_of: Opening) -> None:
    stages = [{"name": "small", "grammar": {"range": "0..9"}}, {"name": "large"}]
    small, large = lessons_of(curriculum={"name": "stages", "stages": stages})
    assert small.result([True] * len(small.held_out)).whole
    found = large.result([True] * 3 + [False] * 253)
    assert (found.right, found.count, found.whole) == (3, 256, False)


def test_expressions_of_a_stage_that_say_the_same_count_as_less_than_two(lessons_of: Opening) -> None:
    (stage,) = lessons_of(curriculum={"name": "stages", "stages": [{"name": "small", "grammar": {"range": "0..60"}}]})
    forms = [sorted(map(int, text.split("+"))) for text in stage.held_out.expressions.tolist()]
    twice = sum(forms.count(form) == 2 for form in forms)
    count = len(forms)
    assert twice > 20
    found = stage.result([sum(form) % 2 == 0 for form in forms])
    assert found.independent == pytest.approx(count / (1 + twice / count), rel=0.05)
    assert sure_share(found) < sure_share(StageResult(found.right, count))


def test_the_grammar_that_a_run_has_kept_is_used_instead_of_the_file(
    lessons_of: Opening, components_of: Callable[..., Any]
) -> None:
    components = components_of(curriculum={"name": "sums", "terms": 2})
    space, kept = load_space(components.config.grammar, components), 'start: NUMBER "+" NUMBER\nNUMBER: /[0-9]/\n'
    (lesson,) = open_stages(components, space, components.curriculum.stages(space), texts={"2 terms": kept})
    assert lesson.space.size == 100


def test_stages_give_nothing_twice_once_they_hold_only_what_is_new(lessons_of: Opening) -> None:
    stages = lessons_of(curriculum={"name": "sums", "terms": 4, "beyond": "stage"}, grammar={"name": "sums"})
    given = [stage.splits.train.take(500)[0].expressions.tolist() for stage in stages]
    assert [{text.count("+") for text in texts} for texts in given] == [{1}, {2}, {3}]
    assert [len(stage.earlier) for stage in stages] == [0, 1, 2]
