from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import StorageError
from senoscope.domain.lexicon import Shape, Term
from senoscope.studies.mri import kept_analysis
from senoscope.studies.mri.kept_analysis import analysis_bytes, analysis_of, kept_analysis_of
from tests.studies.mri.analyses import small_analysis, without_motion


def test_an_analysis_comes_back_as_it_was() -> None:
    made = small_analysis()
    (lesion,) = made.lesions
    words = {"shape": Term(Shape.OVAL, 0.8), "margin": Term(None, 0.0, "too small")}
    made = replace(made, lesions=(replace(lesion, words=words),))
    back = analysis_of(analysis_bytes(made))
    np.testing.assert_array_equal(back.tissue, made.tissue)
    assert back.motion is not None and made.motion is not None
    assert back.motion.step == made.motion.step
    np.testing.assert_array_equal(back.motion.displacement, made.motion.displacement)
    np.testing.assert_array_equal(back.bias, made.bias)
    plain = replace(made, tissue=back.tissue, motion=None, bias=None, lesions=())
    assert vars(replace(back, motion=None, bias=None, lesions=())) == vars(plain)
    np.testing.assert_array_equal(back.lesions[0].mask, lesion.mask)
    for name, value in vars(made.lesions[0]).items():
        if name != "mask":
            assert getattr(back.lesions[0], name) == value, name


def test_what_was_not_made_is_not_there() -> None:
    back = analysis_of(analysis_bytes(without_motion()))
    assert back.motion is None
    assert back.bias is None


def test_slices_phases_and_pictures_are_kept_with_it() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    slices = (("1.2", 1), ("1.3", 4))
    content = analysis_bytes(small_analysis(), slices, {"times": [0]}, {1: picture})
    kept = kept_analysis_of(content)
    assert kept.slices == slices
    assert kept.phases == {"times": [0]}
    np.testing.assert_array_equal(kept.pictures[1], picture)


def test_what_was_kept_before_there_were_networks_is_read() -> None:
    content = _said(analysis_bytes(small_analysis()), networks=None)
    assert kept_analysis_of(content).networks == ()
    lost = _said(content, networks=[{"name": "one whose mask is lost"}])
    with pytest.raises(StorageError, match="damaged"):
        kept_analysis_of(lost)


def test_what_is_damaged_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = analysis_bytes(small_analysis())
    for damaged in (b"", b"no zip", content[: len(content) // 2], _without(content, "tissue.npy")):
        with pytest.raises(StorageError, match="breast MRI is damaged"):
            kept_analysis_of(damaged)
    with pytest.raises(StorageError, match="layout 99"):
        kept_analysis_of(_said(content, version=99))
    with pytest.raises(StorageError, match="damaged"):
        kept_analysis_of(_said(content, lesions=[{"number": 1}]))
    monkeypatch.setattr(kept_analysis, "MOST_BYTES", 1000)
    with pytest.raises(StorageError, match="bytes unpacked"):
        kept_analysis_of(content)


def test_a_pickle_is_not_unpickled() -> None:
    packed = io.BytesIO()
    np.savez(packed, said=np.array([{"version": 1}], dtype=object))
    with pytest.raises(StorageError, match="damaged"):
        kept_analysis_of(packed.getvalue())


def _without(content: bytes, name: str) -> bytes:
    members = _members(content)
    del members[name]
    return _packed(members)


def _said(content: bytes, **changed: object) -> bytes:
    """None takes an entry away."""
    members = _members(content)
    said = json.loads(np.load(io.BytesIO(members["said.npy"])).tobytes())
    left = {name: each for name, each in {**said, **changed}.items() if each is not None}
    text = np.frombuffer(json.dumps(left).encode(), np.uint8)
    written = io.BytesIO()
    np.save(written, text)
    return _packed({**members, "said.npy": written.getvalue()})


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {each: packed.read(each) for each in packed.namelist()}


def _packed(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return packed.getvalue()
