"""The routes of a clip under review, told by hand: 120 frames, three lesions, six not read."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import cv2
import gradio as gr
import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from senoscope.ui.frames.packed import packed
from senoscope.ui.pages.review import review_page, review_style
from tests.browser.review.told_measures import apart, measured
from tests.ui.built_frames import OPERATING_POINT

COLUMNS, ROWS, FRAMES, RATE_HZ = 640, 480, 120, 30.0
NOT_READ = range(30, 36)
SEEN = {1: range(5, 100), 2: range(40, 110), 3: range(60, 120)}
WORDS = {1: ("uncertain", 0.37), 2: ("high", 0.81), 3: ("low", 0.08)}
KEYS = {1: 20, 2: 70, 3: 90}
SILENT = {"side": "", "clock": None, "from_nipple_cm": None, "note": "", "verdict": "open"}
RECORDING = {
    "name": "20260102-030405_dfd50d6f.senoscope",
    "began_at": "2026-01-02T03:04:05+00:00",
    "seconds": 4.0,
    "megabytes": 12.0,
}

Json = dict[str, Any]


class FakeClip:
    """What the page asked for, and the clip it is shown. Reads `pace` frames with each look."""

    def __init__(self) -> None:
        self.version = 0
        self.forget()

    def forget(self) -> None:
        """No clip, and nothing was asked for."""
        self.version += 1000
        self.state, self.name, self.read = "empty", "", 0
        self.message = ""
        self.pace = FRAMES
        self.length: int | None = FRAMES
        self.drawn: dict[tuple[int, int], list[list[float]]] = {}
        self.said: dict[int, Json] = {}
        self.edits: list[Json] = []
        self.uploads: list[tuple[str, int]] = []
        self.refuses: Json | None = None
        self.film = [0.0, 0.5, 1.0]
        self.film_pause_s = 0.0
        self.filmed = 0
        self.holds = False
        self.framings: list[list[int] | str] = []
        self.uncalibrated = False

    def open(self, name: str) -> None:
        self.state, self.name, self.read = "reading", name, 0
        self.drawn, self.said = {}, {}
        self.version += 1000

    def end(self, state: str) -> None:
        self.version += 1000
        self.state, self.read = state, self.read if state == "cancelled" else 0

    def remark(self, number: int, said: Json) -> None:
        self.said[number] = said
        self.version += 1

    def look(self) -> Json:
        if self.state == "reading":
            self.read = min(self.read + self.pace, FRAMES)
            if self.read == FRAMES:
                self.state, self.version = "read", self.version + 1
        return {
            "state": self.state,
            "version": self.version,
            "name": self.name,
            "message": self.message,
            "progress": {"read": self.read, "of": self.length, "left_s": 7.2},
            "frames": self.read,
            "size": [COLUMNS, ROWS] if self.read else None,
            "rate_hz": RATE_HZ,
            "simulated": True,
            "calibrated": True,
            "framing": self.framings[-1] if self.framings else "whole",
            "no_field": None,
            "engine": "OpenVINO int8",
            "models": ["unet 1", "googlenet 1"],
            "same": {"compared": self.read, "same": self.read}
            if self.name == "20260102-030405_dfd50d6f.senoscope"
            else None,
            "lesions": [self.lesion(number) for number in SEEN if SEEN[number][0] + 3 < self.read],
        }

    def lesion(self, number: int) -> Json:
        word, probability = WORDS[number]
        return {
            "number": number,
            "suspicion": word,
            "probability": probability,
            "range": [round(probability / 2, 2), probability + 0.1],
            "seen": len(SEEN[number]),
            "agree": len(SEEN[number]) - 4,
            "first": SEEN[number][0],
            "last": min(SEEN[number][-1], self.read - 1),
            "measured": measured(number in {n for _, n in self.drawn}),
            "key_frame": KEYS[number] if KEYS[number] < self.read else None,
            "edited": sorted(place for place, drawn in self.drawn if drawn == number),
            **self.said.get(number, SILENT),
        }

    def lane(self, place: int) -> Json:
        why = "too_fast" if place in NOT_READ else None
        lesions = [
            [
                number,
                WORDS[number][1],
                None if place % 7 == 0 else WORDS[number][1],
                place % 10 / 10,
            ]
            for number in SEEN
            if place in SEEN[number] and not why
        ]
        time_ms = round(place * 1000 / RATE_HZ, 1)
        return {"time_ms": time_ms, "why": why, "read": why is None, "lesions": lesions}

    def header(self, place: int) -> Json:
        lane = self.lane(place)
        findings = [
            {
                "number": number,
                "suspicion": WORDS[number][0],
                "probability": probability,
                "own": own,
                "finding": None if own is None else 1,
                "measured": measured((place, number) in self.drawn),
                "outline": self.drawn.get((place, number), [outline(place, number)])[-1],
                "edited": (place, number) in self.drawn,
            }
            for number, probability, own, _ in lane["lesions"]
        ]
        size = [COLUMNS, ROWS]
        return {k: lane[k] for k in ("time_ms", "read", "why")} | {
            "place": place,
            "size": size,
            "findings": findings,
        }

    def change(self, place: int, number: int, body: Json) -> Json:
        self.edits.append(body)
        self.version += 1
        key = place, number
        if "outline" in body:
            self.drawn.setdefault(key, []).append(body["outline"])
        elif "stroke" in body:
            self.drawn.setdefault(key, []).append(outline(place, number, larger=20))
        elif "undo" in body and self.drawn.get(key):
            self.drawn[key].pop()
            self.drawn = {k: v for k, v in self.drawn.items() if v}
        elif "reset" in body:
            self.drawn.pop(key, None)
        return self.header(place)


def middle(place: int, number: int) -> tuple[float, float]:
    """Of the lesion on that frame, [x, y] in pixels."""
    return 100 + 180 * (number - 1) + place / 2, 130 + 80 * (number - 1)


def outline(place: int, number: int, larger: float = 0) -> list[float]:
    x, y = middle(place, number)
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    points = np.stack([x + (70 + larger) * np.cos(turn), y + (45 + larger) * np.sin(turn)], axis=1)
    return [float(each) for each in points.round(1).ravel()]


def jpeg(place: int) -> bytes:
    grey = np.full((ROWS, COLUMNS), 90, np.uint8)
    grey += np.random.default_rng(place).integers(0, 50, grey.shape, np.uint8)
    for number in SEEN:
        x, y = middle(place, number)
        cv2.ellipse(grey, (round(x), round(y)), (70, 45), 0, 0, 360, (25,), -1)
    return cv2.imencode(".jpg", grey)[1].tobytes()


def review_app(clip: FakeClip) -> FastAPI:
    """The page at /review, and what it asks of `clip`."""
    app = FastAPI()
    _serve_clip(app, clip)
    _serve_changes(app, clip)
    _serve_exports(app, clip)
    served: FastAPI = gr.mount_gradio_app(
        app, review_page(OPERATING_POINT), path="/review", head=review_style(), ssr_mode=False,
        footer_links=[], theme=gr.themes.Base(font="system-ui", font_mono="ui-monospace"),
    )  # fmt: skip
    return served


def _serve_clip(app: FastAPI, clip: FakeClip) -> None:
    @app.get("/clip")
    def state() -> Json:
        return clip.look()

    @app.get("/clip/recordings")
    def recordings() -> list[Json]:
        return [RECORDING]

    @app.post("/clip/recording")
    def recording(body: Json) -> Response:
        if clip.refuses:
            return JSONResponse(clip.refuses, 409)
        clip.open(body["name"])
        return JSONResponse(clip.look())

    @app.post("/clip/upload")
    async def upload(request: Request) -> Json:
        size = len(await request.body())
        while clip.holds:
            await asyncio.sleep(0.02)
        if await request.is_disconnected():
            return clip.look()
        clip.uploads.append((request.headers["x-file-name"], size))
        clip.open("dropped.mp4")
        return clip.look()

    @app.post("/clip/framing")
    def area(body: Json) -> Json:
        clip.framings.append(body["framing"])
        clip.open(clip.name)
        return clip.look()

    @app.post("/clip/{action}")
    def end(action: str) -> Json:
        clip.end({"cancel": "cancelled", "close": "empty"}[action])
        return clip.look()


def _serve_changes(app: FastAPI, clip: FakeClip) -> None:
    @app.get("/clip/lanes")
    def lanes(since: int) -> Json:
        return {"from": since, "frames": [clip.lane(place) for place in range(since, clip.read)]}

    @app.get("/clip/frames/{place}")
    def frame(place: int) -> Response:
        return Response(packed(clip.header(place), jpeg(place)))

    @app.post("/clip/frames/{place}/distance")
    def distance(place: int, body: Json) -> Json:
        return apart(body, clip.uncalibrated)

    @app.post("/clip/frames/{place}/lesions/{number}")
    def change(place: int, number: int, body: Json) -> Response:
        if clip.refuses:
            return JSONResponse(clip.refuses, 409)
        return JSONResponse(clip.change(place, number, body))

    @app.post("/clip/lesions/{number}")
    def remark(number: int, body: Json) -> Json:
        clip.remark(number, body)
        return clip.look()


def _serve_exports(app: FastAPI, clip: FakeClip) -> None:
    @app.get("/favicon.ico")
    def icon() -> Response:
        return Response(status_code=204)

    @app.post("/clip/export/video")
    def video() -> StreamingResponse:
        return StreamingResponse(_lines(clip), media_type="application/x-ndjson")

    @app.get("/clip/export/{name}")
    def export(name: str) -> PlainTextResponse:
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return PlainTextResponse(name, headers=headers)


def _lines(clip: FakeClip) -> Iterator[str]:
    for done in clip.film:
        time.sleep(clip.film_pause_s)
        clip.filmed += 1
        yield json.dumps({"done": done}) + "\n"
