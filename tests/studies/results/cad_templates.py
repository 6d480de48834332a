"""TID 4000 and what it includes, in the rows that are used (PS3.16)."""

from tests.studies.results.measurement_templates import (
    ACQUISITION,
    CONTAINS,
    CONTEXT,
    MOD,
    PIXELS,
    PROPERTY,
    dcm,
    of,
    sct,
)
from tests.studies.results.template_rows import MANY, Concept, Row

INFERRED, SELECTED = "INFERRED FROM", "SELECTED FROM"
COMPOSITION = sct("129715009")
CLUSTER = sct("129769006")
PLACED = (sct("129793001"), CLUSTER, sct("129770007"), sct("129792006"))
ALGORITHM = (
    Row("4019:1", PROPERTY, "TEXT", dcm("111001")),
    Row("4019:2", PROPERTY, "TEXT", dcm("111003")),
    Row("4019:3", PROPERTY, "TEXT", dcm("111002"), 0, MANY),
)
LIBRARY_ENTRY = Row(
    "4020:1",
    CONTAINS,
    "IMAGE",
    None,
    1,
    MANY,
    ordered=True,
    below=(
        Row("4020:2", ACQUISITION, "CODE", dcm("111027"), values=6022),
        Row(
            "4020:3",
            ACQUISITION,
            "CODE",
            dcm("111031"),
            values=4014,
            below=(Row("4020:4", MOD, "CODE", dcm("111032"), 0, MANY, values=4015),),
        ),
        Row("4020:5", ACQUISITION, "TEXT", dcm("111044"), 0),
        Row("4020:6", ACQUISITION, "TEXT", dcm("111043"), 0),
        Row("4020:7", ACQUISITION, "DATE", dcm("111060"), 0),
        Row("4020:8", ACQUISITION, "TIME", dcm("111061"), 0),
        Row("4020:9", ACQUISITION, "DATE", dcm("111018"), 0),
        Row("4020:10", ACQUISITION, "TIME", dcm("111019"), 0),
        Row("4020:11", ACQUISITION, "NUM", dcm("111026"), 0, unit="um"),
        Row("4020:12", ACQUISITION, "NUM", dcm("111066"), 0, unit="um"),
        Row("4020:27", ACQUISITION, "NUM", dcm("110910"), 0, unit=PIXELS),
        Row("4020:28", ACQUISITION, "NUM", dcm("110911"), 0, unit=PIXELS),
    ),
)
LIBRARY = Row("4000:3", CONTAINS, "CONTAINER", dcm("111028"), below=(LIBRARY_ENTRY,))
ON_IMAGE = Row("4021:2", SELECTED, "IMAGE", by_reference=True)
POINT = Row("4006:3", PROPERTY, "NUM", dcm("111071"), 0, unit="{1:n}")
INTENT = Row("4006:2", MOD, "CODE", dcm("111056"), values=6034)
TRACKING = Row("4108:2", CONTEXT, "UIDREF", dcm("112040"), 0)
BODY = (
    Row("4006:2", MOD, "CODE", dcm("111056"), values=6034, below=(POINT,)),
    TRACKING,
    *ALGORITHM,
    Row("4006:6", PROPERTY, "NUM", dcm("111012"), 0, unit="%"),
)
GEOMETRY = (
    Row("4006:7", PROPERTY, "NUM", dcm("111047"), 0, unit="%"),
    Row("4021:1", PROPERTY, "SCOORD", dcm("111010"), below=(ON_IMAGE,)),
    Row("4021:3", PROPERTY, "SCOORD", dcm("111041"), 0, below=(ON_IMAGE,)),
)


def single_findings(relationship: str) -> tuple[Row, ...]:
    """TID 4006: its conditional rows by what is found."""
    many = Row("4010:3", PROPERTY, "NUM", dcm("111038"), 0, unit="1")
    placed = tuple(
        Row(
            "4006:1",
            relationship,
            "CODE",
            dcm("111059"),
            0,
            MANY,
            values=6014,
            only=kind,
            ordered=True,
            below=(*BODY, *GEOMETRY, *((many,) if kind == CLUSTER else ())),
        )
        for kind in PLACED
    )
    composition = (
        Row("4007:1", PROPERTY, "CODE", COMPOSITION, 0, values=6000),
        Row("4007:2", PROPERTY, "NUM", dcm("111046"), 0, unit="%"),
    )
    whole = Row(
        "4006:1",
        relationship,
        "CODE",
        dcm("111059"),
        0,
        MANY,
        values=6014,
        only=COMPOSITION,
        ordered=True,
        below=(*BODY, *composition),
    )
    return (*placed, whole)


COMPOSITE = Row(
    "4004:1",
    CONTAINS,
    "CODE",
    dcm("111015"),
    0,
    MANY,
    values=6016,
    ordered=True,
    below=(
        INTENT,
        TRACKING,
        Row("4005:1", PROPERTY, "CODE", dcm("111016"), values=6035),
        Row("4005:2", PROPERTY, "CODE", dcm("111057"), values=6036),
        *ALGORITHM,
        Row("4005:4", PROPERTY, "NUM", dcm("111011"), 0, unit="%"),
        Row("4005:5", PROPERTY, "NUM", dcm("111047"), 0, unit="%"),
        *single_findings(INFERRED),
    ),
)
IMPRESSION = Row(
    "4003:1",
    INFERRED,
    "CONTAINER",
    dcm("111034"),
    0,
    MANY,
    ordered=True,
    below=(
        Row("4003:2", MOD, "CODE", dcm("111056"), values=6034),
        COMPOSITE,
        *single_findings(CONTAINS),
    ),
)
OVERALL = Row(
    "4001:1",
    CONTAINS,
    "CODE",
    dcm("111017"),
    values=6047,
    ordered=True,
    below=(Row("4002:5", PROPERTY, "TEXT", dcm("111033")), *ALGORITHM, IMPRESSION),
)


def performed(number: str, summary: Concept, rows: tuple[tuple[Concept, Concept, int], ...]) -> Row:
    """TID 4015 with 4017, or 4016 with 4018."""
    points = (
        Row("4023:1", PROPERTY, "NUM", dcm("111072"), 0, unit="1"),
        Row("4023:2", PROPERTY, "NUM", dcm("111092"), 0, unit="{0:n}"),
    )
    images = Row("4017:8", PROPERTY, "IMAGE", None, 1, MANY, by_reference=True)
    groups = tuple(
        Row(
            f"{number}:1",
            INFERRED,
            "CONTAINER",
            name,
            0,
            below=(
                Row(
                    "4017:1",
                    CONTAINS,
                    "CODE",
                    what,
                    1,
                    MANY,
                    values=cid,
                    ordered=True,
                    below=(*ALGORITHM, images, *points),
                ),
            ),
        )
        for name, what, cid in rows
    )
    return Row("4000:6", CONTAINS, "CODE", summary, values=6042, ordered=True, below=groups)


CAD_REPORT = Row(
    "4000:1",
    "",
    "CONTAINER",
    dcm("111036"),
    template="4000",
    ordered=True,
    below=(
        Row("1204:1", MOD, "CODE", dcm("121049"), values=of("RFC5646", "en")),
        LIBRARY,
        OVERALL,
        performed(
            "4015",
            dcm("111064"),
            ((dcm("111063"), dcm("111022"), 6014), (dcm("111025"), dcm("111022"), 6014)),
        ),
        performed(
            "4016",
            dcm("111065"),
            ((dcm("111062"), dcm("111004"), 6043), (dcm("111024"), dcm("111004"), 6043)),
        ),
    ),
)
