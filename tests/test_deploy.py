"""The files of a deployment, which no test here can start, agree with Senoscope and each other."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.core import TyperGroup

from senoscope.studies.network.destination_settings import load_destinations
from senoscope.studies.network.sender import LONGEST_STOP_S
from senoscope.ui.commands.every_command import app
from senoscope.ui.inference_server import server_from
from senoscope.ui.monitoring.health_route import HEALTH_PATHS
from senoscope.ui.rooms.room_teller import STOP_LIMIT_S
from senoscope.ui.settings import load_settings
from senoscope.ui.studies.study_jobs import KEEP_LIMIT_S
from tests.test_house import HOUSE, PROJECT, ROOMS

DEPLOY = HOUSE / "deploy"
ROOM_IMAGE, UNIT = DEPLOY / "Containerfile", DEPLOY / "senoscope.service"
NO_DISPLAY = DEPLOY / "senoscope.service.d" / "no-display.conf"
CONTAINERFILES = [
    path for path in sorted(DEPLOY.glob("Containerfile*")) if path.suffix != ".dockerignore"
]
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
MADE_BY_THE_SITE = {"./secrets", "./triton-models"}
OF_A_ROOM = {"settings.json", "pacs.toml"}
"""In its folder; whatever else lies there is the site's."""
PAGE = 7860


def of_the_project(path: Path) -> bool:
    top = path.relative_to(DEPLOY).parts[0]
    if f"./{top}" in MADE_BY_THE_SITE:
        return False
    return path.is_file() and (not top.startswith("room-") or path.name in OF_A_ROOM)


TEXT = {path: path.read_text() for path in sorted(DEPLOY.rglob("*")) if of_the_project(path)}


def line_of(path: Path, begin: str) -> str:
    (found,) = re.findall(rf"^{begin}(.*)$", TEXT[path], re.M)
    return str(found)


def commands() -> list[list[str]]:
    """All that is asked of Senoscope, the program's name left out."""
    found = [
        [str(word) for word in each["command"]] for name, each in SERVICES.items() if "room" in name
    ]
    found.append(json.loads(line_of(ROOM_IMAGE, "CMD ")))
    found += [shlex.split(line_of(each, "ExecStart=(?=.)"))[1:] for each in (UNIT, NO_DISPLAY)]
    for text in TEXT.values():
        said = re.findall(
            r"^\s*#.*?\bsenoscope ((?:models|store|live|account) [^`\n]*)", text, re.M
        )
        found += [shlex.split(each) for each in said]
    return found


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
    # Accounts and the key to pseudonyms are put beside a room's settings.
    assert {"room-*/*", *(f"!room-*/{each}" for each in OF_A_ROOM)} <= set(passed_over)


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
    assert line_of(ROOM_IMAGE, "EXPOSE ") == str(PAGE)
    assert f"https://127.0.0.1:{PAGE}{HEALTH_PATHS[1]}'" in TEXT[ROOM_IMAGE]
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
    assert '--constraint requirements-ci.lock ".[${EXTRAS}]"' in TEXT[ROOM_IMAGE]
    for named in re.findall(r"EXTRAS=(\S+)", TEXT[ROOM_IMAGE]):
        assert set(named.split(",")) <= set(extras)
    passed_over = TEXT[DEPLOY / "Containerfile.dockerignore"].split()
    let_in = {each.removeprefix("!") for each in passed_over if each.startswith("!")}
    needed = {"pyproject.toml", "README.md", "LICENSE", "requirements-ci.lock", "senoscope"}
    assert let_in == needed | set(ROOMS)
    assert "*" in passed_over
    (openvino,) = re.findall(r"openvino==\S+", TEXT[DEPLOY / "Containerfile.triton"])
    assert openvino in lock


def test_the_unit_holds_senoscope_to_what_it_needs() -> None:
    lines = TEXT[UNIT].splitlines()
    for needed in (
        "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
        "DevicePolicy=closed", "DeviceAllow=char-video4linux rw", "CapabilityBoundingSet=",
        "Restart=on-failure", "KillMode=mixed", "OOMPolicy=continue", "User=senoscope",
    ):  # fmt: skip
        assert needed in lines


def test_without_a_display_another_command_is_started_and_nothing_else_changes() -> None:
    said = [line for line in TEXT[NO_DISPLAY].splitlines() if line and not line.startswith("#")]
    assert said[:2] == ["[Service]", "ExecStart="], "the other command is taken back first"
    assert {line.partition("=")[0] for line in said[1:]} == {"ExecStart", "LoadCredential"}


def test_a_room_is_given_the_time_that_its_end_may_take() -> None:
    needed = KEEP_LIMIT_S + LONGEST_STOP_S + STOP_LIMIT_S
    rooms = [each for name, each in SERVICES.items() if "room" in name]
    given = [each["stop_grace_period"].removesuffix("s") for each in rooms]
    given += [line_of(UNIT, "TimeoutStopSec=")]
    given += re.findall(r"docker stop --time (\d+)", TEXT[ROOM_IMAGE])
    assert len(given) == len(rooms) + 2
    assert min(map(int, given)) > needed
    assert f"up to {line_of(UNIT, 'TimeoutStopSec=')} s" in (HOUSE / "docs/deploy.md").read_text()


def test_each_service_starts_again_and_a_room_waits_for_none_but_its_store() -> None:
    assert {each["restart"] for each in SERVICES.values()} == {"unless-stopped"}
    for name in ("room-1", "room-2"):
        assert SERVICES[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("path", [*CONTAINERFILES, *sorted(DEPLOY.glob("compose*.yaml"))])
def test_what_was_not_built_says_so(path: Path) -> None:
    assert "Not built here" in TEXT[path][:600]


def test_versions_are_those_of_the_project() -> None:
    version = PROJECT["project"]["version"]
    own = [each["image"] for each in SERVICES.values() if each["image"].startswith("senoscope")]
    assert own
    assert not [each for each in own if not each.endswith(f":{version}")]
