"""Faults at the bedside: how long until the page says so, and until all is well again.

    python benchmarks/faults.py [--times 10] [--only killed hung]

The built-in phantom at 1024x768 and 30 frames a second through both networks, served as by
`senoscope live`; streams come from a sender process. Each fault is made `--times` times, on real
processes and disks. A viewer on the page's WebSocket notes when the message with the banner and
the first frame that is well again came, and the longest wait for a picture. Prints a table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence

import numpy as np
from bedside import Run, Stage
from faults_of_ai import hung, killed, out_of_memory, paused
from faults_of_disk import disk_full
from faults_of_source import disordered, resized, stalled, unplugged
from faults_of_viewers import hostile, slow_beside_fast, undisturbed

from senoscope.ui.commands.bench_command import about

Fault = Callable[[Stage, int], list[Run]]
FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        undisturbed,
        killed,
        paused,
        hung,
        out_of_memory,
        stalled,
        unplugged,
        resized,
        disordered,
        slow_beside_fast,
        hostile,
        disk_full,
    )
}
HEAD = "| fault | banner s | recovery s | longest gap s | frames/s | frames/s before | lost | n |"
RULE = "|---|---|---|---|---|---|---|---|"


def row(name: str, runs: Sequence[Run]) -> str:
    """The table's line: medians and the worst."""
    cells = [
        name,
        of_all([run.banner_s for run in runs], max),
        of_all([run.recovery_s for run in runs], max),
        of_all([run.gap_s for run in runs], max),
        of_all([run.fps for run in runs], min),
        of_all([run.fps_before for run in runs], min),
        of_all([run.lost for run in runs], max),
        str(len(runs)),
    ]
    return f"| {' | '.join(cells)} |"


def of_all(values: Sequence[float | None], worst: Callable[[list[float]], float]) -> str:
    """Median and worst; "" where there is nothing to tell."""
    told = [value for value in values if value is not None]
    return f"{np.median(told):.2f}, worst {worst(told):.2f}" if told else ""


def main() -> None:
    """Make the faults and print what came."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=10)
    asked.add_argument("--only", nargs="+", choices=FAULTS, default=list(FAULTS))
    given = asked.parse_args()
    print(json.dumps(about(), indent=2), HEAD, RULE, sep="\n", flush=True)
    for name in given.only:
        try:
            print(row(name, FAULTS[name](Stage(), given.times)), flush=True)
        except PermissionError as refused:
            print(f"| {name} | not made: {refused} |")


if __name__ == "__main__":
    main()
