"""Dynamic breast MRI, read by programs a person wrote: tissue, and what takes up contrast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from threading import Event
from typing import Any

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import ImageError, SettingsError, SourceUnavailable
from senoscope.domain.reading import ReaderDescription
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.programmed.breast_mri.analyse import analyse
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, MriSettings
from senoscope.models.programmed.kinetics.functional_volume import FunctionalThresholds
from senoscope.studies.images.series import Series, Study
from senoscope.studies.modes.enhancing_lesions import findings_of_lesions
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.modes.mri_exam_facts import exam_facts
from senoscope.studies.modes.mri_networks import UsersNetworks
from senoscope.studies.modes.told_parts import parts_of
from senoscope.studies.mri.dynamic_series import dynamic_series_of
from senoscope.studies.mri.mri_slices import is_mri
from senoscope.studies.mri.phase_changes import PhaseChanges, corrected, table_json
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.mri.phases import PhaseSet, PhaseTable
from senoscope.studies.results.breast_mri.report_rows import TROUBLE
from senoscope.studies.study_reading import (
    BREAST_MRI,
    FramePlace,
    ImageReading,
    ReadingFact,
    ReadVolumes,
    StudyReading,
)

READER = ReaderDescription(
    engine="programmed features, no network",
    models=("programmed breast MRI 1, score of lesions trained on simulated breasts alone",),
)
Analyser = Callable[[DynamicSeries, MriSettings, Say, Event | None], MriAnalysis | None]
TABLE_SHARE = 0.05
"""Of the work, when the table is there."""


@dataclass(frozen=True)
class BreastMri:
    """The phases of one injection: of both breasts, or of each breast where each has its own.

    `changes`: what a person corrected in the table of phases. `analyser` is what looks at a series.
    `networks`: the folder in which users put networks of their own, see `breast_mri_card`. What
    each one outlines stands beside what is programmed, and replaces nothing.
    """

    settings: MriSettings = field(default_factory=MriSettings)
    changes: PhaseChanges | None = None
    analyser: Analyser = analyse
    networks: Path | None = None

    name = BREAST_MRI
    expects = "dynamic breast MRI"

    def accepts(self, series: Series) -> bool:
        """Any that holds MR images: why what is not dynamic is not read, a reading says."""
        return any(map(is_mri, series.images))

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        """As `Mode.read`. Facts are those that `report_rows` names."""
        say(0.0, "Phases")
        table = phase_table_of(study)
        if self.changes is not None:
            table = corrected(table, self.changes)
        say(TABLE_SHARE, "Phases")
        chosen = _chosen(table)
        if not chosen:
            return _unread(study, table)
        volumes: list[ReadVolumes] = []
        troubles: list[str] = []
        networks = UsersNetworks.of(self.networks)
        _, *told_of = parts_of(say, (TABLE_SHARE, *[(1 - TABLE_SHARE) / len(chosen)] * len(chosen)))
        for each, told in zip(chosen, told_of, strict=True):
            try:
                read = self._read((each, table), networks, told, cancelled)
            except (ImageError, SourceUnavailable) as error:
                troubles.append(str(error))
                continue
            if read is None:
                return None
            volumes.append(read)
        if not volumes:
            return _unread(study, table, " ".join(troubles))
        say(1.0, "Results")
        return _reading(study, _numbered(volumes), chosen, troubles)

    def _read(
        self,
        of: tuple[PhaseSet, PhaseTable],
        networks: UsersNetworks,
        say: Say,
        cancelled: Event | None,
    ) -> ReadVolumes | None:
        phases, table = of
        decoded, analysed, outlined = parts_of(say, (1, 4, 4 * len(networks.loaded)))
        series = dynamic_series_of(phases, decoded, cancelled)
        if series is None:
            return None
        analysis = self.analyser(series, self.settings, analysed, cancelled)
        if analysis is None:
            return None
        before = phases.taking_part[phases.pre_contrast - 1]
        slices = tuple(each.image.frame_place(each.frame) for each in before.slices)
        said = {**table_json(table), "read": phases.number}
        volumes = ReadVolumes(series, analysis, slices, said)
        return networks.beside(volumes, outlined, cancelled)


def mri_settings_of(said: Mapping[str, Any]) -> MriSettings:
    """The usual ones but for those that are named. SettingsError where one cannot be."""
    usual = asdict(MriSettings())
    strange = sorted(set(said) - set(usual))
    if strange:
        raise SettingsError(
            f"The settings {strange[:5]} of breast MRI were given; expected some of {list(usual)}."
        )
    for name, value in said.items():
        numbers = (int, float) if isinstance(usual[name], float) else (type(usual[name]),)
        if type(value) not in numbers or not isfinite(value):
            raise SettingsError(
                f"The setting {name} of breast MRI was given as {value!r:.20}; expected a value "
                f"such as {usual[name]!r}."
            )
    made = MriSettings(**said)
    FunctionalThresholds(
        made.early_percent, made.background_share, made.ser_from, made.neighbours
    )  # says what cannot be
    return made


def _chosen(table: PhaseTable) -> list[PhaseSet]:
    """The best set; where it is of one breast, also the best of the other one."""
    chosen: list[PhaseSet] = []
    for each in table.readable:
        seen = {one.laterality for one in chosen}
        if not chosen or (seen <= {"L", "R"} and each.laterality in {"L", "R"} - seen):
            chosen.append(each)
    return chosen


def _numbered(volumes: Sequence[ReadVolumes]) -> list[ReadVolumes]:
    """Lesions numbered through, the highest score first."""
    lesions = sorted(
        ((place, each) for place, one in enumerate(volumes) for each in one.analysis.lesions),
        key=lambda pair: -pair[1].score,
    )
    found = []
    for place, one in enumerate(volumes):
        own = tuple(
            replace(lesion, number=number)
            for number, (of, lesion) in enumerate(lesions, start=1)
            if of == place
        )
        found.append(replace(one, analysis=replace(one.analysis, lesions=own)))
    return found


def _reading(
    study: Study,
    volumes: Sequence[ReadVolumes],
    sets: Sequence[PhaseSet],
    troubles: Sequence[str],
) -> StudyReading:
    findings = sorted(
        (
            finding
            for each in volumes
            for finding in findings_of_lesions(each.analysis.lesions, each.slices)
        ),
        key=lambda finding: finding.number,
    )
    facts = list(exam_facts(volumes))
    said = [*troubles, *(one for each in sets for one in each.cautions)]
    said += [one for each in volumes for one in each.analysis.troubles]
    facts += [ReadingFact(TROUBLE, word=each) for each in dict.fromkeys(said)]
    return StudyReading(
        study.uid,
        BREAST_MRI,
        READER,
        tuple(image for each in volumes for image in _images(study, each)),
        tuple(findings),
        datetime.now(UTC),
        tuple(facts),
        volumes=tuple(volumes),
    )


def _images(study: Study, volumes: ReadVolumes) -> Iterator[ImageReading]:
    """Those that hold the phase before contrast, on which everything is outlined."""
    places = {each.instance_uid: each.place for each in study.images}
    frames: dict[str, list[FramePlace]] = {}
    for each in volumes.slices:
        frames.setdefault(each.instance_uid, []).append(each)
    _, row_mm, column_mm = volumes.series.geometry.spacing_mm
    spacing = CalibratedSpacing(PixelSpacing(row_mm, column_mm), SpacingOrigin.DICOM_SPACING)
    for uid, own in frames.items():
        first = own[0]
        yield ImageReading(
            places[uid], first.series_uid, uid, first.sop_class, len(own), len(own),
            spacing=spacing,
        )  # fmt: skip


def _unread(study: Study, table: PhaseTable, why: str = "") -> StudyReading:
    """That nothing was read, and why, of every MR image."""
    reasons = [each.trouble for each in table.sets if each.trouble]
    reasons += [each.why for each in table.others]
    why = why or " ".join(dict.fromkeys(reasons)) or (
        "No two phases of one injection were found among the MR images; expected one before "
        "contrast and one after. Give the whole dynamic study."
    )  # fmt: skip
    images = tuple(
        ImageReading(
            each.place, each.series_uid, each.instance_uid, each.sop_class, each.frames, trouble=why
        )
        for each in study.images
        if is_mri(each)
    )
    return StudyReading(study.uid, BREAST_MRI, READER, images, (), datetime.now(UTC))
