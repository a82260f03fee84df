"""The synthetic PET/CT has the uptake that it says, where it says, in attributes that scanners write."""

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.suv import SUVFactor, body_weight_suv
from dicomkit.synth import StudyAttributes, pet_ct_study
from dicomkit.synth.pet_ct import LESIONS, suv_factor


@pytest.fixture(scope="module")
def made() -> list[Dataset]:
    return list(pet_ct_study(StudyAttributes(study_time="103000")))


def test_both_series_lie_in_one_frame_of_reference_with_grids_of_their_own(made: list[Dataset]) -> None:
    assert [sum(one.Modality == modality for one in made) for modality in ("CT", "PT")] == [60, 75]
    assert len({one.FrameOfReferenceUID for one in made}) == 1
    assert {(one.Modality, one.Rows, str(one.SliceThickness)) for one in made} == {
        ("CT", 256, "5"),
        ("PT", 128, "4"),
    }
    assert len({one.SOPInstanceUID for one in made}) == len(made)


def test_the_suv_is_computable_and_the_same_for_all_slices(made: list[Dataset]) -> None:
    factors = [body_weight_suv(one) for one in made if one.Modality == "PT"]

    # 68 kg; 310 MBq, of which 0.6846 are left after an hour of F-18.
    expected = 68_000 / (3.1e8 * 0.5 ** (3600 / 6586.2))
    assert {round(one.value / expected, 9) for one in factors if isinstance(one, SUVFactor)} == {1.0}
    assert len(factors) == 75
    assert suv_factor() == pytest.approx(expected, rel=1e-12)
    assert len({str(one.RescaleSlope) for one in made if one.Modality == "PT"}) > 50


@pytest.mark.parametrize("lesion", LESIONS)
def test_the_middle_of_a_lesion_has_its_uptake_exactly(made: list[Dataset], lesion: object) -> None:
    x, y, z = lesion.centre  # type: ignore[attr-defined]
    pet = min(
        (one for one in made if one.Modality == "PT"), key=lambda one: abs(one.ImagePositionPatient[2] - z)
    )
    left, top, _ = (float(part) for part in pet.ImagePositionPatient)

    stored = pet.pixel_array[round((y - top) / 5.3), round((x - left) / 5.3)]

    assert stored * float(pet.RescaleSlope) * suv_factor() == pytest.approx(lesion.suv, abs=5e-4)  # type: ignore[attr-defined]


def test_it_looks_like_a_chest(made: list[Dataset]) -> None:
    middle = made[20].pixel_array - 1024

    assert (middle < -700).mean() > 0.3
    assert (np.abs(middle) < 150).mean() > 0.1
    attributes = frame_attributes(display_attributes(made[70]), 0)
    assert (attributes["value_units"], attributes["suv_problem"]) == ("Bq/ml", "")
