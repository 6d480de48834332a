"""What came with a study, what is missing, and what contradicts itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from pydicom import uid

from senoscope.studies.series import Series, Study
from senoscope.studies.stored_image import ULTRASOUND, StoredImage
from senoscope.studies.stored_pixels import registered_name
from senoscope.studies.study_limits import LeftOut

Key = TypeVar("Key", bound=Hashable)
Severity = Literal["note", "caution", "fault"]
Topic = Literal["came", "missing", "contradiction", "text in the picture", "lossy"]

ALWAYS_LOSSY = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless)
_MODALITIES = ("US", "MG", "MR", "CT", "DX", "CR", "NM", "PT", "OT", "SC", "SR", "SEG", "PR", "KO")
_NOT_PROJECTED = (ULTRASOUND, "SR", "PR", "KO", "SEG", "OT", "SC")
"""Of these no PixelSpacing is expected: ultrasound says it by region."""
LONGEST_LIST = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a person should know, in one sentence that does not tell who the patient is.

    "fault": the study may be read wrong; "caution": a part of it cannot be read, or less surely.
    `series_uid` None: of the whole study. `places`: the numbers of the files meant; empty: all.
    """

    severity: Severity
    topic: Topic
    text: str
    series_uid: str | None = None
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyQuality:
    """Facts of one study; what came first, then by severity, the worst first."""

    study_uid: str
    facts: tuple[Fact, ...]

    def as_json(self) -> dict[str, Any]:
        """For `json.dumps`."""
        return asdict(self)

    def __str__(self) -> str:
        """One line a fact."""
        return "\n".join(f"{each.severity}: {each.text}" for each in self.facts)


def quality_of(study: Study, left_out: Iterable[LeftOut] = ()) -> StudyQuality:
    """The report. `left_out` is of all that was given with the study, whatever study it is of."""
    facts = [*_of_study(study), *_of_left_out(left_out)]
    for series in study.series:
        facts += _of_series(series)
    rank = ("fault", "caution", "note")
    came = [each for each in facts if each.topic == "came"]
    rest = [each for each in facts if each.topic != "came"]
    rest.sort(key=lambda fact: rank.index(fact.severity))
    return StudyQuality(study.uid, (*came, *rest))


def _of_study(study: Study) -> Iterator[Fact]:
    differing = _differing(image.identity for image in study.images)
    if differing:
        yield Fact(
            "fault",
            "contradiction",
            f"Files of one study differ in {' and '.join(differing)}: they may be of two patients. "
            "Compare them where they were made, before anything is read.",
        )
    if study.same_copies:
        yield Fact(
            "note", "came", f"{_counted(study.same_copies, 'file')} came twice and counted once."
        )
    for places in study.contradictions:
        yield Fact(
            "fault",
            "contradiction",
            f"{len(places)} files say that they are the same instance (SOPInstanceUID) and hold "
            "different content; only the first is read. Ask where they were made which is right.",
            places=places,
        )


def _of_left_out(left_out: Iterable[LeftOut]) -> Iterator[Fact]:
    for each in left_out:
        severity: Severity = "caution" if each.is_refused else "note"
        topic: Topic = "missing" if each.is_refused else "came"
        yield Fact(severity, topic, str(each), places=each.places)


def _of_series(series: Series) -> Iterator[Fact]:
    images = series.images
    yield _came(series)
    yield from _missing(series)
    yield from _contradictions(series)
    yield from _text_in_picture(series)
    for (says, ratios, methods), group in _grouped(
        images, lambda image: (image.lossy.says, image.lossy.ratios, image.lossy.methods)
    ):
        if says == "01":
            how = ", then ".join(methods) or "an unnamed method"
            ratio = ", then ".join(f"{each:g}" for each in ratios) or "not said"
            yield _fact(
                series,
                "note",
                "lossy",
                f"was compressed with loss ({how}; ratio {ratio}); fine detail may be gone",
                group,
            )


def _came(series: Series) -> Fact:
    kinds = Counter(registered_name(each.sop_class) for each in series.images)
    syntaxes = Counter(registered_name(each.transfer_syntax) for each in series.images)
    count, frames = _counted(len(series.images), "file"), _counted(series.frame_count, "frame")
    return Fact(
        "note",
        "came",
        f"A series of {_modality(series.modality)}: {count}, {frames}; {_listed(kinds)}; stored "
        f"as {_listed(syntaxes)}; in the order of {series.ordered_by}.",
        series.uid,
    )


def _missing(series: Series) -> Iterator[Fact]:
    for trouble, group in _grouped(series.images, lambda image: image.trouble):
        if trouble is not None:
            yield _fact(series, "caution", "missing", f"has pixels that are {trouble}", group)
    unmeasured = [each for each in series.images if each.has_pixels and each.spacing_from is None]
    if not unmeasured:
        return
    if series.modality == ULTRASOUND:
        yield _fact(
            series,
            "caution",
            "missing",
            "has no 2-D region with one usable scale (SequenceOfUltrasoundRegions): no "
            "millimetres from the header",
            unmeasured,
        )
    elif series.modality not in _NOT_PROJECTED:
        text = "has no PixelSpacing that holds for a whole file: no millimetres"
        yield _fact(series, "caution", "missing", text, unmeasured)


def _contradictions(series: Series) -> Iterator[Fact]:
    pictures = [each for each in series.images if each.has_pixels]
    sizes = Counter((each.rows, each.columns) for each in pictures)
    if len(sizes) > 1:
        listed = _listed(Counter(f"{rows} x {columns}" for rows, columns in sizes.elements()))
        yield _fact(
            series, "caution", "contradiction", f"has pictures of several sizes: {listed}", ()
        )
    modalities = Counter(_modality(each.modality) for each in series.images)
    if len({each.modality for each in series.images}) > 1:
        yield _fact(
            series, "fault", "contradiction", f"says several modalities: {_listed(modalities)}", ()
        )
    for sides, group in _grouped(series.images, lambda image: image.sides):
        if len({side for _, side in sides}) > 1:
            said = ", ".join(f"{keyword} {side}" for keyword, side in sides)
            yield _fact(series, "fault", "contradiction", f"says two sides: {said}", group)
    denied = [
        each
        for each in pictures
        if each.transfer_syntax in ALWAYS_LOSSY and each.lossy.says != "01"
    ]
    if denied:
        yield _fact(
            series,
            "caution",
            "contradiction",
            "is stored with loss and does not say so (LossyImageCompression)",
            denied,
        )


def _text_in_picture(series: Series) -> Iterator[Fact]:
    pictures = [each for each in series.images if each.has_pixels]
    for says, group in _grouped(pictures, lambda image: image.burned_in):
        if says == "YES":
            text = "has text burned into its pixels (BurnedInAnnotation YES): it may say who it is"
            yield _fact(series, "caution", "text in the picture", text, group)
        elif says is None:
            text = "does not say whether text is burned into its pixels (BurnedInAnnotation)"
            yield _fact(series, "note", "text in the picture", text, group)
    overlaid = [each for each in pictures if each.has_overlay]
    if overlaid:
        text = "has an overlay (60xx), which is neither drawn nor read"
        yield _fact(series, "note", "text in the picture", text, overlaid)


def _fact(
    series: Series,
    severity: Severity,
    topic: Topic,
    text: str,
    images: Sequence[StoredImage],
) -> Fact:
    """Of the series, or of those of its images that are meant."""
    is_whole = len(images) in (0, len(series.images))
    name = f"A series of {_modality(series.modality)}"
    part = "" if is_whole else f", in {len(images)} of its {len(series.images)} files,"
    places = () if is_whole else tuple(sorted(each.place for each in images))
    return Fact(severity, topic, f"{name}{part} {text}.", series.uid, places)


def _grouped(
    images: Sequence[StoredImage], key: Callable[[StoredImage], Key]
) -> Iterator[tuple[Key, list[StoredImage]]]:
    groups: dict[Key, list[StoredImage]] = defaultdict(list)
    for image in images:
        groups[key(image)].append(image)
    return iter(groups.items())


def _modality(text: str) -> str:
    """A word of ours: what stands there may be anything."""
    return text if text in _MODALITIES else "another modality"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _listed(counts: Counter[str]) -> str:
    """Such as "Ultrasound Image Storage (3), Enhanced MR Image Storage (1)"."""
    common = counts.most_common(LONGEST_LIST)
    more = ", ..." if len(counts) > LONGEST_LIST else ""
    return ", ".join(f"{each} ({count})" for each, count in common) + more


def _differing(identities: Iterable[tuple[tuple[str, str], ...]]) -> list[str]:
    """Keywords of which two values are said; one that is not said contradicts nothing."""
    values: dict[str, set[str]] = defaultdict(set)
    for identity in identities:
        for keyword, digest in identity:
            values[keyword].add(digest)
    return [keyword for keyword, digests in values.items() if len(digests) > 1]
