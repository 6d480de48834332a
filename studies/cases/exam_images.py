"""Single images of an exam, opened without the others: one header, or one frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.mammogram import Laterality
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.quality.views import side_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.results.write_results import is_simulated


@dataclass(frozen=True, slots=True)
class HeaderSides:
    """The side that the header of an exam's image says, by its SOPInstanceUID."""

    store: ExamStore
    exam: int

    def __call__(self, instance_uid: str) -> Laterality | None:
        """None where it says none, or both breasts."""
        study = study_of(self.store, self.exam, [instance_uid])
        side = side_of(study.images[0]) if study.images else None
        return None if side is None else Laterality(side)


def study_of(store: ExamStore, exam: int, instance_uids: Sequence[str]) -> Study:
    """Those images alone of an exam: nothing else of it is opened. SourceUnavailable."""
    wanted = set(instance_uids)
    paths = [
        store.path_of(each.content) for each in store.images_of(exam) if each.instance_uid in wanted
    ]
    with StudyFiles.listed(paths) as files:
        studies, left_out = read_studies(files)
    if len(studies) != 1:
        why = str(left_out[0]) if left_out else f"{len(studies)} studies were found."
        raise SourceUnavailable(
            f"Images of exam {exam} were asked for that cannot be read: {why} Check the store: "
            "senoscope store check."
        )
    return studies[0]


def exam_is_simulated(store: ExamStore, exam: int) -> bool:
    """As its first image says it."""
    images = store.images_of(exam)
    if not images:
        return False
    first = images[0].instance_uid
    return is_simulated(SourceImages(study_of(store, exam, [first])).header(first))
