import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.lexicon import Shape, Term


@pytest.mark.parametrize("agreement", [0.0, 1.0])
def test_an_agreement_is_a_share(agreement: float) -> None:
    assert Term(Shape.OVAL, agreement).agreement == agreement


@pytest.mark.parametrize("agreement", [-0.01, 1.01, float("nan")])
def test_an_agreement_that_is_no_share_is_refused(agreement: float) -> None:
    with pytest.raises(SettingsError, match="expected 0 to 1"):
        Term(Shape.OVAL, agreement)
