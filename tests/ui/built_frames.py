"""Published frames and statuses for the page's tests."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Frame, Gray, ScanArea
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, OperatingPoint, Reading
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.published import AiState, LoopStatus, PublishedFrame
from tests import builders

OPERATING_POINT = OperatingPoint(0.3, 0.7)
FRAME_MS = 16
SQUARE = np.array([[10, 10], [50, 10], [50, 30], [10, 30]], np.float32)


def status(**changed: object) -> LoopStatus:
    usual: dict[str, object] = {
        "source_name": "phantom",
        "simulated": False,
        "ai_state": AiState.READING,
        "ai_message": "",
        "ai_restarts": 0,
        "engine": "OpenVINO int8",
        "models": ("unet 1", "googlenet 1"),
        "fps": 60.0,
        "latency_p95_ms": 18.4,
        "exam": builders.EXAM,
        "aligned": False,
        "ended": False,
        "lost": False,
        "error": "",
        "progress": None,
    }
    return LoopStatus(**{**usual, **changed})  # type: ignore[arg-type]


def finding(probability: float, contour: np.ndarray = SQUARE) -> Finding:
    lesion = Lesion(contour, float(cv2.contourArea(contour)), 0.9)
    return Finding(lesion, probability, OPERATING_POINT.suspicion(probability))


def published(
    index: int = 0,
    *findings: Finding,
    spacing: PixelSpacing | None = None,
    age_ms: float | None = 0.0,
    pixels: Gray | None = None,
    simulated: bool = False,
    source_name: str = "phantom",
    scan_area: ScanArea | None = None,
) -> PublishedFrame:
    if pixels is None:
        pixels = np.full((120, 160), index % 256, np.uint8)
    frame = Frame(pixels, index, index * FRAME_MS * 1_000_000, builders.spacing(spacing), simulated)
    jpeg = cv2.imencode(".jpg", pixels)[1].tobytes()
    read = None if age_ms is None else index - round(age_ms / FRAME_MS)
    reading = None if read is None else Reading(read, findings, 0.9)
    return PublishedFrame(
        frame=frame,
        jpeg=jpeg,
        reading=reading,
        tracks=builders.tracks(findings) if reading else (),
        reading_age_ms=age_ms,
        source_name=source_name,
        scan_area=scan_area,
        exam=builders.EXAM,
    )


def phantom_frames(
    count: int, columns: int = 1280, rows: int = 720, seed: int = 3
) -> list[PublishedFrame]:
    """A sweep through the phantom, its own truth as reading, with a different word each."""
    phantom = BModePhantom(seed, columns, rows)
    words = (0.37, 0.08, 0.91)
    frames = []
    for index, seen in enumerate(phantom.sweep(count)):
        findings = [
            finding(words[number % 3], _contour(lesion.mask))
            for number, lesion in enumerate(seen.truth)
        ]
        frames.append(
            published(
                index,
                *findings,
                spacing=phantom.pixel_spacing,
                pixels=seen.pixels,
                simulated=True,
            )
        )
    return frames


def _contour(mask: np.ndarray) -> np.ndarray:
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = max(found, key=cv2.contourArea)[:, 0, :]
    return whole[:: max(1, len(whole) // 120)].astype(np.float32)
