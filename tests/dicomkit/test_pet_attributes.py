"""The stored attributes of a PET image hold its SUV factor, and its window and units follow from it."""

import json

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.pixels.automatic_window import automatic_window
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.units import value_units
from dicomkit.pixels.voi_lut import VOIFunction, VOIWindow
from dicomkit.synth import multiframe_dataset, ramp_dataset
from tests.dicomkit.test_suv import HALF, enhanced, pet


def with_pixels(header: Dataset, pixels: Dataset) -> Dataset:
    """Return a PET header together with a picture."""
    for element in header:
        pixels[element.tag] = element
    return pixels


def test_a_pet_has_its_factor_or_the_reason() -> None:
    known = display_attributes(with_pixels(pet(), ramp_dataset()))["shared"]
    unknown = display_attributes(with_pixels(pet(PatientWeight=None), ramp_dataset()))["shared"]

    assert known["suv_factor"] == pytest.approx(HALF, rel=1e-12)
    assert known["suv_problem"] == ""
    assert unknown["suv_factor"] is None
    assert unknown["suv_problem"] == "The patient's weight is missing."


@pytest.mark.parametrize(
    "changes",
    [{"Modality": "CT"}, {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "Units": None}],
    ids=["a CT", "a screenshot in a PET series"],
)
def test_other_images_do_not_speak_of_suv(changes: dict[str, str | None]) -> None:
    shown = display_attributes(with_pixels(pet(**changes), ramp_dataset()))["shared"]

    assert not {"suv_factor", "suv_problem"} & shown.keys()


def test_frames_with_other_factors_store_them() -> None:
    dataset = with_pixels(enhanced(2.0, 4.0, 2.0), multiframe_dataset(frames=3))

    attributes = json.loads(json.dumps(display_attributes(dataset)))

    factors = [frame_attributes(attributes, index)["suv_factor"] for index in range(3)]
    assert factors == pytest.approx([HALF, HALF / 2, HALF], rel=1e-12)
    assert ["suv_factor" in frame for frame in attributes["frames"]] == [False, True, False]


@pytest.mark.parametrize(
    ("units", "suv_type", "expected"),
    [
        ("BQML", None, "Bq/ml"),
        ("CNTS", None, "counts"),
        ("GML", None, "SUV"),
        ("GML", "BW", "SUV"),
        ("GML", "LBM", "SUV lbm"),
        ("GML", "LBMJANMA", "SUV lbm"),
        ("GML", "IBW", "SUV ibw"),
        ("CM2ML", "BSA", "SUV bsa"),
        ("PROPCNTS", None, ""),
    ],
)
def test_units_of_a_pet(units: str, suv_type: str | None, expected: str) -> None:
    assert value_units(pet(Units=units, SUVType=suv_type)) == expected


def test_a_known_uptake_is_shown_from_nothing_to_ten() -> None:
    frame = PackedFrame(np.arange(64, dtype=np.uint16).reshape(8, 8), None, 1.0, 0.0)

    window = automatic_window(frame, modality="PT", suv_factor=0.0005)

    assert window == VOIWindow(10_000.0, 20_000.0, VOIFunction.LINEAR_EXACT)


def test_an_unknown_uptake_is_shown_by_its_values() -> None:
    frame = PackedFrame(np.arange(64, dtype=np.uint16).reshape(8, 8), None, 1.0, 0.0)

    window = automatic_window(frame, modality="PT", suv_factor=None)

    assert (window.center, window.width) == (32.0, 64.0)
