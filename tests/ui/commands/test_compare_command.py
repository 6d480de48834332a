"""`senoscope compare` on two tiny data sets that one engine sees through."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.classifier import Classifier
from senoscope.models.evaluation.rival_document import OUTLINE_PLACES, RIVAL_PLACES, SHORT
from senoscope.models.package import CLASSIFIER, SEGMENTER, load_package
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.rival_comparison import BI_RADS
from senoscope.models.training.rival_lesions import CADX, ORACLE, RADIOMICS, SIZE_ALONE
from senoscope.ui.commands import comparison
from senoscope.ui.commands.every_command import app
from tests.models.evaluation.data_sets import SHAPE, draw, table
from tests.models.scripted import LookingEngine, package

SIZE = SHAPE[0]
NETWORK, OUTLINES = load_package(CLASSIFIER).title, load_package(SEGMENTER).title
HOUSE = Path(__file__).parents[3]


def pictured(malignant: bool, number: int) -> tuple[np.ndarray, np.ndarray]:
    """A lesion whose size says nothing and whose grey says all, in noise."""
    rng = np.random.default_rng(number)
    high, wide = rng.integers(30, 60, 2)
    mask = np.zeros(SHAPE, np.uint8)
    mask[50 : 50 + high, 50 : 50 + wide] = 255
    picture = np.where(mask > 0, 255 if malignant else 180, 0).astype(np.uint8)
    return picture, mask


def data_sets(folder: Path, patients: int = 60) -> Path:
    rows, parts = [], []
    for number in range(patients):
        malignant = number % 3 == 0
        pathology = "malignant" if malignant else "benign"
        picture, mask = pictured(malignant, number)
        name = f"bus_{number:04d}-l"
        fold = number % 4 // 2 + number % 2 + 1
        scanner = f"GE Logiq {5 + 2 * (number % 2)} @10-14MHz"
        rows.append((name, number, pathology, 4 if malignant else 2, scanner, fold))
        draw(folder / "bus-bra" / "Images" / f"{name}.png", picture)
        draw(folder / "bus-bra" / "Masks" / f"{name.replace('bus', 'mask')}.png", mask)
        draw(folder / "busi" / pathology / f"{pathology} ({number}).png", picture)
        draw(folder / "busi" / pathology / f"{pathology} ({number})_mask.png", mask)
        part = "val" if number % 4 == 1 or number % 12 == 0 else "train"
        parts.append((f"{pathology} ({number}).png", pathology, part))
    table(folder / "bus-bra" / "bus_data.csv", "ID,Case,Pathology,BIRADS,Device,kFold", rows)
    table(folder / "busi" / "split.csv", "filename,class,split", parts)
    return folder


def documents(folder: Path) -> Path:
    """The docs/ folder of a copy of this project's documents."""
    (folder / "docs").mkdir(parents=True)
    shutil.copy(HOUSE / "docs" / "compare.md", folder / "docs" / "compare.md")
    shutil.copy(HOUSE / "README.md", folder / "README.md")
    return folder / "docs"


@pytest.fixture(autouse=True)
def seeing(monkeypatch: pytest.MonkeyPatch) -> None:
    def segmenter(_: Path) -> Segmenter:
        return Segmenter(LookingEngine(), package(SIZE))

    def classifier(_: Path) -> Classifier:
        return Classifier(LookingEngine(), package(SIZE))

    monkeypatch.setattr(comparison, "build_segmenter", segmenter)
    monkeypatch.setattr(comparison, "build_classifier", classifier)


def compare(what: str, data: Path, *more: object) -> Result:
    return CliRunner().invoke(app, ["compare", what, "--data", str(data), *map(str, more)])


def between(document: Path, place: str) -> str:
    text = document.read_text(encoding="utf-8")
    return text.partition(f"<!-- {place}: begin -->")[2].partition(f"<!-- {place}: end -->")[0]


def test_one_command_keeps_every_rival_and_fills_every_table(tmp_path: Path) -> None:
    data, docs = data_sets(tmp_path / "data"), documents(tmp_path / "house")
    card = shutil.copytree(CLASSIFIER, tmp_path / "googlenet") / "card.json"
    options = ["--into-docs", docs, "--into-cards", "--package", card.parent]
    result = compare("ultrasound", data, *options, "--report", tmp_path / "all.json")
    assert result.exit_code == 0, result.output

    kept = {path.stem: json.loads(path.read_text()) for path in (docs / "results/rivals").iterdir()}
    assert {each["rival"] for each in kept.values()} > {
        SIZE_ALONE, BI_RADS, NETWORK, CADX, RADIOMICS, ORACLE
    }  # fmt: skip
    assert set(kept) == {
        "size-alone", "bi-rads", "unet-joint", "googlenet", "cadx", "cadx-oracle", "radiomics",
        "fusion", "size-alone-bus-bra", "size-alone-busi", "cadx-bus-bra", "cadx-busi",
        "radiomics-bus-bra", "radiomics-busi",
    }  # fmt: skip
    assert set(kept["bi-rads"]["sets"]) == {"bus-bra 3"}
    assert kept["googlenet"]["sets"]["bus-bra 3"]["auc"]["value"] == 1
    assert kept["googlenet"]["parameters"] == load_package(CLASSIFIER).card["parameters"]
    assert kept["cadx"]["cpu_ms"] > kept["size-alone"]["cpu_ms"] > 0
    assert kept["bi-rads"]["sets"]["bus-bra 3"]["sensitivity"]["value"] == 1
    assert kept["cadx-busi"]["learnt_from"] == ["BUSI"]
    assert str(tmp_path) not in "".join(
        path.read_text() for path in (docs / "results").rglob("*.json")
    )

    main, short = (between(docs / "compare.md", RIVAL_PLACES[0]),
                   between(docs.parent / "README.md", SHORT))  # fmt: skip
    assert f"| {NETWORK} | BUS-BRA fold 3 | 1.000 [1.000, 1.000] |" in main
    assert "Fusion fitted to " in main
    assert f"Fusion over {NETWORK}: " in main
    assert "| Fujioka 2019" in main
    assert f"| {NETWORK} | 1.000 [1.000, 1.000] |" in short
    kinds = between(docs / "compare.md", "compare groups")
    assert "scanner: GE Logiq 7 |" in kinds
    assert "BI-RADS: 4 |" in kinds
    assert "| BUSI |" in between(docs / "compare.md", "compare across")
    assert f"| {SIZE_ALONE} |" in between(docs / "compare.md", "compare patients")

    metrics = json.loads(card.read_text())["metrics"]
    assert metrics["compare busi val"]["auc"] == kept["googlenet"]["sets"]["busi val"]["auc"]
    assert metrics["compare busi val"]["about"]["outlines"] == OUTLINES
    assert set(json.loads((tmp_path / "all.json").read_text())) == {"rivals", "kinds"}

    # A network that this run did not have keeps its row, and says what outlined its lesions.
    other = kept["googlenet"] | {"key": "alexnet", "rival": "alexnet 9", "outlines": "unet 9"}
    (docs / "results/rivals/alexnet.json").write_text(json.dumps(other))
    assert CliRunner().invoke(app, ["compare", "tables", "--docs", str(docs)]).exit_code == 0
    again = between(docs / "compare.md", RIVAL_PLACES[0])
    assert "| alexnet 9, outlined by unet 9 | BUS-BRA fold 3 | 1.000" in again
    assert [line for line in again.splitlines() if "alexnet" not in line][:4] == (
        main.splitlines()[:4]
    )


def test_without_a_place_to_write_to_the_tables_are_printed(tmp_path: Path) -> None:
    result = compare("segmentation", data_sets(tmp_path / "data", patients=24))
    assert result.exit_code == 0, result.output
    assert f"| {OUTLINES} | BUS-BRA fold 3 | 1.000 [1.000, 1.000] | 1.000" in result.output
    assert "| one ellipse everywhere | BUS-BRA fold 3 | 0." in result.output


def test_outliners_are_kept_a_file_each_and_fill_their_table(tmp_path: Path) -> None:
    data, docs = data_sets(tmp_path / "data", patients=24), documents(tmp_path / "house")
    before = between(docs / "compare.md", RIVAL_PLACES[0])
    result = compare("segmentation", data, "--into-docs", docs)
    assert result.exit_code == 0, result.output
    kept = {path.stem for path in (docs / "results" / "outlines").iterdir()}
    assert kept == {"unet-realtime", "one-ellipse"}
    assert "| one ellipse everywhere |" in between(docs / "compare.md", *OUTLINE_PLACES)
    assert between(docs / "compare.md", RIVAL_PLACES[0]) == before


def test_documents_without_places_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    docs = documents(tmp_path / "house")
    (docs.parent / "README.md").write_text("# Nothing here\n")
    result = compare("ultrasound", tmp_path / "no data", "--into-docs", docs)
    assert isinstance(result.exception, SettingsError)
    assert "no one place for 'compare short'" in str(result.exception)


@pytest.mark.parametrize("text", ["{", "[]", '{"outlines": "unet 1"}'])
def test_kept_figures_of_another_form_are_named(tmp_path: Path, text: str) -> None:
    docs = documents(tmp_path / "house")
    (docs / "results").mkdir()
    (docs / "results" / "kinds.json").write_text(text)
    result = CliRunner().invoke(app, ["compare", "tables", "--docs", str(docs)])
    assert isinstance(result.exception, DataSetError)
    assert "results" in str(result.exception)


def test_two_versions_of_one_package_are_refused(tmp_path: Path) -> None:
    twice = ["--package", CLASSIFIER, "--package", CLASSIFIER]
    result = compare("ultrasound", tmp_path, *twice)
    assert isinstance(result.exception, SettingsError)
    assert "googlenet, googlenet" in str(result.exception)


def test_nothing_is_written_where_there_is_too_little_to_learn_from(tmp_path: Path) -> None:
    data, docs = data_sets(tmp_path / "data", patients=5), documents(tmp_path / "house")
    before = (docs / "compare.md").read_text()
    result = compare("ultrasound", data, "--into-docs", docs)
    assert isinstance(result.exception, DataSetError)
    assert (docs / "compare.md").read_text() == before
    assert not (docs / "results").exists()


def test_the_committed_tables_are_what_is_kept(tmp_path: Path) -> None:
    docs = documents(tmp_path / "house")
    kept = HOUSE / "docs" / "results"
    if kept.is_dir():
        shutil.copytree(kept, docs / "results")
    assert CliRunner().invoke(app, ["compare", "tables", "--docs", str(docs)]).exit_code == 0
    for document in ("docs/compare.md", "README.md"):
        assert (docs.parent / document).read_text() == (HOUSE / document).read_text()
