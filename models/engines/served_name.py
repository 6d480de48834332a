"""What a network is called on an inference server: by its weights, so that no others answer."""

from __future__ import annotations

import hashlib

PREFIX = "senoscope-"
DIGITS = 16
"""Of the 64 of a SHA-256: two of the few networks there are never share so many by chance."""


def served_name(onnx: bytes) -> str:
    """The name of the ONNX model in `onnx`: "senoscope-0123456789abcdef"."""
    return PREFIX + hashlib.sha256(onnx).hexdigest()[:DIGITS]
