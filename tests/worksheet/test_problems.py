from __future__ import annotations

from collections import Counter

import pytest

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import Answering, canonical_key, split_of
from exprlearn.dataset.difficulty import points_of
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace
from exprlearn.worksheet import LEVELS, Problem, ProblemSource, cut_levels, draw_problems, sources_of


def source(grammar: str, **sizes: object) -> ProblemSource:
    return ProblemSource(ExpressionSpace.from_file(grammar, **sizes), Answering(ExactOnlyPolicy()))


def test_levels_share_the_problems_and_come_in_the_order_asked_for(mixed: ProblemSource) -> None:
    problems = draw_problems([mixed], "a", 20, ("hard", "easy"))
    assert [problem.level for problem in problems] == ["hard"] * 10 + ["easy"] * 10
    assert [problem.number for problem in problems] == list(range(1, 21))
    assert Counter(problem.level for problem in draw_problems([mixed], "a", 11)) == dict(easy=4, medium=4, hard=3)


def test_levels_are_thirds_of_the_difficulty_whatever_the_seed(mixed: ProblemSource) -> None:
    _, (easy, medium) = cut_levels([mixed], ())
    for seed in ("a", "b"):
        for problem in draw_problems([mixed], seed, 60):
            assert problem.difficulty == points_of(problem.expression)
            assert LEVELS[(problem.difficulty > easy) + (problem.difficulty > medium)] == problem.level
    drawn = mixed.examples("anything").take(3000)[0].expressions.tolist()
    shares = Counter((points_of(text) > easy) + (points_of(text) > medium) for text in drawn)
    assert all(0.25 < shares[third] / 3000 < 0.42 for third in range(3))


def test_a_seed_gives_the_same_problems_and_another_one_others(mixed: ProblemSource) -> None:
    first, again, other = (draw_problems([mixed], seed, 30) for seed in ("tuesday", "tuesday", "Tuesday"))
    assert first == again
    assert len({*first} & {*other}) < 10


def test_no_two_problems_say_the_same() -> None:
    problems = draw_problems([source("addition", ranges="0..9")], "x", 50, ("all",))
    assert len({canonical_key(problem.expression) for problem in problems}) == 50


def test_all_there_are_can_be_asked_and_not_one_more() -> None:
    # Of the 100 sums of two digits 55 differ in more than the order of their terms.
    small = source("addition", ranges="0..9")
    assert len(draw_problems([small], "x", 55, ("all",))) == 55
    with pytest.raises(DataError, match="1 of 56 problems are missing: addition holds no more"):
        draw_problems([small], "x", 56, ("all",))


def test_levels_that_do_not_come_are_left_out_unless_they_are_asked_for() -> None:
    # Sums of two digits carry or do not, and are of no third difficulty.
    small = source("addition", ranges="0..9")
    assert {problem.level for problem in draw_problems([small], "x", 20)} == {"easy", "medium"}
    with pytest.raises(OptionError, match=r"no expression is hard, .* --levels easy,medium, or all"):
        draw_problems([small], "x", 20, ("easy", "hard"))


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (("esy",), "no level is called 'esy': did you mean 'easy'"),
        (("easy", "easy"), "name each level once"),
        (("all", "easy"), "or all alone"),
    ],
)
def test_wrong_levels_are_refused_with_what_would_do(mixed: ProblemSource, levels: tuple[str, ...], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        draw_problems([mixed], "x", 5, levels)


def test_a_held_out_split_gives_only_what_no_training_has_seen(mixed: ProblemSource) -> None:
    problems = draw_problems([mixed], "x", 30, split="test")
    assert {split_of(problem.expression) for problem in problems} == {"test"}


def opened(**settings: object) -> tuple[ProblemSource, ...]:
    components = resolve(RunConfig.model_validate(settings), Plugins(only=()))
    from exprlearn.curriculum.stage_data import stages_of
    from exprlearn.dataset import load_space

    space = load_space(components.config.grammar, components)
    return sources_of(components, space, stages_of(components, space))


def test_fractions_are_met_only_where_they_are_asked_for() -> None:
    whole = draw_problems(opened(grammar={"name": "mixed"}), "x", 60)
    exact = Answering(FractionPolicy())
    for problem in whole:
        assert "/" not in problem.answer
        assert exact.answer(problem.expression) == problem.answer
    from exprlearn.arithmetic import calculations, parse

    assert {step.result[1] for problem in whole for step in calculations(parse(problem.expression))} == {1}
    asked = draw_problems(opened(grammar={"name": "mixed"}, division={"policy": "fraction"}), "x", 60)
    assert any("/" in problem.answer for problem in asked)


def test_the_stages_of_a_curriculum_take_turns_and_its_levels_are_those_of_all() -> None:
    sources = opened(grammar={"name": "sums"}, curriculum={"name": "sums", "terms": 4})
    assert len(sources) == 3
    problems = draw_problems(sources, "x", 30)
    terms = {level: [p.expression.count("+") for p in problems if p.level == level] for level in LEVELS}
    assert sum(terms["easy"]) < sum(terms["medium"]) < sum(terms["hard"])


def test_an_operator_of_unknown_difficulty_asks_for_all_levels_together() -> None:
    decimals = source_of_decimals()
    with pytest.raises(OptionError, match=r"the difficulty of '.*' is not known, only .*: --levels all"):
        draw_problems([decimals], "x", 5)
    assert {problem.level for problem in draw_problems([decimals], "x", 5, ("all",))} == {"all"}


def source_of_decimals() -> ProblemSource:
    text = '//@ size terms=2..2\nstart: NUMBER "+" NUMBER\n//@ range=0.0..9.9\nNUMBER: /[0-9]\\.[0-9]/'
    return ProblemSource(ExpressionSpace.from_text(text), Answering(FractionPolicy()))


def test_a_problem_is_plain_data(mixed: ProblemSource) -> None:
    (problem,) = draw_problems([mixed], "x", 1, ("hard",))
    assert isinstance(problem, Problem)
    assert list(problem._asdict()) == ["number", "expression", "answer", "level", "difficulty"]
