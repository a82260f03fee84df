"""From a region request to a bitmap or to contours. Runs in the render processes, which keep what they read last."""

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

import numpy as np

from dicomkit.contours_on import contours_on
from dicomkit.part10 import Part10Header, read_header
from dicomkit.pixels.encode import encode_png_grey
from dicomkit.pixels.frames import FrameSource
from dicomkit.placed_image import PlacedImage
from dicomkit.segmentation import Segmentation, read_segmentation
from dicomkit.segments_on import segments_on
from dicomkit.structure_set import ContourType, StructureSet, read_structure_set
from viewer.regions.request import RegionForm, RegionRequest
from viewer.tiles.cache import CachedPicture
from viewer.tiles.render import or_problem

# Objects that a process keeps, and about how many bytes of them; the frames of a large segmentation are many thousands.
_MOST_HELD = 6
_BUDGET_BYTES = 128 * 2**20
_BYTES_A_FRAME = 1500


@dataclass(frozen=True)
class _Held:
    """An object that was read, and for a segmentation where its pixels are."""

    content: Segmentation | StructureSet
    header: Part10Header | None
    size_bytes: int


_NOTHING = BytesIO()
_held: OrderedDict[str, _Held] = OrderedDict()


def render_region(file: BinaryIO, request: RegionRequest, image: PlacedImage) -> CachedPicture:
    """Return what a stored object shows on an image, or an entry that says why it cannot be displayed."""
    return or_problem(lambda: _render(file, request, image))


def _render(file: BinaryIO, request: RegionRequest, image: PlacedImage) -> CachedPicture:
    key = f"{request.form}:{request.region_sha256}"
    held = _held.get(key)
    if held is None:
        held = _read(file, request.form)
        _keep(key, held)
    _held.move_to_end(key)
    if isinstance(held.content, StructureSet):
        return CachedPicture(_contours(held.content, image))
    with FrameSource.open(file) if held.header is None else _source(held.header, file) as source:
        return CachedPicture(
            encode_png_grey(
                segments_on(held.content, image, stored_frame=source.stored_frame, hidden=request.hidden)
            )
        )


def _read(file: BinaryIO, form: RegionForm) -> _Held:
    header = read_header(file)
    if form is RegionForm.CONTOURS:
        structure_set = read_structure_set(header.dataset)
        return _Held(structure_set, None, structure_set.all_points.nbytes)
    segmentation = read_segmentation(header.dataset)
    # The groups have been read; what is left of the header is short.
    header.dataset.pop("PerFrameFunctionalGroupsSequence", None)
    is_inflated = header.stream is not file
    return _Held(
        segmentation,
        None if is_inflated else replace(header, stream=_NOTHING),
        _BYTES_A_FRAME * len(segmentation.frames),
    )


def _source(header: Part10Header, file: BinaryIO) -> FrameSource:
    return FrameSource(replace(header, stream=file))


def _keep(key: str, held: _Held) -> None:
    """Keep an object; drop those unused for longest beyond the budget, but never this one."""
    _held[key] = held
    while len(_held) > 1 and (
        len(_held) > _MOST_HELD or sum(one.size_bytes for one in _held.values()) > _BUDGET_BYTES
    ):
        _held.popitem(last=False)


def _contours(structure_set: StructureSet, image: PlacedImage) -> bytes:
    """Return contours as JSON, coordinates to a hundredth of a pixel."""
    contours = [
        {
            "part": contour.place,
            "kind": "POINT" if contour.kind is ContourType.POINT else "POLYLINE",
            "points": np.round(contour.points, 2).tolist(),
        }
        for contour in contours_on(structure_set, image)
    ]
    return json.dumps({"contours": contours}, separators=(",", ":")).encode()
