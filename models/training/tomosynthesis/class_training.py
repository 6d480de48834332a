"""Fits networks for three classes, fuses them, and reads views with what was fitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ModelPackageError
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.tomosynthesis.class_figures import ReadViews
from senoscope.models.evaluation.tomosynthesis.class_fusion import ClassFusion, fit_fusion
from senoscope.models.evaluation.tomosynthesis.class_measures import BASELINES
from senoscope.models.evaluation.tomosynthesis.class_view import CLASSES, ClassView
from senoscope.models.training.fit import Recipe, Stage, fit
from senoscope.models.training.packaging import move_into_place
from senoscope.models.training.tomosynthesis.class_crops import SIDE, ClassSource, SourceVolume
from senoscope.models.training.tomosynthesis.class_network import (
    ClassTask,
    DepthPooled,
    view_figures,
)
from senoscope.models.training.tomosynthesis.class_network_kind import ClassNetworkKind

CARD = "classes.json"
FORMAT = 1
BOTH = "DBT and DM"
MOST_FREQUENT = "baseline: most frequent class"
Say = Callable[[str], None]
Figures = Mapping[str, Floats]
"""(n, figures) of n views, by what reads them: a source, or a baseline."""


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """`trained_on` and `is_clinical` are said wherever a result is."""

    kind: ClassNetworkKind
    sources: tuple[ClassSource, ...]
    seed: int
    steps: int
    batch: int
    trained_on: str
    is_clinical: bool
    learning_rate: float = 1e-3


@dataclass(frozen=True, eq=False)
class ClassReader:
    """What was fitted. `fusions` are by reader; `shares` are the classes' of the fusing views."""

    kind: ClassNetworkKind
    networks: Mapping[ClassSource, DepthPooled]
    fusions: Mapping[str, ClassFusion]
    shares: tuple[float, ...]
    trained_on: str
    is_clinical: bool

    def read(self, views: Sequence[ClassView], say: Say) -> ReadViews:
        """Every view by every reader. DataSetError for one without a class."""
        figures = figures_of(views, self.networks, say)
        probabilities: dict[str, Floats] = {
            name: fusion.probabilities(figures[name])
            for name, fusion in self.fusions.items()
            if name in figures
        }
        probabilities[MOST_FREQUENT] = np.tile(np.array(self.shares), (len(views), 1))
        return ReadViews(
            tuple(view.anatomy for view in views),
            tuple(f"{view.anatomy} {view.laterality}" for view in views),
            labels_of(views),
            probabilities,
        )


def labels_of(views: Sequence[ClassView]) -> NDArray[np.int64]:
    """(n,) places in CLASSES."""
    lacking = [view.anatomy for view in views if view.diagnosis is None]
    if lacking:
        raise DataSetError(
            f"{len(lacking)} of {len(views)} views have no class, the first of {lacking[0]}; "
            "expected one of each. Leave them out."
        )
    return np.array([CLASSES.index(view.diagnosis) for view in views if view.diagnosis], np.int64)


def train_class_networks(
    plan: ClassPlan,
    fitted: Sequence[ClassView],
    inner: Sequence[ClassView],
    run: Path,
    target: Path,
    say: Say,
) -> ClassReader:
    """Fit in the folder `run`, where it goes on if it was stopped, and write `target`."""
    shared = {view.anatomy for view in fitted} & {view.anatomy for view in inner}
    if shared:
        raise DataSetError(
            f"{len(shared)} anatomies are learnt from and chosen by; expected none shared. Split "
            "the views by anatomy."
        )
    labels = labels_of(inner)
    networks = {source: _network(plan, source, fitted, inner, run, say) for source in plan.sources}
    figures = figures_of(inner, networks, say)
    shares = np.bincount(labels, minlength=len(CLASSES)) / len(labels)
    reader = ClassReader(
        plan.kind,
        networks,
        {name: fit_fusion(table, labels) for name, table in figures.items()},
        tuple(shares.tolist()),
        plan.trained_on,
        plan.is_clinical,
    )
    _write(reader, run / "made", target)
    return reader


def figures_of(
    views: Sequence[ClassView], networks: Mapping[ClassSource, DepthPooled], say: Say
) -> Figures:
    """Of every source and of both; of every baseline whose measures all views have."""
    figures: dict[str, Floats] = {}
    for source, network in networks.items():
        rows = []
        for place, view in enumerate(views, 1):
            rows.append(view_figures(network, SourceVolume.of(view, source)))
            if place % 20 == 0:
                say(f"{source}: {place} of {len(views)} views read")
        figures[source.value] = np.stack(rows)
    if len(networks) == len(ClassSource):
        figures[BOTH] = np.hstack([figures[source.value] for source in ClassSource])
    for name, measures in BASELINES.items():
        if all(measure in view.measures for view in views for measure in measures):
            figures[name] = np.array([[view.measures[each] for each in measures] for view in views])
    return figures


def _network(
    plan: ClassPlan,
    source: ClassSource,
    fitted: Sequence[ClassView],
    inner: Sequence[ClassView],
    run: Path,
    say: Say,
) -> DepthPooled:
    say(f"{source}: looking for places in {len(fitted)} views to fit and {len(inner)} others")
    torch.manual_seed(plan.seed)
    task = ClassTask(
        plan.kind,
        [SourceVolume.of(view, source) for view in fitted],
        [SourceVolume.of(view, source) for view in inner],
    )
    recipe = Recipe(plan.seed, plan.batch, (Stage(SIDE, plan.steps),), plan.learning_rate)
    every = max(50, plan.steps // 4)
    average = fit(task, recipe, run / source.lower(), say, score_every=every)
    assert isinstance(average, DepthPooled)
    return average


def _write(reader: ClassReader, made: Path, target: Path) -> None:
    made.mkdir(parents=True, exist_ok=True)
    sums = {}
    for source, network in reader.networks.items():
        path = made / _weights(source)
        torch.save(network.state_dict(), path)
        sums[source.value] = hashlib.sha256(path.read_bytes()).hexdigest()
    card = {
        "format": FORMAT,
        "kind": reader.kind,
        "sha256": sums,
        "fusions": {name: fusion.as_json() for name, fusion in reader.fusions.items()},
        "shares": reader.shares,
        "trained_on": reader.trained_on,
        "is_clinical": reader.is_clinical,
    }
    (made / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    move_into_place(made, target)


def load_class_reader(folder: Path) -> ClassReader:
    """What `train_class_networks` wrote. ModelPackageError where it is something else."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if card["format"] != FORMAT:
            raise ValueError(f"format {card['format']}")
        kind = ClassNetworkKind(card["kind"])
        networks = {}
        for name, told in card["sha256"].items():
            source = ClassSource(name)
            path = folder / _weights(source)
            if hashlib.sha256(path.read_bytes()).hexdigest() != told:
                raise ValueError(f"{path.name} is not the file that was written")
            networks[source] = DepthPooled(kind).eval()
            networks[source].load_state_dict(torch.load(path, weights_only=True))
        fusions = {name: ClassFusion.from_json(kept) for name, kept in card["fusions"].items()}
        shares = tuple(float(share) for share in card["shares"])
        return ClassReader(
            kind, networks, fusions, shares, str(card["trained_on"]), bool(card["is_clinical"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ModelPackageError(
            f"{folder} holds no networks of three classes, format {FORMAT} ({error}). Give the "
            "folder that `senoscope train tomosynthesis-network` wrote."
        ) from error


def _weights(source: ClassSource) -> str:
    return f"{source.lower()}.pt"
