import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.programmed.radiomics.discretise import FixedCount, FixedWidth
from senoscope.models.programmed.radiomics.features import radiomic_features
from tests.models.programmed.radiomics.phantom import LEVELS, MASK, SPACING_MM

# Consensus values of the digital phantom, to three digits: Zwanenburg et al., IBSI reference
# manual (arXiv:1612.07003); texture is "3D", co-occurrence and run lengths "3D, averaged".
IBSI = {
    "firstorder": "Mean 2.15 Variance 3.05 Skewness 1.08 Median 1 Minimum 1 10Percentile 1 "
    "90Percentile 4 Maximum 6 InterquartileRange 3 Range 5 MeanAbsoluteDeviation 1.55 "
    "RobustMeanAbsoluteDeviation 1.11 Energy 567 RootMeanSquared 2.77 Entropy 1.27 "
    "Uniformity 0.512",
    "shape": "MeshVolume 556 VoxelVolume 592 SurfaceArea 388 SurfaceVolumeRatio 0.698 "
    "Sphericity 0.843 Maximum3DDiameter 13.1 Elongation 0.816 Flatness 0.749",
    "glcm": "MaximumProbability 0.503 JointAverage 2.14 SumSquares 3.1 JointEntropy 2.4 "
    "DifferenceAverage 1.43 DifferenceVariance 3.06 DifferenceEntropy 1.56 SumAverage 4.29 "
    "ClusterTendency 7.07 SumEntropy 1.92 JointEnergy 0.303 Contrast 5.32 Id 0.677 Idn 0.851 "
    "Idm 0.618 Idmn 0.898 InverseVariance 0.0604 Correlation 0.157 Autocorrelation 5.06 "
    "ClusterShade 16.6 ClusterProminence 145 Imc1 -0.157 Imc2 0.52",
    "glrlm": "ShortRunEmphasis 0.705 LongRunEmphasis 3.06 LowGrayLevelRunEmphasis 0.603 "
    "HighGrayLevelRunEmphasis 9.7 ShortRunLowGrayLevelEmphasis 0.352 "
    "ShortRunHighGrayLevelEmphasis 8.54 LongRunLowGrayLevelEmphasis 2.39 "
    "LongRunHighGrayLevelEmphasis 17.6 GrayLevelNonUniformity 21.8 "
    "GrayLevelNonUniformityNormalized 0.43 RunLengthNonUniformity 26.9 "
    "RunLengthNonUniformityNormalized 0.513 RunPercentage 0.68 GrayLevelVariance 3.46 "
    "RunVariance 0.574 RunEntropy 2.43",
    "glszm": "SmallAreaEmphasis 0.255 LargeAreaEmphasis 550 LowGrayLevelZoneEmphasis 0.253 "
    "HighGrayLevelZoneEmphasis 15.6 SmallAreaLowGrayLevelEmphasis 0.0256 "
    "SmallAreaHighGrayLevelEmphasis 2.76 LargeAreaLowGrayLevelEmphasis 503 "
    "LargeAreaHighGrayLevelEmphasis 1490 GrayLevelNonUniformity 1.4 "
    "GrayLevelNonUniformityNormalized 0.28 SizeZoneNonUniformity 1 "
    "SizeZoneNonUniformityNormalized 0.2 ZonePercentage 0.0676 GrayLevelVariance 2.64 "
    "ZoneVariance 331 ZoneEntropy 2.32",
    "gldm": "SmallDependenceEmphasis 0.045 LargeDependenceEmphasis 109 LowGrayLevelEmphasis 0.693 "
    "HighGrayLevelEmphasis 7.66 SmallDependenceLowGrayLevelEmphasis 0.00963 "
    "SmallDependenceHighGrayLevelEmphasis 0.736 LargeDependenceLowGrayLevelEmphasis 102 "
    "LargeDependenceHighGrayLevelEmphasis 235 GrayLevelNonUniformity 37.9 "
    "DependenceNonUniformity 4.86 DependenceNonUniformityNormalized 0.0657 "
    "GrayLevelVariance 3.05 DependenceEntropy 4.4",
    "ngtdm": "Coarseness 0.0296 Contrast 0.584 Busyness 6.54 Complexity 13.5 Strength 0.763",
}


def speckle(shape=(40, 50), seed=11):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def disc(shape=(40, 50)):
    rows, columns = np.indices(shape)
    return (rows - 18) ** 2 / 14**2 + (columns - 24) ** 2 / 20**2 <= 1


@pytest.fixture(scope="module")
def of_phantom():
    return radiomic_features(LEVELS, MASK, SPACING_MM, FixedWidth(1))


@pytest.mark.parametrize("family", IBSI)
def test_the_digital_phantom_has_the_consensus_values_of_ibsi(of_phantom, family):
    words = IBSI[family].split()
    for name, published in zip(words[::2], words[1::2], strict=True):
        # All are printed to three digits: 1.4 stands for 1.40.
        assert float(f"{of_phantom[f'{family}_{name}']:.3g}") == float(published), name


def test_where_the_phantom_differs_from_ibsi_it_does_so_as_documented(of_phantom):
    assert of_phantom["firstorder_Kurtosis"] - 3 == pytest.approx(-0.355, abs=5e-4)
    for name, published in (("Major", 11.4), ("Minor", 9.31), ("Least", 8.54)):
        found = of_phantom[f"shape_{name}AxisLength"] * np.sqrt(74 / 73)
        assert found == pytest.approx(published, rel=5e-3)


def test_a_volume_has_107_features_and_an_image_102(of_phantom):
    flat = radiomic_features(speckle(), disc(), (0.1, 0.1))
    assert (len(of_phantom), len(flat)) == (107, 102)
    assert {name for name in of_phantom if "shape" not in name} == {
        name for name in flat if "shape" not in name
    }
    assert all(type(value) is float and np.isfinite(value) for value in flat.values())


def test_a_quarter_turn_changes_no_feature_of_an_image():
    before = radiomic_features(speckle(), disc(), (0.1, 0.1), FixedCount(32))
    after = radiomic_features(np.rot90(speckle()), np.rot90(disc()), (0.1, 0.1), FixedCount(32))
    assert after == pytest.approx(before)


def test_what_lies_outside_the_mask_changes_no_feature():
    image, mask = speckle(), disc()
    before = radiomic_features(image, mask, (0.1, 0.1))
    wider = np.pad(np.where(mask, image, 255 - image), 7, constant_values=90)
    assert radiomic_features(wider, np.pad(mask, 7), (0.1, 0.1)) == pytest.approx(before)


def test_a_volume_of_one_slice_has_the_texture_of_the_image():
    image = radiomic_features(speckle(), disc(), (0.1, 0.1))
    volume = radiomic_features(speckle()[None], disc()[None], (1, 0.1, 0.1))
    for name, value in image.items():
        if name.startswith(("gl", "ngtdm")):
            assert volume[name] == pytest.approx(value), name


def test_in_plane_texture_takes_no_pair_from_slice_to_slice():
    volume = np.stack([np.full((3, 3), level) for level in (0, 100, 200)])
    everywhere = np.ones((3, 3, 3), bool)
    spacing = (1, 1, 1)
    assert radiomic_features(volume, everywhere, spacing, in_plane=True)["glcm_Contrast"] == 0
    assert radiomic_features(volume, everywhere, spacing)["glcm_Contrast"] > 0


def test_a_lesion_of_three_pixels_can_be_measured():
    found = radiomic_features(np.array([[10, 60, 110]]), np.ones((1, 3), bool), (0.1, 0.1))
    assert found["glcm_Contrast"] == 4
    assert found["shape2D_MajorAxisLength"] == pytest.approx(0.4 * np.sqrt(2 / 3))
    assert all(np.isfinite(value) for value in found.values())


@pytest.mark.parametrize("held", [[], [(0, 0)], [(0, 0), (0, 1)], [(0, 0), (0, 2), (5, 5), (7, 7)]])
def test_a_mask_of_too_few_pixels_or_of_none_that_adjoin_is_refused(held):
    mask = np.zeros((40, 50), bool)
    for pixel in held:
        mask[pixel] = True
    with pytest.raises(ImageError, match=f"holds {len(held)} pixels"):
        radiomic_features(speckle(), mask, (0.1, 0.1))


def test_an_image_and_a_mask_that_do_not_fit_are_refused():
    with pytest.raises(ImageError, match=r"\(40, 50\) and the mask \(40, 49\)"):
        radiomic_features(speckle(), disc()[:, 1:], (0.1, 0.1))
    with pytest.raises(ImageError, match="of uint8"):
        radiomic_features(speckle(), disc().astype(np.uint8), (0.1, 0.1))
    with pytest.raises(ImageError, match="rows, columns"):
        radiomic_features(speckle()[0], disc()[0], (0.1,))


def test_intensities_that_are_not_finite_are_refused_within_the_mask_only():
    image = speckle().astype(np.float64)
    image[0, 0] = np.nan
    assert not disc()[0, 0]
    radiomic_features(image, disc(), (0.1, 0.1))
    image[18, 24] = np.inf
    with pytest.raises(ImageError, match="not finite"):
        radiomic_features(image, disc(), (0.1, 0.1))


@pytest.mark.parametrize(
    "spacing", [(0.1,), (0.1, 0.1, 1), (0.1, 0), (0.1, -1), (0.1, float("nan"))]
)
def test_a_spacing_that_does_not_fit_is_refused(spacing):
    with pytest.raises(SettingsError, match="give 2 positive numbers of mm"):
        radiomic_features(speckle(), disc(), spacing)
