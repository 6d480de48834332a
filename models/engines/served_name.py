"""What a network is called on an inference server: by its weights, so that no others answer."""

from __future__ import annotations

import hashlib
import re

PREFIX = "senoscope-"
DIGITS = 16
"""Of the 64 of a SHA-256: two of the few networks there are never share so many by chance."""


def served_name(onnx: bytes) -> str:
    """The name of the ONNX model in `onnx`: "senoscope-0123456789abcdef"."""
    return name_of(hashlib.sha256(onnx).hexdigest())


def is_served_name(text: str) -> bool:
    """Whether a network may be called so."""
    return re.fullmatch(rf"{PREFIX}[0-9a-f]{{{DIGITS}}}", text) is not None


def name_of(sha256: str) -> str:
    """The name of the ONNX model with that checksum."""
    return PREFIX + sha256[:DIGITS]
