"""Late fusion: a few figures of a view to the probabilities of the three classes.

Multinomial logistic regression with a ridge penalty (Friedman et al., J Stat Softw 2010), by
Newton's steps. Numpy alone, so that baselines and networks are fused alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.tomosynthesis.class_view import CLASSES

PENALTY = 1.0
"""Per unit of squared weight of a figure in standard deviations; offsets are free."""
LIMIT = 4.0
"""Standard deviations from usual beyond which a figure counts as this far."""
_STEPS = 50
_FLOOR = 1e-6


@dataclass(frozen=True, eq=False)
class ClassFusion:
    """`usual` and `spread` are (figures,), `weights` (figures + 1, classes), the last offsets."""

    usual: Floats
    spread: Floats
    weights: Floats

    def probabilities(self, table: Floats) -> Floats:
        """(n, classes) of (n, figures)."""
        return _softmax(_design(table, self.usual, self.spread) @ self.weights)

    def as_json(self) -> dict[str, list[object]]:
        """What `from_json` reads."""
        return {
            "usual": self.usual.tolist(),
            "spread": self.spread.tolist(),
            "weights": self.weights.tolist(),
        }

    @classmethod
    def from_json(cls, kept: dict[str, list[object]]) -> ClassFusion:
        """ValueError or KeyError where it is not what `as_json` gives."""
        usual, spread, weights = (
            np.array(kept[name], np.float64) for name in ("usual", "spread", "weights")
        )
        if weights.shape != (len(usual) + 1, len(CLASSES)) or spread.shape != usual.shape:
            raise ValueError(f"weights {weights.shape} of {len(usual)} figures")
        return cls(usual, spread, weights)


def fit_fusion(table: Floats, labels: NDArray[np.int64]) -> ClassFusion:
    """Of (n, figures), and (n,) places in CLASSES. DataSetError where a class is absent."""
    counts = np.bincount(labels, minlength=len(CLASSES))
    if not counts.all():
        said = ", ".join(f"{n} {name}" for n, name in zip(counts, CLASSES, strict=True))
        raise DataSetError(f"Views to fuse by are {said}; expected some of each. Give more views.")
    usual, spread = table.mean(0), np.maximum(table.std(0), 1e-6)
    design = _design(table, usual, spread)
    truth = np.eye(len(CLASSES))[labels]
    weights = np.zeros((design.shape[1], len(CLASSES)))
    for _ in range(_STEPS):
        step = _newton(design, truth, weights)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return ClassFusion(usual, spread, weights)


def _newton(design: Floats, truth: Floats, weights: Floats) -> Floats:
    figures, classes = weights.shape
    share = _softmax(design @ weights)
    penalty = np.full(figures, PENALTY)
    # Offsets are free, but for what keeps the system regular.
    penalty[-1] = _FLOOR
    slope = design.T @ (share - truth) + penalty[:, None] * weights
    curve = np.zeros((classes, figures, classes, figures))
    for one in range(classes):
        for other in range(classes):
            weight = share[:, one] * (float(one == other) - share[:, other])
            curve[one, :, other, :] = (design * weight[:, None]).T @ design
        curve[one, :, one, :] += np.diag(penalty)
    side = classes * figures
    step = np.linalg.solve(curve.reshape(side, side), slope.T.reshape(side))
    return np.asarray(step.reshape(classes, figures).T, np.float64)


def joined(probabilities: Sequence[Floats]) -> Floats:
    """(classes,) of several views of one breast: their geometric mean, 1 together."""
    logs = np.log(np.maximum(np.stack(probabilities), _FLOOR)).mean(0)
    return np.asarray(_softmax(logs[None])[0], np.float64)


def _design(table: Floats, usual: Floats, spread: Floats) -> Floats:
    scaled = np.clip((table - usual) / spread, -LIMIT, LIMIT)
    return np.hstack([scaled, np.ones((len(table), 1))])


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), np.float64)
