"""A metric plugin in one file: how many answers are nearly right."""

from collections.abc import Iterable, Sequence

from exprlearn.plugin import MetricSpec, hookimpl


class Close:
    """Counts integer answers that miss the truth by one at most.

    >>> Close().score(["46", "12", "?"], ["47", "15", "3"])
    0.3333333333333333
    """

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        """Return the share of close answers."""
        pairs = list(zip(answers, truths, strict=True))
        return sum(is_close(answer, truth) for answer, truth in pairs) / len(pairs)


def is_close(answer: str, truth: str) -> bool:
    """Tell whether two texts are integers that differ by one at most."""
    try:
        return abs(int(answer) - int(truth)) <= 1
    except ValueError:
        return False


@hookimpl
def exprlearn_metrics() -> Iterable[MetricSpec]:
    """Yield the metric, for `--metric close`."""
    yield MetricSpec(
        name="close",
        summary="Share of integer answers that miss by one at most.",
        make=lambda options: Close(),
    )
