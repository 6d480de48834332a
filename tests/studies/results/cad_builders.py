"""CAD readings for the tests: two views of a left breast."""

from __future__ import annotations

import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.studies.results.cad_findings import (
    Analysis,
    CadAlgorithm,
    CadComposite,
    CadFinding,
    CadImage,
    CadReading,
    CadRun,
    CompositeKind,
    Composition,
    FindingKind,
    Intent,
    OperatingPoints,
    Outcome,
    View,
    ViewModifier,
)
from tests.studies.study_builders import SERIES, STUDY

CC = CadImage(f"{SERIES}.1", Laterality.LEFT, View.CC)
MLO = CadImage(f"{SERIES}.2", Laterality.LEFT, View.MLO, (ViewModifier.ROLLED_MEDIAL,))
MASSES = CadAlgorithm("Mass detector", "2.1", ("threshold: 0.3", "input: 0.1 mm"))
CALCIFICATIONS = CadAlgorithm("Calcification detector", "1.0")
DENSITY = CadAlgorithm("Composition", "0.9")
OUTLINE = np.array([[10, 10], [20.5, 11], [19, 22]], np.float32)


def density(image: CadImage = CC, operating_point: int | None = 2) -> CadFinding:
    return CadFinding(
        FindingKind.DENSITY,
        image,
        MASSES,
        Intent.REQUIRED if operating_point is None else Intent.OPTIONAL,
        (15.0, 14.25),
        OUTLINE,
        certainty=80,
        probability=37.5,
        operating_point=operating_point,
        tracking_uid="2.25.7",
    )


def cluster() -> CadFinding:
    return CadFinding(FindingKind.CLUSTER, CC, CALCIFICATIONS, centre=(5.0, 6.0), calcifications=7)


def composition() -> CadFinding:
    return CadFinding(
        FindingKind.COMPOSITION,
        CC,
        DENSITY,
        Intent.NOT_SHOWN,
        composition=Composition.SCATTERED,
        percent_dense=21.5,
    )


def mass() -> CadComposite:
    parts = (density(), density(MLO, None))
    return CadComposite(CompositeKind.MASS, parts, MASSES, certainty=90, tracking_uid="2.25.8")


def run(
    task: FindingKind | Analysis,
    algorithm: CadAlgorithm,
    outcome: Outcome = Outcome.SUCCEEDED,
    images: tuple[CadImage, ...] = (CC, MLO),
    points: OperatingPoints | None = None,
    reason: str = "",
) -> CadRun:
    return CadRun(task, algorithm, outcome, images, points, reason)


RUNS = (
    run(FindingKind.DENSITY, MASSES, points=OperatingPoints(3, 1)),
    run(FindingKind.CLUSTER, CALCIFICATIONS, images=(CC,)),
    run(FindingKind.COMPOSITION, DENSITY),
    run(Analysis.COMPOSITION, DENSITY),
)
FAILURE = run(
    FindingKind.CLUSTER, CALCIFICATIONS, Outcome.FAILED, (MLO,), reason="no breast was found"
)
UNTRIED = run(Analysis.PROXIMITY, MASSES, Outcome.NOT_ATTEMPTED, reason="one view is missing")


def cad_reading(
    *findings: CadFinding,
    runs: tuple[CadRun, ...] = RUNS,
    composites: tuple[CadComposite, ...] = (),
) -> CadReading:
    return CadReading(STUDY, (CC, MLO), runs, findings, composites)


def everything() -> CadReading:
    return cad_reading(
        cluster(), composition(), runs=(*RUNS, FAILURE, UNTRIED), composites=(mass(),)
    )
