"""Each role may do what its table says, on every route there is, and nothing that is not listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from senoscope.ui.access.roles import DUTIES, Duty, Role, duty_of
from senoscope.ui.monitoring.health_route import HEALTH_PATHS
from tests.ui.logged_in import accounts, log_in, whole_app, whole_page
from tests.ui.opened import FOREIGN

ADMINISTERS = {"/screen/templates/delete"}
"""What is for administrators on purpose, not because nobody listed it."""
MAY_POST = {
    Role.READER: {
        *("/study/exams/1/sign", "/clip/upload", "/study/uploads", "/study/exams/1/send"),
        *("/facts/risk", "/log/study", "/log/exams/1/pathology"),
    },
    Role.OPERATOR: {
        *("/live/start", "/live/record", "/screen/points", "/study/exams/1/send"),
        "/facts/risk",
    },
    Role.STAFF: {"/study/exams/1/sign", "/live/start"},
    Role.ADMIN: {"/study/exams/1/sign", "/live/start", "/screen/templates/delete", "/unheard/of"},
}
MAY_NOT_POST = {
    Role.READER: {"/live/start", "/live/record", "/live/exam", "/screen/points", "/screen/forget"},
    Role.OPERATOR: {
        *("/study/exams/1/sign", "/study/exams/1/alone", "/clip/upload", "/clip/close"),
        *("/log/study", "/log/table", "/log/file", "/log/exams/1/pathology"),
    },
    Role.STAFF: {"/screen/templates/delete", "/unheard/of", "/gradio_api/queue/join"},
    Role.ADMIN: set[str](),
}


PAGES = ("/", "/review/", "/studies/", "/calibration/", "/risk/", "/proof/")


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What every path of the house takes, with 1 for what stands in braces."""
    paths = whole_app(tmp_path_factory.mktemp("listed"), accounts()).openapi()["paths"]
    found = {re.sub(r"\{\w+\}", "1", path): set(methods) for path, methods in paths.items()}
    for path, methods in found.items():
        assert methods <= {"get", "post"}, path
    return found


@pytest.fixture(scope="module")
def posted(routes: dict[str, set[str]]) -> list[str]:
    found = [path for path, methods in routes.items() if "post" in methods]
    assert len(found) > 25
    return found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with whole_page(tmp_path_factory.mktemp("whole"), accounts()) as client:
        yield client


def test_every_route_that_changes_something_has_its_duty(posted: list[str]) -> None:
    for path in posted:
        administers = path in ADMINISTERS or path == "/login"
        assert (duty_of("POST", path) is Duty.ADMINISTER) == administers, path


@pytest.mark.parametrize("role", Role)
def test_the_guard_refuses_what_the_role_does_not_hold(
    page: TestClient, role: Role, posted: list[str]
) -> None:
    log_in(page, role)
    for path in {*posted, *MAY_POST[role], *MAY_NOT_POST[role]} - {"/login", "/logout"}:
        answer = page.post(path)
        may = duty_of("POST", path) in DUTIES[role]
        assert (answer.status_code != 403) == may, (path, answer.status_code)
        assert answer.status_code != 401, path
        if not may:
            said = answer.json()
            assert said["kind"] == "NotAllowed"
            assert re.search(rf"logged in as {role}, .* expected .*admin\.", said["message"])


@pytest.mark.parametrize("role", Role)
def test_the_table_says_what_was_asked_for(role: Role) -> None:
    for path in MAY_POST[role]:
        assert duty_of("POST", path) in DUTIES[role], path
    for path in MAY_NOT_POST[role]:
        assert duty_of("POST", path) not in DUTIES[role], path


@pytest.mark.parametrize("role", Role)
def test_every_role_may_look(page: TestClient, role: Role) -> None:
    log_in(page, role)
    for path in (*PAGES, "/live/sources"):
        assert page.get(path).status_code == 200, path


def test_a_stranger_gets_nothing_of_any_route_or_page(
    page: TestClient, routes: dict[str, set[str]]
) -> None:
    page.cookies.clear()
    assert len(routes) > 40
    for path in {*routes, *PAGES} - {"/login", *HEALTH_PATHS}:
        for method in routes.get(path, {"get"}):
            assert page.request(method, path).status_code == 401, (method, path)
    for path in PAGES:
        assert page.get(path, headers={"accept": "text/html"}).status_code == 303, path


def test_a_foreign_page_changes_nothing_on_any_route(page: TestClient, posted: list[str]) -> None:
    log_in(page, Role.ADMIN)
    for path in posted:
        assert page.post(path, headers=FOREIGN).status_code == 403, path


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "INVENTED"])
def test_another_verb_is_for_administrators(page: TestClient, method: str) -> None:
    log_in(page, Role.STAFF)
    for path in ("/live/exam", "/study/exams/1", "/"):
        assert page.request(method, path).status_code == 403
    log_in(page, Role.ADMIN)
    assert page.request(method, "/study/exams/1").status_code in (404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/study/exams/1/sign/",
        "//study/exams/1/sign",
        "/study/exams/1/sign\n",
        "/study/exams/1/2/sign",
        "/study/exams/1/delete",
        "/live/start/",
        "/x/live/start",
    ],
)
def test_a_path_that_only_looks_like_one_is_not_listed(path: str) -> None:
    assert duty_of("POST", path) is Duty.ADMINISTER


def test_who_has_no_accounts_may_do_everything_on_this_machine(
    posted: list[str], tmp_path: Path
) -> None:
    with whole_page(tmp_path, None) as client:
        for path in posted:
            assert client.post(path).status_code not in (401, 403), path
