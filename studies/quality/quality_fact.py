"""One thing that a quality report says, and the words it is made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from senoscope.studies.images.series import Series
from senoscope.studies.images.stored_image import StoredImage

Key = TypeVar("Key", bound=Hashable)
Severity = Literal["note", "caution", "fault"]
Topic = Literal["came", "missing", "contradiction", "text in the picture", "lossy"]

_MODALITIES = ("US", "MG", "MR", "CT", "DX", "CR", "NM", "PT", "OT", "SC", "SR", "SEG", "PR", "KO")
LONGEST_LIST = 5
Saying = tuple[Severity, Topic, str]
"""Of one image: what a `Fact` says of it, as the rest of a sentence that begins with its series."""


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


def fact_of(
    series: Series,
    severity: Severity,
    topic: Topic,
    text: str,
    images: Sequence[StoredImage],
) -> Fact:
    """Of the series, or of those of its images that are meant."""
    is_whole = len(images) in (0, len(series.images))
    name = f"A series of {modality_word(series.modality)}"
    part = "" if is_whole else f", in {len(images)} of its {len(series.images)} files,"
    places = () if is_whole else tuple(sorted(each.place for each in images))
    return Fact(severity, topic, f"{name}{part} {text}.", series.uid, places)


def facts_of_sayings(
    series: Series, sayings: Callable[[StoredImage], Iterable[Saying]]
) -> Iterator[Fact]:
    """One for each thing that is said, with all images of which it is."""
    groups: dict[Saying, list[StoredImage]] = defaultdict(list)
    for image in series.images:
        for saying in sayings(image):
            groups[saying].append(image)
    for saying, images in groups.items():
        yield fact_of(series, *saying, images)


def grouped(
    images: Sequence[StoredImage], key: Callable[[StoredImage], Key]
) -> Iterator[tuple[Key, list[StoredImage]]]:
    """The images that are alike in `key`, in the order of the first of each."""
    groups: dict[Key, list[StoredImage]] = defaultdict(list)
    for image in images:
        groups[key(image)].append(image)
    return iter(groups.items())


def modality_word(text: str) -> str:
    """A word of ours: what stands there may be anything."""
    return text if text in _MODALITIES else "another modality"


def counted(count: int, noun: str) -> str:
    """Such as "2 files"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def listed(counts: Counter[str]) -> str:
    """Such as "Ultrasound Image Storage (3), Enhanced MR Image Storage (1)"."""
    common = counts.most_common(LONGEST_LIST)
    more = ", ..." if len(counts) > LONGEST_LIST else ""
    return ", ".join(f"{each} ({count})" for each, count in common) + more
