import re
from collections.abc import Iterator, Mapping
from types import ModuleType

from pydicom.sr._concepts_dict import concepts
from pydicom.sr.coding import Code

from senoscope.domain.lexicon import WORDS as LEXICON
from senoscope.domain.lexicon import (
    CalcificationDistribution,
    CalcificationMorphology,
    EchoPattern,
    MammographicMargin,
    Margin,
    MassDensity,
    Orientation,
    PosteriorFeatures,
    Shape,
)
from senoscope.domain.reading import Suspicion, Unsuitable
from senoscope.studies.results import cad_codes, codes
from senoscope.studies.results.identity import CODING_SCHEME
from senoscope.studies.sign_off import Assessment, Verdict
from tests.studies.results.measurement_templates import BIRADS
from tests.studies.results.template_rows import group

WORDS = (
    (codes.SHAPES, Shape, 6005),
    (codes.ORIENTATIONS, Orientation, 6152),
    (codes.MARGIN_WORDS, Margin, 6007),
    (codes.ECHO_PATTERNS, EchoPattern, 6154),
    (codes.POSTERIOR_WORDS, PosteriorFeatures, 6155),
    (codes.MAMMOGRAPHIC_MARGINS, MammographicMargin, 6007),
    (codes.MASS_DENSITIES, MassDensity, 6009),
    (codes.CALCIFICATION_TYPES, CalcificationMorphology, 6011),
    (codes.CALCIFICATION_DISTRIBUTIONS, CalcificationDistribution, 6013),
)
CAD_VALUES = (
    (cad_codes.SIDES, 6022),
    (cad_codes.VIEWS, 4014),
    (cad_codes.MODIFIERS, 4015),
    (cad_codes.FINDINGS, 6014),
    (cad_codes.COMPOSITES, 6016),
    (cad_codes.COMPOSITIONS, 6000),
    (cad_codes.ANALYSES, 6043),
    (cad_codes.INTENTS, 6034),
)
NOT_IN_PYDICOM = {
    *((value, scheme) for value, scheme in BIRADS if scheme == "BI"),
    ("C0034375", "UMLS"),
    ("{frames}", "UCUM"),
    ("{pixels}", "UCUM"),
    ("{0:n}", "UCUM"),
    ("{1:n}", "UCUM"),
    ("en", "RFC5646"),
}
# pydicom has SNOMED's own names of these, PS3.16 the names of CID 6027 and of TID 4011.
NAMED_OTHERWISE = {pair for pair in BIRADS if pair[1] == "SCT"} | {("107644003", "SCT")}


def all_codes(module: ModuleType) -> Iterator[Code]:
    for value in vars(module).values():
        if isinstance(value, Code):
            yield value
        elif isinstance(value, Mapping):
            yield from (each for each in value.values() if isinstance(each, Code))


def standard_codes() -> set[Code]:
    found = {*all_codes(codes), *all_codes(cad_codes)}
    return {each for each in found if each.scheme_designator != CODING_SCHEME}


def meanings(code: Code) -> set[str]:
    """What pydicom's copy of PS3.16 calls it, in small letters."""
    return {
        re.sub(r" \(.*value\)$", "", entry[code.value][0].replace("\u200b", "").lower())
        for entry in concepts.get(code.scheme_designator, {}).values()
        if code.value in entry
    }


def pair(code: Code) -> tuple[str, str]:
    return code.value, code.scheme_designator


def test_every_standard_code_is_in_the_standard_under_its_meaning() -> None:
    assert len(standard_codes()) > 100
    wrong = [
        each
        for each in standard_codes()
        if pair(each) not in NOT_IN_PYDICOM | NAMED_OTHERWISE
        and each.meaning.lower() not in meanings(each)
    ]
    assert wrong == []


def test_the_exceptions_are_those_that_pydicom_lacks() -> None:
    lacking = {pair(each) for each in standard_codes() if not meanings(each)}
    assert lacking == NOT_IN_PYDICOM


def test_every_word_of_the_lexicon_has_a_code_of_its_context_group() -> None:
    for known, words, cid in WORDS:
        assert set(known) == set(words)
        outside = [word for word, code in known.items() if pair(code) not in group(cid)]
        assert outside == ([EchoPattern.HETEROGENEOUS] if cid == 6154 else [])


def test_every_kind_of_word_has_its_codes_and_no_two_share_one() -> None:
    assert {name: set(known) for name, (_, known) in codes.WORDS.items()} == {
        name: set(words) for name, words in LEXICON.items()
    }
    for _, known in codes.WORDS.values():
        assert len(set(known.values())) == len(known)


def test_every_value_of_cad_is_of_its_context_group() -> None:
    for known, cid in CAD_VALUES:
        assert [each for each in known.values() if pair(each) not in group(cid)] == []
        assert len({pair(each) for each in known.values()}) == len(known)


def test_every_category_verdict_suspicion_and_reason_has_a_code_of_its_own() -> None:
    assert {pair(codes.ASSESSMENTS[each]) for each in Assessment} == BIRADS
    assert {codes.ASSESSMENTS[each].meaning.split()[0] for each in Assessment} == {
        each.value for each in Assessment
    }
    assert len({codes.SUSPICIONS[each] for each in Suspicion}) == len(Suspicion)
    private = [codes.reason_code(each) for each in Unsuitable]
    private += [codes.verdict_code(each) for each in Verdict]
    assert len({each.value for each in private}) == len(Unsuitable) + len(Verdict)


def test_private_codes_fit_into_a_code_value() -> None:
    private = [codes.reason_code(each) for each in Unsuitable]
    private += [codes.verdict_code(each) for each in Verdict]
    private += [each for each in all_codes(codes) if each.scheme_designator == CODING_SCHEME]
    assert [each.value for each in private if len(each.value) > 16] == []
    assert [each.meaning for each in private if not 0 < len(each.meaning) <= 64] == []
