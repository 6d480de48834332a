"""What a live exam leaves behind: its key frames as a study with a reading, kept in the exam store.

Nothing is read again: the findings are what was shown while the probe moved. Every exam of which a
frame came is kept, as its folder of files is:

- with key frames, each of them is an image with its lesion;
- where frames were read and no lesion was followed, the last of them is, and nothing is marked;
- where nothing was read, the last frame of each reason is, so that the report says why.

An exam of nobody's, or whose pseudonym DICOM cannot hold, is filed under a patient number of its
own, `exam_DATE-TIME_NUMBER` as its folder is called. An empty PatientID, or the exam's number
alone, would make one patient of all such exams in a PACS; to drop the exam would lose what was
seen. What is known of the patient can be put in there, by who knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from pydicom import Dataset

from senoscope.calibration.measurement import measured
from senoscope.calibration.outline_error import network_error
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import ReaderDescription, Unsuitable
from senoscope.domain.track import Track
from senoscope.realtime.exam import ExamSummary
from senoscope.studies.exams.exam_records import NewReading, NewResult
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.live_exam_facts import OperatorSaid, dropped_in_words, live_facts
from senoscope.studies.modes.seen_lesion import SeenLesion, study_finding
from senoscope.studies.quality.study_quality import StudyQuality, quality_of
from senoscope.studies.results.identity import new_uid
from senoscope.studies.results.live_key_frame import LiveStudy, key_frame_image, live_series
from senoscope.studies.results.made_object import written
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_intake import keep_files, new_reading, new_results
from senoscope.studies.study_reading import ImageReading, StudyFinding, StudyReading

MODE = "live_exam"
IMAGE = "image"
"""The kind under which key frames are results too: a PACS gets them with what refers to them."""
OWN_DIGITS = 6
"""Of its study's UID, on the number under which an exam of nobody's is filed."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """As it was shown and read: cut and masked where its source was.

    `is_cut`: it is a part of the source's picture. `unsuitable`: why it was not read, None where it
    was, or nothing is known.
    """

    frame: Frame
    taken_at: datetime
    is_cut: bool
    unsuitable: Unsuitable | None = None


@dataclass(frozen=True, slots=True)
class LiveLesion:
    """A steady `track` as of the frame that shows it best. `skin_row` as of `measured`."""

    shown: LiveFrame
    track: Track
    said: OperatorSaid = field(default_factory=OperatorSaid)
    skin_row: float | None = None


@dataclass(frozen=True, slots=True)
class LiveExam:
    """One that has ended. `unsuitable` counts its frames by why they were not read.

    `seen` is what is stored where there are no `lesions`: the last frame that was read, else the
    last one of each reason, else the last one that came. `grid` as of `network_error`.
    """

    ended: ExamSummary
    reader: ReaderDescription
    unsuitable: Mapping[Unsuitable, int]
    lesions: Sequence[LiveLesion]
    seen: Sequence[LiveFrame]
    grid: int

    @property
    def label(self) -> str:
        """Time and number of the exam, as its folder's name says them."""
        name = self.ended.name
        return f"exam_{name.began_at.astimezone():%Y%m%d-%H%M%S}_{name.number}"


@dataclass(frozen=True, slots=True)
class MadeExam:
    """What is to be kept of an exam; its files are where it was made."""

    study: Study
    reading: NewReading
    results: tuple[NewResult, ...]


def make_live_exam(exam: LiveExam, folder: Path) -> MadeExam:
    """Write its frames and all that is made of them below `folder`, which is new or empty.

    SettingsError where not one frame was given; StorageError where the
    disk is full.
    """
    if not (exam.lesions or exam.seen):
        raise SettingsError("A live exam without a frame was given; expected one at least.")
    live, named = _live_study(exam)
    study, of_lesion, of_seen = _stored(exam, live, folder / "images")
    reading = _reading(exam, study, of_lesion, of_seen)
    quality = _quality(exam, study, None if named else live.pseudonym)
    results = new_results(write_results(study, reading, folder / "results", quality=quality))
    images = (
        NewResult(IMAGE, each.path, each.instance_uid, each.sop_class) for each in study.images
    )
    return MadeExam(study, new_reading(reading, quality, _ledger(exam)), (*images, *results))


def keep_live_exam(
    store: ExamStore,
    exam: LiveExam,
    who: str,
    make: Callable[[LiveExam, Path], MadeExam] = make_live_exam,
) -> int:
    """Keep what `make` makes of it, once all is made; the exam's number in the store.

    Errors as of `make_live_exam`, StorageError also where the store fails.
    """
    with TemporaryDirectory(prefix="senoscope-live-") as room:
        made = make(exam, Path(room))
        number = keep_files(store, made.study, who)
        store.add_reading(number, made.reading, who, made.results)
    return number


def _quality(exam: LiveExam, study: Study, filed_under: str | None) -> StudyQuality:
    said = {each.track.number: each.said for each in exam.lesions}
    facts = live_facts(exam.ended, exam.unsuitable, said, filed_under)
    return StudyQuality(study.uid, (*facts, *quality_of(study).facts))


def _live_study(exam: LiveExam) -> tuple[LiveStudy, bool]:
    """And whether it is under the pseudonym that was given."""
    name = exam.ended.name
    uid, began = str(new_uid()), name.began_at.astimezone()
    try:
        return LiveStudy(uid, name.patient.strip(), began), True
    except SettingsError:
        # Rooms that were started together begin their exams in the same second.
        return LiveStudy(uid, f"{exam.label}_{uid[-OWN_DIGITS:]}", began), False


def _stored(
    exam: LiveExam, live: LiveStudy, folder: Path
) -> tuple[Study, list[StoredImage], list[StoredImage]]:
    """Files in `folder`, and which of them are of the lesions and of the frames seen."""
    series = live_series()
    simulated = any(each.frame.simulated for each in _frames(exam))
    series = replace(series, description=f"{series.description}{', SIMULATED' * simulated}")
    uids: list[str] = []

    def store(shown: LiveFrame, said: OperatorSaid | None = None) -> None:
        spacing = shown.frame.pixel_spacing
        number = len(uids) + 1
        made = key_frame_image(shown.frame.pixels, live, series, number, spacing)
        _describe(made, shown, simulated, exam.ended.name.number)
        if said is not None:
            _add_said(made, said)
        written(made, folder)
        uids.append(str(made.SOPInstanceUID))

    for lesion in exam.lesions:
        store(lesion.shown, lesion.said)
    for shown in () if exam.lesions else exam.seen:
        store(shown)
    with StudyFiles(folder) as files:
        [study], _ = read_studies(files)
    by_uid = {each.instance_uid: each for each in study.images}
    images = [by_uid[each] for each in uids]
    return study, images[: len(exam.lesions)], images[len(exam.lesions) :]


def _describe(made: Dataset, shown: LiveFrame, simulated: bool, number: int) -> None:
    """What is known of a live frame, and nothing more (General Study and General Image modules).

    BurnedInAnnotation: NO of a simulated one alone, where nothing can be written. Of a part of a
    screen it is left out, not known: writing is looked for and cut off, yet of 200 names one was
    left. A whole picture keeps YES.
    """
    made.StudyID = str(number)
    made.StudyDescription = f"Senoscope live exam{', SIMULATED' * simulated}"
    taken = shown.taken_at.astimezone()
    made.ContentDate, made.ContentTime = f"{taken:%Y%m%d}", f"{taken:%H%M%S.%f}"
    if shown.frame.simulated:
        made.QualityControlImage = "YES"  # of a phantom, (0028,0300)
        made.BurnedInAnnotation = "NO"
    elif shown.is_cut:
        del made.BurnedInAnnotation


def _add_said(made: Dataset, said: OperatorSaid) -> None:
    if said.side:
        made.ImageLaterality = said.side
        del made.Laterality  # of the series; only where no image says it (C.7.3.1)
    if said.in_words:
        made.ImageComments = said.in_words


def _reading(
    exam: LiveExam, study: Study, of_lesion: list[StoredImage], of_seen: list[StoredImage]
) -> StudyReading:
    images = [
        _image_reading(image, lesion.shown)
        for image, lesion in zip(of_lesion, exam.lesions, strict=True)
    ]
    for image, shown in zip(of_seen, exam.seen if of_seen else (), strict=True):
        read = bool(exam.ended.books.read)
        images.append(_image_reading(image, shown, read, "" if read else _why_none(exam, shown)))
    findings = [
        _finding(image, lesion, exam.grid)
        for image, lesion in zip(of_lesion, exam.lesions, strict=True)
    ]
    ended_at = exam.ended.ended_at
    return StudyReading(study.uid, MODE, exam.reader, tuple(images), tuple(findings), ended_at)


def _image_reading(
    image: StoredImage, shown: LiveFrame, read: bool = True, trouble: str = ""
) -> ImageReading:
    unsuitable = {} if read or shown.unsuitable is None else {shown.unsuitable: 1}
    return ImageReading(
        image.place,
        image.series_uid,
        image.instance_uid,
        image.sop_class,
        image.frames,
        int(read),
        unsuitable,
        shown.frame.spacing,
        trouble,
    )


def _why_none(exam: LiveExam, shown: LiveFrame) -> str:
    """Of a frame that was fit to be read, as far as is known."""
    if shown.unsuitable is not None:
        return ""
    return f"Of the exam's frames none was read: {dropped_in_words(exam.ended.books)}."


def _finding(image: StoredImage, lesion: LiveLesion, grid: int) -> StudyFinding:
    """Numbered as on the live page. The network's outline is in pixels of the frame itself."""
    track, frame = lesion.track, lesion.shown.frame
    seen = SeenLesion(
        {0: track.lesion.contour},
        *(0, track.lesion, frame, np.zeros(2, np.float32)),
        *(track.probability, track.lowest, track.highest, track.suspicion),
    )
    found = study_finding(track.number, image, seen, grid)
    if found.measured is None or frame.spacing is None or lesion.skin_row is None:
        return found
    error = network_error(track.lesion.presence, frame.size, grid)
    return replace(found, measured=measured(track.lesion, frame.spacing, error, lesion.skin_row))


def _ledger(exam: LiveExam) -> dict[str, Any]:
    """Every captured frame by what became of it, and what the operator said of each lesion."""
    books = exam.ended.books
    return {
        "captured": books.captured,
        "read": books.read,
        "duplicates": books.duplicates,
        "dropped": {cause.value: count for cause, count in books.dropped.items()},
        "in_flight": books.in_flight,
        "unsuitable": {why.value: count for why, count in exam.unsuitable.items()},
        "lesions_followed": exam.ended.lesions,
        "operator": [{"number": each.track.number, **asdict(each.said)} for each in exam.lesions],
    }


def _frames(exam: LiveExam) -> Iterator[LiveFrame]:
    yield from (each.shown for each in exam.lesions)
    yield from exam.seen
