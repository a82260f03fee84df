"""A PET laid over a CT: who gets it, where its values lie, and the very colours."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from scipy.ndimage import map_coordinates  # type: ignore[import-untyped]

from accounts.models import Facility, User
from accounts.roles import Role
from accounts.services.memberships import grant_membership
from audit.actors import Actor
from audit.models import AuditEvent
from dicomkit.pixels.colour_palettes import ColourPalette, palette_colours
from dicomkit.synth import pet_ct_study
from dicomkit.synth.pet_ct import LESIONS, suv_factor
from tests.conftest import member
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.plane_samples import packed_values, shown_plane

pytestmark = pytest.mark.django_db

SLICES = 20


@pytest.fixture(scope="module")
def made() -> list[Dataset]:
    """A short PET/CT, the CT first."""
    return list(
        pet_ct_study(
            about(1, study_date="20260102", study_time="103000", issuer_of_patient_id="BOTH"), slices=SLICES
        )
    )


@pytest.fixture
def stored(made: list[Dataset], north: Facility) -> list[Dataset]:
    store(*made, facility=north)
    return made


def fused(client: Client, address: str) -> NDArray[np.uint8]:
    """Return the pixels of a tile: asked for, rendered, and fetched."""
    return shown_plane(client, address)


def image_address(pet: Dataset, ct: Dataset, query: str = "", *, tile: str = "0/0/0") -> str:
    return f"/viewer/fusion/{pet.SeriesInstanceUID}/images/{ct.SOPInstanceUID}/1/{tile}.png{query}"


def partner(client: Client, ct: Dataset) -> dict[str, Any]:
    body = client.get(f"/viewer/series/{ct.SeriesInstanceUID}/fusion.json").json()
    assert body["problem"] == ""
    (only,) = body["partners"]
    found: dict[str, Any] = only
    return found


def expected_suv(datasets: list[Dataset], ct: Dataset) -> NDArray[np.float64]:
    """Return the SUV on the pixels of a CT slice by scipy's interpolation; NaN outside of the PET."""
    pets = sorted(
        (one for one in datasets if one.Modality == "PT"), key=lambda one: one.ImagePositionPatient[2]
    )
    values = np.stack([one.pixel_array * float(one.RescaleSlope) for one in pets]) * suv_factor()
    origin = np.array(pets[0].ImagePositionPatient, float)
    spacing = np.array([float(pets[0].PixelSpacing[1]), float(pets[0].PixelSpacing[0]), 4.0])
    x, y, z = (float(part) for part in ct.ImagePositionPatient)
    rows, columns = np.mgrid[: ct.Rows, : ct.Columns]
    points = np.stack([x + columns * 1.95, y + rows * 1.95, np.full(rows.shape, z)], axis=-1)
    voxels = (points - origin) / spacing
    found: NDArray[np.float64] = map_coordinates(
        values, np.moveaxis(voxels[..., ::-1], -1, 0), order=1, mode="constant", cval=np.nan
    )
    return found


def test_the_pet_lies_where_scipy_finds_it_on_the_pixels_of_the_ct(
    reader: Client, stored: list[Dataset]
) -> None:
    ct, pet = stored[7], stored[SLICES]

    packing = partner(reader, ct)["packing"]
    packed = packed_values(fused(reader, image_address(pet, ct, "?depth=16")))

    expected = expected_suv(stored, ct)
    suv = (packed * packing["scale"] + packing["offset"]) * suv_factor()
    inside = ~np.isnan(expected)
    assert (packed[inside] >= 0).all()
    # Values are stored in steps of the common packing, once before and once after the interpolation.
    step = packing["scale"] * suv_factor()
    assert np.abs(suv - expected)[inside].max() <= 1.6 * step
    assert step < 0.001


def test_a_lesion_has_its_uptake_over_the_ct(reader: Client, stored: list[Dataset]) -> None:
    nodule = LESIONS[0]
    ct = min(stored[:SLICES], key=lambda one: abs(one.ImagePositionPatient[2] - nodule.centre[2]))
    packing = partner(reader, ct)["packing"]

    packed = packed_values(fused(reader, image_address(stored[SLICES], ct, "?depth=16")))

    x, y, _ = (float(part) for part in ct.ImagePositionPatient)
    row, column = round((nodule.centre[1] - y) / 1.95), round((nodule.centre[0] - x) / 1.95)
    suv = (packed[row, column] * packing["scale"] + packing["offset"]) * suv_factor()
    assert suv == pytest.approx(nodule.suv, abs=0.001)


@pytest.mark.parametrize("palette", list(ColourPalette))
@pytest.mark.parametrize("percent", [0, 35, 100])
def test_the_fused_tile_is_the_blend_of_both_tiles(
    palette: ColourPalette, percent: int, reader: Client, stored: list[Dataset]
) -> None:
    ct, pet = stored[7], stored[SLICES]
    scale = 1 / suv_factor()
    packing = partner(reader, ct)["packing"]
    packed = packed_values(fused(reader, image_address(pet, ct, "?depth=16")))
    values = packed * packing["scale"] + packing["offset"]

    query = f"?wc=40&ww=400&palette={palette}&opacity={percent / 100}&over_wc={2 * scale}&over_ww={4 * scale}"
    picture = fused(reader, image_address(pet, ct, query)).astype(int)

    hu = ct.pixel_array.astype(float) - 1024
    grey = np.floor(np.clip(((hu - 39.5) / 399 + 0.5) * 255, 0, 255) + 0.5)
    index = np.floor(np.clip(values / (4 * scale) * 255, 0, 255) + 0.5).astype(int)
    colour = palette_colours(palette).astype(int)[index]
    expected = (grey[..., None] * (100 - percent) + colour * percent + 50) // 100
    expected[packed < 0] = grey[packed < 0][:, None]
    assert np.abs(picture - expected).max() <= 1
    assert (picture == expected).mean() > 0.999


def test_outside_of_the_pet_there_is_only_the_ct(
    made: list[Dataset], north: Facility, reader: Client
) -> None:
    pets = made[SLICES:]
    store(*made[:SLICES], *pets[:8], facility=north)
    far = made[SLICES - 1]

    picture = fused(reader, image_address(pets[0], far, "?opacity=1"))

    assert (picture == picture[..., :1]).all()
    assert picture.max() > 200


def test_planes_are_fused_like_images(reader: Client, stored: list[Dataset]) -> None:
    ct, pet = stored[0], stored[SLICES]
    over = f"/viewer/fusion/{pet.SeriesInstanceUID}/planes/{ct.SeriesInstanceUID}"

    axial = fused(reader, f"{over}/axial/7/0/0/0.png?depth=16")
    coronal = fused(reader, f"{over}/coronal/120/0/0/0.png?palette=rainbow")
    x, y, z = (float(part) for part in stored[7].ImagePositionPatient)
    query = f"position={x},{y},{z}&orientation=1,0,0,0,1,0&spacing=1.95&rows=256&columns=256"
    oblique = fused(reader, f"{over}/oblique/0/0/0.png?{query}&depth=16")

    own = fused(reader, image_address(pet, stored[7], "?depth=16"))
    assert np.array_equal(axial, own)
    assert np.array_equal(oblique, own)
    assert coronal.shape[1:] == (256, 3)
    assert (coronal != coronal[..., :1]).any()


def test_without_a_window_the_pet_is_shown_from_nothing_to_ten(reader: Client, stored: list[Dataset]) -> None:
    ct, pet = stored[7], stored[SLICES]
    full = 10 / suv_factor()

    default = fused(reader, image_address(pet, ct))
    asked = fused(
        reader, image_address(pet, ct, f"?over_wc={full / 2!r}&over_ww={full!r}&palette=hot-iron&opacity=0.5")
    )

    assert np.array_equal(default, asked)
    assert partner(reader, ct)["default_window"]["window_width"] == pytest.approx(full)


def test_a_tile_is_seen_only_by_those_who_may_see_both_studies(
    made: list[Dataset], north: Facility, south: Facility, reader: Client, log_in: Callable[[User], Client]
) -> None:
    """The PET is in a study of its own, of the same patient, at another facility that shares the issuer."""
    apart = moved_to_study(made[SLICES:], "1.2.3.99")
    store(*made[:SLICES], facility=north)
    store(*apart, facility=south)
    address = image_address(apart[0], made[7], "?depth=16")
    body = f"/viewer/series/{made[0].SeriesInstanceUID}/fusion.json"
    both = member(Role.TECHNOLOGIST, north)
    grant(both, south)
    of_both = log_in(both)

    assert fused(of_both, address).shape == (256, 256, 3)
    assert of_both.get(body).json()["partners"][0]["study_date"] == "2026-01-02"
    assert {event.study_instance_uid for event in AuditEvent.objects.filter(event_type="study_opened")} >= {
        "1.2.3.99",
        made[0].StudyInstanceUID,
    }
    assert reader.get(address).status_code == 404
    assert reader.get(body).json()["problem"] == "There is no PET of this patient."
    assert log_in(member(Role.RADIOLOGIST, south)).get(address).status_code == 404


def test_nothing_is_laid_over_another_patient(stored: list[Dataset], north: Facility, reader: Client) -> None:
    other = list(pet_ct_study(replace(about(2), study_time="103000"), slices=4))
    for dataset in other:
        dataset.FrameOfReferenceUID = stored[0].FrameOfReferenceUID
    store(*other, facility=north)

    assert reader.get(image_address(other[-1], stored[0])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"FrameOfReferenceUID": "1.2.3.77"}, "another frame of reference"),
        ({"Modality": "OT"}, "There is no PET"),
    ],
)
def test_a_series_that_has_no_partner_says_why(
    changes: dict[str, str], words: str, made: list[Dataset], north: Facility, reader: Client
) -> None:
    pets = moved_to_study(made[SLICES:], made[0].StudyInstanceUID)
    for dataset in pets:
        for keyword, value in changes.items():
            setattr(dataset, keyword, value)
    store(*made[:SLICES], *pets, facility=north)

    body = reader.get(f"/viewer/series/{made[0].SeriesInstanceUID}/fusion.json").json()

    assert words in body["problem"]
    assert body["partners"] == []
    answer = reader.get(image_address(pets[0], made[0]))
    assert answer.status_code == (422 if "FrameOfReferenceUID" in changes else 202)


@pytest.mark.parametrize(
    "query",
    ["?opacity=1.2", "?opacity=nan", "?palette=purple", "?over_wc=1", "?over_wc=1&over_ww=0", "?opacity=x"],
)
def test_senseless_parameters_are_refused(query: str, reader: Client, stored: list[Dataset]) -> None:
    assert reader.get(image_address(stored[SLICES], stored[0], query)).status_code == 400


def test_every_parameter_that_changes_the_picture_is_in_its_tag(
    reader: Client, stored: list[Dataset]
) -> None:
    queries = [
        "",
        "?opacity=0.4",
        "?palette=pet",
        "?over_wc=9&over_ww=9",
        "?wc=1&ww=9",
        "?depth=16",
        "?invert=1",
    ]
    for query in queries:
        fused(reader, image_address(stored[SLICES], stored[3], query))

    tags = {reader.get(image_address(stored[SLICES], stored[3], query))["ETag"] for query in queries}

    assert len(tags) == len(queries)
    again = reader.get(image_address(stored[SLICES], stored[3]), headers={"If-None-Match": sorted(tags)[0]})
    assert again.status_code in (200, 304)


def test_an_address_of_other_images_is_refused_when_images_arrive(
    made: list[Dataset], north: Facility, reader: Client
) -> None:
    store(*made[:SLICES], *made[SLICES:-1], facility=north)
    template = partner(reader, made[0])["image_tile_url"]
    address = template.format(
        sop_instance_uid=made[7].SOPInstanceUID, frame_number=1, level=0, column=0, row=0
    )
    fused(reader, f"{address}&depth=16")

    store(made[-1], facility=north)

    answer = reader.get(f"{address}&depth=16")
    assert answer.status_code == 410
    assert "Open it again" in answer.json()["detail"]
    assert partner(reader, made[0])["image_tile_url"] != template


def test_nothing_is_laid_over_an_image_without_a_place(
    stored: list[Dataset], north: Facility, reader: Client
) -> None:
    plain = image(about(1), series=9)
    store(plain, facility=north)

    assert reader.get(image_address(stored[SLICES], plain)).status_code == 422


def moved_to_study(datasets: list[Dataset], study_uid: str) -> list[Dataset]:
    """Return copies of objects in another study."""
    moved = copy.deepcopy(datasets)
    for dataset in moved:
        dataset.StudyInstanceUID = study_uid
    return moved


def grant(user: User, facility: Facility) -> None:
    grant_membership(user=user, facility=facility, role=Role.RADIOLOGIST, actor=Actor.command("test"))
