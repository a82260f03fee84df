"""From the voxels of a volume to a tile of a plane. Runs in the render processes."""

from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import InvalidTileError
from dicomkit.pixels.automatic_window import automatic_window
from dicomkit.pixels.display import crop
from dicomkit.pixels.encode import encode_png_packed
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.scale import half_of
from dicomkit.pixels.voi_lut import VOI, VOIWindow
from dicomkit.reformat import PlaneName, ReformatPlane, slab_offsets_mm
from dicomkit.reformat_overview import VolumeOverview, overview_factors, overview_of, projected_maximum
from dicomkit.reformat_sampling import reformat, slices_needed
from dicomkit.reformat_voxels import Projection, Voxels
from dicomkit.tiles import tile_rectangle
from dicomkit.volume_packing import to_packed_frame
from viewer.exceptions import InvalidTileRequestError
from viewer.tiles.cache import CachedPicture
from viewer.tiles.render import encoded_picture, or_problem, picture_of, window_text
from viewer.tiles.request import TileRequest
from viewer.volumes.request import MOST_POINTS, MOST_PROJECTED_POINTS, PlaneRequest
from viewer.volumes.series import SeriesVolume
from viewer.volumes.store import StoredVolume

# Planes that are kept of each volume: the tiles and levels of one plane are asked for one after the other.
_PLANES_KEPT = 4
# Layers of a maximum through the volume, in blocks: somewhat less than one, so that none is stepped over.
_PROJECTION_STEP = 0.8


class ReformattedPlane:
    """A plane with its pyramid, built level by level as it is asked for."""

    def __init__(self, frame: PackedFrame) -> None:
        self._levels = [frame]

    def level(self, level: int) -> PackedFrame:
        """Return the plane at a level of its pyramid."""
        while len(self._levels) <= level:
            half = half_of(self._levels[-1])
            assert isinstance(half, PackedFrame)
            self._levels.append(half)
        return self._levels[level]


class RenderableVolume:
    """A volume with its voxels on this machine, and the planes that were made of it last."""

    def __init__(self, volume: SeriesVolume, stored: StoredVolume) -> None:
        self.volume = volume
        self.stored = stored
        self._overview: VolumeOverview | None = None
        self._planes: OrderedDict[tuple[object, ...], ReformattedPlane] = OrderedDict()

    def plane(self, request: PlaneRequest) -> ReformattedPlane:
        """Return the plane that a tile belongs to. The slices that it needs must be there."""
        plane, offsets_mm = plane_of_request(self.volume, request)
        if request.is_projection:
            return self._projected(plane, offsets_mm)
        return self.sampled(plane, offsets_mm, Projection(request.projection))

    def sampled(
        self, plane: ReformatPlane, offsets_mm: tuple[float, ...], projection: Projection
    ) -> ReformattedPlane:
        """Return any plane or slab of the volume, also one that was laid through another. Its slices must be there."""
        return self._kept(
            (plane, offsets_mm, projection),
            lambda: reformat(
                self.stored.voxels,
                geometry=self.volume.geometry,
                plane=plane,
                offsets_mm=offsets_mm,
                projection=projection,
            ),
        )

    def _projected(self, plane: ReformatPlane, offsets_mm: tuple[float, ...]) -> ReformattedPlane:
        """Return a maximum through the whole volume. All slices must be there."""
        geometry = self.volume.geometry
        factors = overview_factors(geometry, spacing_mm=plane.spacing_mm[0])
        if self._overview is None or self._overview.factors != factors:
            self._overview = overview_of(self.stored.voxels, factors=factors)
        overview = self._overview
        return self._kept(
            (plane, offsets_mm),
            lambda: projected_maximum(overview, geometry=geometry, plane=plane, offsets_mm=offsets_mm),
        )

    def _kept(self, key: tuple[object, ...], make: Callable[[], Voxels]) -> ReformattedPlane:
        if key not in self._planes:
            self._planes[key] = ReformattedPlane(to_packed_frame(make(), self.volume.packing))
        self._planes.move_to_end(key)
        while len(self._planes) > _PLANES_KEPT:
            self._planes.popitem(last=False)
        return self._planes[key]

    @cached_property
    def default_window(self) -> VOIWindow:
        """The first window of the series, else one chosen by the values of the middle slice: the same for all planes."""
        if self.volume.vois:
            return self.volume.vois[0]
        middle = to_packed_frame(self.stored.voxels[self.volume.geometry.slices // 2], self.volume.packing)
        return automatic_window(
            middle,
            modality=self.volume.modality,
            value_units=self.volume.value_units,
            suv_factor=self.volume.suv_factor,
        )


def plane_of_request(volume: SeriesVolume, request: PlaneRequest) -> tuple[ReformatPlane, tuple[float, ...]]:
    """Return the plane that is asked for and where its slab is sampled, in mm along its normal.

    Raises
    ------
    InvalidTileRequestError
        The slab has more points than one picture may cost.
    """
    if request.oblique is not None:
        plane = request.oblique.reformat_plane()
        step_mm = min(*volume.geometry.spacing_mm, volume.geometry.slice_spacing_mm)
    else:
        stack = volume.planes[PlaneName(request.plane)]
        plane, step_mm = stack.plane(request.index), stack.step_mm
    most_points = MOST_POINTS
    if request.is_projection:
        step_mm, most_points = plane.spacing_mm[0] * _PROJECTION_STEP, MOST_PROJECTED_POINTS
    offsets_mm = slab_offsets_mm(request.slab_mm, step_mm=step_mm)
    if len(offsets_mm) * plane.rows * plane.columns > most_points:
        raise InvalidTileRequestError("A slab of this plane must be thinner, or its pixels larger.")
    return plane, offsets_mm


def slices_of_request(volume: SeriesVolume, request: PlaneRequest) -> list[range]:
    """Return the slices that must be there before a tile can be rendered."""
    plane, offsets_mm = plane_of_request(volume, request)
    needed = [slices_needed(volume.geometry, plane, offsets_mm=offsets_mm)]
    if not volume.vois:
        middle = volume.geometry.slices // 2
        needed.append(range(middle, middle + 1))
    return needed


def render_plane_tile(renderable: RenderableVolume, request: PlaneRequest) -> CachedPicture:
    """Return a tile, or an entry that says why there is none. The slices that it needs are there."""
    return or_problem(lambda: _tile(renderable, request))


def _tile(renderable: RenderableVolume, request: PlaneRequest) -> CachedPicture:
    default = window_text(renderable.default_window)
    if request.tile.depth == 16:
        return CachedPicture(encode_png_packed(tile_values(renderable.plane(request), request.tile)), default)
    return CachedPicture(encoded_picture(plane_picture(renderable, request)), default)


def tile_values(plane: ReformattedPlane, tile: TileRequest) -> PackedFrame:
    """Return the values of a tile of a plane."""
    rows, columns = plane.level(0).values.shape
    rectangle = tile_rectangle(rows, columns, level=tile.level, column=tile.column, row=tile.row)
    part = crop(plane.level(tile.level), rectangle)
    assert isinstance(part, PackedFrame)
    return part


def plane_picture(renderable: RenderableVolume, request: PlaneRequest) -> NDArray[np.uint8]:
    """Return the rendered greys or colours of an 8-bit tile of a plane."""
    part = tile_values(renderable.plane(request), request.tile)
    inverse = renderable.volume.is_inverse != request.tile.is_inverted
    return picture_of(part, _voi_of(renderable, request), inverse=inverse, palette=request.tile.palette)


def _voi_of(renderable: RenderableVolume, request: PlaneRequest) -> VOI | None:
    tile, vois = request.tile, renderable.volume.vois
    if tile.window is not None:
        return tile.voi_window()
    if tile.voi_index is None:
        return renderable.default_window
    if tile.voi_index >= len(vois):
        raise InvalidTileError("The series has no such window.")
    return vois[tile.voi_index]
