"""A core's peak is real work, by the library that runs the networks."""

from __future__ import annotations

import pytest

from senoscope.models.engines.openvino import has_bfloat16
from senoscope.models.engines.peak import beyond_avx2, kernels, peaks, processor


def test_a_core_does_more_with_whole_numbers() -> None:
    found = peaks()
    assert set(found) == {"int8", "fp32"} | ({"bf16"} if has_bfloat16() else set())
    # int8 is two to four times as fast; less shows that it did not run in int8 at all.
    assert found["int8"].per_s > 1.2 * found["fp32"].per_s > 1e9


def test_what_multiplies_is_named() -> None:
    whole, real, *_ = kernels()
    assert whole.lower().endswith(("i8", "u8"))
    assert real.endswith("f32")
    assert processor()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["jit_avx2_I8", "brgconv_avx2_f32"], False),
        (["jit_sse42_I8", "jit_sse42_f32"], False),
        (["brgconv_avx512_core_vnni_I8", "brgconv_avx512_core_f32"], True),
        (["brgconv_avx2_vnni_I8", "brgconv_avx2_f32"], True),
        (["brgconv_avx10_1_512_amx_I8", "brgconv_avx2_f32"], True),
    ],
)
def test_kernels_beyond_avx2_are_known_by_name(names: list[str], expected: bool) -> None:
    assert beyond_avx2(names) is expected
