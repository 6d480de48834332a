"""A way that asks a server reads here while the server does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import falling, remote
from senoscope.models.engines.falling import FallingEngine
from senoscope.models.engines.openvino import Ports, ports_of
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.ways import USUAL, ways_of
from senoscope.models.package import SEGMENTER, Precision, load_package
from tests.models.engines.inference_server import FakeInferenceServer, shipped
from tests.realtime.running import until

NOWHERE = RemoteServer("127.0.0.1:1", deadline_ms=50)


def test_a_server_that_is_away_is_stood_in_for_unless_it_is_to_be_alone() -> None:
    package = load_package(SEGMENTER)
    way = ways_of(NOWHERE)[0]
    assert way.title == "Server int8"
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        replace(way, alone=True).load(package)
    engine = way.load(package)
    assert isinstance(engine, FallingEngine)
    here = USUAL.load(package).run(np.zeros(package.input_shape, np.float32))
    answer = engine.run(np.zeros(package.input_shape, np.float32))
    np.testing.assert_array_equal(answer["lesion"], here["lesion"])
    assert engine.fell


def test_a_server_too_slow_for_a_picture_does_not_read_and_its_weights_are_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(falling, "FIRST_BACK_OFF_S", 0.02)
    monkeypatch.setattr(falling, "LAST_BACK_OFF_S", 0.02)
    package, looks = load_package(SEGMENTER), []

    def noted(onnx: bytes) -> Ports:
        looks.append(len(onnx))
        return ports_of(onnx)

    monkeypatch.setattr(remote, "ports_of", noted)
    with FakeInferenceServer(shipped(Precision.INT8)) as server:
        server.delay_s = 0.4
        engine = ways_of(RemoteServer(server.address, deadline_ms=200))[0].load(package)
        picture = np.zeros(package.input_shape, np.float32)
        assert isinstance(engine, FallingEngine)
        # Each time once with patience, then within the deadline.
        until(lambda: server.infers > 4)
        engine.run(picture)
        assert engine.fell
        server.delay_s = 0.0
        until(lambda: engine.run(picture) and not engine.fell)
    assert len(looks) == 1
