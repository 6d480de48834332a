"""What a report says, in either form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from senoscope.calibration.measurement import Measured, Unit
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.reading import Suspicion, Unsuitable
from senoscope.studies.results.report import Report, ReportHeader, report_of
from senoscope.studies.results.report_row import Row
from senoscope.studies.sign_off import Decision, SignedReading, Verdict
from senoscope.studies.study_reading import FindingWord, ImageReading, Outlined, StudyReading
from tests.studies.results import report_builders as made

AT = datetime(2026, 11, 28, 9, 22, tzinfo=UTC)
HEADER = ReportHeader(
    "Wang^XiaoDong=王^小东",
    "0012345",
    date(1968, 3, 4),
    "F",
    date(2026, 11, 28),
    "A-99",
    "Hospital of Somewhere",
    "US",
)


def report(of: StudyReading | SignedReading, language: str = "en") -> Report:
    return report_of(of, HEADER, at=AT, language=language)


def test_the_patient_is_named_and_what_is_absent_is_left_out() -> None:
    assert report(made.reading()).patient == (
        Row("Name", "Wang, XiaoDong (王小东)"),
        Row("Patient ID", "0012345"),
        Row("Born", "1968-03-04"),
        Row("Sex", "female"),
        Row("Study", "2026-11-28"),
        Row("Accession", "A-99"),
        Row("Modality", "US"),
        Row("Institution", "Hospital of Somewhere"),
    )
    assert report_of(made.reading(), ReportHeader(), at=AT).patient == ()
    only = report_of(made.reading(), ReportHeader(patient_id=" 7\n8 ", sex="X"), at=AT)
    assert only.patient == (Row("Patient ID", "7 8"), Row("Sex", "X"))
    assert only.running == "7 8"


def test_what_was_not_signed_says_so() -> None:
    said = report(made.full())
    assert not said.is_signed
    assert said.status == "NOT SIGNED: suggestion of software, not reviewed"
    assert said.impressions == ()
    assert all(each.decision is None for each in said.findings)


def test_what_was_signed_says_by_whom_and_when() -> None:
    said = report(made.signed())
    assert said.is_signed
    assert said.status == "Signed by Müller, Anna, Hospital of Somewhere, 2026-11-28 09:20 UTC"


def test_both_impressions_are_kept_apart() -> None:
    final, alone = report(made.signed()).impressions
    assert final.title == "Final"
    assert final.category == "BI-RADS 4A: low suspicion for malignancy"
    assert (final.text, final.at) == ("A mass.", "2026-11-28 09:20 UTC")
    assert alone.title == "Before the AI was shown"
    assert alone.category == "BI-RADS 3: probably benign"
    assert (alone.text, alone.at) == ("Looks benign.", "2026-11-28 09:01 UTC")


def test_without_an_impression_before_the_ai_it_says_so() -> None:
    _, alone = report(replace(made.signed(), alone=None)).impressions
    assert (alone.category, alone.text) == ("", "Not recorded before the AI was shown.")


def test_each_decision_stands_with_its_finding() -> None:
    first, second = (each.decision for each in report(made.signed()).findings)
    assert first and second
    assert (first.word, first.reason) == ("Edited", "The margin was cut.")
    assert (second.word, second.reason) == ("Overruled", "A shadow of the rib.")


def test_a_finding_has_its_numbers_with_their_doubt() -> None:
    one, two = report(made.full()).findings
    assert one.probability_line == "0.37 (0.18 to 0.69)"
    assert (one.suspicion, one.suspicion_word) == (Suspicion.UNCERTAIN, "uncertain")
    assert one.size == "12.0 × 6.7 mm"
    assert one.measures == (
        Row("Long axis", "12.0 mm", "11.1 to 13.1"),
        Row("Short axis", "6.7 mm", "6.0 to 7.4"),
        Row("Angle to the skin", "8°", "0 to 20"),
        Row("Area", "62.9 mm²", "54.0 to 73.3"),
        Row("Depth of centre", "11.2 mm", "10.4 to 12.0"),
    )
    assert one.words == (
        Row("Shape", "irregular", "0.90"),
        Row("Orientation", "not parallel", "1.00"),
        Row("Margin", "spiculated", "0.62"),
        Row("Echo pattern", "hypoechoic", "0.97"),
        Row("Posterior features", "shadowing", "0.00"),
    )
    assert two.suspicion_word == "high"
    assert (two.size, two.measures, two.words) == ("millimetres unknown", (), ())


def test_chinese_words_are_chinese() -> None:
    said = report(made.signed(), "zh-CN")
    assert said.title == "乳腺超声报告"
    assert [row.value for row in said.findings[0].words][:3] == ["不规则形", "不平行", "毛刺"]
    assert said.impressions[0].category == "BI-RADS 4A：低度可疑恶性"
    assert said.images[0][3] == "彩色多普勒或弹性成像（2 帧），组织上有文字（1 帧）"


def test_a_lesion_that_may_lie_anyhow_is_given_no_angle() -> None:
    measured = replace(made.measurements(), orientation=Measured(40.0, 5.0, 80.0, Unit.DEGREES))
    rows = report(made.reading(made.finding(1, 0.2, measured))).findings[0].measures
    assert rows[2] == Row("Angle to the skin", "any (nearly round)", "5 to 80")


def test_a_word_that_could_not_be_assessed_says_why() -> None:
    shape = FindingWord("shape", None, 0.0, "It touches the edge.")
    words = (shape, *made.words()[1:])
    rows = report(made.reading(made.finding(1, 0.2, None, words))).findings[0].words
    assert rows[0] == Row("Shape", "not assessed: It touches the edge.")


def test_nothing_marked_is_not_the_same_as_nothing_read() -> None:
    none = report(made.reading())
    assert not none.abstained
    assert none.conclusion == "No lesion was marked. No mark does not mean no lesion."
    nothing = report(made.abstained())
    assert nothing.abstained
    assert nothing.conclusion.startswith("NOT READ")
    assert report(made.full()).conclusion == ""


def test_every_image_says_what_became_of_it() -> None:
    assert report(made.full()).images == (
        ("1", "40", "37", "colour Doppler or elastography (2), text over the tissue (1)",
         "DICOM region, ± 2.0 %"),
    )  # fmt: skip
    assert report(made.full()).read_line == "37 of 40 frames were read; images: 1."
    assert report(made.abstained()).images == (
        ("1", "30", "0", "probe in air (30)", "none"),
        ("2", "1", "0", "Its pixels are gone.", "none"),
    )


def test_every_reason_to_abstain_is_said() -> None:
    counts = dict.fromkeys(Unsuitable, 1)
    image = ImageReading(1, made.SERIES, "1.2", made.CLASS, len(counts), 0, counts)
    (row,) = report(made.reading(images=(image,))).images
    assert row[3].count("(1)") == len(Unsuitable)


def test_the_software_says_what_it_is() -> None:
    rows = {row.name: row.value for row in report(made.full()).software}
    assert rows["Version"].startswith("Senoscope ")
    assert rows["Mode"] == "ultrasound images and clips"
    assert rows["Engine"] == "OpenVINO int8"
    assert rows["Models"] == "segmenter 3.1, classifier 2.0"
    assert rows["Words"] == "suspicion is low below 0.1 and high from 0.6"
    assert rows["Read at"] == "2026-11-28 09:15 UTC"
    assert rows["Report made at"] == "2026-11-28 09:22 UTC"
    other = report(replace(made.full(), mode="another_mode"))
    assert Row("Mode", "another_mode") in other.software


def test_quality_facts_are_said() -> None:
    said = report_of(made.full(), HEADER, at=AT, quality=made.quality())
    assert said.quality == (
        ("note", "note", "A series of US: 1 file, 40 frames."),
        ("fault", "FAULT", "A series of US says two sides."),
    )


def test_a_picture_is_drawn_and_its_lines_explained() -> None:
    pictures = {1: made.picture(1), 2: made.picture(2)}
    one, two = report_of(made.signed(), HEADER, at=AT, pictures=pictures).findings
    assert one.picture and two.picture
    assert one.caption == (
        "Image 1, frame 1; frames outlined: 2",
        "Outline of the software: dashed",
        "Outline of the reader: white dots",
        "Sizes are of the software's outline.",
    )
    assert two.caption[1:] == ("Outline of the software: double",)
    (bare, _) = report(made.full()).findings
    assert bare.caption[1:] == ("No picture was given.",)


def test_the_readers_outline_is_drawn_on_its_own_frame_only() -> None:
    signed = made.signed()
    other = Outlined(made.place(frame=9), made.ellipse(151))
    moved = replace(signed, decisions=(Decision(1, Verdict.EDITED, "", other), signed.decisions[1]))
    pictures = {1: made.picture()}
    here = report_of(signed, HEADER, at=AT, pictures=pictures).findings[0]
    there = report_of(moved, HEADER, at=AT, pictures=pictures).findings[0]
    plain = report_of(made.full(), HEADER, at=AT, pictures=pictures).findings[0]
    assert here.picture and there.picture and plain.picture
    assert here.picture.jpeg != plain.picture.jpeg
    assert there.picture.jpeg == plain.picture.jpeg
    assert "The reader's outline is on another frame." in there.caption


def test_a_picture_of_no_finding_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"\[3\] were given"):
        report_of(made.full(), HEADER, at=AT, pictures={3: made.picture()})
    with pytest.raises(ImageError):
        report_of(made.full(), HEADER, at=AT, pictures={1: np.zeros((3, 3, 4), np.uint8)})
    with pytest.raises(SettingsError, match="en, zh-CN"):
        report(made.full(), "xx")
