import json
from pathlib import Path

import pytest
from pydicom import Dataset, uid

from senoscope.studies.quality.study_quality import Fact, quality_of
from tests.studies.dicom_files import PATIENT, compressed, grey_frames, jpegs, region, write
from tests.studies.study_builders import SERIES, folder_of, image, read, ultrasound


def facts(path: Path, *topics: str) -> list[Fact]:
    """Of the only study at the path."""
    ((study,), left_out) = read(path)
    return [each for each in quality_of(study, left_out).facts if each.topic in topics]


def texts(path: Path, *topics: str) -> list[str]:
    return [f"{each.severity}: {each.text}" for each in facts(path, *topics)]


def one(tmp_path: Path, header: Dataset) -> Path:
    return write(tmp_path / "one", header)


def jpeg(**changed: object) -> Dataset:
    return compressed(ultrasound(**changed), jpegs(list(grey_frames(3))), uid.JPEGBaseline8Bit)


def test_it_says_what_came(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "s", ultrasound(1), ultrasound(2), ultrasound(2))
    (folder / "notes").write_text("x")
    ((study,), left_out) = read(folder)
    report = quality_of(study, left_out)
    assert str(report).splitlines() == [
        "note: 1 file came twice and counted once.",
        'note: 1 file left out (number 4): no DICOM file ("DICM" is not at byte 128).',
        "note: A series of US: 2 files, 6 frames; Ultrasound Multi-frame Image Storage (2); stored "
        "as Explicit VR Little Endian (2); in the order of instance UID.",
    ]
    assert json.loads(json.dumps(report.as_json()))["facts"][2]["series_uid"] == SERIES


@pytest.mark.parametrize(
    ("syntax", "says"),
    [
        (uid.HTJ2KLossless, "stored as High-Throughput JPEG 2000"),
        (uid.MPEG2MPML, "stored as MPEG2 Main Profile"),
    ],
)
def test_what_is_not_decoded_here(tmp_path: Path, syntax: uid.UID, says: str) -> None:
    path = one(tmp_path, compressed(image(), [bytes(100)], syntax))
    (fact,) = facts(path, "missing")
    assert fact.severity == "caution"
    assert says in fact.text
    assert fact.text.endswith("which is not decoded here.")


def test_a_transfer_syntax_that_nobody_registered_is_not_quoted(tmp_path: Path) -> None:
    path = one(tmp_path, compressed(image(), [bytes(100)], uid.JPEG2000Lossless))
    known = str(uid.JPEG2000Lossless).encode()
    path.write_bytes(path.read_bytes().replace(known, b"1.2.3.4.5".ljust(len(known), b"\0")))
    assert "stored as a kind that is not registered, which" in texts(path, "missing")[0]


@pytest.mark.parametrize("cut", [1, 500])
def test_pixels_cut_off(tmp_path: Path, cut: int) -> None:
    for header in (image(), jpeg()):
        path = one(tmp_path, header)
        path.write_bytes(path.read_bytes()[:-cut])
        assert "has pixels that are cut off" in texts(path, "missing")[0]


def test_pixels_that_are_not_there_or_cannot_be(tmp_path: Path) -> None:
    bare = image()
    del bare.PixelData
    assert "no pixels" in texts(one(tmp_path, bare), "missing")[0]
    assert "no usable size" in texts(one(tmp_path, image(Rows=0)), "missing")[0]
    many = ultrasound(NumberOfFrames=10**9)
    assert "no usable size" in texts(one(tmp_path, many), "missing")[0]
    more = ultrasound(NumberOfFrames=4)
    path = one(tmp_path, more)
    assert "cut off" in texts(path, "missing")[0]
    path.write_bytes(path.read_bytes() + bytes(120 * 160))
    assert "cut off" in texts(path, "missing")[0]


def test_no_millimetres(tmp_path: Path) -> None:
    for spacing in (None, [0, 0.5], [0.5, 0.5, 0.5]):
        (line,) = texts(one(tmp_path, image(PixelSpacing=spacing)), "missing")
        assert line == (
            "caution: A series of MR has no PixelSpacing that holds for a whole file: no "
            "millimetres."
        )
    outside = [region(RegionLocationMaxX1=400)]
    path = one(tmp_path, ultrasound(SequenceOfUltrasoundRegions=outside))
    assert "no 2-D region with one usable scale" in texts(path, "missing")[0]
    assert texts(one(tmp_path, ultrasound()), "missing") == []


def test_millimetres_of_an_enhanced_object(tmp_path: Path) -> None:
    measures, shared = Dataset(), Dataset()
    measures.PixelSpacing = [1, 1]
    shared.PixelMeasuresSequence = [measures]
    header = image(PixelSpacing=None, SharedFunctionalGroupsSequence=[shared])
    assert texts(one(tmp_path, header), "missing") == []


def test_a_part_of_a_series_is_named_by_its_numbers(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "s", image(1), image(2, PixelSpacing=None), image(3))
    (fact,) = facts(folder, "missing")
    assert fact.text.startswith("A series of MR, in 1 of its 3 files, has no PixelSpacing")
    assert (fact.places, fact.series_uid) == ((2,), SERIES)


def test_pictures_of_several_sizes(tmp_path: Path) -> None:
    small = image(2, Rows=60)
    folder = folder_of(tmp_path / "s", image(1), small, image(3))
    assert texts(folder, "contradiction") == [
        "caution: A series of MR has pictures of several sizes: 120 x 160 (2), 60 x 160 (1)."
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"ImageLaterality": "L", "Laterality": "R"},
        {"ImageLaterality": "L", "ViewPosition": "R MLO"},
        {"Laterality": "R", "ViewPosition": "LCC"},
        {"ImageLaterality": "R", "FrameLaterality": "B"},
    ],
)
def test_sides_that_disagree(tmp_path: Path, said: dict[str, str]) -> None:
    (line,) = texts(one(tmp_path, image(Modality="MG", **said)), "contradiction")
    assert line.startswith("fault: A series of MG says two sides: ")
    assert all(keyword in line for keyword in said)


@pytest.mark.parametrize(
    "said", [{"ViewPosition": "MLO"}, {"ViewPosition": "RM"}, {"Laterality": "R"}]
)
def test_sides_that_agree_or_are_none(tmp_path: Path, said: dict[str, str]) -> None:
    header = image(Modality="MG", ImageLaterality="R", **said)
    assert texts(one(tmp_path, header), "contradiction") == []


def test_the_side_in_the_shared_groups_counts(tmp_path: Path) -> None:
    anatomy, shared = Dataset(), Dataset()
    anatomy.FrameLaterality = "L"
    shared.FrameAnatomySequence = [anatomy]
    header = image(Laterality="R", SharedFunctionalGroupsSequence=[shared])
    assert "Laterality R, FrameLaterality L" in "".join(
        texts(one(tmp_path, header), "contradiction")
    ).replace("FrameLaterality L, Laterality R", "Laterality R, FrameLaterality L")


def test_several_modalities_in_one_series(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "s", image(1), image(2, Modality="DOE"))
    (line,) = texts(folder, "contradiction")
    assert line == "fault: A series of MR says several modalities: MR (1), another modality (1)."


def test_text_in_the_picture(tmp_path: Path) -> None:
    topic = "text in the picture"
    assert texts(one(tmp_path, image()), topic) == []
    assert texts(one(tmp_path, image(BurnedInAnnotation="YES")), topic)[0].startswith("caution: ")
    assert "does not say" in texts(one(tmp_path, image(BurnedInAnnotation=None)), topic)[0]
    overlaid = image()
    overlaid.add_new(0x60020010, "US", 8)
    assert "has an overlay (60xx)" in texts(one(tmp_path, overlaid), topic)[0]


def test_the_history_of_loss(tmp_path: Path) -> None:
    lossy = {
        "LossyImageCompression": "01",
        "LossyImageCompressionRatio": [4, 12.5],
        "LossyImageCompressionMethod": ["ISO_10918_1", "ISO_15444_1"],
    }
    assert texts(one(tmp_path, image(**lossy)), "lossy", "contradiction") == [
        "note: A series of MR was compressed with loss (ISO_10918_1, then ISO_15444_1; ratio 4, "
        "then 12.5); fine detail may be gone."
    ]
    named = image(LossyImageCompression="01", LossyImageCompressionMethod=PATIENT)
    assert "(an unnamed method; ratio not said)" in texts(one(tmp_path, named), "lossy")[0]


@pytest.mark.parametrize("says", [None, "00"])
def test_loss_that_is_denied(tmp_path: Path, says: str | None) -> None:
    header = jpeg() if says is None else jpeg(LossyImageCompression=says)
    (line,) = texts(one(tmp_path, header), "contradiction")
    assert "is stored with loss and does not say so" in line
    told = jpeg(LossyImageCompression="01")
    assert texts(one(tmp_path, told), "contradiction") == []


@pytest.mark.parametrize(
    ("keyword", "other"),
    [
        ("PatientID", "77-9999"),
        ("PatientName", "ROE^JANE"),
        ("PatientBirthDate", "19700102"),
        ("PatientSex", "M"),
    ],
)
def test_two_patients_in_one_study_are_told_without_their_names(
    tmp_path: Path, keyword: str, other: str
) -> None:
    known = {"PatientBirthDate": "19700101", "PatientSex": "F"}
    folder = folder_of(tmp_path / "s", image(1, **known), image(2, **known | {keyword: other}))
    ((study,), _) = read(folder)
    report = quality_of(study)
    faults = [each.text for each in report.facts if each.severity == "fault"]
    assert len(faults) == 1
    assert f"differ in {keyword}: they may be of two patients" in faults[0]
    for secret in ("DOE", "ROE", "77-", "1970"):
        assert secret not in json.dumps(report.as_json())


def test_one_patient_written_in_two_ways_is_one(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "s",
        image(1),
        image(2, PatientName="Doe^Jane^^", PatientID="77-1234 "),
        image(3, PatientName=None, PatientID=None),
    )
    assert texts(folder, "contradiction") == []


def test_doubled_instances_and_refused_files_are_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "s", image(1), image(1, PixelSpacing=[1, 1]))
    (folder / "link").symlink_to(folder / "a")
    (contradiction,) = facts(folder, "contradiction")
    assert (contradiction.severity, contradiction.places) == ("fault", (1, 2))
    assert texts(folder, "missing") == [
        "caution: 1 file left out (number 3): refused: it is a link."
    ]


def test_what_came_is_first_and_then_the_worst(tmp_path: Path) -> None:
    header = image(PixelSpacing=None, BurnedInAnnotation=None, ImageLaterality="L", Laterality="R")
    ((study,), _) = read(one(tmp_path, header))
    report = quality_of(study)
    assert [each.severity for each in report.facts] == ["note", "fault", "caution", "note"]
    assert report.facts[0].topic == "came"


def test_public_samples(public_data: Path) -> None:
    studies, left_out = read(public_data / "ultrasound-dicom")
    every = [fact for study in studies for fact in quality_of(study, left_out).facts]
    assert sum("no 2-D region" in each.text for each in every) == 3
    assert sum("compressed with loss" in each.text for each in every) == 2
    assert [each for each in every if each.severity == "fault"] == []
    assert not any("cut off" in each.text or "not decoded" in each.text for each in every)
