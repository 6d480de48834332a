"""STOW-RS (PS3.18 10.5): one instance a request, so that each has an answer of its own."""

from __future__ import annotations

import json

from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.dimse_link import USUAL, Deadlines
from senoscope.studies.network.dimse_sending import Delivered
from senoscope.studies.network.failures import (
    PacsError,
    PacsHasNone,
    PacsRefused,
    PacsUnavailable,
    as_outcome,
)
from senoscope.studies.network.multipart import OneFile
from senoscope.studies.network.sendable import Sendable
from senoscope.studies.network.web_link import answered

LARGEST_ANSWER = 2**20
_FAILED, _REFERENCED = "00081198", "00081199"
_INSTANCE, _REASON, _WARNING = "00081155", "00081197", "00081196"
_AGAIN = {0x0110, 0x0124, 0x0213}
_HELD_ALREADY = 0x0111


def store(
    destination: WebDestination, file: Sendable, deadlines: Deadlines = USUAL
) -> Delivered | PacsError:
    """Whether the server says that it holds the file; else why not."""
    try:
        body = OneFile(file.path)
        headers = {
            "Content-Type": body.content_type,
            "Content-Length": str(body.length),
            "Accept": "application/dicom+json",
        }
        with answered(
            destination, "POST", "/studies", headers, body, deadlines=deadlines
        ) as answer:
            status, text = answer.status, answer.whole(LARGEST_ANSWER)
    except PacsHasNone:
        return PacsUnavailable(
            f"{destination.place} has no /studies to store to. Correct the address."
        )
    except PacsError as error:
        return as_outcome(error)
    except OSError as error:
        return PacsUnavailable(f"The file cannot be read ({error.strerror}). Check its disk.")
    if not text.strip():
        # PS3.18 10.5.3 wants an account; without one, 200 still says that all is kept.
        return Delivered() if status == 200 else _unclear(destination)
    try:
        return _judged(json.loads(text), file.sop_instance_uid, destination)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return _unclear(destination)


def _judged(account: object, uid: str, destination: WebDestination) -> Delivered | PacsError:
    """By the Store Instances Response Module (PS3.18 I.2): what it says of this instance."""
    if isinstance(account, list):
        [account] = account
    if not isinstance(account, dict):
        raise TypeError
    for item in account.get(_FAILED, {}).get("Value", []):
        if _value(item, _INSTANCE) == uid:
            return _failed(int(str(_value(item, _REASON))), destination)
    for item in account.get(_REFERENCED, {}).get("Value", []):
        if _value(item, _INSTANCE) == uid:
            warning = _value(item, _WARNING)
            if warning is None:
                return Delivered()
            return Delivered(f"it warned with status {int(str(warning)):04X}")
    return _unclear(destination)


def _failed(code: int, destination: WebDestination) -> Delivered | PacsError:
    if code == _HELD_ALREADY:
        return Delivered("it had the instance already")
    if code in _AGAIN or code >> 8 == 0xA7:
        return PacsUnavailable(f"{destination.place} did not keep it (reason {code:04X}).")
    return PacsRefused(f"{destination.place} refused the file (reason {code:04X}).")


def _value(item: dict[str, dict[str, list[object]]], tag: str) -> object:
    values = item.get(tag, {}).get("Value", [])
    return values[0] if values else None


def _unclear(destination: WebDestination) -> PacsUnavailable:
    return PacsUnavailable(
        f"{destination.place} answered without saying that it holds the instance."
    )
