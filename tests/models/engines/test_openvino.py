from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import gc, signal
from senoscope.models.engines.ways import USUAL
from senoscope.models.package import CLASSIFIER, SEGMENTER, load_package
engines = [USUAL.load(load_package(each)) for each in (SEGMENTER, CLASSIFIER)]
while engines:
    engines.pop(0)
    gc.collect()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("heard")
"""


def test_ctrl_c_is_heard_after_networks_were_let_go() -> None:
    """Signals come on a stack that OpenVINO sets: it must outlive the networks."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr
