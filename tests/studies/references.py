"""Two data sets compared, and what a data set refers to, at any depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydicom import DataElement, Dataset


def differences(one: Dataset, other: Dataset, where: str = "") -> Iterator[str]:
    """The places of elements that are not in both, or differ in VR or value."""
    for tag in sorted({*one.keys(), *other.keys()}):
        place = f"{where}{tag}"
        if tag not in one or tag not in other:
            yield f"{place} is not in both"
        elif one[tag].VR != other[tag].VR or not _same(one[tag], other[tag]):
            yield f"{place} differs"
        elif one[tag].VR == "SQ":
            for item, its in zip(one[tag].value, other[tag].value, strict=True):
                yield from differences(item, its, f"{place}.")


def _same(one: DataElement, other: DataElement) -> bool:
    if one.VR == "SQ":
        return len(one.value) == len(other.value)
    return bool(one.value == other.value)


@dataclass(frozen=True)
class Reference:
    """To an instance; a series and a study it does not name are None."""

    instance: str
    sop_class: str
    series: str | None
    study: str | None
    frames: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()


def references(
    dataset: Dataset, series: str | None = None, study: str | None = None
) -> Iterator[Reference]:
    """All in it, at any depth."""
    for element in dataset:
        for item in element.value or () if element.VR == "SQ" else ():
            its_series = item.get("SeriesInstanceUID", series)
            its_study = item.get("StudyInstanceUID", study)
            if "ReferencedSOPInstanceUID" in item:
                yield Reference(
                    item.ReferencedSOPInstanceUID,
                    item.ReferencedSOPClassUID,
                    its_series,
                    its_study,
                    _numbers(item.get("ReferencedFrameNumber")),
                    _numbers(item.get("ReferencedSegmentNumber")),
                )
            yield from references(item, its_series, its_study)


def _numbers(value: int | Iterable[int] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(value)
