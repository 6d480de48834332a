"""What a report says of one finding, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from senoscope.calibration.measurement import LesionMeasurements, Measured, Unit
from senoscope.domain.reading import Suspicion
from senoscope.studies.results.breast_mri.report_rows import lesion_rows, lesion_values
from senoscope.studies.results.finding_said import is_mark
from senoscope.studies.results.report_picture import Picture
from senoscope.studies.results.report_row import Row
from senoscope.studies.results.report_words import lexicon_word, said, shown
from senoscope.studies.sign_off import Decision, Verdict
from senoscope.studies.study_reading import FindingKind, FindingWord, StudyFinding, StudyReading

LONGEST_WHY = 120
ANY_ANGLE = 60.0
"""Degrees; a wider interval says nothing of how a lesion lies."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the clinician decided, in a word, and why; `reason` may be ""."""

    verdict: Verdict
    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class FindingPart:
    """One finding as both forms show it.

    `size` is of both axes in one line. `caption` has lines. `decision` None: nobody signed. Of a
    mark `is_mark`: it has a score, `chance_name`, and no suspicion. `overview`: its line in a table
    of all, after its number and before the decision.
    """

    number: int
    title: str
    suspicion: Suspicion
    suspicion_word: str
    probability: float
    lowest: float
    highest: float
    probability_line: str
    chance_name: str
    is_mark: bool
    overview: tuple[Row, ...]
    size: str
    measures: tuple[Row, ...]
    words: tuple[Row, ...]
    caption: tuple[str, ...]
    picture: Picture | None
    close_up: Picture | None
    decision: Said | None


def finding_part(
    finding: StudyFinding,
    reading: StudyReading,
    decision: Decision | None,
    pictures: tuple[Picture, ...],
    language: str,
) -> FindingPart:
    """In that language; `pictures` are the drawn key frame and a close-up, as far as there are."""
    picture = pictures[0] if pictures else None
    number, of_mark = finding.number, is_mark(finding)
    spread = said(language, "range", low=f"{finding.lowest:.2f}", high=f"{finding.highest:.2f}")
    line = f"{finding.probability:.2f} ({spread})"
    kind = said(language, f"kind_{finding.kind.value}") if of_mark else ""
    suspicion = said(language, f"suspicion_{finding.suspicion.value}")
    size = _size(finding.measured, language)
    return FindingPart(
        number,
        said(language, "mark" if of_mark else "finding", n=number, kind=kind),
        finding.suspicion,
        suspicion,
        finding.probability,
        finding.lowest,
        finding.highest,
        line,
        said(language, "mark_score" if of_mark else "probability"),
        of_mark,
        tuple(_overview(finding, language, {"size": size, "probability": line})),
        size,
        (*_measures(finding.measured, language), *lesion_rows(finding, language)),
        tuple(_words(finding.words, language)),
        tuple(_caption(finding, reading, decision, picture, language)),
        picture,
        pictures[1] if len(pictures) > 1 else None,
        None if decision is None else _decided(decision, language),
    )


def _overview(finding: StudyFinding, language: str, said_of_it: Mapping[str, str]) -> Iterator[Row]:
    values = {
        **said_of_it,
        "suspicion": said(language, f"suspicion_{finding.suspicion.value}"),
        "kind": said(language, f"kind_{finding.kind.value}") if is_mark(finding) else "",
        "mark_score": f"{finding.probability:.2f}",
        "views": said(language, "seen_in", n=len(finding.images)),
        **lesion_values(finding, language),
    }
    keys: tuple[str, ...] = ("size", "probability", "suspicion")
    if finding.kind is FindingKind.ENHANCEMENT:
        keys = ("side", "longest", "curve", "mark_score")
    elif is_mark(finding):
        keys = ("kind", "mark_score", "views")
    for key in keys:
        yield Row(said(language, key), values.get(key, ""))


def _size(measured: LesionMeasurements | None, language: str) -> str:
    if measured is None:
        return said(language, "no_millimetres")
    return f"{measured.long_axis.value:.1f} × {measured.short_axis.value:.1f} mm"


def _measures(measured: LesionMeasurements | None, language: str) -> Iterator[Row]:
    if measured is None:
        return
    for name in ("long_axis", "short_axis", "orientation", "area", "depth", "skin_distance"):
        one: Measured | None = getattr(measured, name)
        if one is not None:
            yield _measure(name, one, language)


def _measure(name: str, one: Measured, language: str) -> Row:
    digits = 0 if one.unit is Unit.DEGREES else 1
    unit = one.unit.value if one.unit is Unit.DEGREES else f" {one.unit.value}"
    value = f"{one.value:.{digits}f}{unit}"
    if one.unit is Unit.DEGREES and one.upper - one.lower > ANY_ANGLE:
        value = said(language, "any_angle")
    low, high = f"{one.lower:.{digits}f}", f"{one.upper:.{digits}f}"
    return Row(said(language, name), value, said(language, "range", low=low, high=high))


def _words(words: Iterable[FindingWord], language: str) -> Iterator[Row]:
    for each in words:
        # "orientation" is the angle of the long axis already.
        name = said(language, "lie" if each.name == "orientation" else each.name)
        if each.word is not None:
            yield Row(name, lexicon_word(language, each.word), f"{each.agreement:.2f}")
        else:
            why = " ".join(shown(each.reason, LONGEST_WHY).split())
            key = "not_assessed_why" if why else "not_assessed"
            yield Row(name, said(language, key, why=why))


def _caption(
    finding: StudyFinding,
    reading: StudyReading,
    decision: Decision | None,
    picture: Picture | None,
    language: str,
) -> Iterator[str]:
    at = finding.key.at
    image = next((each for each in reading.images if each.instance_uid == at.instance_uid), None)
    yield said(
        language,
        "caption",
        image="?" if image is None else image.place,
        frame=at.frame,
        n=len(finding.outlines),
    )
    height_mm = None if image is None else image.height_mm(at.frame)
    if height_mm is not None:
        yield said(language, "height", mm=f"{height_mm:.1f}")
    if picture is None:
        yield said(language, "no_picture")
    else:
        yield said(language, f"line_{finding.suspicion.value}")
    if is_mark(finding):
        in_volume = finding.kind is FindingKind.ENHANCEMENT
        yield said(language, "lesion_score_meaning" if in_volume else "mark_score_meaning")
    if decision is None or decision.outline is None:
        return
    if decision.outline.at != at:
        yield said(language, "edited_elsewhere")
    elif picture is not None:
        yield said(language, "line_edited")
    if finding.measured is not None:
        yield said(language, "measured_before")
    if is_mark(finding) and finding.words:
        yield said(language, "words_of_drawn")


def _decided(decision: Decision, language: str) -> Said:
    word = said(language, f"verdict_{decision.verdict.value}")
    return Said(decision.verdict, word, shown(decision.reason))
