"""How a message to a browser is packed."""

from __future__ import annotations

import json
import struct

from senoscope.ui.overlay import Header


def packed(header: Header, jpeg: bytes = b"") -> bytes:
    """One message: header length (4 bytes, little endian), header (JSON, UTF-8), JPEG."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + jpeg
