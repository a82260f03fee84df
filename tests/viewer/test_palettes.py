"""Grey images in the colours of a palette."""

import numpy as np
import pytest
from django.test import Client

from accounts.models import Facility
from dicomkit.pixels.colour_palettes import ColourPalette, palette_colours
from dicomkit.synth import rgb_dataset
from dicomkit.synth.known import ramp_values
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.conftest import address, fetched, render

pytestmark = pytest.mark.django_db

WINDOW = "?wc=2048&ww=4096"


@pytest.mark.parametrize("palette", list(ColourPalette))
@pytest.mark.parametrize("turned", ["", "&invert=1"])
def test_each_grey_has_its_colour_and_padding_stays_black(
    palette: ColourPalette, turned: str, north: Facility, reader: Client
) -> None:
    values = ramp_values(16, 16, bits_stored=12, is_signed=False)
    dataset = image(PixelPaddingValue=int(values[3, 3]))
    store(dataset, facility=north)
    uid = str(dataset.SOPInstanceUID)

    grey = fetched(reader, address(uid, query=WINDOW + turned))
    coloured = fetched(reader, address(uid, query=f"{WINDOW}{turned}&colours={palette}"))

    expected = palette_colours(palette)[grey]
    expected[3, 3] = 0
    assert np.array_equal(coloured, expected)


def test_values_have_no_colours_and_colours_have_names(north: Facility, reader: Client) -> None:
    dataset = image()
    store(dataset, facility=north)
    uid = str(dataset.SOPInstanceUID)

    assert reader.get(address(uid, query="?depth=16&colours=pet")).status_code == 400
    assert reader.get(address(uid, query="?colours=plaid")).status_code == 400


def test_an_image_in_colour_keeps_its_own(north: Facility, reader: Client) -> None:
    dataset = rgb_dataset(study=about())
    store(dataset, facility=north)
    where = address(str(dataset.SOPInstanceUID), query="?colours=pet")

    render(where)

    assert reader.get(where).status_code == 422


def test_the_page_gets_the_colours_that_tiles_have(reader: Client) -> None:
    palettes = reader.get("/viewer/palettes.json").json()["palettes"]

    assert [one["name"] for one in palettes] == list(ColourPalette)
    for one in palettes:
        assert bytes.fromhex(one["colours"]) == palette_colours(ColourPalette(one["name"])).tobytes()
