"""Copies hold nothing of the person, whatever was hidden where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread, uid
from pydicom.sequence import Sequence

from senoscope.domain.errors import StorageError
from senoscope.studies.deidentification import written_file
from senoscope.studies.deidentification.clean_header import DeidentifyOptions, HeaderCleaning
from senoscope.studies.deidentification.deidentify import deidentified
from senoscope.studies.deidentification.ultrasound_area import KeptArea
from senoscope.studies.files.study_files import StudyFiles
from tests.studies.deidentification.exports import KEY, copied, errors, exported, only
from tests.studies.dicom_files import cine, compressed, grey_frames, jpegs
from tests.studies.study_builders import folder_of, image, ultrasound

NAME = "Lovelace^Augusta"
SECRETS = (b"lovelace", b"augusta", b"77-1234", b"19700212", b"st. elsewhere", b"1.2.3.1")


def whole(out: Path) -> bytes:
    """Every byte of every file, in small letters."""
    return b"".join(each.read_bytes() for each in out.rglob("*.dcm")).lower()


def identified(make: object = ultrasound, **changed: object) -> Dataset:
    """A file that says who it is of, wherever an object may."""
    given = {
        "PatientName": NAME,
        "PatientBirthDate": "19700212",
        "PatientSex": "F",
        "PatientAge": "055Y",
        "StudyDate": "20250310",
        "StudyTime": "101112",
        "AccessionNumber": "ACC-9981",
        "InstitutionName": "St. Elsewhere",
        "ReferringPhysicianName": "Babbage^Charles",
        "StudyDescription": "Left breast of Augusta Lovelace, 1970-02-12",
        "ImageComments": "Lovelace 12.02.1970",
    }
    return make(**(given | changed))  # type: ignore[operator]


def test_nothing_of_the_person_is_left_and_what_is_needed_is(tmp_path: Path) -> None:
    report, out = exported(tmp_path, identified())
    made = only(report, out)
    assert not report.left_out
    assert not [each for each in SECRETS if each in whole(out)]
    assert made.PatientName == made.PatientID == report.written[0].patient
    assert (made.PatientSex, made.PatientAge, made.PatientBirthDate) == ("F", "055Y", "")
    assert made.StudyTime == "101112" and made.StudyDate not in ("", "20250310")
    assert made.PatientIdentityRemoved == "YES" and made.BurnedInAnnotation == "NO"
    assert made.LongitudinalTemporalInformationModified == "MODIFIED"
    codes = [each.CodeValue for each in made.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113101", "113104", "113105", "113107", "113108"]
    assert made.SequenceOfUltrasoundRegions[0].PhysicalDeltaX == 0.02
    assert made.FrameTime == 20


def test_without_the_options_dates_and_characteristics_go(tmp_path: Path) -> None:
    options = DeidentifyOptions(modified_dates=False, patient_characteristics=False)
    report, out = exported(tmp_path, identified(), options=options)
    made = only(report, out)
    assert (made.StudyDate, made.StudyTime, made.PatientSex) == ("", "", "")
    assert "PatientAge" not in made
    assert made.LongitudinalTemporalInformationModified == "REMOVED"


def hidden() -> dict[str, Dataset]:
    """A name in each place in which it was once left by somebody's program."""
    private = identified()
    private.private_block(0x0011, "LOVELACE", create=True).add_new(1, "LO", NAME)
    nested = identified()
    item = Dataset()
    item.OtherPatientNames = item.ImageComments = NAME
    deeper = Dataset()
    deeper.CodeValue, deeper.CodingSchemeDesignator, deeper.CodeMeaning = "1", "99X", NAME
    item.ProcedureCodeSequence = Sequence([deeper])
    nested.RequestAttributesSequence = nested.SourceImageSequence = Sequence([item])
    original = identified(OriginalAttributesSequence=Sequence([item]))
    overlay = identified()
    overlay.add_new(0x60000010, "US", 1)
    overlay.add_new(0x60003000, "OW", NAME.encode())
    overlay.add_new(0x60000022, "LO", NAME)
    curve = identified()
    curve.add_new(0x50003000, "OW", NAME.encode())
    icon = identified()
    small = Dataset()
    small.BitsAllocated = 8
    small.PixelData = NAME.encode()
    icon.IconImageSequence = Sequence([small])
    meta = identified()
    meta.file_meta.SourceApplicationEntityTitle = "LOVELACE"
    meta.file_meta.PrivateInformationCreatorUID = "1.2.3.1.99"
    meta.file_meta.PrivateInformation = NAME.encode() + b" "
    unknown = identified()
    unknown.add_new(0x00080999, "LO", NAME)
    wrong_kind = identified()
    wrong_kind.add_new(0x00180050, "LO", NAME)
    coded = identified(BodyPartExamined="Lovelace")
    return {key: each for key, each in locals().items() if isinstance(each, Dataset)}


@pytest.mark.parametrize(
    "place", [each for each in hidden() if each not in ("item", "deeper", "small")]
)
def test_a_name_is_found_nowhere(tmp_path: Path, place: str) -> None:
    report, out = exported(tmp_path, hidden()[place])
    assert len(report.written) == 1
    assert not [each for each in SECRETS if each in whole(out)]
    assert "Lovelace" not in str(report) + str(report.as_json())


@pytest.mark.parametrize(
    ("character_set", "name"),
    [
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 192", "Wang^XiaoDong=王^小东"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎"),
    ],
)
def test_a_name_in_other_letters_is_removed(
    tmp_path: Path, character_set: object, name: str
) -> None:
    header = identified(SpecificCharacterSet=character_set, PatientName=name, ImageComments=name)
    report, out = exported(tmp_path, header)
    assert len(report.written) == 1
    given = whole(out)
    assert not [each for each in ("王", "小东", "山田", "太郎") if each.encode() in given]
    assert "小东".encode("gb18030") not in given and b"xiaodong" not in given


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PatientName", NAME),
        ("ImageComments", "Lovelace"),
        ("ImageComments", "seen 20250310"),
        ("ImageComments", "seen 10.03.2025"),
        ("ImageComments", "UID 1.2.3.1.7 of it"),
        ("SeriesDescription", "ACC-9981"),
        ("SeriesDescription", "St. Elsewhere"),
    ],
)
def test_what_the_cleaning_forgets_is_found_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keyword: str, value: str
) -> None:
    of_file = HeaderCleaning.of_file

    def forgetful(self: HeaderCleaning, source: Dataset, has_clean_pixels: bool) -> Dataset:
        made = of_file(self, source, has_clean_pixels)
        setattr(made, keyword, value)
        return made

    monkeypatch.setattr(HeaderCleaning, "of_file", forgetful)
    report, out = exported(tmp_path, identified())
    assert not report.written and not list(out.rglob("*.dcm"))
    assert "was found in it, and it was deleted" in str(report)


def test_a_pixel_that_stayed_bright_is_found_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeptArea, "applied", lambda self, picture: picture)
    report, out = exported(tmp_path, identified())
    assert not report.written and not list(out.rglob("*.dcm"))
    assert "a bright pixel outside the tissue" in str(report)


def test_references_keep_pointing_and_patients_keep_their_pseudonyms(tmp_path: Path) -> None:
    first = identified(number=1)
    second = identified(number=2)
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = (
        first.SOPClassUID,
        first.SOPInstanceUID,
    )
    second.SourceImageSequence = Sequence([source])
    other = identified(number=3, PatientID="78", PatientName="Hopper^Grace")
    report, out = exported(tmp_path, first, second, other)
    one, two, three = (dcmread(out / each.name) for each in report.written)
    assert two.SourceImageSequence[0].ReferencedSOPInstanceUID == one.SOPInstanceUID
    assert one.SOPInstanceUID == one.file_meta.MediaStorageSOPInstanceUID
    assert one.StudyInstanceUID == two.StudyInstanceUID
    assert one.PatientID == two.PatientID != three.PatientID
    again, _ = copied(tmp_path / "source", tmp_path / "again")
    assert again == report


def test_dates_keep_their_distances_and_an_age_over_89_is_capped(tmp_path: Path) -> None:
    report, out = exported(
        tmp_path, identified(StudyDate="20240229", SeriesDate="20240301", PatientAge="093Y")
    )
    made = only(report, out)
    study, series = (date.fromisoformat(each) for each in (made.StudyDate, made.SeriesDate))
    assert (series - study).days == 1
    assert 1 <= (date(2024, 2, 29) - study).days <= 365
    assert made.PatientAge == "090Y"


def test_the_same_object_twice_is_written_once(tmp_path: Path) -> None:
    report, _ = exported(tmp_path, identified(), identified())
    assert len(report.written) == 1
    assert [each.is_refused for each in report.left_out] == [False]


def test_every_frame_is_black_outside_and_as_it_was_within(tmp_path: Path) -> None:
    frames = grey_frames(5)
    report, out = exported(tmp_path, identified())
    made = only(report, out)
    pixels = made.pixel_array
    assert pixels.shape[0] == 3
    assert (pixels[:, 20:, 10:150] == frames[:3, 20:, 10:150]).all()
    outside = np.ones(pixels.shape[1:], bool)
    outside[20:, 10:150] = False
    assert not pixels[:, outside].any()


def test_colours_are_as_decoded_and_say_so(tmp_path: Path) -> None:
    colours = np.repeat(grey_frames(2)[..., None] // 2, 3, axis=3)
    colours[..., 1] += 60
    header = cine(colours, PhotometricInterpretation="YBR_FULL_422")
    header.PatientName, header.PatientID, header.StudyInstanceUID = NAME, "77-1234", "1.2.3.1"
    header = compressed(header, jpegs(list(colours)), uid.JPEGBaseline8Bit)
    report, out = exported(tmp_path, header)
    made = only(report, out)
    assert made.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian
    assert (made.PhotometricInterpretation, made.PlanarConfiguration) == ("RGB", 0)
    assert abs(made.pixel_array[1, 60, 60].astype(int) - colours[1, 60, 60]).max() <= 4
    assert (made.LossyImageCompression, made.LossyImageCompressionMethod) == ("01", "ISO_10918_1")


@pytest.mark.parametrize(
    "header",
    [
        identified(SequenceOfUltrasoundRegions=None),
        image(
            SOPClassUID=uid.DigitalMammographyXRayImageStorageForPresentation,
            Modality="MG",
            BurnedInAnnotation="YES",
        ),
        image(SOPClassUID=uid.EncapsulatedPDFStorage),
        image(SOPClassUID=uid.SecondaryCaptureImageStorage),
        image(SOPClassUID="1.2.3.4.5.6"),
    ],
    ids=["no region", "burned in", "PDF", "screen", "private"],
)
def test_what_cannot_be_made_sure_of_is_left_out(tmp_path: Path, header: Dataset) -> None:
    report, out = exported(tmp_path, header)
    assert not report.written and not out.exists()
    assert report.left_out[0].is_refused


def test_stored_values_stay_but_for_the_bits_above_them(tmp_path: Path) -> None:
    values = np.arange(120 * 160, dtype=np.uint16).reshape(120, 160) % 4096
    header = image(BitsAllocated=16, BitsStored=12, HighBit=11)
    header.PixelData = (values | 0x8000).tobytes()
    report, out = exported(tmp_path, header)
    assert only(report, out).PixelData == values.tobytes()
    assert not report.written[0].text_not_checked


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "source", identified(), identified(number=2))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with StudyFiles(source) as files, pytest.raises(KeyboardInterrupt):
        deidentified(files, tmp_path / "out", KEY, on_file=stop)
    assert [each.name for each in tmp_path.iterdir()] == ["source"]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder_of(tmp_path / "source", identified())

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(written_file.os, "fsync", full)
    with StudyFiles(source) as files, pytest.raises(StorageError, match="nothing was left"):
        deidentified(files, tmp_path / "out", KEY)
    assert [each.name for each in tmp_path.iterdir()] == ["source"]


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "source", identified())
    with StudyFiles(source) as files, pytest.raises(StorageError, match="not empty"):
        deidentified(files, source, KEY)


def test_no_new_error_is_found_in_a_copy(tmp_path: Path) -> None:
    report, out = exported(tmp_path, identified())
    assert errors(out / report.written[0].name) <= errors(tmp_path / "source" / "a")
