"""Readings for the tests of reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.measurement import LesionMeasurements, Measured, Unit
from senoscope.domain.lexicon import (
    EchoPattern,
    Margin,
    Orientation,
    PosteriorFeatures,
    Shape,
    Term,
)
from senoscope.domain.reading import OperatingPoint, ReaderDescription, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.studies.quality.study_quality import Fact, StudyQuality
from senoscope.studies.sign_off import (
    Assessment,
    Decision,
    Impression,
    SignedReading,
    Signer,
    Verdict,
)
from senoscope.studies.study_reading import (
    FindingWord,
    FramePlace,
    ImageReading,
    Outlined,
    StudyFinding,
    StudyReading,
)

STUDY, SERIES = "1.2.3.1", "1.2.3.1.7"
CLASS = "1.2.840.10008.5.1.4.1.1.3.1"
AT = datetime(2026, 11, 28, 9, 15, 30, 123456, UTC)
POINT = OperatingPoint(0.1, 0.6)
SPACING = CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.DICOM_REGION)


def place(image: int = 1, frame: int = 1) -> FramePlace:
    return FramePlace(SERIES, f"{SERIES}.{image}", CLASS, frame)


def ellipse(
    x: float = 150.3, y: float = 110.7, long: float = 60.1, short: float = 33.3
) -> NDArray[np.float32]:
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    wave = 1 + 0.06 * np.sin(7 * turn)
    return np.stack([x + long * wave * np.cos(turn), y + short * wave * np.sin(turn)], 1).astype(
        np.float32
    )


def measurements() -> LesionMeasurements:
    mm = Unit.MILLIMETRES
    return LesionMeasurements(
        Measured(12.04, 11.1, 13.06, mm),
        Measured(6.66, 6.0, 7.39, mm),
        Measured(8.0, 0.0, 19.5, Unit.DEGREES),
        Measured(62.9, 54.0, 73.3, Unit.SQUARE_MILLIMETRES),
        Measured(11.2, 10.4, 12.0, mm),
        None,
    )


def words() -> tuple[FindingWord, ...]:
    return mass_words(
        Term(Shape.IRREGULAR, 0.9),
        Term(Orientation.NOT_PARALLEL, 1.0),
        Term(Margin.SPICULATED, 0.62),
        Term(EchoPattern.HYPOECHOIC, 0.97),
        Term(PosteriorFeatures.SHADOWING, 0.0),
    )


def mass_words(*terms: Term[Any]) -> tuple[FindingWord, ...]:
    names = "shape", "orientation", "margin", "echo_pattern", "posterior_features"
    return tuple(FindingWord.of(*each) for each in zip(names, terms, strict=True))


def finding(
    number: int = 1,
    probability: float = 0.37,
    measured: LesionMeasurements | None = None,
    said: tuple[FindingWord, ...] = (),
    contour: NDArray[np.float32] | None = None,
) -> StudyFinding:
    key = Outlined(place(frame=number), ellipse() if contour is None else contour)
    other = Outlined(place(frame=number + 1), key.contour + np.float32(0.1))
    low, high = probability / 2, (1 + probability) / 2
    suspicion = POINT.suspicion(probability)
    return StudyFinding(
        number,
        f"2.25.{number}",
        key,
        (key, other),
        probability,
        low,
        high,
        suspicion,
        measured,
        said,
    )


def reading(*findings: StudyFinding, images: tuple[ImageReading, ...] = ()) -> StudyReading:
    described = ReaderDescription("OpenVINO int8", ("segmenter 3.1", "classifier 2.0"), POINT)
    one = ImageReading(
        1, SERIES, f"{SERIES}.1", CLASS, 40, 37, {Unsuitable.COLOUR: 2, Unsuitable.TEXT: 1}, SPACING
    )
    return StudyReading(STUDY, "ultrasound_clip", described, images or (one,), findings, AT)


def abstained() -> StudyReading:
    return reading(
        images=(
            ImageReading(1, SERIES, f"{SERIES}.1", CLASS, 30, 0, {Unsuitable.IN_AIR: 30}),
            ImageReading(2, SERIES, f"{SERIES}.2", CLASS, 1, 0, {}, None, "Its pixels are gone."),
        )
    )


def full() -> StudyReading:
    """Two findings: one with everything, one with nothing but a probability."""
    return reading(finding(1, 0.37, measurements(), words()), finding(2, 0.83))


def signed(of: StudyReading | None = None, text: str = "A mass.") -> SignedReading:
    given = of or full()
    decisions = [
        Decision(1, Verdict.EDITED, "The margin was cut.", Outlined(place(), ellipse(151))),
        Decision(2, Verdict.OVERRULED, "A shadow of the rib."),
    ]
    decisions += [Decision(each.number, Verdict.ACCEPTED) for each in given.findings[2:]]
    return SignedReading(
        given,
        Impression(
            Assessment.PROBABLY_BENIGN,
            "Looks benign.",
            datetime(2026, 11, 28, 9, 1).replace(tzinfo=UTC),
        ),
        tuple(decisions[: len(given.findings)]),
        Impression(Assessment.LOW_SUSPICION, text, datetime(2026, 11, 28, 9, 20, tzinfo=UTC)),
        Signer("Müller^Anna", "Hospital of Somewhere"),
    )


def quality() -> StudyQuality:
    return StudyQuality(
        STUDY,
        (
            Fact("note", "came", "A series of US: 1 file, 40 frames.", SERIES),
            Fact("fault", "contradiction", "A series of US says two sides.", SERIES, (1,)),
        ),
    )


def picture(seed: int = 3, rows: int = 240, columns: int = 320) -> NDArray[np.uint8]:
    """Speckle, (rows, columns, 3) RGB."""
    noise = np.random.default_rng(seed).gamma(2.0, 30.0, (rows, columns))
    grey = np.clip(noise, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)
