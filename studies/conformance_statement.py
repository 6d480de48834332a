"""The tables of docs/conformance.md, made from the code that they speak of.

`python -m senoscope.studies.conformance_statement docs/conformance.md` writes them anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydicom import uid
from pydicom.sr.coding import Code

from senoscope.domain.reading import Unsuitable
from senoscope.models.evaluation.marked_text import replaced
from senoscope.studies.deidentification.plain_values import REMOVED
from senoscope.studies.files.study_limits import StudyLimits
from senoscope.studies.images.breast_object import PROJECTIONS
from senoscope.studies.images.mammogram import FOR_PRESENTATION, FOR_PROCESSING, TOMOSYNTHESIS
from senoscope.studies.modes.ultrasound_clip import ALWAYS, IN_ULTRASOUND
from senoscope.studies.network.destinations import OUR_AE
from senoscope.studies.network.dimse_link import LARGEST_PDU, MOST_CONTEXTS, USUAL
from senoscope.studies.network.receiver import OUR_LARGEST_PDU, ReceiverSettings
from senoscope.studies.network.storage_classes import STORAGE_CLASSES, TRANSFER_SYNTAXES
from senoscope.studies.network.study_search import MOST_STUDIES, StudyQuery
from senoscope.studies.pixels.cine_frames import DECODERS, NATIVE
from senoscope.studies.results import cad_codes, codes
from senoscope.studies.results.breast_mri import lesion_codes
from senoscope.studies.results.identity import CODING_SCHEME, MANUFACTURER, MODEL_NAME
from senoscope.studies.sign_off import Verdict


@dataclass(frozen=True, slots=True)
class CreatedObject:
    """A kind of object that is written: its IOD in PS3.3, template in PS3.16, and what it is."""

    sop_class: uid.UID
    iod: str
    template: str
    what: str


CREATED = (
    CreatedObject(uid.SegmentationStorage, "A.51", "", "lesions and tissue on frames, binary"),
    CreatedObject(
        uid.ComprehensiveSRStorage,
        "A.35.3",
        "TID 1500",
        "measurements, words, probability; the software's UNVERIFIED, the signed VERIFIED",
    ),
    CreatedObject(
        uid.MammographyCADSRStorage,
        "A.35.5",
        "TID 4000",
        "marks on mammograms, density",
    ),
    CreatedObject(
        uid.GrayscaleSoftcopyPresentationStateStorage, "A.33.1", "", "outlines on a grey image"
    ),
    CreatedObject(
        uid.ColorSoftcopyPresentationStateStorage, "A.33.2", "", "outlines on a colour image"
    ),
    CreatedObject(
        uid.SecondaryCaptureImageStorage, "A.8.1", "", "a lesion's key frame with its outline"
    ),
    CreatedObject(
        uid.ParametricMapStorage,
        "A.75",
        "",
        "signal enhancement ratio and Ktrans of enhancing lesions",
    ),
    CreatedObject(uid.EncapsulatedPDFStorage, "A.45.1", "", "the report"),
    CreatedObject(uid.UltrasoundImageStorage, "A.6", "", "a live exam's key frame, as captured"),
)
"""All that the program makes of its own; de-identified copies keep their class."""
CREATED_IN = uid.ExplicitVRLittleEndian


def tables() -> dict[str, str]:
    """Each table in Markdown, by the name of its place in the document."""
    return {
        "negotiation": _negotiation(),
        "classes": _classes(),
        "syntaxes": _syntaxes(),
        "search": _search(),
        "media": _media(),
        "objects": _objects(),
        "codes": _codes(),
    }


def filled(document: str) -> str:
    """The document with all tables as the code has them. SettingsError where a place is missing."""
    for name, table in tables().items():
        document = replaced(document, name, table)
    return document


def private_codes() -> tuple[Code, ...]:
    """Of the scheme 99SENOSCOPE, which a reader elsewhere may meet, by value."""
    found = {
        each.value: each
        for module in (codes, cad_codes, lesion_codes)
        for each in _codes_in(vars(module).values())
        if each.scheme_designator == CODING_SCHEME
    }
    found |= {each.value: codes.reason_code(each) for each in Unsuitable}
    found |= {each.value: codes.verdict_code(each) for each in Verdict}
    removed = Code(REMOVED.upper(), CODING_SCHEME, REMOVED)
    return (*(found[value] for value in sorted(found)), removed)


def _codes_in(values: Iterable[object]) -> Iterator[Code]:
    for value in values:
        if isinstance(value, Code):
            yield value
        elif isinstance(value, Mapping):
            yield from _codes_in(value.values())
        elif isinstance(value, tuple):
            yield from _codes_in(value)


def _negotiation() -> str:
    receiver = ReceiverSettings("SENOSCOPE", 11112)
    return _table(
        ("", "as C-STORE and C-ECHO SCU", "as C-STORE and C-ECHO SCP"),
        [
            ("AE title", f"`{OUR_AE}` unless set", "as set; a called AE title must be it"),
            ("calling AE titles", "", f"those named; unnamed ones only on {receiver.host}"),
            ("associations at once", "1", str(receiver.associations)),
            ("largest PDU received", f"{LARGEST_PDU} bytes", f"{OUR_LARGEST_PDU} bytes"),
            ("presentation contexts", f"those needed, at most {MOST_CONTEXTS}", "see below"),
            ("asynchronous operations", "none", "none"),
            (
                "time-outs",
                f"{USUAL.connect:g} s to connect, {USUAL.answer:g} s for an answer",
                f"{receiver.silence:g} s of silence",
            ),
            ("largest object", "any", f"{receiver.largest // 2**30} GB"),
        ],
    )


def _classes() -> str:
    created = {each.sop_class for each in CREATED}
    rows = [("Verification", "1.2.840.10008.1.1", "yes", "", "")]
    for each in STORAGE_CLASSES:
        rows.append((each.name, each, "yes", _reads(each), "yes" if each in created else ""))
    return _table(("SOP class", "UID", "received", "read", "created"), rows)


def _reads(sop_class: uid.UID) -> str:
    if sop_class in (*ALWAYS, FOR_PRESENTATION, TOMOSYNTHESIS):
        return "yes"
    if sop_class in (FOR_PROCESSING, *PROJECTIONS):
        return "named, not read"
    return "of ultrasound" if sop_class in IN_ULTRASOUND else ""


def _syntaxes() -> str:
    read = [*NATIVE, *DECODERS]
    rows = [
        (
            each.name,
            each,
            "yes",
            DECODERS.get(each, "pydicom") if each in read else "",
            "yes" if each == CREATED_IN else "",
        )
        for each in TRANSFER_SYNTAXES
    ]
    return _table(("transfer syntax", "UID", "received", "decoded by", "created"), rows)


def _search() -> str:
    day = date(2026, 1, 31)
    asked = StudyQuery("1", "1", "US", day, day).parameters()
    matched = [name for name, _ in asked if name not in ("includefield", "limit")]
    returned = [value for name, value in asked if name == "includefield"]
    return _table(
        ("service", "request", "of it"),
        [
            ("STOW-RS", "POST /studies", "one instance a request, as it lies on the disk"),
            ("QIDO-RS", "GET /studies", f"matched by {', '.join(matched)}"),
            ("", "", f"asked to include {', '.join(returned)}"),
            ("", "", f"limit 1 to {MOST_STUDIES}; JSON"),
            ("WADO-RS", "GET /studies/{study}", "transfer-syntax=*: as stored there"),
        ],
    )


def _media() -> str:
    limits = StudyLimits()
    return _table(
        ("bound", "most"),
        [
            ("files", f"{limits.most_files}"),
            ("bytes, unpacked", f"{limits.most_bytes // 2**30} GB"),
            ("folders within one another", f"{limits.deepest_folder}"),
            ("unpacked to packed size of a zip's member", f"{limits.largest_ratio}"),
        ],
    )


def _objects() -> str:
    rows = [(each.sop_class.name, each.iod, each.template, each.what) for each in CREATED]
    rows.append(("Manufacturer, ManufacturerModelName", "", "", f"{MANUFACTURER}, {MODEL_NAME}"))
    return _table(("object", "PS3.3", "PS3.16", "what it holds"), rows)


def _codes() -> str:
    rows = [(f"`{each.value}`", each.meaning) for each in private_codes()]
    return _table((f"code of {CODING_SCHEME}", "meaning"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
