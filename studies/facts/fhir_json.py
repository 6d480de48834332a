"""JSON of FHIR R4 that somebody gives: looked into by name, every type asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, NoReturn

from senoscope.domain.errors import SettingsError

LARGEST_TEXT = 8 * 2**20
"""Characters."""
MOST_ITEMS = 10_000
"""Of one list."""
LONGEST_TEXT = 4096
_CODE = re.compile(r"[\w.:/-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FhirNode:
    """An object within; `where` it is, by names and numbers of the standard alone."""

    where: str
    content: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        """Empty where it is not there. SettingsError where it is no text."""
        found = self.content.get(name)
        if found is None:
            return ""
        if not isinstance(found, str) or len(found) > LONGEST_TEXT:
            self.refuse(name, f"text of up to {LONGEST_TEXT} characters")
        return found.strip()

    def number(self, name: str) -> float | None:
        """SettingsError where it is no finite number."""
        found = self.content.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float):
            self.refuse(name, "a number")
        # An int of a thousand digits is none that a float holds.
        if (isinstance(found, int) and abs(found) > 2**53) or not isfinite(found):
            self.refuse(name, "a finite number")
        return float(found)

    def node(self, name: str) -> FhirNode | None:
        """SettingsError where it is no object."""
        found = self.content.get(name)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.refuse(name, "an object")
        return FhirNode(f"{self.where}.{name}", found)

    def nodes(self, name: str) -> tuple[FhirNode, ...]:
        """SettingsError where it is no list of objects."""
        found = self.content.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or len(found) > MOST_ITEMS:
            self.refuse(name, f"a list of up to {MOST_ITEMS}")
        if not all(isinstance(each, dict) for each in found):
            self.refuse(name, "a list of objects")
        return tuple(
            FhirNode(f"{self.where}.{name}[{place}]", each) for place, each in enumerate(found)
        )

    def codes(self, name: str) -> tuple[tuple[str, str], ...]:
        """(system, code) of each coding of a CodeableConcept."""
        concept = self.node(name)
        codings = () if concept is None else concept.nodes("coding")
        return tuple((each.text("system"), each.text("code")) for each in codings)

    def day(self, name: str) -> date | None:
        """None where it is not there or is less than a whole day."""
        said = self.text(name)[:10]
        try:
            return date.fromisoformat(said) if len(said) == 10 else None
        except ValueError:
            self.refuse(name, "a date as YYYY-MM-DD")

    def refuse(self, name: str, expected: str) -> NoReturn:
        """SettingsError that says where, and nothing of what stands there."""
        raise SettingsError(
            f"{self.where}.{name} of the FHIR text is something else; expected {expected}. Export "
            "it again."
        )


def read_fhir_json(text: str) -> FhirNode:
    """Its outermost object. SettingsError where it is too large, too deep, or no such JSON."""
    if len(text) > LARGEST_TEXT:
        raise SettingsError(
            f"A FHIR text of {len(text)} characters was given; expected up to {LARGEST_TEXT}. "
            "Export one patient alone."
        )
    try:
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError:
        raise SettingsError(
            "A FHIR text was given that lies too deep within itself; expected a Patient or a "
            "Bundle. Export it again."
        ) from None
    except ValueError:  # not chained: it quotes the text
        raise SettingsError(
            "A text was given that is no JSON; expected a Patient or a Bundle of FHIR R4 as JSON, "
            "each name once in its object. Export it again."
        ) from None
    if not isinstance(found, dict):
        raise SettingsError(
            "A JSON was given that is no object; expected a Patient or a Bundle of FHIR R4. Export "
            "it again."
        )
    return FhirNode("it", found)


def named(code: str) -> str:
    """A code or kind as it may be shown: what looks like none may be a name."""
    return code if _CODE.fullmatch(code) else "of a code that is none"


def _no_constant(_: str) -> NoReturn:
    raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):  # readers differ in which of two they take
        raise ValueError
    return found
