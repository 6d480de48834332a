"""How a message to a browser is packed, and an error told."""

from __future__ import annotations

import json
import struct

from senoscope.ui.frames.overlay import Header


def packed(header: Header, jpeg: bytes = b"") -> bytes:
    """One message: header length (4 bytes, little endian), header (JSON, UTF-8), JPEG."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + jpeg


def said(error: Exception) -> dict[str, str]:
    """What the page is told of an error: its kind, whose lead it knows, and its sentence."""
    return {"kind": type(error).__name__, "message": str(error)}
