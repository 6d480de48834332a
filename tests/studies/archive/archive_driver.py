"""`senoscope study read --cluster` with quick networks: a program that the tests start and kill.

`python -m tests.studies.archive.archive_driver MODES URL FOLDER CLUSTER WORKERS PATH...`; MODES is
a name of MODES_OF.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import typer

from senoscope.domain.errors import SenoscopeError
from senoscope.ui.commands.archive_command import ArchiveOptions, ReadsWith, read_archive
from tests.studies.archive.archives import MODELS
from tests.studies.archive.quick_modes import no_process_modes, quick_modes

DELAY_S = 0.1
MODES_OF = {"none": no_process_modes, "quick": quick_modes}
"""Without an AI process, or with one whose networks are quick."""


def main() -> int:
    modes, url, folder, cluster, workers, *paths = sys.argv[1:]
    options = ArchiveOptions(cluster, int(workers), url, Path(folder), None, False)
    reads_with = ReadsWith(partial(MODES_OF[modes], delay_s=DELAY_S), MODELS)
    try:
        read_archive([Path(each) for each in paths], options, lambda _: reads_with)
    except SenoscopeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except typer.Exit as stopped:
        return stopped.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
