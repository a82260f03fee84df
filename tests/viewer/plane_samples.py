"""Series that form volumes, and workers that run in the test itself."""

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.test import Client
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from accounts.models import Facility
from common.redis_client import redis_client
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.conftest import pixels
from viewer import tasks

SLICES, ROWS, COLUMNS = 10, 16, 20
SPACING = (0.8, 0.8)
SLICE_MM = 2.0
TASKS = {
    "viewer.render_cine": tasks.render_cine,
    "viewer.encode_cine": tasks.encode_cine,
    "viewer.take_over_recording": tasks.take_over_recording,
    "viewer.render_slide": tasks.render_slide,
    "viewer.render_plane": tasks.render_plane,
    "viewer.render_block": tasks.render_block,
    "viewer.render_fusion": tasks.render_fusion,
    "viewer.build_volume": tasks.build_volume,
    "viewer.measure_plane_region": tasks.measure_plane_region,
    "viewer.warm_planes": tasks.warm_planes,
}


def values_of(slices: int = SLICES, *, rows: int = ROWS, columns: int = COLUMNS) -> NDArray[np.int16]:
    """Return the stored values of a series: noise, by slice from the feet up."""
    return np.random.default_rng(5).integers(-1000, 2000, (slices, rows, columns), dtype=np.int16)


def series_of(
    values: NDArray[np.int16], *, heights: Sequence[float] | None = None, **attributes: Any
) -> list[Dataset]:
    """Return an axial series of these stored values, numbered from the head down as scanners do.

    An attribute that is None is left out.
    """
    heights = heights if heights is not None else [SLICE_MM * k for k in range(len(values))]
    datasets = []
    for index, (height, stored) in enumerate(zip(heights, values, strict=True)):
        shown = {
            "ImagePositionPatient": [-8.0, 4.0, float(height)],
            "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
            "PixelSpacing": list(SPACING),
            "FrameOfReferenceUID": "1.2.3.4",
            "RescaleSlope": "1",
            "RescaleIntercept": "-24",
            "WindowCenter": "40",
            "WindowWidth": "400",
            "WindowCenterWidthExplanation": "SOFT",
            **attributes,
        }
        shown = {keyword: value for keyword, value in shown.items() if value is not None}
        rows, columns = stored.shape
        dataset = image(
            number=len(values) - index, rows=rows, columns=columns, bits_stored=16, is_signed=True, **shown
        )
        dataset.PixelData = stored.tobytes()
        datasets.append(dataset)
    return datasets


def plane_address(series_uid: str, name: str, index: int, *, tile: str = "0/0/0", query: str = "") -> str:
    """Return the address of a tile of a plane."""
    place = f"{name}/{tile}" if name == "oblique" else f"{name}/{index}/{tile}"
    return f"/viewer/planes/{series_uid}/{place}.png{query}"


def waiting_tasks() -> list[str]:
    """Return the names of the tasks that wait."""
    client = redis_client()
    return [
        json.loads(message)["headers"]["task"]
        for queue in ("render", "warm")
        for message in client.lrange(queue, 0, -1)
    ]


def run_tasks(*, most: int = 200, queues: Sequence[str] = ("render",)) -> list[str]:
    """Run what waits for a worker, and what that sends, and return the names of the tasks."""
    done: list[str] = []
    client = redis_client()
    while len(done) < most and (message := next(filter(None, map(client.rpop, queues)), None)):
        decoded = json.loads(message)
        name, arguments = decoded["headers"]["task"], json.loads(base64.b64decode(decoded["body"]))[1]
        TASKS[name](**arguments)
        done.append(name)
    assert len(done) < most, "the tasks do not come to an end"
    return done


def shown_plane(client: Client, address: str) -> NDArray[np.uint8]:
    """Return the pixels of a tile: asked for, rendered, and fetched."""
    answer = client.get(address)
    if answer.status_code == 202:
        run_tasks()
        answer = client.get(address)
    return pixels(answer)


def packed_values(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the packed values of a 16-bit tile, -1 where it marks padding."""
    wide = picture.astype(np.int64)
    return np.where(wide[..., 2] > 0, -1, wide[..., 0] * 256 + wide[..., 1])


def volume_json(client: Client, series_uid: str) -> dict[str, Any]:
    """Return what is said of a series as a volume, which must be private."""
    answer = client.get(f"/viewer/series/{series_uid}/volume.json")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    body: dict[str, Any] = answer.json()
    return body


def stored_series(facility: Facility) -> str:
    """Store an axial series of noise and return its UID."""
    datasets = series_of(values_of())
    store(*datasets, facility=facility)
    return str(datasets[0].SeriesInstanceUID)
