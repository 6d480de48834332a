from __future__ import annotations

import re
import string
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from senoscope.domain import errors
from senoscope.domain.lexicon import WORDS
from senoscope.ui.pages.one_element import html_of
from senoscope.ui.words.catalogue import LANGUAGES, texts

PAGES = files("senoscope.ui.pages")
SCRIPTS = {
    item.name: item.read_text(encoding="utf-8")
    for item in PAGES.iterdir()
    if item.name.endswith(".js")
}
TEMPLATES = {
    name: html_of(name)
    for name in ("live", "review", "calibration", "studies", "case", "risk", "proof", "rooms")
}
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.SenoscopeError)
}
KEYCAPS = {
    *"ABDEFGIKLMOPRSTWZ012349,.?[]←→↑↓",
    *("Shift", "Space", "Home", "End", "PgUp", "PgDn", "Esc", "Enter"),
}
"""What is printed on the keys themselves, the same in both languages."""
COMPUTED = (
    "ai_is_",
    "feature_",
    "verdict_",
    "unsuitable_",
    "dropped_",
    "origin_",
    "refused_",
    "step_",
    "state_",
    "quality_",
    "decision_",
    "decided_",
    "assessment_",
    "result_",
    "sending_",
    "word_",
    "role_",
    "kind_",
    "side_",
    "flag_",
    "modifier_",
    "caution_",
    "drag_",
    "depth_",
    "slab_",
    "mri_kind_",
    "mri_map_",
    "mri_area_",
    "mri_outlines_",
    "mri_network_",
    "mri_plane_",
    "mri_type_",
    "mri_measure_",
    "mri_row_",
    "mri_head_",
    "mri_setting_",
    "mri_pre_contrast_of",
    "mri_takes_part_of",
    "risk_caution_",
    "risk_choice_",
    "risk_crowd_",
    "risk_field_",
    "risk_group_",
    "risk_note_",
    "risk_refused_",
    "risk_said_",
    "risk_span_",
    "risk_term_",
    "risk_unit_",
    "risk_who_",
    "risk_her",
    "risk_average",
    "proof_called_",
    "proof_count_",
    "proof_head_",
    "proof_kind_",
    "proof_left_",
    "proof_line_",
    "proof_not_watched_",
    "proof_outcome_",
    "proof_said_",
    "proof_way_",
    "proof_what_",
    "proof_wrong_",
    "case_breast_",
    "case_change_",
    "case_dispute_",
    "case_kind_",
    "case_modality_",
    "case_quadrant_",
    "case_third_",
    "rooms_count_",
    "rooms_row_",
    "rooms_state_",
)
"""How the keys begin that a script puts together."""
SIGNS = {"+", "−", "‹", "›", "▾", "-", "↔", "▤", "▷", "⏏", "%", "∑", "⌂", "mm", "cm"}
"""As drawn on the picture, and units."""


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.keys: set[str] = set()
        self.spoken: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.keys |= {
            v for k in ("data-text", "data-label", "data-title") if (v := named.get(k)) is not None
        }
        self.spoken |= {k for k in ("title", "aria-label", "placeholder") if k in named}

    def handle_data(self, data: str) -> None:
        if data.strip(string.whitespace + "/"):
            self.said.add(data.strip())


@pytest.fixture(scope="module")
def template() -> Words:
    """Of all pages."""
    words = Words()
    for page in TEMPLATES.values():
        words.feed(page)
    return words


def keys_in_scripts() -> set[str]:
    source = re.sub(r"(===|\?\?) '\w+'", "", "\n".join(SCRIPTS.values()))
    called = re.findall(r"\bt\(([^()]*(?:\([^()]*\))?[^()]*)\)", source)
    return {key for call in called for key in re.findall(r"'(\w+)'", call)}


def test_both_languages_have_every_key_and_the_same_blanks() -> None:
    english, chinese = texts("en"), texts("zh")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert text.strip() and chinese[key].strip(), key
        assert blanks(text) == blanks(chinese[key]), key


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_chinese_texts_are_chinese() -> None:
    same_in_both = {
        "said_lesion",
        "brand",
        "other_language",
        "axes",
        "server_reads",
        "rooms_count",
        "found_ai",
        "megabytes",
        "risk_unit_bmi",
        "risk_unit_percent",
        "origin_openigtlink",
        "caliper",
        "frame_of",
    }
    for key, text in texts("zh").items():
        assert key in same_in_both or re.search("[\u4e00-\u9fff]", text), key


def test_the_template_holds_no_words_of_its_own(template: Words) -> None:
    assert template.said <= KEYCAPS | SIGNS
    assert template.spoken == set()


def test_the_scripts_hold_no_words_of_their_own() -> None:
    for name, source in SCRIPTS.items():
        code = re.sub(r"//.*|/\*.*?\*/", "", source)
        for literal in re.findall(r"'([^'\n]*)'", code):
            assert not re.search(r"[A-Za-z]{2,} [a-z]{2,}|[\u4e00-\u9fff]", literal), (
                name,
                literal,
            )


def test_every_key_the_page_uses_is_in_the_catalogue(template: Words) -> None:
    assert template.keys <= texts("en").keys()
    assert keys_in_scripts() <= texts("en").keys()


def test_every_text_is_used_somewhere(template: Words) -> None:
    login = files("senoscope.ui.access").joinpath("login.py").read_text(encoding="utf-8")
    overlay = files("senoscope.ui.frames").joinpath("overlay.py").read_text(encoding="utf-8")
    everything = "\n".join([*SCRIPTS.values(), login, overlay])
    for key in texts("en").keys() - template.keys:
        computed = key.startswith(COMPUTED) or key in {"low", "uncertain", "high"} | ERRORS
        assert computed or re.search(rf"\b{key}\b", everything), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_error_has_its_lead(language: str) -> None:
    assert len(ERRORS) > 10
    assert texts(language).keys() >= ERRORS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_lexicon_has_its_texts(language: str) -> None:
    for term in WORDS.values():
        for word in term:
            text = texts(language)[f"word_{word.value.replace(' ', '_')}"]
            assert language == "zh" or text == word.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_a_verdict(language: str) -> None:
    for key, text in texts(language).items():
        # A category of BI-RADS has its name; the clinician chooses it, and none is suggested.
        if not key.startswith("assessment_"):
            assert not re.search("benign|malignan|良性|恶性", text, re.IGNORECASE)
        # Risk is of a disease, and an outcome is one: there it has its name, as in English.
        if not key.startswith(("assessment_", "risk_", "proof_")):
            assert "癌" not in text


@pytest.mark.parametrize("page", TEMPLATES)
def test_the_two_warnings_are_on_each_page_once(page: str) -> None:
    for key in ("mark_warning", "device_warning"):
        assert TEMPLATES[page].count(f'data-text="{key}"') == 1


def test_the_two_warnings_say_what_they_must() -> None:
    assert texts("en")["mark_warning"] == "No mark does not mean no lesion."
    assert texts("en")["device_warning"] == "Not a medical device. Suggestion, not a diagnosis."
