"""A password or token: where it lies, never what it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from senoscope.domain.errors import SettingsError

LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Secret:
    """In `file`, or in the environment variable `variable`; exactly one is given.

    It is read when it is used and kept nowhere, so that no `repr`, log or core of settings has it.
    """

    file: Path | None = None
    variable: str | None = None

    def __post_init__(self) -> None:
        if (self.file is None) == (self.variable is None):
            raise SettingsError(
                "A secret was given with neither or both of a file and an environment variable; "
                "expected one. Name where it lies."
            )

    def read(self) -> str:
        """The secret, without the line's end. SettingsError where there is none."""
        place = f"file {self.file}" if self.variable is None else f"variable {self.variable}"
        try:
            text = self._text()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
            raise SettingsError(
                f"The secret in {place} cannot be read ({reason}). Put it there, readable for "
                "this user alone."
            ) from None
        text = text.rstrip("\r\n")
        if not text or len(text) > LONGEST or not text.isprintable():
            raise SettingsError(
                f"The secret in {place} is empty, longer than {LONGEST} characters or of more than "
                "one line; expected one line. Write it again."
            )
        return text

    def _text(self) -> str:
        if self.variable is not None:
            return os.environ.get(self.variable, "")
        assert self.file is not None
        with self.file.open("rb") as file:
            return file.read(4 * LONGEST).decode("utf-8")
