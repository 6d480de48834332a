"""Pictures over the network: MJPEG over HTTP, UDP or RTSP."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from senoscope.domain.errors import SourceUnavailable
from senoscope.realtime.sources.live import LiveSource
from senoscope.realtime.sources.opencv import OpenDevice, open_capture

SCHEMES = ("http", "https", "udp", "rtsp")
TIMEOUT_MS = 5000
"""For opening and for each read: a dead stream is noticed within this."""


class StreamSource(LiveSource):
    """A stream by its URL. The name leaves out user, password, path and query.

    `open_device` stands in for OpenCV in tests.
    """

    def __init__(
        self, url: str, timeout_ms: int = TIMEOUT_MS, open_device: OpenDevice | None = None
    ) -> None:
        settings = {
            "CAP_PROP_OPEN_TIMEOUT_MSEC": timeout_ms,
            "CAP_PROP_READ_TIMEOUT_MSEC": timeout_ms,
            "CAP_PROP_N_THREADS": 1,
        }
        super().__init__(
            _name(url),
            open_device or partial(open_capture, url, "CAP_FFMPEG", settings),
            f"It is given {timeout_ms / 1000:g} s to answer. Check that the sender runs, the "
            "address, the password and the firewall, then open it again.",
        )


def _name(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    # udp://@:5000 names no host: it listens on every address of this machine.
    if (host is None and port is None) or parts.scheme.lower() not in SCHEMES:
        raise SourceUnavailable(
            "A stream address that cannot be read was given; expected SCHEME://HOST:PORT/PATH "
            f"with a scheme of {', '.join(SCHEMES)}, for example rtsp://192.168.1.20:554/live."
        )
    return f"{parts.scheme.lower()} stream {host or ''}" + (f":{port}" if port else "")
