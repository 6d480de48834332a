"""What is written for an inference server is whole, and is what the shipped packages are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError, SettingsError, StorageError
from senoscope.models.engines import onnxruntime, openvino
from senoscope.models.engines.onnx_batch import with_any_batch
from senoscope.models.engines.served_network import ServedNetwork, networks_of
from senoscope.models.engines.triton_config import ServedBy, ServedFor, Serving, config_text
from senoscope.models.engines.triton_repository import write_repository
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package

LIVE = Serving()


@pytest.fixture(scope="module")
def networks() -> list[ServedNetwork]:
    return networks_of(
        [load_package(SEGMENTER), load_package(CLASSIFIER)], [Precision.INT8, Precision.FP32]
    )


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize("back_end", [ServedBy.PYTHON, ServedBy.OPENVINO, ServedBy.ONNXRUNTIME])
def test_each_network_lies_under_the_name_of_its_weights(
    back_end: ServedBy, networks: list[ServedNetwork], tmp_path: Path
) -> None:
    write_repository(tmp_path / "new" / "models", networks, Serving(back_end))
    folder = tmp_path / "new" / "models"
    program = {"1/model.py"} if back_end is ServedBy.PYTHON else set()
    assert files(folder) == {"README.md"} | {
        f"{each.name}/{file}"
        for each in networks
        for file in {"config.pbtxt", "1/model.onnx", *program}
    }
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for each in networks:
        weights = (folder / each.name / "1" / "model.onnx").read_bytes()
        assert hashlib.sha256(weights).hexdigest() == each.sha256
        assert each.name == f"senoscope-{each.sha256[:16]}"
        assert (
            f"| {each.name} | {each.package.title} | {each.precision} | {each.sha256} |" in readme
        )
    assert names(tmp_path / "new") == ["models"]


def test_live_networks_have_fixed_shapes_and_no_batches(networks: list[ServedNetwork]) -> None:
    unet, googlenet = networks[0], networks[2]
    text = config_text(unet.name, unet.ports, unet.precision, LIVE)
    assert "max_batch_size: 0\n" in text
    assert "dynamic_batching" not in text
    assert 'input [ { name: "picture" data_type: TYPE_FP32 dims: [1, 1, 192, 192] } ]' in text
    assert 'output [ { name: "presence" data_type: TYPE_FP32 dims: [1] } ]' in text
    text = config_text(googlenet.name, googlenet.ports, googlenet.precision, LIVE)
    assert "dims: [2, 1, 112, 112]" in text


@pytest.mark.parametrize("back_end", [ServedBy.PYTHON, ServedBy.ONNXRUNTIME, ServedBy.TENSORRT])
def test_offline_the_frames_of_the_unet_are_batched_and_the_crops_of_a_lesion_are_not(
    back_end: ServedBy, networks: list[ServedNetwork]
) -> None:
    unet, googlenet = networks[0], networks[2]
    serving = Serving(back_end, ServedFor.OFFLINE)
    text = config_text(unet.name, unet.ports, unet.precision, serving)
    assert "max_batch_size: 8\n" in text
    assert "dynamic_batching { max_queue_delay_microseconds: 2000 }" in text
    assert "dims: [1, 192, 192]" in text
    assert 'name: "presence" data_type: TYPE_FP32 dims: [1] reshape { shape: [] }' in text
    text = config_text(googlenet.name, googlenet.ports, googlenet.precision, serving)
    assert "max_batch_size: 0\n" in text
    assert "dynamic_batching" not in text


def test_on_a_card_tensorrt_is_asked_for_the_precision_of_the_weights(
    networks: list[ServedNetwork],
) -> None:
    unet = networks[0]
    text = config_text(unet.name, unet.ports, Precision.FP16, Serving(ServedBy.TENSORRT))
    assert "kind: KIND_GPU" in text
    assert 'key: "precision_mode" value: "FP16"' in text
    assert "trt_profile" not in text
    offline = Serving(ServedBy.TENSORRT, ServedFor.OFFLINE)
    text = config_text(unet.name, unet.ports, Precision.INT8, offline)
    assert 'key: "trt_profile_min_shapes" value: "picture:1x1x192x192"' in text
    assert 'key: "trt_profile_max_shapes" value: "picture:8x1x192x192"' in text


def test_the_instances_of_openvinos_back_end_share_as_many_threads() -> None:
    (unet,) = networks_of([load_package(SEGMENTER)], [Precision.INT8])
    text = config_text(
        unet.name, unet.ports, unet.precision, Serving(ServedBy.OPENVINO, instances=3)
    )
    assert 'key: "NUM_STREAMS" value: { string_value: "3" }' in text
    assert "kind: KIND_CPU count: 3" in text


def test_the_settings_of_our_own_engine_are_those_of_the_python_back_end(
    networks: list[ServedNetwork],
) -> None:
    text = config_text("n", networks[0].ports, Precision.INT8, LIVE)
    for key, value in openvino.SETTINGS.items():
        assert f'key: "{key}" value: {{ string_value: "{value}" }}' in text


def test_batched_weights_read_each_frame_as_alone(networks: list[ServedNetwork]) -> None:
    for missing in ("onnx", "onnxruntime"):
        pytest.importorskip(missing, reason=f"{missing} is not installed")
    unet = networks[0]
    alone, together = (onnxruntime.load(onnx) for onnx in (unet.onnx, with_any_batch(unet.onnx)))
    frames = np.random.default_rng(3).normal(size=(3, *unet.ports.input_shape[1:]))
    frames = frames.astype(np.float32)
    batch = together.run(frames)
    for place in range(3):
        for name, values in alone.run(frames[place : place + 1]).items():
            assert np.abs(batch[name][place] - values[0]).max() < 1e-5


def test_the_readme_says_the_checksum_of_a_batched_file_too(
    networks: list[ServedNetwork], tmp_path: Path
) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    write_repository(
        tmp_path / "new", networks[:1], Serving(ServedBy.ONNXRUNTIME, ServedFor.OFFLINE)
    )
    content = (tmp_path / "new" / networks[0].name / "1" / "model.onnx").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert digest != networks[0].sha256
    readme = (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    assert digest in readme
    assert networks[0].sha256 in readme


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"instances": 0}, "expected at least 1"),
        ({"back_end": ServedBy.OPENVINO, "use": ServedFor.OFFLINE}, "cannot batch"),
    ],
)
def test_what_cannot_be_served_is_refused_in_words(given: dict[str, object], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        Serving(**given)  # type: ignore[arg-type]


def test_fp16_is_for_cards(tmp_path: Path) -> None:
    halves = networks_of([load_package(SEGMENTER)], [Precision.FP16])
    with pytest.raises(SettingsError, match="fp16 is for cards"):
        write_repository(tmp_path / "new", halves, LIVE)
    write_repository(tmp_path / "new", halves, Serving(ServedBy.TENSORRT))
    assert "not built here" in (tmp_path / "new" / "README.md").read_text(encoding="utf-8").replace(
        "\n", " "
    )


def test_again_replaces_a_repository_and_nothing_else(
    networks: list[ServedNetwork], tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    write_repository(folder, networks[:1], LIVE)
    with pytest.raises(SettingsError, match="is not empty"):
        write_repository(folder, networks[1:2], LIVE)
    assert (folder / networks[0].name).is_dir()
    write_repository(folder, networks[1:2], LIVE, again=True)
    assert names(folder) == ["README.md", networks[1].name]
    (folder / "senoscope-thesis").mkdir()
    with pytest.raises(SettingsError, match=r"holds senoscope-thesis.*not replaced"):
        write_repository(folder, networks[:1], LIVE, again=True)
    (folder / "senoscope-thesis").rmdir()
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"holds thesis\.txt.*not replaced"):
        write_repository(folder, networks[:1], LIVE, again=True)
    assert (folder / "thesis.txt").read_text() == "mine"
    assert names(tmp_path) == ["models"]


def test_a_folder_whose_readme_is_another_s_is_not_replaced(
    networks: list[ServedNetwork], tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("# My projects\n")
    with pytest.raises(SettingsError, match=r"holds no README\.md of ours.*not replaced"):
        write_repository(tmp_path, networks[:1], LIVE, again=True)
    assert names(tmp_path) == ["README.md"]


def test_the_mounted_root_of_a_disk_is_told_from_a_folder(
    networks: list[ServedNetwork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.path.ismount", lambda path: path == tmp_path)
    with pytest.raises(SettingsError, match=r"another disk is mounted.*Name a new folder in it"):
        write_repository(tmp_path, networks[:1], LIVE)
    write_repository(tmp_path / "models", networks[:1], LIVE)


def test_the_readme_says_by_which_command_it_was_written(
    networks: list[ServedNetwork], tmp_path: Path
) -> None:
    write_repository(tmp_path / "two", networks, LIVE)
    command = "--back-end python --for live --instances 1 --precision int8 --precision fp32`."
    assert command in (tmp_path / "two" / "README.md").read_text(encoding="utf-8")
    write_repository(tmp_path / "one", networks[:1], LIVE)
    command = "--instances 1 --precision int8 --package FOLDER`."
    assert command in (tmp_path / "one" / "README.md").read_text(encoding="utf-8")


def test_a_network_that_onnx_finds_fault_with_is_refused_in_words() -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    graph = onnx.helper.make_graph([], "empty", [], [])
    faulty = onnx.helper.make_model(graph, ir_version=999)
    with pytest.raises(ModelPackageError, match=r"cannot be made ready for batches.*passes"):
        with_any_batch(faulty.SerializeToString())


def test_where_it_cannot_be_written_nothing_is_left(
    networks: list[ServedNetwork], closed_folder: Path
) -> None:
    with pytest.raises(StorageError, match="allow writing there"):
        write_repository(closed_folder / "models", networks[:1], LIVE)
    with pytest.raises(SettingsError, match="cannot be looked into"):
        write_repository(closed_folder / "locked" / "models", networks[:1], LIVE)
    assert names(closed_folder) == ["locked"]
