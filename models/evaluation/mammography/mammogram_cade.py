"""How programmed CADe of mammograms fares on exams whose growths are known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from senoscope.models.evaluation.mammography.brightest import brightest_places
from senoscope.models.evaluation.mammography.froc import (
    RATES,
    Guess,
    JudgedImage,
    curve,
    judged,
    sensitivity_at,
    sensitivity_either_view,
    threshold_at,
)
from senoscope.models.evaluation.mammography.froc_plot import froc_picture
from senoscope.models.evaluation.mammography.known_exam import KnownExam
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.programmed.mammography.cade import ViewMarks, find_marks
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.second_stage import SecondStage


@dataclass(eq=False)
class CadeOutcome:
    """Of all exams read so far: every image judged, by CADe and by the brightest places alone."""

    images: list[JudgedImage] = field(default_factory=list)
    baseline: list[JudgedImage] = field(default_factory=list)
    densities: dict[str, str] = field(default_factory=dict)
    cpu_s: list[float] = field(default_factory=list)

    @property
    def anatomies(self) -> int:
        """How many women."""
        return len(self.densities)


def read_known_exams(
    exams: Iterable[KnownExam], stage: SecondStage, say: Callable[[str], None]
) -> CadeOutcome:
    """Each exam read whole, one at a time, since their pictures are large."""
    outcome = CadeOutcome()
    for exam in exams:
        started = time.process_time()
        parts = [find_parts(view) for view in exam.views]
        marks = find_marks(exam.views, parts, stage)
        outcome.cpu_s.append(time.process_time() - started)
        outcome.densities[exam.anatomy] = exam.density
        for view, its, of_view, growths in zip(exam.views, parts, marks, exam.growths, strict=True):
            breast = (exam.anatomy, view.laterality)
            guesses = _guesses(of_view, view.spacing.column_mm if view.spacing else 1.0)
            outcome.images.append(judged(exam.anatomy, breast, growths, guesses))
            bright = brightest_places(view, its)
            outcome.baseline.append(judged(exam.anatomy, breast, growths, bright))
        say(f"{exam.anatomy}: {outcome.cpu_s[-1]:.1f} CPU-seconds")
    return outcome


def froc_figures(outcome: CadeOutcome) -> dict[str, Estimate]:
    """Sensitivity by kind and rate of false marks, n growths, intervals by anatomy.

    A growth counts once in each view; `either_view_` counts it once. `baseline_` is that of the
    brightest places.
    """
    figures: dict[str, Estimate] = {}
    for kind in MarkKind:
        for rate in RATES:
            figures[f"{kind}_at_{rate:g}"] = sensitivity_at(outcome.images, kind, rate)
        for rate in (1.0, 2.0):
            name = f"either_view_{kind}_at_{rate:g}"
            figures[name] = sensitivity_either_view(outcome.images, kind, rate)
            name = f"baseline_{kind}_at_{rate:g}"
            figures[name] = sensitivity_at(outcome.baseline, kind, rate)
    for mass in ("round mass", "spiculated mass"):
        name = f"{mass.replace(' ', '_')}_at_2"
        figures[name] = sensitivity_at(outcome.images, MarkKind.MASS, 2.0, mass)
    for letter in sorted(set(outcome.densities.values())):
        images = [each for each in outcome.images if outcome.densities[str(each.anatomy)] == letter]
        figures[f"mass_at_2_density_{letter}"] = sensitivity_at(images, MarkKind.MASS, 2.0)
    return figures


def thresholds(outcome: CadeOutcome) -> dict[str, dict[str, float]]:
    """By kind and rate of false marks an image, the score from which on marks are shown."""
    return {
        str(kind): {f"{rate:g}": threshold_at(outcome.images, kind, rate) for rate in RATES}
        for kind in MarkKind
    }


def froc_pictures(outcome: CadeOutcome) -> dict[str, str]:
    """SVG by file name: one of CADe by kind, one of CADe beside its baseline."""
    counted = (
        f"{len(outcome.images)} simulated images of {outcome.anatomies} anatomies; a growth counts "
        "once in each view"
    )
    by_kind = {str(kind): curve(outcome.images, kind) for kind in MarkKind}
    beside = {
        f"{kind}, {name}": curve(images, kind)
        for kind in (MarkKind.CALCIFICATIONS, MarkKind.MASS)
        for name, images in (("CADe", outcome.images), ("brightest places", outcome.baseline))
    }
    return {
        "froc.svg": froc_picture("Programmed CADe, simulated mammograms", counted, by_kind),
        "froc-baseline.svg": froc_picture("CADe and the brightest places", counted, beside),
    }


def _guesses(found: ViewMarks, step_mm: float) -> Sequence[Guess]:
    return [
        Guess(mark.kind, (mark.centre[0] * step_mm, mark.centre[1] * step_mm), mark.score)
        for mark in found.marks
    ]
