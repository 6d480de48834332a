"""What every object that Senoscope writes says of its maker, and its new UIDs."""

from __future__ import annotations

from pydicom.sr.coding import Code
from pydicom.uid import UID, generate_uid

MANUFACTURER = "Senoscope"
MODEL_NAME = "Senoscope breast imaging assistant"
SERIAL_NUMBER = "0"
"""DeviceSerialNumber (0018,1000), which several modules want: software has none."""
NOTICE = "Not a medical device. Suggestion, not a diagnosis."
CODING_SCHEME = "99SENOSCOPE"
"""Of codes that no standard has: "99" begins a private scheme (PS3.16 8.2)."""


def new_uid() -> UID:
    """Never given before: 2.25 and a random UUID, the one root that needs no registration.

    PS3.5 B.2.
    """
    return generate_uid(prefix=None)


def ours(value: str, meaning: str) -> Code:
    """A code of the private scheme, at most 16 letters: for what no standard has a code."""
    return Code(value, CODING_SCHEME, meaning)
