"""From a statistics request to numbers. Runs in the render processes, which keep the frames they decoded last."""

import json
from dataclasses import asdict
from typing import Any, BinaryIO

from dicomkit.pixel_scale import pixel_scale
from dicomkit.region_statistics import region_statistics
from viewer.statistics.request import StatisticsRequest
from viewer.tiles.cache import CachedPicture
from viewer.tiles.render import frame_of, or_problem


def compute_statistics(
    file: BinaryIO, request: StatisticsRequest, attributes: dict[str, Any]
) -> CachedPicture:
    """Return the statistics as JSON, or an entry that says why there are none.

    Parameters
    ----------
    attributes
        Of the frame, see `dicomkit.image_attributes.frame_attributes`.
    """
    return or_problem(lambda: CachedPicture(_computed(file, request, attributes)))


def _computed(file: BinaryIO, request: StatisticsRequest, attributes: dict[str, Any]) -> bytes:
    frame = frame_of(file, request.sha256, request.frame_number).level(0)
    suv_factor = attributes.get("suv_factor")
    found = region_statistics(
        frame,
        kind=request.kind,
        points=request.points,
        spacing_mm=pixel_scale(attributes, request.points).spacing_mm,
        factor=suv_factor or 1.0,
    )
    unit = "SUV" if suv_factor else attributes["value_units"]
    return json.dumps(asdict(found) | {"unit": unit}, separators=(",", ":")).encode()
