"""`senoscope evaluate suitability`: what the gate refuses, and what it wrongly refuses."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from senoscope import __version__
from senoscope.domain.frame import Frame
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.thresholds import wilson
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_bus_bra, read_busi
from senoscope.realtime.appearance import appearance, handy
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.suitability import SuitabilityGate, texture
from senoscope.realtime.suitability_cases import (
    RATE_HZ,
    SEED,
    TRAIN_PART,
    Kind,
    Pictures,
    made_kinds,
    moving_kinds,
    real_kinds,
    shown,
)
from senoscope.ui.written import write_text

TRAIN_FOLDS = ("1", "2")
SIZES = ((1024, 768), (1920, 1080), None)
"""(columns, rows) of the screens on which limits are found; None: as it is stored."""
BEYOND = 0.003
"""Of the training images: so many lie beyond the furthest distance."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one kind. A case is refused where any of its frames is.

    `by_reason` counts cases by each reason that was said in them.
    """

    kind: Kind
    expected: int
    refused: int
    by_reason: Counter[str]
    frames: int
    frames_refused: int
    ms_per_frame: float


Folder = Annotated[Path, typer.Option(help="The data set's folder.")]


def suitability(
    bus_bra: Folder,
    busi: Folder,
    dicom: Annotated[Path | None, typer.Option(help="Folder of DICOM ultrasound.")] = None,
    other: Annotated[Path | None, typer.Option(help="Folder of other images than these.")] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A JSON file to write.")
    ] = None,
    limits: Annotated[bool, typer.Option(help="Only find the limits, on the training parts.")] = (
        False
    ),
) -> None:
    """What the gate refuses, and what it wrongly refuses, with 95 % CI and n."""
    bra, usi = read_bus_bra(bus_bra), read_busi(busi)
    if limits:
        images = [i for i in bra if i.part in TRAIN_FOLDS] + [
            i for i in usi if i.part == TRAIN_PART
        ]
        for found in found_limits(images):
            typer.echo(np.array2string(np.asarray(found), precision=3, separator=", "))
        return
    kinds = [
        *real_kinds(bra, usi, busi, dicom, other),
        *made_kinds(bra, usi),
        *moving_kinds(bra, usi),
    ]
    outcomes = []
    for kind in kinds:
        if kind.cases:
            outcomes.append(judged(kind))
            typer.echo(_line(outcomes[-1]))
    if report is not None:
        content = {"about": {"senoscope": __version__, "seed": SEED}, "kinds": _kept(outcomes)}
        write_text(report, json_text(content))
        typer.echo(f"Written to {report}")


class Limits(NamedTuple):
    """As `realtime.suitability` holds them: USUAL, SPREAD and FURTHEST."""

    usual: NDArray[np.float64]
    spread: NDArray[np.float64]
    furthest: float


def found_limits(images: Sequence[UltrasoundImage]) -> Limits:
    """Of the textures of `images`, each as large as any of SIZES."""
    seen = np.array(
        [texture(appearance(handy(shown(image, size)))) for image in images for size in SIZES]
    )
    usual, spread = np.median(seen, axis=0), np.linalg.inv(np.cov(seen.T))
    away = seen - usual
    distances = np.sqrt(np.einsum("ij,jk,ik->i", away, spread, away))
    return Limits(usual, spread, float(np.quantile(distances, 1 - BEYOND)))


def judged(kind: Kind) -> Outcome:
    """Play each case to a gate of its own, at RATE_HZ."""
    expected = refused = frames = frames_refused = 0
    spent_ns = 0
    by_reason: Counter[str] = Counter()
    for case in kind.cases:
        gate, said = SuitabilityGate(kind.stills), []
        for frame in _frames(case()):
            started = time.thread_time_ns()
            said.append(gate.judge(frame))
            spent_ns += time.thread_time_ns() - started
        reasons = {reason for reason in said if reason is not None}
        by_reason.update(reason.value for reason in reasons)
        expected += kind.reason in reasons
        refused += bool(reasons)
        frames += len(said)
        frames_refused += sum(reason is not None for reason in said)
    ms = spent_ns / max(frames, 1) / 1e6
    return Outcome(kind, expected, refused, by_reason, frames, frames_refused, ms)


def _frames(pictures: Pictures) -> Iterator[Frame]:
    numbering = Numbering("made")
    for index, picture in enumerate(pictures):
        frame = numbering.frame(picture)
        yield replace(frame, captured_at_ns=round(index / RATE_HZ * 1e9))


def _line(outcome: Outcome) -> str:
    n = len(outcome.kind.cases)
    said = ", ".join(f"{name} {count}" for name, count in outcome.by_reason.most_common())
    expected = "" if outcome.kind.reason is None else _share(wilson(outcome.expected, n))
    return (
        f"{outcome.kind.name:44}{expected:22}any {_share(wilson(outcome.refused, n))} n = {n}; "
        f"frames {outcome.frames_refused} of {outcome.frames}; {outcome.ms_per_frame:.2f} ms; "
        f"{said}"
    )


def _share(figure: Estimate) -> str:
    return f"{figure.value:.3f} [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]"


def _kept(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        outcome.kind.name: {
            "reason": outcome.kind.reason,
            "by_that_reason": wilson(outcome.expected, len(outcome.kind.cases)),
            "by_any": wilson(outcome.refused, len(outcome.kind.cases)),
            "cases_by_reason": dict(outcome.by_reason),
            "frames": outcome.frames,
            "frames_refused": outcome.frames_refused,
            "cpu_ms_per_frame": outcome.ms_per_frame,
        }
        for outcome in outcomes
    }
