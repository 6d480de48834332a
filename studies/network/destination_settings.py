"""From the tables of a settings file to destinations by their names."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn, TypeVar

from senoscope.domain.errors import SettingsError
from senoscope.studies.network.destinations import (
    OUR_AE,
    Destination,
    DimseDestination,
    Tls,
    WebDestination,
)
from senoscope.studies.network.secret import Secret

LARGEST_FILE = 2**20
Value = TypeVar("Value")


class _Table:
    """One table of the file; each key is taken once, and what is left at the end is a mistake."""

    def __init__(self, name: str, given: object) -> None:
        self._name = name
        if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
            self._fail("a table of settings")
        self._left = dict(given)

    def take(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        if key not in self._left and default is not None:
            return default
        value = self._left.pop(key, None)
        # A bool is an int to Python.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self._fail(f"{key!r} as {kind.__name__}")
        return value

    def place(self, key: str) -> Path | None:
        if key not in self._left:
            return None
        path = Path(self.take(key, str)).expanduser()
        if not path.is_absolute():
            self._fail(f"{key!r} as a whole path")
        return path

    def secret(self, key: str) -> Secret | None:
        file = self.place(f"{key}_file")
        variable = f"{key}_variable"
        if variable in self._left:
            return Secret(file, self.take(variable, str))
        return None if file is None else Secret(file)

    def tls(self, absent: Value) -> Tls | Value:
        if "tls" not in self._left:
            return absent
        inner = _Table(f"{self._name}.tls", self._left.pop("tls"))
        tls = Tls(
            inner.place("ca_file"),
            inner.place("certificate_file"),
            inner.place("key_file"),
            inner.take("verify", bool, True),
        )
        inner.done()
        return tls

    def done(self) -> None:
        if self._left:
            # Values may be secrets that someone wrote in place of a file's name.
            raise SettingsError(
                f"The settings of destination {self._name!r} hold {sorted(self._left)}, which is "
                "not known there. Correct or remove it; see docs/pacs.md."
            )

    def _fail(self, expected: str) -> NoReturn:
        raise SettingsError(
            f"The settings of destination {self._name!r} lack {expected}, or have another kind of "
            "value there. Correct it; see docs/pacs.md."
        )


def read_destinations(given: Mapping[str, object]) -> dict[str, Destination]:
    """Destinations by name, from a table for each, see docs/pacs.md.

    SettingsError where a key is missing, not known or out of range; it shows no value but hosts,
    ports and AE titles.
    """
    return {name: _destination(name, table) for name, table in given.items()}


def load_destinations(path: Path) -> dict[str, Destination]:
    """See `read_destinations`, from a TOML file; none where there is no file."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE).decode("utf-8")
        return read_destinations(tomllib.loads(text))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        # TOML's errors say the line and no value of it.
        raise SettingsError(
            f"The PACS settings in {path} are not understood ({error}). Mend the file."
        ) from error


def _destination(name: str, given: object) -> Destination:
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise SettingsError(
            f"A destination was named {name!r}; expected letters, digits, - and _. Rename it."
        )
    table = _Table(name, given)
    kinds: dict[str, Callable[[_Table], Destination]] = {"dicom": _dimse, "dicomweb": _web}
    kind = table.take("kind", str)
    if kind not in kinds:
        raise SettingsError(
            f"Destination {name!r} is of kind {kind!r}; expected one of {sorted(kinds)}. "
            "Correct it."
        )
    made = kinds[kind](table)
    table.done()
    return made


def _dimse(table: _Table) -> DimseDestination:
    return DimseDestination(
        table.take("host", str),
        table.take("port", int),
        table.take("called_ae", str),
        table.take("calling_ae", str, OUR_AE),
        table.tls(None),
    )


def _web(table: _Table) -> WebDestination:
    user = table.take("user", str, "") or None
    return WebDestination(
        table.take("url", str).rstrip("/"),
        user,
        table.secret("password"),
        table.secret("token"),
        table.tls(Tls()),
    )
