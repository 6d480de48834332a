"""Exams of drawn mammograms, read by a fake that outlines and marks them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import numpy as np
from pydicom import Dataset

from senoscope.domain.reading import OperatingPoint, ReaderDescription, Suspicion
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Series, Study, read_studies
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from senoscope.studies.study_intake import frame_ledger, keep_files, new_reading
from senoscope.studies.study_reading import (
    FindingKind,
    ImageReading,
    Outlined,
    ReadingFact,
    Region,
    StudyFinding,
    StudyReading,
)
from tests.studies.dicom_files import write
from tests.studies.mammograms import mammogram
from tests.ui.reading_studies import FindsTwo, ReadingStudies

SQUARE = np.array([[40, 200], [90, 200], [90, 250], [40, 250]], np.float32)
PERSON: dict[str, Any] = {
    "PatientName": "Sample^Anna", "PatientID": "A-0173", "PatientBirthDate": "19700203",
    "PatientSex": "F", "StudyDate": "20260102", "StudyTime": "101112", "StudyID": "1",
    "AccessionNumber": "", "ReferringPhysicianName": "",
    "ImagerPixelSpacing": [0.5, 0.5], "PatientOrientation": ["A", "R"],
}  # fmt: skip
FOUR = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))


@dataclass
class MarksEach(FindsTwo):
    """A mass on the first image, one below the threshold on the second, density of all."""

    name: str = "mammography"
    expects: str = "mammograms"

    def accepts(self, series: Series) -> bool:
        return series.modality == "MG"

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        images = tuple(
            ImageReading(
                each.place, each.series_uid, each.instance_uid, each.sop_class, 1, 1,
                facts=(ReadingFact("density_percent", 30.0, "%"),),
                regions=(Region("dense", each.frame_place(1), SQUARE),),
            )
            for each in study.images
        )  # fmt: skip
        outlined = [Outlined(each.frame_place(1), SQUARE) for each in study.images]
        marked = StudyFinding(
            1, "1.2.3.1", outlined[0], (outlined[0],), 0.8, 0.8, 0.8, Suspicion.UNCERTAIN, None,
            kind=FindingKind.MASS,
        )  # fmt: skip
        last = replace(
            marked, number=2, tracking_uid="1.2.3.2", key=outlined[-1], outlines=(outlined[-1],),
            probability=0.2, lowest=0.2, highest=0.2,
        )  # fmt: skip
        facts = [ReadingFact("shown_from_mass", 0.5), ReadingFact("density_category", word="C")]
        facts += [ReadingFact(f"density_{letter}", 0.25) for letter in "abcd"]
        reader = ReaderDescription("none", ("by hand",), OperatingPoint(0.1, 0.5))
        now = datetime.now(UTC)
        return StudyReading(
            study.uid, self.name, reader, images, (marked,), now, tuple(facts), (last,)
        )


def _lies(side: str) -> list[str]:
    return ["A", "R"] if side == "L" else ["P", "L"]


def kept_exam(served: ReadingStudies, *headers: Dataset) -> Any:
    """The exam of these, or of the four views, with its reading; no result is written."""
    given = headers or tuple(
        mammogram(side, view, number=number, **(PERSON | {"PatientOrientation": _lies(side)}))
        for number, (side, view) in enumerate(FOUR, 1)
    )
    folder = served.folder / "came"
    folder.mkdir()
    for number, header in enumerate(given):
        write(folder / str(number), header)
    with StudyFiles(folder) as files:
        [study], _ = read_studies(files)
        exam = keep_files(served.store, study, "Rita")
        quality = quality_of(study, (), edges_of(study))
    reading = MarksEach().read(study)
    assert reading is not None
    new = new_reading(reading, quality, frame_ledger(reading))
    served.store.add_reading(exam, new, "Rita", ())
    return served.asked(f"/study/exams/{exam}")
