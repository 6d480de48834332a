"""C-STORE and C-ECHO: files go out in the transfer syntax in which they lie on the disk."""

from __future__ import annotations

import queue
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from pydicom import Dataset, uid

from senoscope.studies.network.destinations import DimseDestination
from senoscope.studies.network.dimse_link import MOST_CONTEXTS, USUAL, Deadlines, cut, linked
from senoscope.studies.network.failures import PacsError, PacsRefused, PacsUnavailable, as_outcome
from senoscope.studies.network.pynetdicom_rules import Association
from senoscope.studies.network.sendable import Sendable

_VERIFICATION = uid.UID("1.2.840.10008.1.1")
_AGAIN = {0x0110: "it could not process it", 0x0124: "we are not authorised", 0x0213: "no room"}
_REFUSED = {0x0117: "invalid instance", 0x0122: "SOP class not supported"}
_WARNINGS = {
    0xB000: "it changed data elements",
    0xB006: "it dropped data elements",
    0xB007: "it finds that the data do not fit their class",
    0x0111: "it had the instance already",
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side says that it holds the file; `warning` None where it took it without one."""

    warning: str | None = None


def echo(destination: DimseDestination, deadlines: Deadlines = USUAL) -> None:
    """C-ECHO (PS3.7 9.1.5): whether it is there and knows us. PacsError says why not."""
    with linked(destination, [(_VERIFICATION, uid.ImplicitVRLittleEndian)], deadlines) as link:
        status = link.send_c_echo()
    if status.get("Status") != 0:
        raise PacsUnavailable(
            f"{destination.place} took the association and did not answer C-ECHO with success."
        )


def store(
    destination: DimseDestination, files: Sequence[Sendable], deadlines: Deadlines = USUAL
) -> Generator[Delivered | PacsError]:
    """C-STORE of each over one association; what became of each, in their order, as it is known.

    The association is open until this is exhausted or closed. After a connection is lost the rest
    are PacsUnavailable without being tried.
    ValueError where they need more than `MOST_CONTEXTS` pairs of class and syntax.
    """
    contexts = {(each.sop_class_uid, each.transfer_syntax) for each in files}
    if len(contexts) > MOST_CONTEXTS:
        raise ValueError(f"{len(contexts)} presentation contexts; expected {MOST_CONTEXTS}")
    done = 0
    try:
        with linked(destination, sorted(contexts), deadlines) as link:
            for each in files:
                outcome = _stored(link, destination, each)
                done += 1
                yield outcome
                if not link.is_established:
                    break
            else:
                return
        failure: PacsError = PacsUnavailable(f"{destination.place} ended the connection.")
    except PacsError as error:
        failure = as_outcome(error)
    yield from [failure] * (len(files) - done)


def _stored(
    link: Association, destination: DimseDestination, file: Sendable
) -> Delivered | PacsError:
    accepted = {
        (context.abstract_syntax, syntax)
        for context in link.accepted_contexts
        for syntax in context.transfer_syntax
    }
    if (file.sop_class_uid, file.transfer_syntax) not in accepted:
        return PacsRefused(
            f"{destination.place} does not take {file.sop_class_uid.name} in "
            f"{file.transfer_syntax.name}. Have that enabled there; it is not transcoded."
        )
    try:
        status = link.send_c_store(file.path)
    except queue.Full:
        cut(link)
        return PacsUnavailable(f"{destination.place} stopped taking data.")
    except OSError as error:
        return PacsUnavailable(f"The file cannot be read ({error.strerror}). Check its disk.")
    except RuntimeError:  # lost between two files
        return PacsUnavailable(f"{destination.place} ended the connection.")
    return _judged(status, destination.place)


def _judged(status: Dataset, place: str) -> Delivered | PacsError:
    """By the status of C-STORE (PS3.4 B.2.3 and PS3.7 C)."""
    code = status.get("Status")
    if code is None:
        return PacsUnavailable(f"{place} did not answer in time, or ended the connection.")
    if code == 0:
        return Delivered()
    if code in _WARNINGS or code >> 12 == 0xB or code in (0x0001, 0x0107, 0x0116):
        return Delivered(_WARNINGS.get(code, f"it warned with status {code:04X}"))
    if code >> 8 == 0xA7:
        return PacsUnavailable(f"{place} is out of resources (status {code:04X}).")
    if code in _AGAIN:
        return PacsUnavailable(f"{place} did not keep it: {_AGAIN[code]} (status {code:04X}).")
    reason = _REFUSED.get(code) or ("data do not fit their class" if code >> 8 == 0xA9 else None)
    return PacsRefused(
        f"{place} refused the file: {reason or 'it cannot understand it'} (status {code:04X})."
    )
