"""How a message to a browser is packed, and how an error or what is done so far is told."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

from fastapi.responses import StreamingResponse

from senoscope.domain.errors import SenoscopeError
from senoscope.ui.frames.overlay import Header

UNKEPT = {"cache-control": "no-store"}
"""Of an answer on which a patient's name may stand."""


def packed(header: Header, jpeg: bytes = b"") -> bytes:
    """One message: header length (4 bytes, little endian), header (JSON, UTF-8), JPEG."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + jpeg


def said(error: Exception) -> dict[str, str]:
    """What the page is told of an error: its kind, whose lead it knows, and its sentence."""
    return {"kind": type(error).__name__, "message": str(error)}


def told(shares: Iterator[float]) -> StreamingResponse:
    """Lines of JSON while something is made: how much is done, or why no more comes."""

    def lines() -> Iterator[str]:
        try:
            for done in shares:
                yield json.dumps({"done": round(done, 3)}) + "\n"
        except SenoscopeError as error:
            yield json.dumps({"error": said(error)}) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def attached(name: str) -> dict[str, str]:
    """The header of an answer that is kept as a file of that name."""
    return {"content-disposition": f'attachment; filename="{name}"'}
