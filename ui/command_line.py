"""The `senoscope` command: loads what can fail with a remedy first, then the rest."""

from __future__ import annotations

import errno
import sys

from senoscope import __version__
from senoscope.domain.errors import SenoscopeError
from senoscope.realtime.sources.opencv import opencv

_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


def main() -> None:
    """Run one command. Errors with a remedy are one sentence and exit status 2."""
    try:
        if sys.argv[1:] == ["--version"]:
            # Loading every command for it takes seconds.
            sys.stdout.write(f"{__version__}\n")
            sys.stdout.flush()
            sys.exit(0)
        # Before anything imports cv2 itself: the loader's own message names no remedy.
        opencv()
        from senoscope.ui.commands.every_command import app  # noqa: PLC0415

        app()
    except SenoscopeError as error:
        _refuse(str(error))
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        where = error.filename or "What is shown"
        _refuse(
            f"{where} cannot be read or written ({error.strerror}). Free space, allow reading and "
            "writing there, or choose another place."
        )
    except KeyboardInterrupt:  # before there is a command; its own Ctrl-C each says by itself
        sys.stderr.write("\nsenoscope: stopped by Ctrl-C.\n")
        sys.exit(130)


def _refuse(why: str) -> None:
    sys.stderr.write(f"senoscope: {why}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
