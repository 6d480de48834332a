"""The files of a deployment, which no test here can start, agree with Senoscope and each other."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.core import TyperGroup

from senoscope.studies.network.destination_settings import load_destinations
from senoscope.ui.commands.every_command import app
from senoscope.ui.inference_server import server_from
from senoscope.ui.monitoring.health_route import HEALTH_PATHS
from senoscope.ui.settings import load_settings
from tests.test_house import HOUSE, PROJECT, ROOMS

DEPLOY = HOUSE / "deploy"
CONTAINERFILES = sorted(DEPLOY.glob("Containerfile*[!e]"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
UNITS = [DEPLOY / "senoscope.service", DEPLOY / "senoscope-no-display.service"]
TEXT = {
    path: path.read_text()
    for path in sorted(DEPLOY.rglob("*"))
    if path.is_file() and path.name not in {"secrets", "triton-models"}
}
MADE_BY_THE_SITE = {"./secrets", "./triton-models"}
PAGE = 7860


def line_of(path: Path, begin: str) -> str:
    (found,) = re.findall(rf"^{begin}(.*)$", TEXT[path], re.M)
    return str(found)


def commands() -> list[list[str]]:
    """All that is asked of Senoscope, the program's name left out."""
    found = [
        [str(word) for word in each["command"]] for name, each in SERVICES.items() if "room" in name
    ]
    found += [json.loads(line_of(DEPLOY / name, "CMD ")) for name in ROOM_IMAGES]
    found += [shlex.split(line_of(each, "ExecStart="))[1:] for each in UNITS]
    for text in TEXT.values():
        said = re.findall(
            r"^\s*#.*?\bsenoscope ((?:models|store|live|account) [^`\n]*)", text, re.M
        )
        found += [shlex.split(each) for each in said]
    return found


ROOM_IMAGES = ["Containerfile", "Containerfile.gpu"]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_is_understood(words: list[str]) -> None:
    command = typer.main.get_command(app)
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    command.make_context("senoscope", words, resilient_parsing=False)


def test_every_file_that_is_named_is_there() -> None:
    named = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    ]
    named += [each["file"] for each in COMPOSE["secrets"].values()]
    for service in SERVICES.values():
        if "build" in service:
            named.append(f"../{service['build']['dockerfile']}")
    sites = [each for each in named if each.startswith(tuple(MADE_BY_THE_SITE))]
    assert sites
    assert not [each for each in named if each not in sites and not (DEPLOY / each).exists()]
    passed_over = (DEPLOY / ".gitignore").read_text().split()
    assert {f"{each.removeprefix('./')}/" for each in MADE_BY_THE_SITE} <= set(passed_over)


def test_what_a_service_uses_is_declared_and_nothing_else() -> None:
    used = {each for service in SERVICES.values() for each in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    volumes = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert volumes == set(COMPOSE["volumes"])


def test_ports_agree() -> None:
    assert all(
        words[words.index("--port") + 1] == str(PAGE) for words in commands() if "--port" in words
    )
    for name in ROOM_IMAGES:
        assert line_of(DEPLOY / name, "EXPOSE ") == str(PAGE)
        assert f"https://127.0.0.1:{PAGE}{HEALTH_PATHS[1]}'" in TEXT[DEPLOY / name]
    assert [SERVICES[f"room-{n}"]["ports"][0].split(":")[1] for n in (1, 2)] == [str(PAGE)] * 2
    prometheus = yaml.safe_load(TEXT[DEPLOY / "prometheus" / "prometheus.yml"])
    (job,) = prometheus["scrape_configs"]
    asked = [f"room-{n}:{PAGE}" for n in (1, 2)]
    assert job["static_configs"][0]["targets"] == asked
    token = job["authorization"]["credentials_file"].removeprefix("/run/secrets/")
    assert token in SERVICES["prometheus"]["secrets"]


@pytest.mark.parametrize("room", ["room-1", "room-2"])
def test_a_rooms_settings_lead_to_the_services_beside_it(room: str) -> None:
    settings = load_settings(DEPLOY / room / "settings.json")
    assert settings.inference_server is not None
    server = server_from(settings.inference_server)
    host, port = server.server.address.split(":")
    assert server.prefer
    assert f"--grpc-port={port}" in SERVICES[host]["command"]
    postgres = SERVICES["postgres"]["environment"]
    database = f"{postgres['POSTGRES_USER']}@postgres/{postgres['POSTGRES_DB']}"
    assert settings.store == f"postgresql://{database}"
    assert any(each == f"exams:{settings.store_folder}" for each in SERVICES[room]["volumes"])
    assert settings.metrics == {"token_file": "/run/secrets/scrape_token"}
    assert "scrape_token" in SERVICES[room]["secrets"]
    (pacs,) = load_destinations(DEPLOY / room / "pacs.toml").values()
    assert f":{pacs.port}" in SERVICES[pacs.host]["ports"][0]
    orthanc = SERVICES["orthanc"]["environment"]
    assert (orthanc["ORTHANC__DICOM_PORT"], orthanc["ORTHANC__DICOM_AET"]) == (
        str(pacs.port), pacs.called_ae,
    )  # fmt: skip


def test_rooms_have_names_of_their_own() -> None:
    names = [load_settings(DEPLOY / room / "settings.json").room for room in ("room-1", "room-2")]
    assert len({*names, None}) == 3


@pytest.mark.parametrize("path", TEXT, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_password_is_written_down(path: Path) -> None:
    secret = re.compile(
        r"""(?i)(?:password|passwd|secret|token|api_?key)["']?\s*[:=]\s*["']?(?!/run/|\./)[^\s"'{\[$]"""
    )
    named = [line for line in TEXT[path].splitlines() if secret.search(line)]
    assert not [line for line in named if "/run/secrets/" not in line]
    assert not re.search(r"://[^/\s@:]+:[^/\s@]+@", TEXT[path])


def test_images_have_versions_and_run_without_privileges() -> None:
    images = [each["image"] for each in SERVICES.values()]
    for path in CONTAINERFILES:
        images += re.findall(r"^(?:FROM |ARG TRITON=)([\w./:-]+)", TEXT[path], re.M)
        assert "USER 10001:10001" in TEXT[path]
    assert not [each for each in images if ":" not in each or each.endswith(":latest")]
    for name in ("room-1", "room-2", "triton", "prometheus"):
        service = SERVICES[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_images_hold_what_the_lock_says_and_nothing_of_the_site() -> None:
    lock = (HOUSE / "requirements-ci.lock").read_text().split()
    extras = PROJECT["project"]["optional-dependencies"]
    for name in ROOM_IMAGES:
        assert "--constraint requirements-ci.lock" in TEXT[DEPLOY / name]
        (named,) = re.findall(r'"\.\[(.*?)\]"', TEXT[DEPLOY / name])
        assert set(named.split(",")) <= set(extras)
        passed_over = TEXT[DEPLOY / f"{name}.dockerignore"].split()
        let_in = {each.removeprefix("!") for each in passed_over if each.startswith("!")}
        needed = {"pyproject.toml", "README.md", "LICENSE", "requirements-ci.lock", "senoscope"}
        assert let_in == needed | set(ROOMS)
        assert "*" in passed_over
    (openvino,) = re.findall(r"openvino==\S+", TEXT[DEPLOY / "Containerfile.triton"])
    assert openvino in lock


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_holds_senoscope_to_what_it_needs(path: Path) -> None:
    lines = TEXT[path].splitlines()
    for needed in (
        "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
        "DevicePolicy=closed", "DeviceAllow=char-video4linux rw", "CapabilityBoundingSet=",
        "Restart=on-failure", "KillMode=mixed", "OOMPolicy=continue", "User=senoscope",
    ):  # fmt: skip
        assert needed in lines


def test_the_units_differ_by_who_sees_the_page_alone() -> None:
    here, served = (set(TEXT[path].splitlines()) for path in UNITS)
    assert all(line.startswith(("#", "ExecStart=")) for line in here - served)
    assert all(line.startswith(("#", "ExecStart=", "LoadCredential=")) for line in served - here)


@pytest.mark.parametrize("path", [*CONTAINERFILES, *sorted(DEPLOY.glob("compose*.yaml"))])
def test_what_was_not_built_says_so(path: Path) -> None:
    assert "Not built here" in TEXT[path][:600]


def test_versions_are_those_of_the_project() -> None:
    version = PROJECT["project"]["version"]
    own = [each["image"] for each in SERVICES.values() if each["image"].startswith("senoscope")]
    assert own
    assert not [each for each in own if not each.endswith(f":{version}")]
    assert tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"] == version
