"""TID 1500 and what it includes, in the rows that are used (PS3.16)."""

from tests.studies.results.template_rows import MANY, Concept, Row

OURS = "99SENOSCOPE"
MOD, CONTEXT, ACQUISITION = "HAS CONCEPT MOD", "HAS OBS CONTEXT", "HAS ACQ CONTEXT"
PROPERTY, CONTAINS = "HAS PROPERTIES", "CONTAINS"
BIRADS = frozenset(
    {(each, "SCT") for each in ("397138000", "397140005", "397141009", "397143007", "397145000")}
    | {(f"MA.II.A.5.{each}", "BI") for each in ("4A", "4B", "4C", "6")}
)


def dcm(value: str) -> Concept:
    return (value, "DCM")


def sct(value: str) -> Concept:
    return (value, "SCT")


def of(scheme: str, *values: str) -> frozenset[Concept]:
    return frozenset((each, scheme) for each in values)


LANGUAGE = Row("1204:1", MOD, "CODE", dcm("121049"))
DEVICE = (
    Row("1002:1", CONTEXT, "CODE", dcm("121005"), values=of("DCM", "121007")),
    Row("1004:1", CONTEXT, "UIDREF", dcm("121012")),
    Row("1004:2", CONTEXT, "TEXT", dcm("121013"), least=0),
    Row("1004:3", CONTEXT, "TEXT", dcm("121014"), least=0),
    Row("1004:4", CONTEXT, "TEXT", dcm("121015"), least=0),
    Row("1004:5", CONTEXT, "TEXT", dcm("121016"), least=0),
)
PERSON_AND_DEVICE = (
    Row("1002:1", CONTEXT, "CODE", dcm("121005"), 2, 2, values=of("DCM", "121006", "121007")),
    Row("1003:1", CONTEXT, "PNAME", dcm("121008")),
    Row("1003:2", CONTEXT, "TEXT", dcm("121009"), least=0),
    *DEVICE[1:],
)
PIXELS = "{pixels}"
LIBRARY = Row(
    "1600:1",
    CONTAINS,
    "CONTAINER",
    dcm("111028"),
    below=(
        Row(
            "1600:2",
            CONTAINS,
            "CONTAINER",
            dcm("126200"),
            1,
            MANY,
            below=(
                Row(
                    "1601:1",
                    CONTAINS,
                    "IMAGE",
                    sct("260753009"),
                    1,
                    MANY,
                    below=(
                        Row("1602:1", ACQUISITION, "CODE", dcm("121139"), values=of("DCM", "US")),
                        Row("1602:8", ACQUISITION, "NUM", dcm("110910"), unit=PIXELS),
                        Row("1602:9", ACQUISITION, "NUM", dcm("110911"), unit=PIXELS),
                    ),
                ),
            ),
        ),
    ),
)
LATERALITY = Row("1419:3", MOD, "CODE", sct("272741003"), 0, values=244)
BREAST = of("SCT", "76752008")
SITE = Row("1419:2", MOD, "CODE", sct("363698007"), values=BREAST, below=(LATERALITY,))
ALGORITHM = (
    Row("4019:1", MOD, "TEXT", dcm("111001"), least=0),
    Row("4019:2", MOD, "TEXT", dcm("111003"), least=0),
    Row("4019:3", MOD, "TEXT", dcm("111002"), 0, MANY),
)


def sized(number: str, concept: Concept, unit: str) -> Row:
    """A measurement with what it may be off, in the same unit: TID 300 and TID 310."""
    return Row(
        number,
        CONTAINS,
        "NUM",
        concept,
        0,
        unit=unit,
        below=(
            Row("310:9", PROPERTY, "NUM", sct("371886008"), unit=unit),
            Row("310:10", PROPERTY, "NUM", sct("371885007"), unit=unit),
        ),
    )


SIZES = (
    sized("1419:5", sct("103339001"), "mm"),
    sized("1419:5", sct("103340004"), "mm"),
    sized("1419:5", sct("42798000"), "mm2"),
    sized("1419:5", ("long_axis_angle", OURS), "deg"),
    sized("1419:5", ("centre_depth", OURS), "mm"),
    sized("1419:5", dcm("121243"), "mm"),
)
DERIVATION = Row("1419:8", MOD, "CODE", dcm("121401"), 0, values=of("SCT", "255605001", "56851009"))
PROBABILITY = Row("1419:5", CONTAINS, "NUM", dcm("111047"), 0, 3, unit="%", below=(DERIVATION,))
CERTAINTY = Row("1410:12", PROPERTY, "NUM", dcm("111011"), unit="%")
WORDS = tuple(
    row
    for concept, values in (
        (sct("107644003"), 6005),
        (dcm("111354"), 6152),
        (dcm("111037"), 6007),
        (dcm("111360"), of("DCM", *map(str, range(111361, 111366))) | {("heterogeneous", OURS)}),
        (dcm("111366"), 6155),
    )
    for row in (
        Row("1410:12", CONTAINS, "CODE", concept, 0, values=values, below=(CERTAINTY,)),
        Row("1410:13", CONTAINS, "TEXT", concept, 0),
    )
)
REASON = Row("1410:12", PROPERTY, "TEXT", dcm("121106"), 0)
VERDICTS = of(OURS, "accepted", "edited", "overruled")
TRACKING = (
    Row("1410:2", CONTEXT, "TEXT", dcm("112039")),
    Row("1410:3", CONTEXT, "UIDREF", dcm("112040")),
)
REGION = Row(
    "1410:5",
    CONTAINS,
    "SCOORD",
    dcm("111030"),
    0,
    below=(Row("1410:6", "SELECTED FROM", "IMAGE", sct("260753009")),),
)
SEGMENT = (
    Row("1410:7", CONTAINS, "IMAGE", dcm("121214"), 0),
    Row("1410:8", CONTAINS, "IMAGE", dcm("121233"), 0),
)
GROUP_OF_LESION = (
    *TRACKING,
    Row("1410:4", CONTAINS, "CODE", sct("276214006"), values=of("SCT", "49755003")),
    Row("1410:5", CONTAINS, "CODE", dcm("121071"), values=of("SCT", "52988006")),
    SITE,
    *ALGORITHM,
    *SIZES,
    PROBABILITY,
    REGION,
    *SEGMENT,
    Row(
        "1410:12",
        CONTAINS,
        "CODE",
        ("suspicion", OURS),
        0,
        values=of("SCT", "62482003", "64957009", "75540009"),
    ),
    *WORDS,
    Row("1410:12", CONTAINS, "CODE", ("decision", OURS), 0, values=VERDICTS, below=(REASON,)),
)
STATUS = Row("1501:11", CONTAINS, "CODE", dcm("111064"), values=6042)
NOT_READ = ("reason_not_read", OURS)
FRAMES = Row(
    "1501:10",
    CONTAINS,
    "NUM",
    dcm("121140"),
    2,
    MANY,
    unit="{frames}",
    below=(
        Row("300:2", MOD, "CODE", dcm("111064"), 0, values=6042),
        Row("300:2", MOD, "CODE", NOT_READ, 0),
    ),
)
GROUP_OF_IMAGE = (
    *TRACKING,
    FRAMES,
    STATUS,
    Row("1501:9", CONTAINS, "IMAGE", dcm("121112")),
    Row("1501:12", CONTAINS, "TEXT", NOT_READ, 0),
)
GROUPS = (
    Row(
        "1500:7",
        CONTAINS,
        "CONTAINER",
        dcm("125007"),
        0,
        MANY,
        template="1410",
        below=GROUP_OF_LESION,
    ),
    Row(
        "1500:9",
        CONTAINS,
        "CONTAINER",
        dcm("125007"),
        1,
        MANY,
        template="1501",
        below=GROUP_OF_IMAGE,
    ),
)
STAGES = of(OURS, "stage_alone", "stage_final")
STAGE = Row("1500:13", MOD, "CODE", ("reading_stage", OURS), values=STAGES)
SAID = (
    Row("1500:13", CONTAINS, "CODE", dcm("111017"), values=6047),
    Row("1500:13", CONTAINS, "CODE", dcm("111064"), values=6042),
    Row("1500:14", CONTAINS, "TEXT", dcm("121106"), 1, 2),
    Row("1500:14", CONTAINS, "TEXT", NOT_READ, 0, MANY),
)
SIGNED = (
    *SAID,
    Row("1500:13", CONTAINS, "CODE", dcm("111005"), 1, 2, values=BIRADS, below=(STAGE,)),
    Row("1500:14", CONTAINS, "TEXT", dcm("121073"), 0, 2, below=(STAGE,)),
)


def root(observers: tuple[Row, ...], said: tuple[Row, ...]) -> Row:
    """TID 1500."""
    return Row(
        "1500:1",
        "",
        "CONTAINER",
        dcm("126000"),
        template="1500",
        below=(
            LANGUAGE,
            *observers,
            Row("1500:4", MOD, "CODE", dcm("121058"), values=of("SCT", "47079000")),
            LIBRARY,
            Row("1500:6", CONTAINS, "CONTAINER", dcm("126010"), below=GROUPS),
            Row("1500:12", CONTAINS, "CONTAINER", ("C0034375", "UMLS"), below=said),
        ),
    )


MACHINE_REPORT = root(DEVICE, SAID)
SIGNED_REPORT = root(PERSON_AND_DEVICE, SIGNED)
