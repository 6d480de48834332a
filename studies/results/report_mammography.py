"""What a report says of a mammography exam and of each mammogram, beside its marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from senoscope.studies.results.report_row import Row
from senoscope.studies.results.report_words import said
from senoscope.studies.study_reading import (
    BREAST_MRI,
    EXAM_SCORE,
    MAMMOGRAPHY,
    NETWORK,
    NOT_READ_BY_NETWORK,
    VIEW_SCORE,
    WEIGHTS,
    ImageReading,
    ReadingFact,
    StudyReading,
)

DENSE = ("C", "D")
"""In which ultrasound beside mammography finds more (Berg et al., JAMA 2008)."""

_NONE_MARKED = {MAMMOGRAPHY: "no_mark", BREAST_MRI: "no_lesion_mri"}


def none_marked(mode: str) -> str:
    """Key of the words for a reading of that mode without findings."""
    return _NONE_MARKED.get(mode, "none_marked")


def exam_rows(reading: StudyReading, language: str) -> Iterator[Row]:
    """Density of the exam; nothing where none was measured."""
    facts = {each.name: each for each in reading.facts}
    if (score := facts.get(EXAM_SCORE)) is not None and score.number is not None:
        meaning = said(language, "exam_score_meaning")
        value = said(language, "exam_score_value", value=f"{score.number:.2f}", meaning=meaning)
        yield Row(said(language, "exam_score"), value)
    if (weights := facts.get(WEIGHTS)) is not None:
        none = said(language, "no_clinical_weights")
        yield Row(said(language, "networks"), weights.word or none)
    category = facts.get("density_category")
    if category is None:
        return
    letters = {
        letter.upper(): facts[f"density_{letter}"].number or 0.0
        for letter in "abcd"
        if f"density_{letter}" in facts
    }
    meaning = said(language, f"density_{category.word}")
    chances = said(language, "comma").join(f"{key} {each:.0%}" for key, each in letters.items())
    yield Row(said(language, "density"), f"{category.word}: {meaning}", chances)
    yield Row(said(language, "density_percent"), _percents(facts, language))
    if category.word in DENSE:
        yield Row(said(language, "consider"), said(language, "supplemental_ultrasound"))


def _percents(facts: Mapping[str, ReadingFact], language: str) -> str:
    parts = [f"{facts['density_percent'].number or 0.0:.1f} %"]
    for side in ("L", "R"):
        if (known := facts.get(f"density_{side}")) is not None:
            parts.append(f"{said(language, f'breast_{side}')} {known.number or 0.0:.1f} %")
    return said(language, "comma").join(parts)


def image_row(image: ImageReading, language: str) -> Row | None:
    """One mammogram or tomosynthesis: its view, what was measured, what to beware of; else None."""
    facts = {each.name: each for each in image.facts}
    if VIEW_SCORE in facts:
        parts = list(_of_slices(image, facts[VIEW_SCORE], language))
    elif "density_percent" in facts:
        percent = facts["density_percent"].number or 0.0
        parts = [said(language, "dense_percent", percent=f"{percent:.1f}")]
    else:
        return None
    if "dense_area" in facts and "breast_area" in facts:
        dense, breast = (facts[each].number or 0.0 for each in ("dense_area", "breast_area"))
        parts.append(said(language, "dense_area", dense=f"{dense:.1f}", breast=f"{breast:.1f}"))
    parts += [
        said(language, "network_says", by=each.word, probability=f"{each.number:.2f}")
        for each in image.facts
        if each.name == NETWORK and each.number is not None
    ]
    parts += [each.word for each in image.facts if each.name == NOT_READ_BY_NETWORK]
    parts += [
        said(language, f"caution_{each.word}") for each in image.facts if each.name == "caution"
    ]
    known = " ".join(facts[each].word for each in ("laterality", "view") if each in facts)
    name = f"{said(language, 'image')} {image.place}"
    return Row(f"{name}: {known}" if known else name, said(language, "semicolon").join(parts))


def _of_slices(image: ImageReading, score: ReadingFact, language: str) -> Iterator[str]:
    yield said(language, "slices", n=image.frames)
    if image.heights_mm:
        yield said(language, "slices_over", mm=f"{max(image.heights_mm):.0f}")
    if score.number is not None:
        yield said(language, "view_score", value=f"{score.number:.2f}")
