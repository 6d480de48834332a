"""Why something did not reach the other side: whether to try again is the difference.

PacsError
|- PacsUnavailable   the network, the settings or the other side's room: try again
`- PacsRefused       the file or the question itself: trying again changes nothing
   `- PacsHasNone    what was asked for is not there
"""

from __future__ import annotations

from senoscope.domain.errors import InstallationError


class PacsError(InstallationError):
    """The other side did not do what was asked. Holds neither patient nor secret."""


def as_outcome(error: PacsError) -> PacsError:
    """The same, to be kept: without the frames it came through, and what they hold open."""
    return type(error)(*error.args)


class PacsUnavailable(PacsError):
    """It may work later, or with other settings."""


class PacsRefused(PacsError):
    """The other side does not take this, or this is nothing that can be sent."""


class PacsHasNone(PacsRefused):
    """HTTP 404 or 410."""
