"""The very pixels of tiles, against an independent computation from the standard's formulas.

References
----------
PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT), C.11.1 (Modality LUT)
"""

from typing import Any

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from accounts.models import Facility
from dicomkit.synth import multiframe_dataset, palette_dataset, rgb_dataset
from dicomkit.synth.known import ramp_values, rgb_values
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.conftest import address, fetched

pytestmark = pytest.mark.django_db

Values = NDArray[np.float64]


def rounded(grey: Values) -> NDArray[np.int64]:
    """Return greys between 0 and 255 as they are painted."""
    return np.clip(np.floor(grey + 0.5), 0, 255).astype(np.int64)


def linear(x: Values, center: float, width: float) -> NDArray[np.int64]:
    """C.11.2.1.2.1, with output from 0 to 255."""
    ramp = ((x - (center - 0.5)) / (width - 1) + 0.5) * 255
    below, above = x <= center - 0.5 - (width - 1) / 2, x > center - 0.5 + (width - 1) / 2
    return rounded(np.where(below, 0, np.where(above, 255, ramp)))


def linear_exact(x: Values, center: float, width: float) -> NDArray[np.int64]:
    """C.11.2.1.3.2."""
    ramp = ((x - center) / width + 0.5) * 255
    return rounded(np.where(x <= center - width / 2, 0, np.where(x > center + width / 2, 255, ramp)))


def sigmoid(x: Values, center: float, width: float) -> NDArray[np.int64]:
    """C.11.2.1.3.1."""
    return rounded(255 / (1 + np.exp(np.clip(-4 * (x - center) / width, -700, 700))))


FUNCTIONS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}
STORED = {
    "unsigned 12 bits": (12, False),
    "signed 16 bits": (16, True),
    "unsigned 8 bits": (8, False),
    "unsigned 16 bits": (16, False),
}


@pytest.fixture
def ct(north: Facility) -> tuple[str, Values]:
    """A stored image in Hounsfield units with two windows, by UID, and its modality values."""
    dataset = image(
        RescaleSlope="2",
        RescaleIntercept="-1024",
        WindowCenter=["40", "-600"],
        WindowWidth=["400", "1600"],
        WindowCenterWidthExplanation=["SOFT", "LUNG"],
    )
    store(dataset, facility=north)
    return str(dataset.SOPInstanceUID), ramp_values(16, 16, bits_stored=12, is_signed=False) * 2.0 - 1024


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("center", "width"), [(40, 400), (-600.5, 1500.25), (3000, 2), (0, 100000)])
def test_a_window_maps_values_by_its_formula(
    function: str, center: float, width: float, reader: Client, ct: tuple[str, Values]
) -> None:
    uid, values = ct

    shown = fetched(reader, address(uid, query=f"?wc={center}&ww={width}&fn={function}"))

    assert np.array_equal(shown, FUNCTIONS[function](values, center, width))


def test_a_window_of_one_is_a_threshold(reader: Client, ct: tuple[str, Values]) -> None:
    uid, values = ct

    shown = fetched(reader, address(uid, query="?wc=100&ww=1"))

    assert np.array_equal(shown, np.where(values > 99.5, 255, 0))


def test_without_a_function_a_window_is_linear_and_without_a_window_it_is_the_files_first(
    reader: Client, ct: tuple[str, Values]
) -> None:
    uid, values = ct

    assert np.array_equal(fetched(reader, address(uid, query="?wc=0&ww=300")), linear(values, 0, 300))
    assert np.array_equal(fetched(reader, address(uid)), linear(values, 40, 400))
    assert reader.get(address(uid))["X-Default-Window"] == "40.0 400.0 LINEAR"


@pytest.mark.parametrize(("index", "center", "width"), [(0, 40, 400), (1, -600, 1600)])
def test_each_window_of_the_file_may_be_asked_for(
    index: int, center: float, width: float, reader: Client, ct: tuple[str, Values]
) -> None:
    uid, values = ct

    assert np.array_equal(fetched(reader, address(uid, query=f"?voi={index}")), linear(values, center, width))


def test_inversion_turns_every_grey_round(reader: Client, ct: tuple[str, Values]) -> None:
    uid, values = ct

    shown = fetched(reader, address(uid, query="?wc=40&ww=400&invert=1"))

    assert np.array_equal(shown, 255 - linear(values, 40, 400))


@pytest.mark.parametrize(
    ("photometric", "shape", "is_inverse"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME1", None, True),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME2", "IDENTITY", False),
    ],
)
def test_the_files_own_polarity_is_kept_and_turned_round_by_request(
    photometric: str, shape: str | None, is_inverse: bool, reader: Client, north: Facility
) -> None:
    extra = {"PresentationLUTShape": shape} if shape else {}
    dataset = image(photometric_interpretation=photometric, **extra)
    store(dataset, facility=north)
    values = ramp_values(16, 16, bits_stored=12, is_signed=False).astype(float)
    grey = linear(values, 2048, 4096)

    plain, inverted = (
        fetched(reader, address(dataset.SOPInstanceUID, query=f"?wc=2048&ww=4096{more}"))
        for more in ("", "&invert=1")
    )

    assert np.array_equal(plain, 255 - grey if is_inverse else grey)
    assert np.array_equal(inverted, grey if is_inverse else 255 - grey)


@pytest.mark.parametrize(("bits", "is_signed"), STORED.values(), ids=STORED)
def test_a_16_bit_tile_gives_the_modality_values_back(
    bits: int, is_signed: bool, reader: Client, north: Facility
) -> None:
    dataset = image(bits_stored=bits, is_signed=is_signed, RescaleSlope="0.5", RescaleIntercept="-7.25")
    store(dataset, facility=north)
    uid = dataset.SOPInstanceUID

    shown = fetched(reader, address(uid, query="?depth=16")).astype(np.int64)

    manifest = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()
    packing = manifest["series"][0]["images"][0]["packing"]
    values = ramp_values(16, 16, bits_stored=bits, is_signed=is_signed) * 0.5 - 7.25
    assert shown.shape == (16, 16, 3)
    assert np.array_equal(
        (shown[..., 0] * 256 + shown[..., 1]) * packing["scale"] + packing["offset"], values
    )
    assert not shown[..., 2].any()


def test_padding_is_black_whatever_the_window_and_marked_in_the_16_bit_tile(
    reader: Client, north: Facility
) -> None:
    dataset = image(bits_stored=16, is_signed=True)
    stored = np.full((16, 16), 100, np.int16)
    stored[:4] = -2000
    dataset.PixelData = stored.tobytes()
    dataset.PixelPaddingValue = -2000
    store(dataset, facility=north)

    grey = fetched(reader, address(dataset.SOPInstanceUID, query="?wc=100&ww=50&invert=1"))
    packed = fetched(reader, address(dataset.SOPInstanceUID, query="?depth=16"))

    assert (grey[:4] == 0).all()
    assert (grey[4:] == 255 - linear(np.array(100.0), 100, 50)).all()
    assert (packed[:4, :, 2] == 255).all()
    assert not packed[4:, :, 2].any()


def _table(entries: NDArray[Any], *, first: int, bits: int, explanation: str) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    item.LUTExplanation = explanation
    return item


def test_a_voi_table_is_applied_and_its_lookup_says_the_same(reader: Client, north: Facility) -> None:
    entries = (np.sqrt(np.arange(4096) / 4095) * 4095).astype(np.int64)
    dataset = image()
    dataset.VOILUTSequence = [_table(entries, first=0, bits=12, explanation="NORMAL")]
    store(dataset, facility=north)
    uid = dataset.SOPInstanceUID

    shown = fetched(reader, address(uid))
    answer = reader.get(address(uid))
    lookup = np.frombuffer(reader.get(f"/viewer/lookups/{uid}/1/0.bin").content, np.uint8)

    stored = ramp_values(16, 16, bits_stored=12, is_signed=False)
    assert np.array_equal(shown, rounded(entries[stored] / 4095 * 255))
    assert "X-Default-Window" not in answer
    assert lookup.shape == (65536,)
    assert np.array_equal(lookup[stored], shown)


def test_a_modality_table_comes_before_the_window(reader: Client, north: Facility) -> None:
    entries = np.arange(4096)[::-1].copy()
    dataset = image()
    table = _table(entries, first=0, bits=16, explanation="")
    table.ModalityLUTType = "US"
    dataset.ModalityLUTSequence = [table]
    store(dataset, facility=north)

    shown = fetched(reader, address(dataset.SOPInstanceUID, query="?wc=2048&ww=1000"))

    stored = ramp_values(16, 16, bits_stored=12, is_signed=False)
    assert np.array_equal(shown, linear(entries[stored].astype(float), 2048, 1000))


@pytest.mark.parametrize("index", [0, 1])
def test_a_lookup_of_a_window_equals_the_tile(index: int, reader: Client, ct: tuple[str, Values]) -> None:
    uid, _ = ct
    shown = fetched(reader, address(uid, query=f"?voi={index}"))

    lookup = np.frombuffer(reader.get(f"/viewer/lookups/{uid}/1/{index}.bin").content, np.uint8)

    assert np.array_equal(lookup[ramp_values(16, 16, bits_stored=12, is_signed=False)], shown)


def test_an_image_without_a_window_is_shown_by_the_one_that_the_answer_names(
    reader: Client, north: Facility
) -> None:
    dataset = image()
    store(dataset, facility=north)

    shown = fetched(reader, address(dataset.SOPInstanceUID))

    center, width, function = reader.get(address(dataset.SOPInstanceUID))["X-Default-Window"].split()
    values = ramp_values(16, 16, bits_stored=12, is_signed=False).astype(float)
    assert np.array_equal(shown, FUNCTIONS[function](values, float(center), float(width)))
    assert shown.min() < 20 < 235 < shown.max()


@pytest.mark.parametrize("is_planar", [False, True], ids=["by pixel", "by plane"])
def test_colour_is_shown_as_it_is(is_planar: bool, reader: Client, north: Facility) -> None:
    dataset = rgb_dataset(is_planar=is_planar, study=about(1))
    store(dataset, facility=north)

    assert np.array_equal(fetched(reader, address(dataset.SOPInstanceUID)), rgb_values(32, 48))


def test_a_palette_is_looked_up(reader: Client, north: Facility) -> None:
    dataset = palette_dataset(study=about(1))
    store(dataset, facility=north)

    shown = fetched(reader, address(dataset.SOPInstanceUID))

    index = (np.arange(256) % 256).reshape(16, 16)
    assert np.array_equal(shown, np.stack([index, 255 - index, np.full_like(index, 7)], axis=-1))


@pytest.mark.parametrize("frame", [1, 2, 5])
def test_frames_are_counted_from_one(frame: int, reader: Client, north: Facility) -> None:
    dataset = multiframe_dataset(frames=5, study=about(1))
    store(dataset, facility=north)

    packed = fetched(reader, address(dataset.SOPInstanceUID, frame=frame, query="?depth=16"))

    assert (packed[..., 0].astype(int) * 256 + packed[..., 1] == frame).all()
    assert reader.get(address(dataset.SOPInstanceUID, frame=6)).status_code == 404
    assert reader.get(address(dataset.SOPInstanceUID, frame=0)).status_code == 404


def test_tiles_are_cut_at_the_edge_and_each_level_halves_by_the_mean(reader: Client, north: Facility) -> None:
    dataset = image(rows=600, columns=1030, bits_stored=16)
    store(dataset, facility=north)
    uid = dataset.SOPInstanceUID
    stored = ramp_values(600, 1030, bits_stored=16, is_signed=False).astype(np.int64)

    def values(level: int, column: int, row: int) -> NDArray[np.int64]:
        tile = fetched(reader, address(uid, level=level, column=column, row=row, query="?depth=16")).astype(
            np.int64
        )
        return tile[..., 0] * 256 + tile[..., 1]

    whole = np.block([[values(0, column, row) for column in range(3)] for row in range(2)])
    half = np.block([[values(1, column, 0) for column in range(2)]])
    quarter = values(2, 0, 0)
    assert np.array_equal(whole, stored)
    mean = stored.reshape(300, 2, 515, 2).mean(axis=(1, 3))
    assert half.shape == (300, 515)
    assert np.abs(half - mean).max() <= 1
    assert quarter.shape == (150, 258)
    for missing in (
        {"level": 3},
        {"column": 3},
        {"row": 2},
        {"level": 1, "row": 1},
        {"level": 1, "column": 2},
    ):
        assert reader.get(address(uid, **missing)).status_code == 404
