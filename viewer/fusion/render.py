"""Where the pixels of an image or plane lie in the volume that is laid over it, and the tile of both."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import FrameDecodeError
from dicomkit.pixels.automatic_window import FULL_UPTAKE_SUV
from dicomkit.pixels.colour_palettes import ColourPalette
from dicomkit.pixels.encode import encode_png_packed, encode_png_rgb
from dicomkit.pixels.fusion import fuse
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.voi_lut import VOIFunction, VOIWindow
from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_sampling import slices_needed
from dicomkit.reformat_voxels import Projection
from viewer.fusion.request import FusionRequest
from viewer.stack import plane_of
from viewer.tiles.cache import CachedPicture
from viewer.tiles.render import window_text
from viewer.tiles.request import checked_window
from viewer.volumes.render import RenderableVolume, plane_of_request, tile_values
from viewer.volumes.series import SeriesVolume


@dataclass(frozen=True, slots=True)
class Place:
    """A plane or slab in the patient, see `reformat_sampling.reformat`."""

    plane: ReformatPlane
    offsets_mm: tuple[float, ...] = (0.0,)
    projection: Projection = Projection.MAXIMUM


def place_of_image(attributes: dict[str, Any]) -> Place | None:
    """Return where the pixels of an image lie, from its stored attributes; None where they do not tell."""
    plane, spacing = plane_of(attributes), attributes["pixel_spacing_mm"]
    if plane is None or not spacing or not attributes["rows"] or not attributes["columns"]:
        return None
    spacing_mm = (spacing[0], spacing[1])
    return Place(ReformatPlane(plane, spacing_mm, attributes["rows"], attributes["columns"]))


def place_in_volume(below: SeriesVolume, request: FusionRequest) -> Place:
    """Return where the pixels of a requested plane lie."""
    assert request.plane is not None
    plane, offsets_mm = plane_of_request(below, request.plane)
    return Place(plane, offsets_mm, Projection(request.plane.projection))


def overlay_slices(overlay: SeriesVolume, place: Place) -> list[range]:
    """Return the slices of the overlay that must be there before a tile can be rendered."""
    needed = [slices_needed(overlay.geometry, place.plane, offsets_mm=place.offsets_mm)]
    if not overlay.suv_factor and not overlay.vois:
        # The automatic window comes from the middle.
        middle = overlay.geometry.slices // 2
        needed.append(range(middle, middle + 1))
    return needed


def overlay_window(overlay: RenderableVolume) -> VOIWindow:
    """Return the window of the overlay where none is asked for: SUV 0 to 10, else that of its own planes."""
    known = uptake_window(overlay.volume)
    return overlay.default_window if known is None else known


def uptake_window(overlay: SeriesVolume) -> VOIWindow | None:
    """Return SUV 0 to 10 in the values of a volume; None where there is no SUV."""
    if not overlay.suv_factor:
        return None
    full = FULL_UPTAKE_SUV / overlay.suv_factor
    return VOIWindow(full / 2, full, VOIFunction.LINEAR_EXACT)


def overlay_values(overlay: RenderableVolume, place: Place, request: FusionRequest) -> PackedFrame:
    """Return the values of the overlay on the pixels of the tile below. Their slices are there."""
    return tile_values(overlay.sampled(place.plane, place.offsets_mm, place.projection), request.tile)


def values_picture(overlay: RenderableVolume, place: Place, request: FusionRequest) -> CachedPicture:
    """Return the 16-bit tile."""
    values = overlay_values(overlay, place, request)
    return CachedPicture(encode_png_packed(values), window_text(overlay_window(overlay)))


def fused_picture(
    below: NDArray[np.uint8], overlay: RenderableVolume, place: Place, request: FusionRequest
) -> CachedPicture:
    """Return the 8-bit tile of both.

    Parameters
    ----------
    below
        The rendered tile of the image or plane: uint8, (rows, columns).

    Raises
    ------
    FrameDecodeError
        What is below is in colour.
    """
    if below.ndim != 2:
        raise FrameDecodeError("Nothing can be laid in colours over an image that is in colour itself.")
    window = checked_window(request.window) if request.window else overlay_window(overlay)
    picture = fuse(
        below,
        overlay_values(overlay, place, request),
        window=window,
        palette=ColourPalette(request.palette),
        opacity_percent=request.opacity_percent,
    )
    return CachedPicture(encode_png_rgb(picture))
