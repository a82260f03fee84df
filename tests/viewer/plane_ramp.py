"""A CT whose values are a ramp, and regions on planes through it: what they measure is known."""

import math
from typing import Any

import numpy as np
from django.test import Client

from accounts.models import Facility
from tests.factories import store
from tests.viewer.annotation_samples import UID, put
from tests.viewer.plane_samples import series_of

SIZE = 48
# HU = 6 x + 3 y - 10 z + 40, in mm from the first voxel.
GRADIENT = np.array([6.0, 3.0, -10.0])
AT_FIRST = 40.0
FIRST = np.array([-8.0, 4.0, 0.0])
HALF = math.sqrt(0.5)
# Rows run to the patient's left; columns to the back and to the feet, by the same.
OBLIQUE = {
    "position": [-4.0, 6.0, 40.0],
    "orientation": [1.0, 0.0, 0.0, 0.0, round(HALF, 6), -round(HALF, 6)],
    "spacing_mm": [0.5, 0.5],
    "rows": 80,
    "columns": 70,
    "thickness_mm": None,
    "projection": None,
    "group": 0,
}
# Its centre is the corner of four pixels; half axes of 8 and 5 mm.
ELLIPSE = [[20.0, 40.0], [52.0, 40.0], [36.0, 30.0], [36.0, 50.0]]
CORONAL = OBLIQUE | {
    "position": [-8.0, 14.0, 47.0],
    "orientation": [1.0, 0.0, 0.0, 0.0, 0.0, -1.0],
    "spacing_mm": [1.0, 1.0],
    "rows": SIZE,
    "columns": SIZE,
}


def stored_ramp(facility: Facility) -> str:
    """Store a CT whose values are a ramp, with voxels of 1 mm, and return the UID of its series."""
    z, y, x = np.mgrid[0:SIZE, 0:SIZE, 0:SIZE]
    values = AT_FIRST + x * GRADIENT[0] + y * GRADIENT[1] + z * GRADIENT[2] + 24
    datasets = series_of(
        values.astype(np.int16), heights=range(SIZE), PixelSpacing=[1, 1], modality="CT", RescaleType="HU"
    )
    store(*datasets, facility=facility)
    return str(datasets[0].SeriesInstanceUID)


def kept(reader: Client, series_uid: str, uid: str = UID, **changes: Any) -> None:
    """Keep a region on a plane."""
    drawn = {"kind": "ellipse", "points": ELLIPSE, "plane": OBLIQUE, "sop_instance_uid": ""} | changes
    answer = put(reader, uid, series_instance_uid=series_uid, **drawn)
    assert answer.status_code in (200, 201), answer.content
