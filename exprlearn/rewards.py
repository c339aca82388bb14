r"""Rewards for reinforcement learning of language models: `reward(completions, answer, **kwargs) -> list[float]`.

`completions` are texts, or conversations `[{"role": …, "content": …}]` of which the last message counts; `answer` is
the column of true answers, one for each completion: texts that end in them, such as `8`, `\boxed{8}` or a solution with
`#### 8`. Further columns are taken and left alone. No training library is needed, and no completion, whatever it holds,
raises. A batch without any true answer that can be read earns 0.0 throughout, and a warning says so.

    from exprlearn.rewards import digits, exact, format_ok

    GRPOTrainer(model, reward_funcs=[exact, format_ok], train_dataset=…)

A true answer `true` or `false`, as comparisons have it, is compared with the truth value that a completion ends with.
`right_lines("equations")` makes a reward for completions that write the working of an expression down.

Final answers, of completions and of true answers, are found by the rules of `exprlearn.dataset.final_answer`: a text
that is a number; `<answer>8</answer>`, `\boxed{8}`, `#### 8` or `the answer is 8`; the number behind the last `=`; the
last number.
What was thought, up to `</think>`, does not count; thinking that does not end has no answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exprlearn.arithmetic import plain_signs
from exprlearn.dataset.final_answer import (
    TRUTHS,
    final_answer,
    final_truth,
    marked_answer,
    marked_truth,
    read_answer,
    same_answer,
)
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division, DivisionSpec, Working, WorkingSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.working import check_working

Completion = str | Sequence[Any]
Reward = Callable[..., list[float]]

# Messages, a message, its parts, a part: deeper than that lies no text.
_LEVELS = 4

# Final answers hold no line break.
_NONE = "\n"

UNREAD = (
    "no true answer of this batch can be read as a number or a truth value, so that every reward is 0.0: "
    "`answer` takes texts such as '8', '1/2' or 'so it is\n#### 8', one for each completion"
)


def exact(completions: Sequence[Completion], answer: Sequence[str] | str, **kwargs: Any) -> list[float]:
    """Return 1.0 for each completion whose final answer is worth what the true one is, else 0.0.

    `8`, `8.0` and `+8` are worth the same; fractions must be in lowest terms, or `16/2` would answer itself.

    >>> exact(["So it is 8.", [{"role": "assistant", "content": "<answer>9</answer>"}]], answer=["8", "8"], seen=[1, 2])
    [1.0, 0.0]
    >>> exact(["Yes, that is true.", "False"], answer="true")
    [1.0, 0.0]
    """
    return [
        float(same_answer(_stated(text, truth), truth))
        for text, truth in zip(_texts(completions), _truths(completions, answer), strict=True)
    ]


def digits(completions: Sequence[Completion], answer: Sequence[str] | str, **kwargs: Any) -> list[float]:
    """Return the share of characters that stand where those of the true answer do, units below units.

    The shorter of final and true answer is filled up at its left; only an exact answer earns 1.0. Of a truth value
    there are no parts: it earns 1.0 or 0.0.

    >>> digits(["1234", "234", "1235", "-1234", "none"], "1234")
    [1.0, 0.75, 0.75, 0.8, 0.0]
    """
    return [
        1.0 if same_answer(stated, truth) else _overlap(stated, truth)
        for text, truth in zip(_texts(completions), _truths(completions, answer), strict=True)
        for stated in [_stated(text, truth)]
    ]


def format_ok(completions: Sequence[Completion], answer: Sequence[str] | str = "", **kwargs: Any) -> list[float]:
    r"""Return 1.0 for each completion that says plainly which number is its answer, right or wrong, else 0.0.

    It is nothing but the number, or marks it: `<answer>8</answer>`, `\boxed{8}`, `#### 8`, `the answer is 8`. Where
    `answer` says `true` or `false`, it is one of these words.

    >>> format_ok(["8", r"Thus \boxed{9}.", "3+5 makes 8", "####"])
    [1.0, 1.0, 0.0, 0.0]
    """
    texts = _texts(completions)
    truths = [*answer, *[""] * len(texts)] if isinstance(answer, list | tuple) else [answer] * len(texts)
    return [float(_is_plain(text, _truth(truth) in TRUTHS)) for text, truth in zip(texts, truths, strict=False)]


def right_lines(working: str = "equations", division: str = "exact-only", *, plugins: Plugins | None = None) -> Reward:
    """Make a reward: the share of lines of a written working that are right, up to the first wrong one.

    The reward takes the expression from the column `metadata`, as `exprlearn.dataset` writes it, or else from
    `question`; a completion earns nothing where there is none. Only a working without a fault, its answer included,
    earns 1.0.

    Args:
        working: how it should be written.
        division: how `/` computes and how the answer is written.
        plugins: where both come from; None loads what is installed.

    Raises:
        UnknownName: nobody offers the working or the division policy.

    >>> reward = right_lines("equations")
    >>> reward(["1+2=3;3*4=12", "1+2=3;3*4=13", "12"], answer="12", question="(1+2)*4")
    [1.0, 0.5, 0.0]
    """
    loaded = plugins or Plugins()
    writer = loaded[WorkingSpec].make(working, {}, where="working")
    policy = loaded[DivisionSpec].make(division, {}, where="division")

    def reward(completions: Sequence[Completion], answer: Sequence[str] | str = "", **kwargs: Any) -> list[float]:
        asked = _asked(len(completions), kwargs)
        return [_share(each, text, writer, policy) for each, text in zip(asked, _texts(completions), strict=True)]

    # Training libraries log rewards by their names.
    reward.__name__ = reward.__qualname__ = "right_lines"
    return reward


def _stated(text: str, truth: str) -> str:
    """Find the final answer of a text, of the kind that the true one is."""
    return final_truth(text) if truth in TRUTHS else final_answer(text)


def _is_plain(text: str, is_truth: bool) -> bool:
    if is_truth:
        return text.strip().lower() in TRUTHS or bool(marked_truth(text))
    return read_answer(text) is not None or bool(marked_answer(text))


def _asked(count: int, columns: Mapping[str, Any]) -> list[str]:
    """Return the expression that each completion answers, empty where no column tells it."""
    told = columns.get("metadata")
    if not isinstance(told, list | tuple):
        told = columns.get("question")
    given = [told] * count if isinstance(told, str) else list(told or ())[:count]
    texts = [each.get("expression", "") if isinstance(each, dict) else each for each in given]
    return [text if isinstance(text, str) else "" for text in texts] + [""] * (count - len(texts))


def _share(expression: str, text: str, working: Working, division: Division) -> float:
    try:
        return check_working(expression, text.strip(), working, division).share
    except EvaluationError:
        return 0.0


def _texts(completions: Sequence[Completion]) -> list[str]:
    return [_text(completion) for completion in completions]


def _text(completion: Any) -> str:
    """Return a text, or that of the last message, or of the last part of a message in parts; "" for anything else."""
    for _ in range(_LEVELS):
        if isinstance(completion, dict):
            completion = completion.get("content", completion.get("text"))
        elif isinstance(completion, list | tuple) and completion:
            completion = completion[-1]
    return completion if isinstance(completion, str) else ""


def _truths(completions: Sequence[Completion], answer: Any) -> list[str]:
    """Return one true answer for each completion, one that nothing equals where there is none."""
    count = len(completions)
    given = [answer] * count if answer is None or isinstance(answer, str | int | float) else list(answer)[:count]
    truths = [_truth(truth) for truth in given] + [_NONE] * (count - len(given))
    if count and truths.count(_NONE) == count:
        # One text for all batches, so that Python shows it once.
        warnings.warn(UNREAD, stacklevel=3)
    return truths


def _truth(truth: Any) -> str:
    text = str(truth) if isinstance(truth, int | float) else _text(truth)
    # `3<5 is true` holds numbers, too; what it ends in counts.
    if text.rstrip(" .\n*$}").lower().endswith(TRUTHS) or not (found := final_answer(text)):
        found = final_truth(text)
    return found or _NONE


def _overlap(stated: str, truth: str) -> float:
    if truth in TRUTHS:
        return 0.0
    stated, truth = (plain_signs(text).replace(",", "").lstrip("+") for text in (stated, truth))
    longest = max(len(stated), len(truth))
    same = sum(one == other for one, other in zip(reversed(stated), reversed(truth), strict=False))
    return min(same / longest, 0.99) if longest else 0.0
