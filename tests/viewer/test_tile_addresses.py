"""Tiles over HTTP: permission, answers and the very pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from archive.models import Instance
from audit.models import AuditEvent
from dicomkit.synth.known import ramp_values
from tests.dicom_samples import image
from tests.factories import store
from viewer import services
from viewer.tiles import service
from viewer.tiles.request import TileRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.05)


@pytest.fixture
def stored(north):
    """A stored 16 x 16 image of 12 bits, with its address."""
    dataset = image(RescaleSlope="1", RescaleIntercept="-1024")
    store(dataset, facility=north)
    return Instance.objects.select_related(
        "blob"
    ).get(), f"/viewer/tiles/{dataset.SOPInstanceUID}/1/0/0/0.png"


def _render(instance, **asked):
    services.render_requested_tile(TileRequest(instance.blob.sha256, 1, 0, 0, 0, **asked))


def test_a_tile_that_nobody_has_rendered_yet_is_answered_202_with_retry_after(radiologist, log_in, stored):
    answer = log_in(radiologist).get(stored[1])

    assert (answer.status_code, answer["Retry-After"]) == (202, "1")


def test_a_windowed_tile_has_the_greys_of_the_standards_formula(radiologist, log_in, stored):
    instance, address = stored
    _render(instance, window=(100.0, 400.0, "LINEAR"))

    answer = log_in(radiologist).get(f"{address}?wc=100&ww=400")

    values = ramp_values(16, 16, bits_stored=12, is_signed=False).astype(float) - 1024
    expected = np.clip(np.floor(((values - 99.5) / 399 + 0.5) * 255 + 0.5), 0, 255)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(answer.content))), expected)


def test_a_16_bit_tile_carries_the_stored_values(radiologist, log_in, stored):
    instance, address = stored
    _render(instance, depth=16)

    answer = log_in(radiologist).get(f"{address}?depth=16")

    channels = np.asarray(Image.open(io.BytesIO(answer.content))).astype(int)
    assert np.array_equal(
        channels[..., 0] * 256 + channels[..., 1], ramp_values(16, 16, bits_stored=12, is_signed=False)
    )


def test_a_held_tile_is_not_sent_again(radiologist, log_in, stored):
    instance, address = stored
    _render(instance)
    client = log_in(radiologist)
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert "private" in first["Cache-Control"]


def test_permission_is_asked_before_the_cache(radiologist, outsider, log_in, stored):
    instance, address = stored
    _render(instance)
    etag = log_in(radiologist).get(address)["ETag"]

    answer = log_in(outsider).get(address, headers={"if-none-match": etag})

    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["?wc=1", "?wc=a&ww=2", "?wc=1&ww=0", "?depth=9", "?depth=16&wc=1&ww=2"])
def test_an_address_that_makes_no_sense_is_a_clear_error(radiologist, log_in, stored, query):
    answer = log_in(radiologist).get(stored[1] + query)

    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_frame_that_does_not_exist_is_not_found(radiologist, log_in, stored):
    assert log_in(radiologist).get(stored[1].replace("/1/0/0/0", "/2/0/0/0")).status_code == 404


def test_fetching_tiles_records_the_opening_of_the_study_once(radiologist, log_in, stored):
    instance, address = stored
    _render(instance)
    client = log_in(radiologist)

    for _ in range(3):
        client.get(address)

    assert (
        AuditEvent.objects.filter(event_type="study_opened", actor_identifier="radiologist.north").count()
        == 1
    )


def test_the_manifest_names_the_patient_and_every_image(radiologist, log_in, stored):
    instance, _ = stored
    study_uid = instance.series.study.study_instance_uid

    manifest = log_in(radiologist).get(f"/viewer/studies/{study_uid}/manifest.json").json()

    assert manifest["study"]["patient"]["name"] == "Sample, Number 1"
    (shown,) = manifest["series"][0]["images"]
    assert shown["sop_instance_uid"] == instance.sop_instance_uid
    assert shown["packing"] == {"scale": 1.0, "offset": -1024.0}


def test_the_cache_keeps_to_its_budget_and_drops_what_was_unused_for_longest():
    from common.redis_client import redis_client
    from viewer.tiles.cache import CachedPicture, TileCache

    cache = TileCache(redis_client(), budget_bytes=5000)
    for number in range(10):
        cache.put(f"tile:{number}", CachedPicture(png=bytes(1000)))

    kept = [number for number in range(10) if cache.get(f"tile:{number}")]
    assert kept == [6, 7, 8, 9]
