"""What a lesion's picture shows: the slice through most of it, early after contrast less before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from senoscope import __version__
from senoscope.models.programmed.breast_mri.motion import moved
from senoscope.models.programmed.kinetics.phase_choice import phase_choice
from senoscope.studies.mri.kept_analysis import Pictures
from senoscope.studies.results.breast_mri.report_rows import in_unit
from senoscope.studies.results.finding_said import chance_said, finding_name
from senoscope.studies.results.identity import NOTICE
from senoscope.studies.results.key_images import (
    LINE,
    NARROWEST,
    SERIES_NUMBER,
    Colours,
    capture,
    draw_lines,
    write_line,
)
from senoscope.studies.results.made_object import NewSeries
from senoscope.studies.results.report_picture import COLOURS
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import ReadVolumes, StudyFinding, StudyReading

BRIGHTEST = 99.7
"""Percentile of a subtraction within the breast that is white: the heart is brighter."""


def lesion_pictures(volumes: ReadVolumes) -> Pictures:
    """By number, (rows, columns); black is what does not take up contrast."""
    series, analysis = volumes.series, volumes.analysis
    early, before = phase_choice(series).early, series.pre_contrast - 1
    pictures: dict[int, NDArray[np.uint8]] = {}
    for lesion in analysis.lesions:
        plane = lesion.corner[0] + int(lesion.mask.sum((1, 2)).argmax())
        after = moved(series.phases[early], analysis.motion, early, [plane])[0]
        gained = after - series.phases[before][plane].astype(np.float32)
        inside = analysis.tissue[plane] > 0
        seen = gained[inside] if inside.any() else gained
        white = max(float(np.percentile(seen, BRIGHTEST)), 1.0)
        pictures[lesion.number] = np.asarray(np.clip(gained / white, 0, 1) * 255, np.uint8)
    return pictures


def lesion_images(
    reading: StudyReading, pictures: Mapping[int, NDArray[np.uint8]], sources: SourceImages
) -> list[Dataset]:
    """Secondary Capture, one for each finding that has a picture."""
    series = NewSeries("OT", SERIES_NUMBER, "Senoscope key images (suggestion)")
    return [
        capture(
            sources.header(finding.key.at.instance_uid),
            finding.key.at.frame,
            drawn_lesion(pictures[finding.number], finding),
            series,
            finding.number,
            f"Subtraction of the phase before contrast, with the outline and measures of lesion "
            f"{finding.number} burnt in by software. {NOTICE}",
        )
        for finding in reading.findings
        if finding.number in pictures
    ]


def drawn_lesion(picture: NDArray[np.uint8], finding: StudyFinding) -> Colours:
    """The picture with its outlines, and below it what is measured, in ASCII."""
    lines = _lines(finding)
    rows, columns = picture.shape
    canvas = np.zeros((rows + LINE * len(lines) + 8, max(columns, NARROWEST), 3), np.uint8)
    shown = np.repeat(picture[:, :, None], 3, axis=2)
    for outlined in finding.outlines:
        if outlined.at == finding.key.at:
            draw_lines(shown, outlined.contour, closed=True, colour=COLOURS[finding.suspicion])
    canvas[:rows, :columns] = shown
    for place, line in enumerate(lines):
        write_line(canvas, line, (8, rows + LINE * (place + 1)))
    return canvas


def _lines(finding: StudyFinding) -> list[str]:
    facts = {each.name: each for each in finding.facts}
    measured = [
        f"{words} {in_unit(facts[name])}"
        for name, words in (("longest", "longest"), ("volume", "volume"))
        if name in facts
    ]
    curve = f"curve type {facts['curve'].word}" if "curve" in facts else "no curve"
    return [
        f"{finding_name(finding)}: {', '.join([*measured, curve])}",
        chance_said(finding),
        "Subtraction. Score of simulated lesions, no probability",
        f"Senoscope {__version__}: suggestion, not a diagnosis. Not for diagnosis",
    ]
