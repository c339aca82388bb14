"""Any grammar, cut into stages by how hard its expressions are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from exprlearn.dataset.difficulty.space import sampled_scores
from exprlearn.dataset.difficulty.weighing import Weights, weights_of
from exprlearn.plugin import Options, Stage


class AutoOptions(Options):
    """How many stages there are, and how many expressions are measured to cut them."""

    stages: Annotated[int, Field(ge=1, le=20, description="stages; equally many expressions come new with each")] = 4
    sample: Annotated[int, Field(ge=100, description="expressions that are measured")] = 16384
    weights: Weights = Field(default={})


class AutoCurriculum:
    """Teaches the run's own grammar from its easiest expressions on; each stage has the easier ones as well.

    Expressions are measured as training draws them, and cut at even shares of their scores. The last stage is the task
    itself.

    >>> from exprlearn.sampling import ExpressionSpace
    >>> for stage in AutoCurriculum(AutoOptions(stages=3)).stages(ExpressionSpace.from_file("addition")):
    ...     print(stage.name, stage.constraints)
    up to 100 points ({'name': 'difficulty', 'maximum': 100},)
    up to 116 points ({'name': 'difficulty', 'maximum': 116},)
    all ()
    """

    def __init__(self, options: AutoOptions | None = None) -> None:
        self.options = options or AutoOptions()

    def stages(self, space: Any) -> Sequence[Stage]:
        """List the stages; scores that many expressions share may make them fewer."""
        points, count = self._measured(space), self.options.stages
        cuts = {int(points[len(points) * part // count]) for part in range(1, count)} if len(points) else set()
        weights = {"weights": self.options.weights} if self.options.weights else {}
        easier = [
            Stage(name=f"up to {cut} points", constraints=({"name": "difficulty", "maximum": cut, **weights},))
            for cut in sorted(cuts)
            if cut < points[-1]
        ]
        return [*easier, Stage(name="all")]

    def _measured(self, space: Any) -> Any:
        return sampled_scores(space, self.options.sample, weights_of(self.options.weights))
