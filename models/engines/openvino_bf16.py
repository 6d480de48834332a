"""OpenVINO, where what is not int8 may be bfloat16: half the time, on processors that have it."""

from __future__ import annotations

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import openvino
from senoscope.models.engines.base import LoadedEngine

NAME = "OpenVINO bf16"


def is_available() -> str | None:
    """None when the processor multiplies bfloat16, else the reason and the remedy."""
    reason = openvino.is_available()
    if reason is None and not openvino.has_bfloat16():
        reason = "This processor does not multiply bfloat16. Take another engine."
    return reason


def load(onnx: bytes) -> LoadedEngine:
    """An engine for the ONNX model in `onnx`. EngineUnavailable where it cannot be compiled."""
    reason = is_available()
    if reason is not None:
        raise EngineUnavailable(reason)
    return openvino.load(onnx, hint="bf16")
