from __future__ import annotations

from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.framing import Cut
from tests.ui.opened import Page


def test_sources_are_offered_tried_and_started(opened: Page) -> None:
    client = opened.client
    offered = client.get("/live/sources").json()
    assert offered == {"sources": ["phantom", "camera 0"], "first_run": True}
    found = client.post("/live/preview", json={"source": "phantom"}).json()
    assert found["size"] == [160, 120]
    assert found["picture"] == "data:image/jpeg;base64,anBlZw=="
    area = [10, 20, 100, 80]
    client.post("/live/start", json={"source": "phantom", "framing": area})
    assert opened.asked.started == [("phantom", ScanArea(10, 20, 100, 80))]
    assert client.get("/live/sources").json()["first_run"] is False
    for word in ("found", "whole", None):
        client.post("/live/start", json={"source": "phantom", "framing": word})
    assert [each for _, each in opened.asked.started[1:]] == [Cut.FOUND, Cut.WHOLE, None]
    assert client.post("/live/start", json={"source": "a", "framing": "all"}).status_code == 422


def test_what_went_wrong_is_one_sentence_for_the_page(opened: Page) -> None:
    answer = opened.client.post("/live/preview", json={"source": "unplugged"})
    assert answer.status_code == 409
    assert answer.json() == {
        "kind": "SourceUnavailable",
        "message": "Nothing is plugged in. Plug it in.",
    }
    small = {"source": "phantom", "framing": [0, 0, 1, 1]}
    assert "Scan area" in opened.client.post("/live/start", json=small).json()["message"]
