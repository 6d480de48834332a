"""`senoscope live` as a program of its own; engines are not tried first, which takes minutes.

`python -m tests.ui.rooms.live_room ARGUMENTS OF LIVE...`
"""

from __future__ import annotations

import sys

from senoscope.calibration.engine_choice import Trial
from senoscope.models.engines.ways import Way
from senoscope.models.package import Precision
from senoscope.realtime.sources.opencv import opencv
from senoscope.ui.commands import live_command
from senoscope.ui.commands.every_command import app
from senoscope.ui.engine_record import Chosen
from tests.ui.rooms.phantom_reader import build_phantom_reader

WAY = Way("openvino", Precision.INT8)

if __name__ == "__main__":
    opencv()
    vars(live_command)["chosen_way"] = lambda *_: Chosen(WAY, Trial(WAY.title, None))
    vars(live_command)["build_reader"] = build_phantom_reader
    app(["live", *sys.argv[1:]])
