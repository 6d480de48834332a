"""The options of `senoscope live`, in the order and under the headings of its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from senoscope.ui.logs import LogFormat

_PICTURE, _HEADLESS, _PAGE, _READING = (
    "Picture", "Without a page (--headless)", "Page", "Reading",
)  # fmt: skip

SourceText = Annotated[
    str,
    typer.Option(
        help="phantom (simulated), camera:0, a folder, a video file or a stream's address; left "
        "out: the last one used.",
        rich_help_panel=_PICTURE,
    ),
]
Area = Annotated[
    str,
    typer.Option(
        help="What alone is read and shown: LEFT,TOP,WIDTH,HEIGHT in pixels; found: the field of "
        "view, looked for; whole: all of it, with names that stand on it.",
        rich_help_panel=_PICTURE,
    ),
]
Rate = Annotated[
    float | None,
    typer.Option(help="Frames a second; left out: the source's own.", rich_help_panel=_PICTURE),
]
Size = Annotated[
    str,
    typer.Option(
        help="COLUMNSxROWS in pixels, of phantom and folder frames.", rich_help_panel=_PICTURE
    ),
]
FlatOut = Annotated[
    bool,
    typer.Option(
        help="A file as fast as it can be read, not at its own rate.", rich_help_panel=_PICTURE
    ),
]

Headless = Annotated[
    bool, typer.Option(help="No page: measure the loop, then end.", rich_help_panel=_HEADLESS)
]
Frames = Annotated[
    int | None, typer.Option(min=1, help="Stop after so many frames.", rich_help_panel=_HEADLESS)
]
Report = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        help="JSON file to write what was measured into.",
        rich_help_panel=_HEADLESS,
    ),
]
EveryFrame = Annotated[
    bool,
    typer.Option(
        "--every-frame",
        help="Read also frames not fit to be read, such as of a probe in air.",
        rich_help_panel=_HEADLESS,
    ),
]

Host = Annotated[
    str,
    typer.Option(
        help="Address to serve the page on; 0.0.0.0: other machines reach it.",
        rich_help_panel=_PAGE,
    ),
]
Port = Annotated[
    int,
    typer.Option(min=1, max=65535, help="Port to serve the page on.", rich_help_panel=_PAGE),
]
Password = Annotated[
    str | None,
    typer.Option(
        envvar="SENOSCOPE_PASSWORD",
        help="One password for all who log in, in place of accounts (`senoscope account`).",
        rich_help_panel=_PAGE,
    ),
]
Room = Annotated[
    str | None,
    typer.Option(
        help="This room's name on the page of rooms, for all who share the exam store; left out: "
        "the settings', else it is not told of. Never a patient's.",
        rich_help_panel=_PAGE,
    ),
]
Snapshots = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Folder to save snapshots into.", rich_help_panel=_PAGE),
]
IgtlPort = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=65535,
        help="Port on which what is shown is also sent, by OpenIGTLink.",
        rich_help_panel=_PAGE,
    ),
]
TlsCertificate = Annotated[
    Path | None,
    typer.Option(
        envvar="SENOSCOPE_TLS_CERTIFICATE",
        help="PEM file of a certificate; the page is then https.",
        rich_help_panel=_PAGE,
    ),
]
TlsKey = Annotated[
    Path | None,
    typer.Option(
        envvar="SENOSCOPE_TLS_KEY",
        help="PEM file of the certificate's key.",
        rich_help_panel=_PAGE,
    ),
]

Log = Annotated[
    LogFormat,
    typer.Option(
        "--log-format",
        help="text, into this user's log file; json: one object a line, there and on stderr.",
        rich_help_panel=_PAGE,
    ),
]

Prevalence = Annotated[
    float | None,
    typer.Option(
        help="Share (0 to 1) of this site's lesions that are malignant; left out: as in training.",
        rich_help_panel=_READING,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        help="auto, the fastest that can be trusted here, or for example openvino-int8 "
        "(`senoscope engines` lists them).",
        rich_help_panel=_READING,
    ),
]
