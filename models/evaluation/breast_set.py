"""BrEaST-Lesions-USG, the public set whose readers described each lesion in BI-RADS words.

Pawlowska et al., Scientific Data 2024, 10.1038/s41597-024-02984-z; files at the Cancer Imaging
Archive, 10.7937/9WKK-Q141, CC BY 4.0: 256 images of 256 patients, 154 benign, 98 malignant and 4
normal.

The layout is that of the release of 15 December 2023, put together from the archive's page and
from the source of a dozen public programs that load the table and list the values they met in it.
This module HAS NOT YET READ THE FILES THEMSELVES. What was found:

- one folder: `case001.png`, its `case001_tumor.png`, and `case001_other1.png` for other areas,
  which the words do not describe and which are not read;
- `BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx`, the table in the sheet SHEET (its name cut
  off by the spreadsheet) with a row per case. Read here: CaseID, Image_filename,
  Mask_tumor_filename (empty for normal images), Pixel_size, Shape, Margin, Echogenicity,
  Posterior_features, Classification. The rest are Mask_other_filename, Age, Tissue_composition,
  Signs, Symptoms, Halo, Calcifications, Skin_thickening, Interpretation, BIRADS, Verification
  and Diagnosis. No column tells the orientation;
- Shape: oval, round, irregular. Margin: circumscribed, or "not circumscribed - " and one or more
  of angular, indistinct, microlobulated, spiculated with & between. Echogenicity: anechoic,
  hyperechoic, hypoechoic, isoechoic, heterogeneous, complex cystic/solid. Posterior_features: no,
  enhancement, shadowing, combined. All of them also: not applicable;
- Pixel_size has a mean of 0.0076: centimetres, for in millimetres no image would be wider than
  one centimetre.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from senoscope.domain.errors import DataSetError
from senoscope.domain.lexicon import EchoPattern, Margin, PosteriorFeatures, Shape
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage
from senoscope.models.evaluation.xlsx_table import read_xlsx

SHEET = "BrEaST-Lesions-USG clinical dat"
COLUMNS = (
    "CaseID", "Image_filename", "Mask_tumor_filename", "Pixel_size", "Shape", "Margin",
    "Echogenicity", "Posterior_features", "Classification",
)  # fmt: skip
NOT_ASSESSED = ("not applicable", "not available", "indefinable")
NOT_CIRCUMSCRIBED = "not circumscribed - "
PIXEL_CM = (0.002, 0.04)
"""A breast scanner's pixels: 0.02 to 0.4 mm. A table in mm falls outside."""

_DIAGNOSES = {word.value: word for word in Diagnosis}
_SHAPES = {word.value: word for word in Shape}
_ECHOES = {word.value: word for word in EchoPattern if word is not EchoPattern.COMPLEX} | {
    "complex cystic/solid": EchoPattern.COMPLEX
}
_POSTERIOR = {
    "no": PosteriorFeatures.NONE,
    "enhancement": PosteriorFeatures.ENHANCEMENT,
    "shadowing": PosteriorFeatures.SHADOWING,
    "combined": PosteriorFeatures.COMBINED,
}
_OTHER_MARGINS = {word.value: word for word in Margin if word is not Margin.CIRCUMSCRIBED}

Row = Mapping[str, str]
Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class DescribedImage:
    """One image and the words its reader gave the lesion; None where not assessed.

    `margin` holds every word that was given, one or more. `spacing` is None where millimetres are
    unknown. The image has no `part`; its `group` is the patient. Without a mask, as normal images
    are, it has no `mask_paths`.
    """

    image: UltrasoundImage
    spacing: PixelSpacing | None
    shape: Shape | None
    margin: frozenset[Margin] | None
    echo_pattern: EchoPattern | None
    posterior_features: PosteriorFeatures | None


def read_breast_lesions(images: Path, table: Path) -> tuple[DescribedImage, ...]:
    """Every row of the clinical `table`, .xlsx or .csv (UTF-8, commas), in its order.

    `images` is the folder of images and masks. Raises DataSetError for a table of another layout
    and for values that are not the published ones, naming the column, the case and the value.
    """
    rows = _records(_cells(table))
    if not rows:
        raise DataSetError(f"{table.name} has no rows below its header. Download it again.")
    if lacking := [column for column in COLUMNS if column not in rows[0]]:
        raise DataSetError(
            f"{table.name} has no column {', '.join(lacking)}; expected {', '.join(COLUMNS)}. "
            "Give the clinical table as its authors published it."
        )
    return tuple(_described(images, row) for row in rows)


def _described(images: Path, row: Row) -> DescribedImage:
    path = _file(images, row, "Image_filename")
    mask = row["Mask_tumor_filename"]
    masked = mask and mask.lower() not in NOT_ASSESSED
    diagnosis = _DIAGNOSES.get(row["Classification"].lower())
    if diagnosis is None:
        raise _unexpected(row, "Classification", _DIAGNOSES)
    return DescribedImage(
        image=UltrasoundImage(
            name=path.stem,
            image_path=path,
            mask_paths=(_file(images, row, "Mask_tumor_filename"),) if masked else (),
            diagnosis=diagnosis,
            group=f"breast-lesions-usg {row['CaseID']}",
            part="",
        ),
        spacing=_spacing(row),
        shape=_word(row, "Shape", _SHAPES),
        margin=_margin(row),
        echo_pattern=_word(row, "Echogenicity", _ECHOES),
        posterior_features=_word(row, "Posterior_features", _POSTERIOR),
    )


def _word(row: Row, column: str, words: Mapping[str, Word]) -> Word | None:
    said = row[column].lower()
    if said in NOT_ASSESSED:
        return None
    if said not in words:
        raise _unexpected(row, column, (*words, *NOT_ASSESSED))
    return words[said]


def _margin(row: Row) -> frozenset[Margin] | None:
    said = row["Margin"].lower()
    if said in NOT_ASSESSED:
        return None
    if said == Margin.CIRCUMSCRIBED.value:
        return frozenset({Margin.CIRCUMSCRIBED})
    names = [name.strip() for name in said.removeprefix(NOT_CIRCUMSCRIBED).split("&")]
    if not said.startswith(NOT_CIRCUMSCRIBED) or not _OTHER_MARGINS.keys() >= set(names):
        several = f"{NOT_CIRCUMSCRIBED}{'&'.join(_OTHER_MARGINS)} or fewer of these"
        raise _unexpected(row, "Margin", (Margin.CIRCUMSCRIBED, several, *NOT_ASSESSED))
    return frozenset(_OTHER_MARGINS[name] for name in names)


def _spacing(row: Row) -> PixelSpacing | None:
    given = row["Pixel_size"]
    if not given or given.lower() in NOT_ASSESSED:
        return None
    try:
        size_cm = float(given)
    except ValueError:
        size_cm = math.nan
    if not PIXEL_CM[0] <= size_cm <= PIXEL_CM[1]:
        raise _unexpected(row, "Pixel_size", (f"{PIXEL_CM[0]} to {PIXEL_CM[1]} cm",))
    return PixelSpacing(10 * size_cm, 10 * size_cm)


def _file(images: Path, row: Row, column: str) -> Path:
    name = row[column]
    path = images / name
    if Path(name).name != name or not path.is_file():
        raise DataSetError(
            f"{column} of case {row['CaseID']!r} is {name!r}, which is no file in {images}; "
            "expected a name such as case001.png. Give the folder of images and masks."
        )
    return path


def _unexpected(row: Row, column: str, allowed: Iterable[str]) -> DataSetError:
    return DataSetError(
        f"{column} of case {row['CaseID']!r} is {row[column]!r}; expected one of: "
        f"{', '.join(allowed)}. Give the clinical table as its authors published it."
    )


def _records(rows: Iterable[Mapping[int, str]]) -> list[dict[str, str]]:
    """Rows by the names in the first one; every row has every name, empty rows are left out."""
    remaining = iter(rows)
    header = {column: name.strip() for column, name in next(remaining, {}).items()}
    records = [
        {name: row.get(column, "").strip() for column, name in header.items()} for row in remaining
    ]
    return [record for record in records if any(record.values())]


def _cells(table: Path) -> Iterable[Mapping[int, str]]:
    if table.suffix.lower() == ".xlsx":
        return read_xlsx(table, SHEET)
    if table.suffix.lower() != ".csv":
        raise DataSetError(
            f"The clinical table is {table.name}; expected an .xlsx or .csv file. "
            "Give the one that its authors published."
        )
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            return [dict(enumerate(cells)) for cells in csv.reader(file)]
    except OSError as error:
        raise DataSetError(
            f"{table.name} cannot be read in {table.parent} ({error.strerror}). "
            "Give the file of the clinical table."
        ) from error
    except (ValueError, csv.Error) as error:
        raise DataSetError(
            f"{table.name} is no table in UTF-8 ({error}). Save it again as .csv in UTF-8."
        ) from error
