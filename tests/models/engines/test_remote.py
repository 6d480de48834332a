"""A server of the protocol gives what the engine here gives, or a reason in words; never more."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import EngineUnavailable, SettingsError
from senoscope.models.engines import openvino, remote
from senoscope.models.engines.remote_server import RemoteServer, ServerState
from senoscope.models.engines.served_name import served_name
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package
from tests.models.engines.inference_server import FakeInferenceServer, shipped
from tests.ui.certificates import Made, make_certificate

ONNX = {folder: load_package(folder).weights(Precision.INT8) for folder in (SEGMENTER, CLASSIFIER)}
PATIENT_MS = 20_000.0
"""Of tests in which no answer is to be late."""
TOKEN = "s3cret-0123456789"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_certificate(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_certificate(tmp_path_factory.mktemp("foreign"))


@pytest.fixture
def server() -> Iterator[FakeInferenceServer]:
    with FakeInferenceServer(shipped(Precision.INT8)) as served:
        yield served


def asked(server: FakeInferenceServer, **how: Any) -> RemoteServer:
    return RemoteServer(server.address, **{"deadline_ms": PATIENT_MS, **how})


def picture(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def refusal(server: RemoteServer) -> str:
    with pytest.raises(EngineUnavailable) as raised:
        remote.load(ONNX[SEGMENTER], server)
    return str(raised.value)


@pytest.mark.parametrize("folder", [SEGMENTER, CLASSIFIER], ids=["U-Net", "classifier"])
def test_each_picture_gets_its_own_answer_which_is_the_one_given_here(
    server: FakeInferenceServer, folder: Path
) -> None:
    there, here = remote.load(ONNX[folder], asked(server)), openvino.load(ONNX[folder])
    assert there.input_shape == here.input_shape
    for seed in range(3):
        given = picture(seed, here.input_shape)
        answer, expected = there.run(given), here.run(given)
        assert set(answer) == set(expected)
        for name, tensor in expected.items():
            np.testing.assert_array_equal(answer[name], tensor)


def test_the_server_says_what_it_is(server: FakeInferenceServer) -> None:
    name = served_name(ONNX[SEGMENTER])
    found = remote.state_of(asked(server), [name, "senoscope-0000000000000000"])
    assert found == ServerState("fake 1.0", {name: "openvino"})


def test_a_network_of_a_ready_server_that_is_not_ready_is_not_among_its_own(
    server: FakeInferenceServer,
) -> None:
    name = served_name(ONNX[SEGMENTER])
    server.unready.add(name)
    assert remote.state_of(asked(server), [name]) == ServerState("fake 1.0", {})
    said = refusal(asked(server))
    assert f"has no network {name} that is ready" in said and "where it has it, see its log" in said


def test_a_late_answer_is_refused_at_the_deadline_and_the_next_is_of_its_own_picture(
    server: FakeInferenceServer,
) -> None:
    engine = remote.load(ONNX[SEGMENTER], asked(server, deadline_ms=400))
    server.delay_s = 4.0
    started = time.monotonic()
    with pytest.raises(EngineUnavailable, match=r"did not answer within 400 ms.*deadline_ms"):
        engine.run(picture(1, engine.input_shape))
    assert time.monotonic() - started < 1.2
    server.delay_s = 0.0
    given = picture(2, engine.input_shape)
    expected = openvino.load(ONNX[SEGMENTER]).run(given)
    np.testing.assert_array_equal(engine.run(given)["lesion"], expected["lesion"])


def test_a_lost_server_is_said_to_be_away(server: FakeInferenceServer) -> None:
    engine = remote.load(ONNX[SEGMENTER], asked(server))
    server.kill()
    with pytest.raises(EngineUnavailable, match=r"cannot be reached|failed: CANCELLED"):
        engine.run(picture(1, engine.input_shape))
    assert "cannot be reached" in refusal(asked(server))


def test_a_picture_of_another_shape_is_not_sent(server: FakeInferenceServer) -> None:
    engine = remote.load(ONNX[SEGMENTER], asked(server))
    before = server.infers
    with pytest.raises(EngineUnavailable, match=r"expected \(1, 1, 192, 192\)"):
        engine.run(picture(1, (1, 1, 64, 64)))
    assert server.infers == before


def test_a_server_that_is_not_ready_is_not_asked(server: FakeInferenceServer) -> None:
    server.ready = False
    assert "is not ready yet" in refusal(asked(server))


def test_a_network_that_was_not_exported_is_named_with_the_remedy(
    server: FakeInferenceServer,
) -> None:
    server.networks.clear()
    said = refusal(asked(server))
    assert "has no network senoscope-" in said
    assert "senoscope models export --layout triton DIR" in said


def test_another_server_than_the_one_that_was_tried_is_refused(
    server: FakeInferenceServer,
) -> None:
    expected = remote.state_of(asked(server), [served_name(ONNX[SEGMENTER])])
    remote.load(ONNX[SEGMENTER], asked(server, expected=expected))
    server.version = "2.0"
    assert "is fake 2.0 and runs" in refusal(asked(server, expected=expected))
    server.version, server.platform = "1.0", "onnxruntime_onnx"
    said = refusal(asked(server, expected=expected))
    assert "by onnxruntime_onnx; it was tried as fake 1.0 by openvino. Start Senoscope anew" in said


def test_a_server_without_a_name_is_not_taken_for_another(server: FakeInferenceServer) -> None:
    expected = remote.state_of(asked(server), [served_name(ONNX[SEGMENTER])])
    server.name = server.version = ""
    assert "is a server without a name and" in refusal(asked(server, expected=expected))
    nameless = remote.state_of(asked(server), [])
    server.name = "fake"
    assert "it was tried as a server without a name" in refusal(asked(server, expected=nameless))


@pytest.mark.parametrize("host", ["unix", "ipv4", "vsock"])
def test_an_address_is_a_host_whatever_else_grpc_would_take_it_for(host: str) -> None:
    assert f"resolving {host}:8001" in refusal(RemoteServer(f"{host}:8001"))


def test_a_limit_that_no_setting_names_is_not_to_be_mended_by_one(
    server: FakeInferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "FIRST_LIMIT_S", 0.2)
    server.delay_s = 1.0
    said = refusal(asked(server))
    assert said.endswith("did not answer within 200 ms. See its load and its address.")


def test_what_a_server_says_is_shown_in_one_short_line(server: FakeInferenceServer) -> None:
    server.version = "1\x1b[31m\n" + "x" * 5000
    said = remote.state_of(asked(server), []).identity
    assert len(said) < 250 and said.isprintable()


def test_a_token_is_sent_and_never_told(
    server: FakeInferenceServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.token = TOKEN
    assert "asks for a token" in refusal(asked(server))
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    remote.load(ONNX[SEGMENTER], asked(server, token_file=file))
    server.token = "another"
    said = refusal(asked(server, token_file=file))
    assert "refuses the token" in said
    assert TOKEN not in said + caplog.text + repr(asked(server, token_file=file))


@pytest.mark.parametrize("content", ["", "two words", "line\nline", "ä", "x" * 20_000])
def test_a_file_that_holds_no_token_is_refused_without_its_content(
    server: FakeInferenceServer, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    said = refusal(asked(server, token_file=file))
    assert "does not hold a token" in said
    assert not content or content not in said


def test_a_token_never_goes_over_a_network_in_plain_text(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"in plain text.*ca_file"):
        RemoteServer("triton.clinic.example:8001", token_file=tmp_path / "token")
    RemoteServer("triton.clinic.example:8001", Path("ca.pem"), token_file=tmp_path / "token")
    RemoteServer("localhost:8001", token_file=tmp_path / "token")


def test_over_tls_the_answer_is_the_same(certificate: Made, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    with FakeInferenceServer(shipped(Precision.INT8), certificate) as server:
        server.token = TOKEN
        how = asked(server, ca_file=certificate.authority, token_file=file)
        given = picture(1, (1, 1, 192, 192))
        answer = remote.load(ONNX[SEGMENTER], how).run(given)
    expected = openvino.load(ONNX[SEGMENTER]).run(given)
    np.testing.assert_array_equal(answer["lesion"], expected["lesion"])


def test_a_certificate_of_another_authority_is_refused(certificate: Made, foreign: Made) -> None:
    with FakeInferenceServer({}, certificate) as server:
        said = refusal(asked(server, ca_file=foreign.authority))
    assert "shows a certificate that is not trusted" in said


def test_a_certificate_past_its_end_is_refused(tmp_path: Path) -> None:
    past = make_certificate(tmp_path, days=-1)
    with FakeInferenceServer({}, past) as server:
        said = refusal(asked(server, ca_file=past.authority))
    assert "shows a certificate that is not trusted" in said


def test_a_server_without_tls_is_not_spoken_to_in_plain_text(
    server: FakeInferenceServer, certificate: Made
) -> None:
    said = refusal(asked(server, ca_file=certificate.authority))
    assert "does not agree on encryption" in said


def test_a_server_that_asks_for_a_certificate_gets_the_one_that_is_named(
    certificate: Made, tmp_path: Path
) -> None:
    room = make_certificate(tmp_path, used_for="clientAuth")
    with FakeInferenceServer(shipped(Precision.INT8), certificate, room) as server:
        with_it = asked(
            server, ca_file=certificate.authority,
            certificate_file=room.certificate, key_file=room.key,
        )  # fmt: skip
        remote.load(ONNX[SEGMENTER], with_it)
        assert "certificate_file" in refusal(asked(server, ca_file=certificate.authority))


@pytest.mark.parametrize("name", ["ca_file", "token_file"])
def test_a_file_that_is_not_there_is_named(server: FakeInferenceServer, name: str) -> None:
    said = refusal(asked(server, **{name: Path("/nowhere/of/ours")}))
    assert f"The {name} /nowhere/of/ours cannot be read: No such file" in said


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"deadline_ms": 0.0}, "above 0"),
        ({"deadline_ms": float("nan")}, "above 0"),
        ({"certificate_file": Path("c"), "ca_file": Path("a")}, "Give both, or neither"),
        ({"certificate_file": Path("c"), "key_file": Path("k")}, "without a ca_file"),
    ],
    ids=["no time", "no number", "no key", "no authority"],
)
def test_settings_that_contradict_each_other_are_refused(how: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        RemoteServer("localhost:8001", **how)


def test_without_the_client_s_package_the_reason_is_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tritonclient.grpc", None)
    reason = remote.is_available()
    assert reason is not None and "pip install 'senoscope[remote]'" in reason
    assert refusal(RemoteServer("localhost:1")) == reason


def test_a_client_s_package_that_is_there_and_cannot_be_imported_is_said_with_the_cause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tritonclient").mkdir()
    (tmp_path / "tritonclient" / "__init__.py").touch()
    (tmp_path / "tritonclient" / "grpc.py").write_text('raise RuntimeError("rapidjson is gone")')
    for name in [each for each in sys.modules if each.partition(".")[0] == "tritonclient"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    assert "cannot be imported (rapidjson is gone)" in refusal(RemoteServer("localhost:1"))


def test_a_server_that_asks_for_tls_is_not_said_to_be_away(certificate: Made) -> None:
    with FakeInferenceServer({}, certificate) as server:
        assert "asks for TLS (ca_file)" in refusal(asked(server))
