"""How much a study from outside may cost."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.errors import SettingsError, SourceUnavailable

PREAMBLE = 132
"""Bytes up to the end of "DICM"."""


@dataclass(frozen=True, slots=True)
class StudyLimits:
    """Bounds of one folder or zip.

    `most_files`: files of any kind. `most_bytes`: of all files, unpacked. `deepest_folder`: folders
    within one another. `largest_ratio`: bytes unpacked to bytes packed, of one zip member.
    """

    most_files: int = 20_000
    most_bytes: int = 32 * 2**30
    deepest_folder: int = 16
    largest_ratio: int = 200

    def __post_init__(self) -> None:
        if min(self.most_files, self.most_bytes, self.deepest_folder, self.largest_ratio) < 1:
            raise SettingsError(f"{self} was given; expected limits of 1 at least. Raise them.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Files that were not read for one reason, by their numbers.

    `reason` holds neither a file's name nor anything of its content. `is_refused`: it may have been
    part of the study; else it was no DICOM image and nothing is lost.
    """

    reason: str
    places: tuple[int, ...]
    is_refused: bool

    def __str__(self) -> str:
        """One line for a person."""
        shown = ", ".join(str(each) for each in self.places[:5])
        more = ", ..." if len(self.places) > 5 else ""
        files = "file" if len(self.places) == 1 else "files"
        return f"{len(self.places)} {files} left out (number {shown}{more}): {self.reason}."


def is_dicom(start: bytes) -> bool:
    """Whether a file's first `PREAMBLE` bytes are those of a DICOM file."""
    return start[128:PREAMBLE] == b"DICM"


def too_many(kind: str, limits: StudyLimits) -> SourceUnavailable:
    """For a folder or zip of too many files."""
    return SourceUnavailable(
        f"The {kind} holds more than {limits.most_files} files; expected one study. Give a {kind} "
        "of fewer."
    )


def too_much(kind: str, limits: StudyLimits) -> SourceUnavailable:
    """For a folder or zip of too many bytes."""
    return SourceUnavailable(
        f"The {kind}'s files have more than {size_text(limits.most_bytes)}; expected one study. "
        f"Give a {kind} of fewer."
    )


def size_text(size: int) -> str:
    """Such as "32 GB"."""
    for power, unit in ((30, "GB"), (20, "MB"), (10, "kB")):
        if size >= 2**power:
            return f"{size // 2**power} {unit}"
    return f"{size} bytes"
