"""What became of a study of an archive at one try."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """The first six are final; after the others it may be tried again.

    `PUT_OFF` is for what all studies need, and `LATER` for what this one alone does.
    """

    READ = "read"
    READ_BEFORE = "read before"
    CAME_LATE = "read by another worker in the meantime, so that nothing was added"
    SIGNED = "signed by a person, and left as it is"
    SET_ASIDE = "set aside"
    SET_ASIDE_BEFORE = "set aside before"
    PUT_OFF = "put off"
    LATER = "left for later"
    FAILED = "failed"
    """Its worker died, or met what nobody had thought of."""

    @property
    def is_final(self) -> bool:
        """Whether there is nothing more to do about it."""
        return self not in (Fate.PUT_OFF, Fate.LATER, Fate.FAILED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why` holds no name of a file or patient."""

    fate: Fate
    why: str = ""
