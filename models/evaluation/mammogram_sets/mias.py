"""mini-MIAS: 322 digitised films of 161 women, oblique views, with circles round what is seen.

Suckling et al., Excerpta Medica International Congress Series 1994;1069:375. Its README says:
"Info.txt" has a row for each abnormality: reference, tissue (F, G, D), class (CALC, CIRC, SPIC,
MISC, ARCH, ASYM, NORM), severity (B, M), x, y and radius in pixels of a picture of 1024 x 1024;
the origin is the bottom left corner; films go in pairs, the left one with the even number; of
calcifications that are spread widely no place is given ("*NOTE 3*").

Files: `Info.txt` and `mdb001.pgm`, here or in `all-mias/`.
"""

from __future__ import annotations

import re
from pathlib import Path

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, Region, circle
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

SIDE_PX = 1024
TISSUES = ("F", "G", "D")
CLASSES = ("CALC", "CIRC", "SPIC", "MISC", "ARCH", "ASYM")
SEVERITIES = {"B": Diagnosis.BENIGN, "M": Diagnosis.MALIGNANT}
_NAME = re.compile(r"mdb(\d{3})[a-z]*")
_EXPECTED = "such as 'mdb001 G CIRC B 535 425 197' or 'mdb003 D NORM'"


def read_mias(folder: Path) -> tuple[MarkedView, ...]:
    """A view for each film; lines that do not begin with a reference are remarks."""
    table = folder / "Info.txt"
    try:
        lines = table.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise DataSetError(
            f"Info.txt cannot be read in {folder} ({error.strerror}). Give the folder that holds "
            "it and the films."
        ) from error
    films: dict[str, tuple[list[Diagnosis], list[Region]]] = {}
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or not _NAME.fullmatch(words[0]):
            continue
        diagnosis, region = _abnormality(words, number)
        diagnoses, regions = films.setdefault(words[0], ([], []))
        diagnoses.append(diagnosis)
        regions += [] if region is None else [region]
    if not films:
        raise DataSetError(f"Info.txt in {folder} has no line {_EXPECTED}. Download it again.")
    return tuple(_view(folder, name, *film) for name, film in films.items())


def _abnormality(words: list[str], line: int) -> tuple[Diagnosis, Region | None]:
    tissue, kind, *rest = (*words[1:3], *words[3:]) if len(words) >= 3 else ("", "")
    if tissue in TISSUES and kind == "NORM" and not rest:
        return Diagnosis.NORMAL, None
    if tissue not in TISSUES or kind not in CLASSES or not rest or rest[0] not in SEVERITIES:
        raise _trouble(words, line)
    diagnosis, place = SEVERITIES[rest[0]], rest[1:]
    if not place or place[0].startswith("*"):
        return diagnosis, None
    if len(place) != 3 or not all(each.isdecimal() for each in place):
        raise _trouble(words, line)
    x, up, radius = map(int, place)
    if not (0 <= x < SIDE_PX and 0 <= up < SIDE_PX and 0 < radius < SIDE_PX):
        raise _trouble(words, line)
    outline = circle(x, SIDE_PX - 1 - up, radius)
    return diagnosis, Region(diagnosis is Diagnosis.MALIGNANT, outline)


def _view(folder: Path, name: str, found: list[Diagnosis], regions: list[Region]) -> MarkedView:
    number = int(name[3:6])
    paths = [each / f"{name}.pgm" for each in (folder, folder / "all-mias")]
    image = next((path for path in paths if path.is_file()), None)
    if image is None:
        raise DataSetError(
            f"Info.txt names {name}, but {name}.pgm is neither in {folder.name} nor in its folder "
            "all-mias. Unpack all films."
        )
    return MarkedView(
        name=name,
        patient=f"pair {(number + 1) // 2}",
        laterality=Laterality.RIGHT if number % 2 else Laterality.LEFT,
        view="MLO",
        image=image,
        diagnosis=max(found, key=list(Diagnosis).index),
        regions=tuple(regions),
    )


def _trouble(words: list[str], line: int) -> DataSetError:
    return DataSetError(
        f"Line {line} of Info.txt says {' '.join(words)[:100]!r}; expected a line {_EXPECTED}, "
        f"within {SIDE_PX} x {SIDE_PX}. Download it again."
    )
