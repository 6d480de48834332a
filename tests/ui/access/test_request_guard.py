"""Nothing foreign, nothing large and nothing framed gets as far as the application."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.ui.access.request_guard import LARGEST_BODY
from tests.ui.logged_in import whole_page
from tests.ui.opened import FOREIGN, PASSWORD, Page, page

JSON = {"content-type": "application/json"}


def test_a_foreign_page_cannot_ask_for_anything(opened: Page) -> None:
    for path, body in (("snapshot", {"sequence": 1}), ("start", {"source": "phantom"})):
        assert opened.client.post(f"/live/{path}", json=body, headers=FOREIGN).status_code == 403
    assert opened.asked.started == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/x", "/login", "/"])
def test_a_foreign_page_reaches_no_route_of_gradio_s_either(
    opened: Page, method: str, path: str
) -> None:
    assert opened.client.request(method, path, headers=FOREIGN).status_code == 403


def test_nothing_can_be_uploaded(opened: Page) -> None:
    sent = {"files": ("clip.mp4", b"pixels", "video/mp4")}
    assert opened.client.post("/gradio_api/upload", files=sent).status_code == 403


@pytest.mark.parametrize("path", ["/live/start", "/gradio_api/queue/join", "/login"])
def test_a_large_body_is_refused_before_it_is_parsed(opened: Page, path: str) -> None:
    small, large = (
        opened.client.post(path, content=b" " * size, headers=JSON).status_code
        for size in (LARGEST_BODY, LARGEST_BODY + 1)
    )
    assert small != 413
    assert large == 413


def test_a_file_of_a_study_is_bounded_by_its_own_route_alone(tmp_path: Path) -> None:
    large = bytes(LARGEST_BODY + 1)
    with whole_page(tmp_path, None) as client:
        assert client.post("/study/uploads/token/file", content=large).status_code != 413
        for path in ("/study/uploads", "/study/uploads/t/read", "/study/uploads/a/b/file"):
            assert client.post(path, content=large).status_code == 413, path


def test_a_body_that_announces_no_length_is_counted_as_it_comes(opened: Page) -> None:
    parts = (bytes(LARGEST_BODY // 4) for _ in range(5))
    assert opened.client.post("/live/start", content=parts, headers=JSON).status_code == 413


def test_a_body_in_parts_arrives_whole(opened: Page) -> None:
    parts = iter([b'{"source":', b' "phantom"}'])
    assert opened.client.post("/live/start", content=parts, headers=JSON).status_code == 200
    assert opened.asked.started == [("phantom", None)]


@pytest.mark.parametrize("path", ["/", "/login", "/live/sources", "/gradio_api/upload"])
def test_no_answer_may_be_shown_inside_another_page(tmp_path: Path, path: str) -> None:
    with page(tmp_path, PASSWORD) as locked:
        headers = locked.client.get(path).headers
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert headers["x-frame-options"] == "DENY"
