"""The words of reports."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest

from senoscope.domain import lexicon
from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import Suspicion, Unsuitable
from senoscope.domain.spacing import SpacingOrigin
from senoscope.studies.results import report_words
from senoscope.studies.results.report_words import said, shown, shown_name, shown_time
from senoscope.studies.sign_off import Assessment, Verdict


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("unsuitable", Unsuitable),
        ("suspicion", Suspicion),
        ("line", Suspicion),
        ("origin", SpacingOrigin),
        ("category", Assessment),
        ("verdict", Verdict),
    ],
)
def test_every_value_has_words(prefix: str, kind: type[StrEnum]) -> None:
    assert {f"{prefix}_{each.value}" for each in kind} <= report_words.KEYS


def test_every_word_of_the_lexicon_is_in_chinese() -> None:
    kinds = lexicon.WORDS.values()
    assert {each.value for kind in kinds for each in kind} == set(report_words.LEXICON)


def test_every_kind_of_word_is_named() -> None:
    # A mass's orientation is "lie": "orientation" is the angle of its long axis.
    assert {*lexicon.WORDS, "lie"} <= report_words.KEYS


def test_both_languages_say_the_same_facts() -> None:
    for key in report_words.KEYS:
        english, chinese = (said(language, key) for language in report_words.LANGUAGES)
        fields = [
            sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)
            for text in (english, chinese)
        ]
        assert fields[0] == fields[1], key
        assert not re.search(r"[<>&\"]", english + chinese), f"{key} is set without escaping"


def test_another_language_is_refused() -> None:
    with pytest.raises(SettingsError, match="en, zh-CN"):
        report_words.require_language("de")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Doe^Jane", "Doe, Jane"),
        ("Doe^Jane^Q^Dr.^PhD", "Doe, Jane Q, Dr., PhD"),
        ("Wang^XiaoDong=王^小东", "Wang, XiaoDong (王小东)"),
        ("=王^小东", "王小东"),
        ("홍^길동", "홍길동"),
        ("Иванов^Анна", "Иванов, Анна"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田太郎)"),
        ("Madonna", "Madonna"),
        ("  ^ ^", ""),
        ("", ""),
        ("^=^=^", ""),
    ],
)
def test_names_are_written_as_people_write_them(name: str, wanted: str) -> None:
    assert shown_name(name) == wanted


def test_what_cannot_be_written_is_taken_out() -> None:
    assert shown("a\x00b\x1bc\u2028d") == "a b c d"
    assert shown("one\ntwo\n\n \n\nthree") == "one\ntwo\n\nthree"
    assert shown("\ud800!") == "\ufffd!"
    assert shown("evil\u202egnp.exe\u2066") == "evilgnp.exe"
    assert shown("x" * 300, 200) == "x" * 200 + "…"
    assert shown("حسن 王 🫀 é") == "حسن 王 🫀 é"


def test_times_say_their_zone() -> None:
    assert shown_time(datetime(2026, 11, 28, 9, 5, tzinfo=UTC)) == "2026-11-28 09:05 UTC"
    east = timezone(timedelta(hours=8))
    assert shown_time(datetime(2026, 11, 28, 9, 5, tzinfo=east)) == "2026-11-28 09:05 +0800"
