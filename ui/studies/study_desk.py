"""What the studies page may ask: the work list, an exam, its pictures and its sign-off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock

import cv2
import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.studies.deidentification.pseudonyms import PseudonymKey
from senoscope.studies.exams.exam_records import Exam, ExamState, KeptResult
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.modes.breast_mri import BreastMri, mri_settings_of
from senoscope.studies.mri.phase_changes import changes_of_json, corrected
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.present_results import present
from senoscope.studies.results.report_json import (
    quality_of_json,
    reading_of_json,
    signed_json,
    signed_of_json,
)
from senoscope.studies.results.write_results import write_results
from senoscope.studies.sign_off import Impression, SignedReading
from senoscope.studies.study_intake import new_results
from senoscope.studies.study_reading import StudyReading
from senoscope.ui.frames.overlay import Header
from senoscope.ui.network_folders import breast_mri_networks
from senoscope.ui.studies.exam_hanging import ExamHanging
from senoscope.ui.studies.kept_results import content, copied, offered
from senoscope.ui.studies.open_studies import OpenStudies
from senoscope.ui.studies.seen_exams import SeenExams
from senoscope.ui.studies.sign_off_asked import SignOffAsked, impression_json, impression_of
from senoscope.ui.studies.study_export import write_deidentified
from senoscope.ui.studies.study_facts import (
    NO_READING,
    hanging_facts,
    impression_facts,
    reading_facts,
    signed_facts,
)
from senoscope.ui.studies.study_jobs import StudyJobs
from senoscope.ui.studies.study_uploads import StudyUploads


class StudyDesk:
    """Any thread may ask; SenoscopeErrors say why not. `who` is a login's name, kept in the audit.

    `reads_alone`: a clinician says what it is before the AI is shown. `destinations` are the names
    of where results can be sent. `key_file` makes pseudonyms; None: no copy without the person.
    """

    def __init__(
        self,
        store: ExamStore,
        jobs: StudyJobs,
        uploads: StudyUploads,
        reads_alone: bool = False,
        destinations: Sequence[str] = (),
        key_file: Path | None = None,
    ) -> None:
        self.uploads = uploads
        self.key_file = key_file
        self._exports = TemporaryDirectory(prefix="senoscope-exports-")
        self.jobs = jobs
        self._store, self._reads_alone = store, reads_alone
        self._destinations = tuple(destinations)
        self._studies = OpenStudies(store)
        self.hanging = ExamHanging(self._studies, self._shown_reading)
        self.seen = SeenExams(store, self._studies, self._may_show)
        self._signing = RLock()

    def close(self) -> None:
        """End what is being read; what was kept stays."""
        self.jobs.close()
        self._exports.cleanup()

    def work_list(self, text: str, state: str) -> list[Header]:
        """The newest first, as `ExamStore.search` finds them."""
        wanted = ExamState(state) if state in set(ExamState) else None
        return [_row(each) for each in self._store.search(text, wanted)]

    def read(self, token: str, who: str) -> None:
        """Keep and read what was uploaded under that token."""
        folder, path = self.uploads.take(token)
        self.jobs.add(folder, path, who)

    def stop(self, token: str | None) -> None:
        """Drop the upload of that token, or end the present reading; what was kept stays."""
        if token is not None:
            self.uploads.drop(token)
        else:
            self.jobs.stop()

    def job(self) -> Header:
        """How far the reading is."""
        return self.jobs.state()

    def exam(self, number: int) -> Header:
        """All that the page shows of one."""
        exam = self._store.exam(number)
        study = self._studies.open(number)
        kept = self._store.readings_of(number)
        signed = self._signed(number)
        alone = self._alone(number)
        facts: Header = dict(NO_READING)
        quality = quality_of_json(kept[-1].reading) if kept else None
        reading = self._shown_reading(number)
        if reading is not None:
            facts = reading_facts(reading, study.instance_uids)
        results = self._shown_results(number)
        return {
            **_row(exam),
            "patient_id": exam.patient_id,
            "birth_date": study.birth_date,
            "simulated": study.simulated,
            "images": study.images,
            "hanging": hanging_facts(study.views()),
            "mri": study.holds_mri,
            "quality": [
                {"severity": each.severity, "text": each.text}
                for each in (() if quality is None else quality.facts)
            ],
            "ai_shown": reading is not None,
            "alone": impression_facts(alone),
            "signed": None if signed is None else signed_facts(signed),
            **facts,
            "results": offered(results),
            "exports": self.key_file is not None,
            "destinations": list(self._destinations) if results else [],
            "sendings": self._sendings(number),
        }

    def jpeg(self, number: int, image: int, frame: int) -> bytes:
        """A frame of an image, both counted as the exam's `images` are, frames from 1."""
        picture = self._studies.open(number).picture(image, frame)
        if picture.ndim == 3:
            picture = np.ascontiguousarray(picture[..., ::-1])
        return cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, 92))[1].tobytes()

    def correct_phases(self, number: int, said: Header, who: str) -> None:
        """Read a breast MRI again by a corrected table of phases, and other `settings` if any.

        `said` is of `phase_changes.table_json`. SettingsError where it does not fit the exam.
        """
        study = self._studies.open(number).study
        changes = changes_of_json(said)
        corrected(phase_table_of(study), changes)
        settings = mri_settings_of(said.get("settings", {}))
        mode = BreastMri(settings, changes, networks=breast_mri_networks())
        self._store.note("corrected the phases", who, number)
        self.jobs.again(number, study, mode, who)

    def keep_alone(self, number: int, impression: Impression, who: str) -> None:
        """What a clinician says before the AI is shown. SettingsError where it was said already."""
        with self._signing:
            if self._alone(number) is not None:
                raise SettingsError(
                    "This exam was read without the AI already; what was said then stays. Sign it "
                    "with what you think now."
                )
            self._store.keep_impression(number, impression_json(impression), who)

    def sign(self, number: int, asked: SignOffAsked, who: str) -> None:
        """Sign the exam's last reading: new instances are written, the machine's stay."""
        with self._signing, ExitStack() as stack:
            kept = self._store.readings_of(number)
            if not kept or self._store.exam(number).state is not ExamState.READ:
                raise SettingsError(
                    "This exam waits for no signature: it was not read yet, or is signed. Open "
                    "the exam again."
                )
            reading, quality = reading_of_json(kept[-1].reading), quality_of_json(kept[-1].reading)
            alone = self._alone(number)
            if self._reads_alone and alone is None:
                raise SettingsError("This exam is to be read without the AI first. Do that.")
            signed = asked.signed(reading, alone)
            before = self._present_results(number)
            room = Path(stack.enter_context(TemporaryDirectory(prefix="senoscope-sign-")))
            written = write_results(
                self._studies.open(number).study,
                reading,
                room / "signed",
                signed,
                machine=copied(self._store, before, room / "machine"),
                quality=quality,
            )
            results = new_results(written, before)
            earlier = self._store.sign_offs_of(number)
            replaces = earlier[-1].number if earlier else None
            kept_json = signed_json(signed, quality)
            self._store.sign(kept[-1].number, kept_json, results, who, replaces)

    def result(self, number: int, place: int) -> tuple[str, str, bytes]:
        """File name, media type and content of one of the exam's `results`."""
        found = content(self._store, self._shown_results(number), place)
        if found is None:
            raise SettingsError("There is no such result any more. Open the exam again.")
        return found

    def send(self, number: int, destination: str, who: str) -> None:
        """Queue the exam's present DICOM results. SettingsError: no such destination."""
        if destination not in self._destinations:
            raise SettingsError(
                f"No destination of that name is set up; expected one of {self._destinations}."
            )
        contents = [
            each.content for each in self._shown_results(number) if each.instance_uid is not None
        ]
        self._store.outbox.put(contents, destination, who)

    def deidentify(self, number: int, who: str) -> Iterator[float]:
        """Make the exam's copy without the person, see `write_deidentified`."""
        if self.key_file is None:
            raise SettingsError("No copy without the person is made here. Use the command line.")
        paths = [self._store.path_of(each.content) for each in self._store.images_of(number)]
        self._store.note("made a copy without the person", who, number)
        key = PseudonymKey.kept_in(self.key_file)
        yield from write_deidentified(paths, key, self._copy(number))

    def deidentified(self, number: int) -> Path:
        """The copy. SettingsError where it was not made."""
        if not self._copy(number).exists():
            raise SettingsError("The copy was not made yet, or is gone. Ask for it first.")
        return self._copy(number)

    def _copy(self, number: int) -> Path:
        return Path(self._exports.name) / f"senoscope_exam_{number}_deidentified.zip"

    def _may_show(self, number: int) -> bool:
        """Whether what the AI read may be seen: not before a clinician has read alone."""
        if not self._store.readings_of(number):
            return False
        return not self._reads_alone or self._alone(number) is not None

    def _shown_reading(self, number: int) -> StudyReading | None:
        """As it was signed, if it was; None while it may not be seen."""
        if not self._may_show(number):
            return None
        signed = self._signed(number)
        if signed is not None:
            return signed.reading
        return reading_of_json(self._store.readings_of(number)[-1].reading)

    def _shown_results(self, number: int) -> tuple[KeptResult, ...]:
        return self._present_results(number) if self._may_show(number) else ()

    def _present_results(self, number: int) -> tuple[KeptResult, ...]:
        return present(self._store.results_of(number))

    def _signed(self, number: int) -> SignedReading | None:
        """Of the last reading; None where that is not signed."""
        kept, readings = self._store.sign_offs_of(number), self._store.readings_of(number)
        if not kept or kept[-1].reading != readings[-1].number:
            return None
        return signed_of_json(kept[-1].signed)

    def _alone(self, number: int) -> Impression | None:
        """Of the last reading: where images came later, it is to be read alone anew."""
        kept, readings = self._store.impressions_of(number), self._store.readings_of(number)
        if not kept or (readings and kept[-1].made_at < readings[-1].made_at):
            return None
        return impression_of(kept[-1].impression)

    def _sendings(self, number: int) -> list[Header]:
        counted: dict[tuple[str, str, str], int] = {}
        for each in self._store.outbox.listed(exam=number):
            key = each.destination, each.state.value, each.why
            counted[key] = counted.get(key, 0) + 1
        return [
            {"destination": destination, "state": state, "why": why, "count": count}
            for (destination, state, why), count in counted.items()
        ]


def _row(exam: Exam) -> Header:
    return {
        "number": exam.number,
        "name": exam.patient_name.partition("=")[0].replace("^", " ").strip(),
        "study_date": "" if exam.study_date is None else exam.study_date.isoformat(),
        "modality": exam.modality,
        "state": exam.state.value,
    }
