"""The `senoscope` command: loads what can fail with a remedy first, then the rest."""

from __future__ import annotations

import sys

from senoscope.domain.errors import SenoscopeError
from senoscope.realtime.sources.opencv import opencv


def main() -> None:
    """Run one command. Errors with a remedy are one sentence and exit status 2."""
    try:
        # Before anything imports cv2 itself: the loader's own message names no remedy.
        opencv()
        from senoscope.ui.commands.every_command import app  # noqa: PLC0415

        app()
    except SenoscopeError as error:
        sys.stderr.write(f"senoscope: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
