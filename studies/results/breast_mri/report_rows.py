"""What a report says of a breast MRI: of the exam, and of each lesion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from senoscope.studies.results.breast_mri.lesion_codes import CURVE, MEASURES
from senoscope.studies.results.breast_mri.lesion_measures import SIDE
from senoscope.studies.results.report_row import Row
from senoscope.studies.results.report_words import lexicon_word, said, shown
from senoscope.studies.study_reading import ImageReading, ReadingFact, StudyFinding, StudyReading

PHASES, PHASE_TIME = "phases", "phase_time"
"""Of facts of an exam: how many there are, and of each one when it was, in s."""
FIBROGLANDULAR, BACKGROUND = "fibroglandular", "background"
"""A fact's word is the lexicon's; with "_both", "_L" and "_R" it is a number in percent."""
MOTION, SHADING = "motion", "shading"
"""A fact's word is "corrected" or "left"."""
THRESHOLDS = ("early_percent", "background_share", "ser_from", "neighbours")
"""Facts of how the functional tumour volume was counted, as `MriSettings` has them."""
TROUBLE = "trouble"
"""A fact's word says in English what could not be done, and why."""
NETWORK_OUTLINE, NETWORK_AGREEMENT = "network_outline", "network_agreement"
"""The first with "_tumour" or another target, and "_L" or "_R" where each breast was read alone:
what a user's own network outlines, in ml, its word the network's title. The other follows it: the
Dice coefficient with the programmed outline, not there where neither outlines any."""
_DIGITS = {"ml": 2, "mm": 1, "s": 0, "%": 0, "%/min": 1, "/min": 3, "{ratio}": 2}
_NAMES = {"skin_distance": "lesion_skin_distance"}


def exam_rows_mri(reading: StudyReading, language: str) -> Iterator[Row]:
    """Phases, tissue, what was corrected and how volumes were counted; nothing of other modes."""
    facts = {each.name: each for each in reading.facts}
    if (phases := facts.get(PHASES)) is None:
        return
    times = [f"{each.number:.0f}" for each in reading.facts
             if each.name == PHASE_TIME and each.number is not None]  # fmt: skip
    key = "phases_at" if times else "phases_without_times"
    listed = said(language, "comma").join(times)
    many = f"{phases.number or 0:.0f}"
    yield Row(said(language, PHASES), said(language, key, n=many, times=listed))
    for name in (FIBROGLANDULAR, BACKGROUND):
        if f"{name}_both" in facts:
            yield _of_tissue(name, facts, language)
    for name in (MOTION, SHADING):
        if name in facts:
            yield Row(said(language, name), said(language, f"{name}_{facts[name].word}"))
    if all(each in facts for each in THRESHOLDS):
        yield _thresholds(facts, language)
    yield from network_rows(reading, language)
    troubles = [shown(each.word) for each in reading.facts if each.name == TROUBLE]
    if troubles:
        yield Row(said(language, "could_not"), " ".join(troubles))


def network_rows(reading: StudyReading, language: str) -> Iterator[Row]:
    """What users' own networks outline, how much, and how far the programmed outlines agree."""
    for fact, following in pairwise((*reading.facts, None)):
        if fact is None or not fact.name.startswith(f"{NETWORK_OUTLINE}_"):
            continue
        _, _, target, *side = fact.name.split("_")
        name = said(language, f"{NETWORK_OUTLINE}_{target}")
        if side:
            name = said(language, "comma").join([name, said(language, f"breast_{side[0]}")])
        agreement = following.number if following and following.name == NETWORK_AGREEMENT else None
        key = "network_outlined" if agreement is not None else "network_outlined_none"
        dice = f"{agreement or 0.0:.2f}"
        value = said(language, key, by=shown(fact.word), volume=in_unit(fact), dice=dice)
        yield Row(name, value)


def lesion_rows(finding: StudyFinding, language: str) -> Iterator[Row]:
    """Side, curve and measures, those that are known."""
    for name, value in lesion_values(finding, language).items():
        yield Row(said(language, _NAMES.get(name, name)), value)


def lesion_values(finding: StudyFinding, language: str) -> dict[str, str]:
    """The same by their names; nothing of other findings."""
    facts = {each.name: each for each in finding.facts}
    values = {}
    if SIDE in facts:
        values[SIDE] = said(language, f"breast_{facts[SIDE].word}")
    if CURVE in facts:
        values[CURVE] = facts[CURVE].word
    for name in MEASURES:
        fact = facts.get(name)
        if fact is not None and fact.number is not None:
            values[name] = in_unit(fact)
    return values


def in_unit(fact: ReadingFact) -> str:
    """Such as 1.25 ml; a ratio alone."""
    number = f"{fact.number or 0.0:.{_DIGITS[fact.unit]}f}"
    return number if fact.unit == "{ratio}" else f"{number} {fact.unit}"


def image_rows_mri(
    images: tuple[ImageReading, ...], language: str
) -> Iterator[tuple[str, str, str, str, str]]:
    """Slices of one series in one row: which they are, how many there are, how many were read."""
    by_series: dict[str, list[ImageReading]] = {}
    for image in images:
        by_series.setdefault(image.series_uid, []).append(image)
    for each in by_series.values():
        places = sorted(image.place for image in each)
        name = str(places[0])
        if len(places) > 1:
            name = said(language, "slices_of", first=places[0], last=places[-1])
        frames, read = sum(image.frames for image in each), sum(image.read for image in each)
        troubles = dict.fromkeys(shown(image.trouble) for image in each if image.trouble)
        scale = said(language, "none")
        if (spacing := each[0].spacing) is not None:
            origin = said(language, f"origin_{spacing.origin.value}")
            percent = f"{spacing.total_percent:.1f}"
            scale = said(language, "scale_of", origin=origin, percent=percent)
        yield name, str(frames), str(read), said(language, "comma").join(troubles), scale


def _of_tissue(name: str, facts: Mapping[str, ReadingFact], language: str) -> Row:
    parts = [f"{facts[f'{name}_both'].number or 0.0:.0f} %"]
    parts += [
        f"{said(language, f'breast_{side}')} {facts[f'{name}_{side}'].number or 0.0:.0f} %"
        for side in ("L", "R")
        if f"{name}_{side}" in facts
    ]
    value = said(language, "comma").join(parts)
    if name in facts:
        value = f"{lexicon_word(language, facts[name].word)}: {value}"
    return Row(said(language, name), value)


def _thresholds(facts: Mapping[str, ReadingFact], language: str) -> Row:
    early, share, ser, neighbours = (facts[each].number or 0.0 for each in THRESHOLDS)
    value = said(
        language,
        "volume_thresholds_said",
        early=f"{early:g}",
        share=f"{100 * share:g}",
        ser=f"{ser:g}",
        neighbours=f"{neighbours:g}",
    )
    return Row(said(language, "volume_thresholds"), value)
