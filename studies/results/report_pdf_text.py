"""Text for a PDF without font files: which font has which letter, and how paragraphs are marked.

Latin letters are Helvetica's, Chinese and Japanese ones STSong-Light's, Korean ones
HYSMyeongJo-Medium's: every PDF viewer brings these or draws its own in their place. Other letters
stand without their accents, or as SIGN.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.platypus import Paragraph

from senoscope.studies.results.report_words import FIRST_EAST_ASIAN

LATIN, BOLD, CHINESE, KOREAN = (
    "Helvetica",
    "Helvetica-Bold",
    "STSong-Light",
    "HYSMyeongJo-Medium",
)
SIGN = "□"
INK, SOFT, LINE, SHADE, ACCENT = (
    HexColor(each) for each in ("#1b2730", "#5a6873", "#d6dde2", "#f4f6f8", "#0b5a6b")
)
WARN, WARN_PAPER = HexColor("#8a5200"), HexColor("#fff5dc")
GOOD, GOOD_PAPER = HexColor("#1f6a41"), HexColor("#eaf6ee")
BAD = HexColor("#a3261b")
_CODECS = ((LATIN, "cp1252"), (CHINESE, "gbk"), (KOREAN, "euc_kr"))


def text_runs(text: str, font: str = LATIN) -> list[tuple[str, str]]:
    """(font, run) in order; together they are the text, as far as the fonts have its letters.

    `font` is LATIN or BOLD, of the letters that it has.
    """
    _register()
    letters = [pair for letter in text for pair in _drawn(letter)]
    runs = groupby(letters, key=lambda pair: pair[0])
    return [
        (font if name == LATIN else name, "".join(each for _, each in pairs))
        for name, pairs in runs
    ]


def has_all_letters(text: str) -> bool:
    """Whether a PDF shows the text as it is."""
    return "".join(run for _, run in text_runs(text)) == text


def markup(text: str, font: str = LATIN) -> str:
    """For `Paragraph`: nothing in the text is markup, a line's end is one."""
    lines = (
        "".join(f'<font name="{name}">{escape(run)}</font>' for name, run in text_runs(line, font))
        for line in text.split("\n")
    )
    return "<br/>".join(lines)


def paragraph(
    text: str,
    size: float = 9,
    *,
    bold: bool = False,
    colour: Color = INK,
    right: bool = False,
    after: float = 0,
) -> Paragraph:
    """Broken between Chinese letters where there are some, else between words."""
    is_east_asian = any(letter >= FIRST_EAST_ASIAN for letter in text)
    style = ParagraphStyle(
        "text",
        fontName=BOLD if bold else LATIN,
        fontSize=size,
        leading=size * 1.35,
        textColor=colour,
        alignment=2 if right else 0,
        spaceAfter=after,
        wordWrap="CJK" if is_east_asian else None,
        splitLongWords=1,
    )
    return Paragraph(markup(text, BOLD if bold else LATIN), style)


def width_of(text: str, size: float) -> float:
    """In points, on one line."""
    return float(sum(stringWidth(run, name, size) for name, run in text_runs(text)))


@lru_cache(maxsize=1)
def _register() -> None:
    for name in (CHINESE, KOREAN):
        registerFont(UnicodeCIDFont(name))


@lru_cache(maxsize=4096)
def _drawn(letter: str) -> tuple[tuple[str, str], ...]:
    """(font, letter) pairs that stand for the letter."""
    font = _font_of(letter)
    if font is not None:
        return ((font, letter),)
    plain = [each for each in unicodedata.normalize("NFKD", letter) if _font_of(each) == LATIN]
    if plain:
        return tuple((LATIN, each) for each in plain)
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return ()
    return ((CHINESE, SIGN),)


def _font_of(letter: str) -> str | None:
    for font, codec in _CODECS:
        try:
            letter.encode(codec)
        except UnicodeEncodeError:
            continue
        return font
    return None
