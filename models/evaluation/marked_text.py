"""Parts of a document that a command writes, between two comments that a reader does not see."""

from __future__ import annotations

from senoscope.domain.errors import SettingsError


def begin(name: str) -> str:
    """The line before the part called `name`."""
    return f"<!-- {name}: begin -->"


def end(name: str) -> str:
    """The line after it."""
    return f"<!-- {name}: end -->"


def replaced(document: str, name: str, part: str) -> str:
    """`document` with `part` between the marks of `name`, the rest as it was.

    SettingsError unless both marks are there once, in order.
    """
    first, last = begin(name), end(name)
    before, _, rest = document.partition(first)
    _, _, after = rest.partition(last)
    if document.count(first) != 1 or document.count(last) != 1 or last not in rest:
        raise SettingsError(
            f"The document has no one place for {name!r}; expected the line '{first}' and, below "
            f"it, '{last}', each once. Put them where the tables should be."
        )
    return f"{before}{first}\n{part.strip()}\n{last}{after}"
