"""The framing `teacher-forced`: a model learns each token of the answer from those before it, and writes it so."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from exprlearn.decoding.framing import FramingRules
from exprlearn.decoding.stepping import Stepping, cut_in_two, rerunning, write_greedily
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.tensors import keras, ops


class TeacherForcedRules(FramingRules):
    """Tokens and the answer one step late → the logits of each step, which depend on the tokens before it."""

    def inputs(self, shape: Shape, batch: Mapping[str, Any]) -> list[Any]:
        """Return the source, and the target one step late, behind the start mark."""
        return [batch["source"], one_step_late(batch["target"], shape)]

    def stepping(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> Stepping:
        """Run the model cut in two, or the whole of it for every token."""
        if spec.incremental is None:
            return rerunning(partial(self.logits, model, shape), shape)
        cut = spec.incremental(model)
        return cut_in_two(cut.encode, cut.step)

    def greedy(self, model: keras.Model, stepping: Stepping, shape: Shape, source: Any) -> tuple[Any, Any]:
        """Write until every answer has its end mark."""
        return write_greedily(ops.convert_to_tensor(source), stepping, shape)


def one_step_late(target: Any, shape: Shape) -> Any:
    """Return what is read while a target (batch, target_length) is written: the start mark, then all but its last."""
    first = ops.full((ops.shape(target)[0], 1), shape.start, dtype="int32")
    return ops.concatenate([first, target[:, :-1]], axis=1)
