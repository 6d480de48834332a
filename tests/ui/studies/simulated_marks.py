"""A simulated case of tomosynthesis, read by a fake that marks what grew."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import numpy as np

from senoscope.domain.reading import OperatingPoint, ReaderDescription, Suspicion
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_tomosynthesis import is_tomosynthesis
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.study_reading import (
    FindingKind,
    ImageReading,
    Outlined,
    ReadingFact,
    StudyFinding,
    StudyReading,
)
from tests.ui.reading_studies import FindsTwo

_KINDS = {"calcifications": FindingKind.CALCIFICATIONS}


@dataclass
class MarksTruth(FindsTwo):
    """Of the one view that `table`, a case's truth, tells of: in slices and on the mammogram."""

    table: Path = field(default_factory=Path)
    name: str = "mammography"
    expects: str = "mammograms or tomosynthesis"

    def accepts(self, series: Series) -> bool:
        return series.modality == "MG"

    def rows(self) -> list[dict[str, str]]:
        with self.table.open(encoding="utf-8", newline="") as table:
            return [row for row in csv.DictReader(table) if row["kind"]]

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        images = tuple(
            ImageReading(
                each.place, each.series_uid, each.instance_uid, each.sop_class, each.frames,
                each.frames,
            )
            for each in study.images
        )  # fmt: skip
        deep = next(each for each in study.images if is_tomosynthesis(each))
        flat = next(each for each in study.images if not is_tomosynthesis(each))
        findings = tuple(
            _finding(number, row, deep, flat) for number, row in enumerate(self.rows(), 1)
        )
        kinds = ("mass", "calcifications", "distortion")
        facts = tuple(ReadingFact(f"shown_from_{kind}", 0.5) for kind in kinds)
        reader = ReaderDescription("none", ("truth, by the simulation",), OperatingPoint(0.1, 0.5))
        return StudyReading(
            study.uid, self.name, reader, images, findings, datetime.now(UTC), facts
        )


def _finding(
    number: int, row: dict[str, str], deep: StoredImage, flat: StoredImage
) -> StudyFinding:
    frame, radius = int(row["frame"]), float(row["radius_px"]) + 10
    frames = [frame, *(each for each in range(frame - 3, frame + 4) if each != frame)]
    places = [
        *((deep, each, row["x"], row["y"]) for each in frames if 1 <= each <= deep.frames),
        (flat, 1, row["mammogram_x"], row["mammogram_y"]),
    ]
    turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    circle = radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    outlines = tuple(
        Outlined(
            image.frame_place(at), np.asarray(np.add(circle, (float(x), float(y))), np.float32)
        )
        for image, at, x, y in places
    )
    return StudyFinding(
        number, f"1.2.3.{number}", outlines[0], outlines, 0.9, 0.9, 0.9, Suspicion.UNCERTAIN, None,
        kind=_KINDS.get(row["kind"], FindingKind.MASS),
    )  # fmt: skip
