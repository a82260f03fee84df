"""A volume as one block of numbers, for a page that draws it in three dimensions itself.

The body is a line of JSON and then the shares of `dicomkit.volume_block` as little-endian half floats, all of it
compressed with gzip: half floats are what graphics cards interpolate without conversion.
"""

import gzip
import json
from dataclasses import dataclass

import numpy as np

from dicomkit.volume_block import VolumeBlock, volume_block
from viewer.tiles.cache import CachedPicture
from viewer.tiles.picture_request import PictureRequest
from viewer.volumes.render import RenderableVolume

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
BLOCK_VERSION = 1
# More takes many times as long and saves little: most of the numbers is noise.
_COMPRESSION = 1


@dataclass(frozen=True)
class BlockRequest(PictureRequest):
    """The block of a volume; `content` is the hash of its images."""

    series_instance_uid: str
    content: str

    def cache_key(self) -> str:
        """Return the key of the block in the cache; it holds no patient data."""
        return f"block:{BLOCK_VERSION}:{self.content}"


def block_picture(renderable: RenderableVolume) -> CachedPicture:
    """Return the block of a volume, all of whose slices are there."""
    volume = renderable.volume
    block = volume_block(renderable.stored.voxels, geometry=volume.geometry)
    packing = volume.packing
    told = _told(block) | {
        "lowest": block.lowest * packing.scale + packing.offset,
        "highest": block.highest * packing.scale + packing.offset,
    }
    numbers = block.shares.astype("<f2", copy=False).tobytes()
    return CachedPicture(gzip.compress(_line(told) + numbers, _COMPRESSION, mtime=0))


def _told(block: VolumeBlock) -> dict[str, object]:
    grid = block.grid
    return {
        "slices": grid.shape[0],
        "rows": grid.shape[1],
        "columns": grid.shape[2],
        "spacing_mm": grid.spacing_mm,
        "position_patient": list(grid.position),
    }


def _line(told: dict[str, object]) -> bytes:
    """Return the line, padded so that the numbers after it begin at an even place."""
    line = json.dumps(told).encode()
    return line + b" " * ((len(line) + 1) % np.dtype("<f2").itemsize) + b"\n"
