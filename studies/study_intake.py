"""From what came to exams that are kept and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from senoscope import __version__
from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.spans import Spans, no_spans
from senoscope.studies.exams.exam_records import (
    ExamState,
    KeptResult,
    NewFile,
    NewReading,
    NewResult,
    Plain,
    StudyFacts,
)
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_header import date_of, text_of
from senoscope.studies.files.study_limits import LeftOut
from senoscope.studies.files.temporary_folder import temporary_folder
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.mode import Mode, Say, fitting_modes
from senoscope.studies.quality.study_quality import StudyQuality
from senoscope.studies.results.made_results import WrittenResult
from senoscope.studies.results.report_json import reading_json
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_reading import StudyReading
from senoscope.studies.whole_quality import whole_quality

Tell = Callable[[float], None]
"""How much is done, 0..1."""


class NotKept(SourceUnavailable):
    """Files of a study are not in the store: whoever has them must not let go of them."""


@dataclass(frozen=True)
class StudyIntake:
    """Keeps the files of each study, then reads it by every mode that accepts a series of it.

    `spans` are told how long each part of that takes.
    """

    store: ExamStore
    modes: Sequence[Mode]
    spans: Spans = no_spans

    def __call__(self, path: Path, who: str, tell: Tell, stopping: Event) -> tuple[int, ...]:
        """Folder, zip, DICOMDIR or file; the exams' numbers. All is kept first, and stays.

        What came before and is read already is not read again. NotKept where nothing of it is a
        study, or one of them cannot be kept, once the others are; SourceUnavailable where nothing
        can be read; StorageError where the disk is full. Once `stopping` is set, what is not read
        yet stays unread.
        """
        with self.spans("study"), StudyFiles(path) as files:
            with self.spans("study.receive"):
                studies, left_out = read_studies(files)
            if not studies:
                raise NotKept(
                    "Nothing that was given is a study. "
                    + (" ".join(map(str, left_out[:3])) or "It holds no files.")
                    + " Give a folder, a zip or files of DICOM images."
                )
            # A trouble is of one study alone: the others may be well.
            exams: dict[int, Study] = {}
            lost, unread = [], []
            for study in studies:
                try:
                    with self.spans("study.keep_files", images=len(study.images)):
                        exams[keep_files(self.store, study, who)] = study
                except SourceUnavailable as error:
                    lost.append(str(error))
            for place, (exam, study) in enumerate(exams.items()):

                def told(share: float, _words: str, place: int = place) -> None:
                    tell((place + share) / len(exams))

                try:
                    self._read(exam, study, left_out, who, told, stopping)
                except SourceUnavailable as error:
                    unread.append(str(error))
            if lost:
                raise NotKept(f"{len(lost)} of {len(studies)} studies were not kept. {lost[0]}")
            if len(unread) == len(exams):
                raise SourceUnavailable(unread[0])
            return tuple(exams)

    def read_again(
        self, exam: int, study: Study, mode: Mode, who: str, tell: Tell, stopping: Event
    ) -> tuple[int, ...]:
        """Read what is kept by one mode, whatever was read before, which stays; the exam's number.

        Errors as of `Mode.read`; none of the exams once `stopping` is set.
        """
        with self.spans("study.read", mode=mode.name):
            reading = mode.read(study, lambda share, _words: tell(share), stopping)
        if reading is None:
            return ()
        self._add(exam, study, reading, whole_quality(study), who)
        return (exam,)

    def _read(
        self,
        exam: int,
        study: Study,
        left_out: Sequence[LeftOut],
        who: str,
        say: Say,
        stopping: Event,
    ) -> None:
        if self.store.exam(exam).state is not ExamState.RECEIVED:
            return
        for mode in fitting_modes(study, self.modes):
            with self.spans("study.read", mode=mode.name):
                reading = None if stopping.is_set() else mode.read(study, say, stopping)
            if reading is not None:
                quality = whole_quality(study, left_out)
                self._add(exam, study, reading, quality, who)

    def _add(
        self,
        exam: int,
        study: Study,
        reading: StudyReading,
        quality: StudyQuality,
        who: str,
    ) -> None:
        with ExitStack() as stack:
            with self.spans("study.results", mode=reading.mode):
                new, results = stack.enter_context(made_of(study, reading, quality))
            with self.spans("study.keep", mode=reading.mode):
                self.store.add_reading(exam, new, who, results)


@contextmanager
def made_of(
    study: Study, reading: StudyReading, quality: StudyQuality
) -> Iterator[tuple[NewReading, tuple[NewResult, ...]]]:
    """What the store keeps of a reading: itself, and the files, which are gone afterwards.

    StorageError where these cannot be written; else as `write_results`.
    """
    new = new_reading(reading, quality, frame_ledger(reading))
    with temporary_folder("senoscope-results-") as room:
        written = write_results(study, reading, room / "results", quality=quality)
        yield new, new_results(written)


def keep_files(store: ExamStore, study: Study, who: str, spares_signed: bool = False) -> int:
    """The study's files; the number of its exam. Else as `ExamStore.keep_study`."""
    header = SourceImages(study).header(study.images[0].instance_uid)
    facts = StudyFacts(
        study.uid,
        text_of(header, "PatientID"),
        str(header.get("PatientName") or ""),
        date_of(header, "StudyDate"),
    )
    files = [
        NewFile(
            each.series_uid,
            each.modality,
            each.series_number,
            each.instance_uid,
            each.sop_class,
            each.path,
        )
        for each in study.images
    ]
    return store.keep_study(facts, files, who, spares_signed).exam


def new_reading(reading: StudyReading, quality: StudyQuality, ledger: Plain) -> NewReading:
    """As the store keeps it, with who read and what the study was like."""
    return NewReading(
        reading.mode,
        reading_json(reading, quality),
        reading.reader.models,
        reading.reader.engine,
        {"senoscope": __version__},
        ledger,
    )


def frame_ledger(reading: StudyReading) -> dict[str, int]:
    """Of all images: frames there are, those read, and those not, by reason."""
    counts = Counter({"frames": sum(each.frames for each in reading.images)})
    counts["read"] = reading.frames_read
    for image in reading.images:
        for why, count in image.unsuitable.items():
            counts[why.value] += count
        rest = image.frames - image.read - sum(image.unsuitable.values())
        if rest:
            counts["not decoded or not read"] += rest
    return dict(counts)


def new_results(
    written: Sequence[WrittenResult], before: Sequence[KeptResult] = ()
) -> tuple[NewResult, ...]:
    """To be kept under their kinds, files that are no DICOM under their names.

    Each supersedes the last of its kind in `before`.
    """
    earlier = {each.kind: each.number for each in before}
    made = []
    for each in written:
        kind = each.kind if each.instance_uid else each.path.name
        uids = each.instance_uid or None, each.sop_class or None
        made.append(NewResult(kind, each.path, *uids, earlier.get(kind)))
    return tuple(made)
