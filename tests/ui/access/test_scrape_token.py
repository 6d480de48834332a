from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.ui.access.scrape_token import SHORTEST, ScrapeToken, scrape_token

TOKEN = "a" * SHORTEST


def test_the_token_is_that_of_the_file_without_the_line_s_end(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    assert scrape_token({"token_file": str(file)}) == ScrapeToken(TOKEN)
    assert scrape_token(None) is None


@pytest.mark.parametrize(
    "given", [{}, {"token": TOKEN}, {"token_file": 3}, {"token_file": "x", "y": 1}]
)
def test_other_settings_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="token_file"):
        scrape_token(given)


def test_a_file_that_is_not_there_is_said_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read from .*FileNotFoundError.*Make"):
        scrape_token({"token_file": str(tmp_path / "none")})


@pytest.mark.parametrize("token", ["", "a" * (SHORTEST - 1), "a b" * SHORTEST, "ä" * SHORTEST])
def test_a_token_that_is_guessed_or_cannot_be_sent_is_refused_unquoted(token: str) -> None:
    with pytest.raises(SettingsError, match=rf"has {len(token)} characters") as refused:
        ScrapeToken(token)
    assert not token or token not in str(refused.value)


def test_the_token_is_in_no_trace() -> None:
    assert TOKEN not in repr(ScrapeToken(TOKEN))
