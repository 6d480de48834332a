"""A file's attributes without the person, built up from nothing: what is not kept never enters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydicom import DataElement, Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from senoscope import __version__
from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.deidentification.attribute_actions import (
    DATES,
    Action,
    action_on,
    basic_action_on,
)
from senoscope.studies.deidentification.identity_search import Identity
from senoscope.studies.deidentification.method_codes import (
    BASIC,
    CHARACTERISTICS,
    CONTENT,
    DESCRIPTORS,
    METHODS,
    MODIFIED_DATES,
    PIXELS,
)
from senoscope.studies.deidentification.plain_values import (
    DUMMIES,
    TEXTS,
    capped_age,
    code,
    is_code,
    is_concept,
    is_plain,
    moved,
)
from senoscope.studies.deidentification.pseudonyms import Pseudonym, PseudonymKey
from senoscope.studies.files.study_header import DEEPEST_SEQUENCE, TOO_DEEP
from senoscope.studies.pixels.cine_frames import DAMAGE

BIRTH_DATE, SUBJECT_AGE, SUBJECT_SEX = "121031", "121033", "121032"
"""Content items about the patient, of CID 6024 and TID 1007; names, IDs and text go anyway."""
_AGE = Tag("PatientAge")


@dataclass(frozen=True, slots=True)
class DeidentifyOptions:
    """Of PS3.15 E.3. Off: dates and times, or the patient's age, sex, size and weight, go too."""

    modified_dates: bool = True
    patient_characteristics: bool = True


@dataclass(frozen=True, slots=True)
class HeaderCleaning:
    """Of one file, whose `identity` stands in no text that is kept."""

    key: PseudonymKey
    patient: Pseudonym
    options: DeidentifyOptions
    identity: Identity

    def of_file(self, source: Dataset, has_clean_pixels: bool) -> Dataset:
        """The whole header, without pixels; SourceUnavailable where its sequences lie too deep."""
        made = self.of_items(source, 0)
        made.PatientName = made.PatientID = self.patient.name
        made.PatientBirthDate = ""
        if "PatientSex" not in made:
            made.PatientSex = ""
        for keyword in ("StudyDate", "StudyTime", "StudyID", "AccessionNumber"):
            if keyword not in made:
                setattr(made, keyword, "")
        made.ReferringPhysicianName = ""
        made.SpecificCharacterSet = "ISO_IR 192"
        made.PatientIdentityRemoved = "YES"
        made.DeidentificationMethod = f"Senoscope {__version__}"
        used = self._methods(has_clean_pixels)
        made.DeidentificationMethodCodeSequence = Sequence(map(_method, used))
        dates = "MODIFIED" if self.options.modified_dates else "REMOVED"
        made.LongitudinalTemporalInformationModified = dates
        if has_clean_pixels:
            made.BurnedInAnnotation = "NO"
        return made

    def of_items(self, source: Dataset, depth: int) -> Dataset:
        """One level of attributes, and those below it."""
        if depth > DEEPEST_SEQUENCE:
            raise SourceUnavailable(TOO_DEEP)
        made = Dataset()
        for element in _readable(source):
            kept = self._kept(element, depth)
            if kept is not None:
                made.add(kept)
        if "ValueType" in made:
            self._clean_subject(made)
        return made

    def _methods(self, has_clean_pixels: bool) -> Iterator[str]:
        yield BASIC
        if has_clean_pixels:
            yield PIXELS
        yield CONTENT
        yield DESCRIPTORS
        if self.options.modified_dates:
            yield MODIFIED_DATES
        if self.options.patient_characteristics:
            yield CHARACTERISTICS

    def _kept(self, element: DataElement, depth: int) -> DataElement | None:
        tag, vr = element.tag, element.VR
        action = self._action(tag, vr)
        if action is Action.REMOVE:
            return None
        if vr == "SQ":
            return self._sequence(element, action, depth)
        if action is Action.EMPTY or element.is_empty:
            return DataElement(tag, vr, None)
        if action is Action.DUMMY:
            return DataElement(tag, vr, DUMMIES[vr]) if vr in DUMMIES else None
        values = [self._value(each, tag, vr) for each in _values(element)]
        if any(each is None for each in values):
            return None
        return DataElement(tag, vr, values if len(values) > 1 else values[0])

    def _action(self, tag: BaseTag, vr: str) -> Action:
        action = action_on(tag, vr)
        if vr in DATES and action is Action.KEEP and not self.options.modified_dates:
            return basic_action_on(tag)
        if action is Action.CHARACTERISTIC:
            if self.options.patient_characteristics:
                return Action.KEEP
            return Action.EMPTY if tag == Tag("PatientSex") else Action.REMOVE
        return action

    def _sequence(self, element: DataElement, action: Action, depth: int) -> DataElement | None:
        items = [] if action is Action.EMPTY else list(element.value or ())
        made = [
            self._code(each, depth + 1) if is_code(each) else self.of_items(each, depth + 1)
            for each in items
        ]
        if any(map(len, items)) and not any(map(len, made)):
            return None
        return DataElement(element.tag, "SQ", Sequence(made))

    def _code(self, item: Dataset, depth: int) -> Dataset:
        """With its own sequences, such as a view's modifiers, and no other attribute."""
        made = code(item)
        if self.identity.stands_in(str(made.CodeMeaning)):
            made = code(Dataset())
        for element in self.of_items(item, depth):
            if element.VR == "SQ":
                made.add(element)
        return made

    def _value(self, value: Any, tag: BaseTag, vr: str) -> Any:
        if vr == "UI":
            return self.key.uid(str(value)) if value else value
        if vr in ("DA", "DT"):
            return moved(str(value), vr, self.patient.days)
        if tag == _AGE:
            return capped_age(str(value))
        if vr in TEXTS and self.identity.stands_in(str(value)):
            return DUMMIES[vr]  # such as a maker whose name is the institution's
        return value if is_plain(value, vr) else None

    def _clean_subject(self, item: Dataset) -> None:
        """What content items say of the patient. The items stay: others refer to their places."""
        if is_concept(item, (BIRTH_DATE,)) and "Date" in item:
            item.Date = DUMMIES["DA"]
        retained = self.options.patient_characteristics
        if is_concept(item, (SUBJECT_AGE,)) and (not retained or _is_old(item)):
            item.MeasuredValueSequence = Sequence()
        if is_concept(item, (SUBJECT_SEX,)) and not retained and "ConceptCodeSequence" in item:
            item.ConceptCodeSequence = Sequence([code(Dataset())])


def _readable(source: Dataset) -> Iterator[DataElement]:
    """All but what is damaged, which could be anything."""
    for tag in list(source.keys()):
        try:
            element = source[tag]
        except DAMAGE:
            continue
        if isinstance(element, DataElement):
            yield element


def _values(element: DataElement) -> list[Any]:
    value = element.value
    return list(value) if isinstance(value, MultiValue | list) else [value]


def _is_old(item: Dataset) -> bool:
    """Whether a measured age may be over 89 years; it is, too, where it is not said in years."""
    for measured in item.get("MeasuredValueSequence") or ():
        units = [each.get("CodeValue") for each in measured.get("MeasurementUnitsCodeSequence", ())]
        if units != ["a"] or float(measured.get("NumericValue") or 0) > 89:
            return True
    return False


def _method(value: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = value, "DCM"
    item.CodeMeaning = METHODS[value]
    return item
