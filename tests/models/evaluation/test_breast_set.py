"""The clinical table's words become the lexicon's, or are refused by column, case and value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.lexicon import EchoPattern, Margin, PosteriorFeatures, Shape
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.breast_set import COLUMNS, SHEET, read_breast_lesions
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.data_sets import LESION, SECOND, draw, lesion, table
from tests.models.evaluation.test_xlsx_table import table_workbook, workbook

HEADER = (
    "CaseID", "Image_filename", "Mask_tumor_filename", "Mask_other_filename", "Pixel_size", "Age",
    "Shape", "Margin", "Echogenicity", "Posterior_features", "Halo", "Classification",
)  # fmt: skip
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "case001.png", "case001_tumor.png", "case001_other1.png", 0.0075, 57, "irregular",
     "not circumscribed - spiculated&angular&indistinct", "hypoechoic", "shadowing", "no",
     "malignant"),
    (2, "case002.png", "case002_tumor.png", "", 0.008, "not available", "oval", "circumscribed",
     "complex cystic/solid", "no", "no", "benign"),
    (3, "case003.png", "", "", 0.01, 41, "not applicable", "not applicable", "not applicable",
     "not applicable", "not applicable", "normal"),
)  # fmt: skip


def images(folder: Path) -> Path:
    """Three images, the first with another area beside the described lesion."""
    for case in (1, 2, 3):
        draw(folder / f"case00{case}.png", lesion(180 if case < 3 else 0))
        if case < 3:
            draw(folder / f"case00{case}_tumor.png", lesion())
    draw(folder / "case001_other1.png", lesion(255, SECOND))
    return folder


def csv_table(folder: Path, rows: Sequence[Sequence[object]] = ROWS) -> Path:
    table(folder / "clinical.csv", "\ufeff" + ",".join(HEADER), rows)
    return folder / "clinical.csv"


def with_cell(column: str, value: object) -> list[tuple[object, ...]]:
    """ROWS with one cell of the first case changed."""
    at = HEADER.index(column)
    return [(*ROWS[0][:at], value, *ROWS[0][at + 1 :]), *ROWS[1:]]


def test_the_set_is_read_with_words_spacing_masks_and_patients(tmp_path: Path) -> None:
    first, second, third = read_breast_lesions(images(tmp_path), csv_table(tmp_path))
    assert first.shape is Shape.IRREGULAR
    assert first.margin == {Margin.SPICULATED, Margin.ANGULAR, Margin.INDISTINCT}
    assert first.echo_pattern is EchoPattern.HYPOECHOIC
    assert first.posterior_features is PosteriorFeatures.SHADOWING
    assert first.image.diagnosis is Diagnosis.MALIGNANT
    assert first.image.pixels()[LESION].min() == 180
    assert first.spacing is not None
    assert (first.spacing.row_mm, first.spacing.column_mm) == pytest.approx((0.075, 0.075))
    assert (second.margin, second.spacing) == ({Margin.CIRCUMSCRIBED}, PixelSpacing(0.08, 0.08))
    assert second.echo_pattern is EchoPattern.COMPLEX
    assert second.posterior_features is PosteriorFeatures.NONE
    assert third.image.diagnosis is Diagnosis.NORMAL
    assert third.image.mask_paths == ()
    assert [image.image.name for image in (first, second, third)] == [
        "case001", "case002", "case003",
    ]  # fmt: skip
    assert len({image.image.group for image in (first, second, third)}) == 3


def test_other_areas_are_not_part_of_the_described_lesion(tmp_path: Path) -> None:
    first = read_breast_lesions(images(tmp_path), csv_table(tmp_path))[0]
    assert np.array_equal(first.image.mask(), lesion() > 0)


def test_the_workbook_reads_as_the_csv_file_does(tmp_path: Path) -> None:
    rows = (HEADER, *ROWS, ("",) * len(HEADER))
    book = table_workbook(tmp_path / "clinical.XLSX", SHEET, rows)
    assert read_breast_lesions(images(tmp_path), book) == read_breast_lesions(
        tmp_path, csv_table(tmp_path)
    )


def test_a_workbook_without_the_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=f"'Dictionary', 'Data', expected '{SHEET}'"):
        read_breast_lesions(tmp_path, workbook(tmp_path / "clinical.xlsx"))


@pytest.mark.parametrize(
    ("column", "published", "field", "word"),
    [
        ("Shape", "round", "shape", Shape.ROUND),
        ("Margin", "not circumscribed - microlobulated", "margin", {Margin.MICROLOBULATED}),
        ("Echogenicity", "anechoic", "echo_pattern", EchoPattern.ANECHOIC),
        ("Echogenicity", "hyperechoic", "echo_pattern", EchoPattern.HYPERECHOIC),
        ("Echogenicity", "isoechoic", "echo_pattern", EchoPattern.ISOECHOIC),
        ("Echogenicity", "heterogeneous", "echo_pattern", EchoPattern.HETEROGENEOUS),
        ("Posterior_features", "enhancement", "posterior_features", PosteriorFeatures.ENHANCEMENT),
        ("Posterior_features", "combined", "posterior_features", PosteriorFeatures.COMBINED),
    ],
)
def test_each_published_word_has_its_word_of_the_lexicon(
    tmp_path: Path, column: str, published: str, field: str, word: object
) -> None:
    rows = with_cell(column, published)
    first = read_breast_lesions(images(tmp_path), csv_table(tmp_path, rows))[0]
    assert getattr(first, field) == word


@pytest.mark.parametrize("said", ["not applicable", "indefinable", "Not available"])
def test_what_was_not_assessed_is_none(tmp_path: Path, said: str) -> None:
    fields = {
        "Shape": "shape", "Margin": "margin", "Echogenicity": "echo_pattern",
        "Posterior_features": "posterior_features", "Pixel_size": "spacing",
    }  # fmt: skip
    for column, field in fields.items():
        path = csv_table(tmp_path, with_cell(column, said))
        first, second, _ = read_breast_lesions(images(tmp_path), path)
        assert getattr(first, field) is None
        assert getattr(second, field) is not None


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("Shape", "lobular", "oval, round, irregular, not applicable"),
        ("Shape", "", "oval, round, irregular"),
        ("Margin", "spiculated", "circumscribed, not circumscribed - indistinct&angular"),
        ("Margin", "not circumscribed", "circumscribed, not circumscribed - indistinct"),
        ("Margin", "not circumscribed - angular&fuzzy", "circumscribed, not circumscribed - "),
        ("Margin", "not circumscribed - circumscribed", "circumscribed, not circumscribed - "),
        ("Echogenicity", "complex cystic and solid", "anechoic, .*complex cystic/solid"),
        ("Posterior_features", "none", "no, enhancement, shadowing, combined"),
        ("Classification", "not applicable", "normal, benign, malignant. "),
        ("Pixel_size", "0.075", r"0\.002 to 0\.04 cm"),
        ("Pixel_size", "nan", r"0\.002 to 0\.04 cm"),
        ("Pixel_size", "7.5 um", r"0\.002 to 0\.04 cm"),
    ],
)
def test_another_value_is_refused_with_its_column_case_and_the_allowed_ones(
    tmp_path: Path, column: str, value: str, expected: str
) -> None:
    path = csv_table(tmp_path, with_cell(column, value))
    with pytest.raises(DataSetError, match=f"{column} of case '1' is '{value}'.*{expected}"):
        read_breast_lesions(images(tmp_path), path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Image_filename", "case009.png"),
        ("Image_filename", ""),
        ("Image_filename", "../images/case001.png"),
        ("Mask_tumor_filename", "case009_tumor.png"),
    ],
)
def test_a_file_that_is_not_in_the_folder_is_named(tmp_path: Path, column: str, value: str) -> None:
    path = csv_table(tmp_path, with_cell(column, value))
    with pytest.raises(DataSetError, match=f"{column} of case '1' is '{value}', which is no file"):
        read_breast_lesions(images(tmp_path / "images"), path)


@pytest.mark.parametrize("lacking", COLUMNS)
def test_a_table_without_a_needed_column_names_it(tmp_path: Path, lacking: str) -> None:
    at = HEADER.index(lacking)
    header = ",".join((*HEADER[:at], *HEADER[at + 1 :]))
    table(tmp_path / "t.csv", header, [(*row[:at], *row[at + 1 :]) for row in ROWS])
    with pytest.raises(DataSetError, match=f"t.csv has no column {lacking}; expected CaseID, "):
        read_breast_lesions(images(tmp_path), tmp_path / "t.csv")


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="no rows below its header"):
        read_breast_lesions(tmp_path, csv_table(tmp_path, [("",) * len(HEADER)]))
    (tmp_path / "clinical.csv").write_text("")
    with pytest.raises(DataSetError, match="no rows below its header"):
        read_breast_lesions(tmp_path, tmp_path / "clinical.csv")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"CaseID\n\xff\xfe\n", "no table in UTF-8"),
        ("t.csv", b"CaseID\n" + b"x" * 200_000, "no table in UTF-8"),
        ("t.ods", b"", "expected an .xlsx or .csv file"),
        ("t.csv", None, "cannot be read in"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataSetError, match=said):
        read_breast_lesions(tmp_path, tmp_path / name)
