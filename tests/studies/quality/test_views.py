from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.studies.images.mammogram import MODIFIERS, VIEWS
from senoscope.studies.quality.study_quality import Fact, quality_of
from tests.studies.dicom_files import write
from tests.studies.mammograms import VIEWS as CODES
from tests.studies.mammograms import code, mammogram, raw
from tests.studies.study_builders import folder_of, read


def facts(tmp_path: Path, *headers: Dataset) -> list[Fact]:
    """Of the study of these files, but what every series gets."""
    folder = tmp_path / "study"
    rmtree(folder, ignore_errors=True)
    ((study,), _) = read(folder_of(folder, *headers))
    told = quality_of(study).facts
    return [each for each in told if "; stored as " not in each.text]


def lines(tmp_path: Path, *headers: Dataset) -> list[str]:
    return [f"{each.severity}: {each.text}" for each in facts(tmp_path, *headers)]


def four(*without: str, **changed: Any) -> list[Dataset]:
    return [
        mammogram(side, view, number=number, PixelSpacing=[0.1, 0.1], **changed)
        for number, (side, view) in enumerate(
            [("L", "CC"), ("R", "CC"), ("L", "MLO"), ("R", "MLO")], 1
        )
        if side + view not in without
    ]


def test_four_views_that_came(tmp_path: Path) -> None:
    assert lines(tmp_path, *four()) == ["note: Mammograms for presentation: LCC, RCC, LMLO, RMLO."]


def test_views_that_are_missing_or_doubled(tmp_path: Path) -> None:
    headers = [*four("RCC", "LMLO"), mammogram("R", "MLO", number=9)]
    assert lines(tmp_path, *headers) == [
        "note: Mammograms for presentation: LCC, RMLO (2 times).",
        "caution: Mammograms for presentation: RCC, LMLO did not come.",
    ]


def test_one_breast_alone_is_a_fact_and_nothing_missing(tmp_path: Path) -> None:
    assert lines(tmp_path, *four("RCC", "RMLO")) == [
        "note: Mammograms for presentation: LCC, LMLO.",
        "note: Mammograms for presentation: all are of the left breast.",
    ]
    assert "caution: Mammograms for presentation: LMLO did not come." in lines(
        tmp_path, *four("RCC", "RMLO", "LMLO")
    )


def test_each_kind_is_counted_by_itself(tmp_path: Path) -> None:
    tomosynthesis = mammogram("R", "MLO", number=8, SOPClassUID=uid.BreastTomosynthesisImageStorage)
    told = lines(tmp_path, *four(), raw("L", number=7), tomosynthesis)
    assert "note: Mammograms for processing: LCC." in told
    assert "note: Tomosynthesis: RMLO." in told


def test_a_true_lateral_is_no_oblique_view(tmp_path: Path) -> None:
    headers = [*four("LMLO"), mammogram("L", "ML", number=9)]
    assert lines(tmp_path, *headers) == [
        "note: Mammograms for presentation: LCC, RCC, RMLO and 1 other.",
        "caution: Mammograms for presentation: LMLO did not come.",
    ]


@pytest.mark.parametrize("written", ["MLO", "RMLO", "R-MLO", "R MLO", "mlo"])
def test_the_written_view_stands_in_for_the_code(tmp_path: Path, written: str) -> None:
    header = mammogram("R", None, number=4, ViewPosition=written)
    assert lines(tmp_path, *four("RMLO"), header)[0].endswith(": LCC, RCC, LMLO, RMLO.")


def test_the_code_counts_where_the_written_view_is_another(tmp_path: Path) -> None:
    header = mammogram("R", "MLO", number=4, ViewPosition="ML")
    told = lines(tmp_path, *four("RMLO"), header)
    assert told[0].endswith(": LCC, RCC, LMLO, RMLO.")
    assert told[1:] == [
        "fault: A series of MG, in 1 of its 4 files, says two views: ViewCodeSequence MLO, "
        "ViewPosition ML."
    ]


def test_a_view_or_a_side_that_is_not_said(tmp_path: Path) -> None:
    nowhere = [code("1-2-3"), code(CODES["CC"])]
    for header in (
        mammogram("R", None, number=4),
        mammogram("R", None, number=4, ViewPosition="DOE^JANE"),
        mammogram("R", None, number=4, ViewCodeSequence=nowhere),
    ):
        told = lines(tmp_path, *four("RMLO"), header)
        assert "does not say its view (ViewCodeSequence, ViewPosition)." in "".join(told)
        assert "DOE" not in "".join(told)
    told = lines(tmp_path, *four("RMLO"), mammogram(None, "MLO", number=4))
    assert "caution: A series of MG, in 1 of its 4 files, does not say its side." in told


@pytest.mark.parametrize(
    ("modifiers", "says"),
    [
        (["399163009", "399055006"], "CC, magnification, spot compression."),
        (["R-102D5"], "CC, implant displaced."),
        (["1-2-3"], "CC, a modifier not known here."),
    ],
)
def test_modified_views_are_named_and_no_standard_ones(
    tmp_path: Path, modifiers: list[str], says: str
) -> None:
    header = mammogram("L", ViewCodeSequence=[code(CODES["CC"], *modifiers)])
    told = lines(tmp_path, *four("LCC"), header)
    assert told[0] == "note: Mammograms for presentation: RCC, LMLO, RMLO and 1 other."
    assert f"is no standard view: {says}" in told[1]
    assert told[2] == "caution: Mammograms for presentation: LCC did not come."


def test_parts_and_implants_are_noted(tmp_path: Path) -> None:
    headers = four(PartialView="YES", BreastImplantPresent="YES")
    assert lines(tmp_path, *headers)[1:] == [
        "note: A series of MG shows a part of the breast only (PartialView).",
        "note: A series of MG shows a breast with an implant (BreastImplantPresent).",
    ]
    assert len(lines(tmp_path, *four(PartialView="NO", BreastImplantPresent="NO"))) == 1


@pytest.mark.parametrize("made", [mammogram, raw])
def test_the_intent_against_the_kind_of_file(tmp_path: Path, made: Any) -> None:
    due = made().PresentationIntentType
    other = "FOR PROCESSING" if due == "FOR PRESENTATION" else "FOR PRESENTATION"
    assert not any("Intent" in each for each in lines(tmp_path, made()))
    (line,) = [
        each for each in lines(tmp_path, made(PresentationIntentType=other)) if "Intent" in each
    ]
    assert line.startswith(f"fault: A series of MG says {other} (PresentationIntentType) and is")
    (line,) = [
        each for each in lines(tmp_path, made(PresentationIntentType="DOE")) if "Intent" in each
    ]
    assert line.startswith("caution: A series of MG does not say its PresentationIntentType; by")


def test_a_voi_that_must_be_there_and_one_that_must_not(tmp_path: Path) -> None:
    without = {"WindowCenter": None, "WindowWidth": None}
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [2, 0, 8], bytes(4)
    say_nothing = [mammogram(), raw(), mammogram(VOILUTSequence=[table], **without)]
    for header in say_nothing:
        assert not any("VOI" in each for each in lines(tmp_path, header))
    for header in (mammogram(**without), mammogram(VOILUTSequence=[], **without)):
        (line,) = [each for each in lines(tmp_path, header) if "VOI" in each]
        assert line.startswith("caution: A series of MG has neither a window nor a VOI table")
    for header in (raw(WindowCenter=1, WindowWidth=1), raw(VOILUTSequence=[table])):
        (line,) = [each for each in lines(tmp_path, header) if "VOI" in each]
        assert line.startswith("caution: A series of MG has a window or a VOI table, which an")


@pytest.mark.parametrize(
    ("side", "down", "is_fault"),
    [("R", "FL", False), ("R", "HR", False), ("L", "FL", True), ("R", "FR", True)],
)
def test_the_oblique_view_lies_across_the_body_as_its_side_does(
    tmp_path: Path, side: str, down: str, is_fault: bool
) -> None:
    header = mammogram(side, "MLO", PatientOrientation=["P", down])
    faults = [each for each in lines(tmp_path, header) if each.startswith("fault")]
    assert len(faults) == is_fault
    assert not is_fault or f"PatientOrientation (P/{down}) is that of a" in faults[0]
    other = mammogram(side, "CC", PatientOrientation=["P", down])
    assert not any(each.startswith("fault") for each in lines(tmp_path, other))


def test_the_codes_are_those_of_the_standard() -> None:
    """Against pydicom's copy of CID 4014 and 4015 and of the older codes."""
    from pydicom.sr._cid_dict import cid_concepts  # noqa: PLC0415
    from pydicom.sr._concepts_dict import concepts  # noqa: PLC0415
    from pydicom.sr._snomed_dict import mapping  # noqa: PLC0415

    for number, ours in ((4014, VIEWS), (4015, MODIFIERS)):
        known = {
            value
            for name in cid_concepts[number]["SCT"]
            for value, (_, lists) in concepts["SCT"][name].items()
            if number in lists
        }
        assert {each for each in ours if each.isdigit()} == known
        for value in known:
            assert ours[mapping["SCT"][value]] == ours[value]


def test_the_public_mammogram(public_data: Path, tmp_path: Path) -> None:
    path = public_data / "mammography-dicom" / "GH133.dcm"
    ((study,), _) = read(path)
    told = str(quality_of(study))
    assert "note: Mammograms for presentation: RMLO." in told
    assert "all are of the right breast" in told
    assert "fault" not in told
    header = dcmread(path)
    header.PresentationIntentType = "FOR PROCESSING"
    header.ImageLaterality = "L"
    ((study,), _) = read(write(tmp_path / "mutant", header))
    assert str(quality_of(study)).count("fault") == 2
