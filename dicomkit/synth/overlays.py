"""Put overlays into synthetic images: as elements of their own, or in unused bits of the pixels.

References
----------
PS3.3 C.9.2 (Overlay Plane module), C.7.6.11 and C.7.6.15 (shutters); PS3.5 8.1.2 (overlays in pixel data, retired).
"""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID


def add_overlay(
    dataset: Dataset,
    bits: NDArray[np.bool_],
    *,
    group: int = 0x6000,
    origin: tuple[int, int] = (1, 1),
    image_frame_origin: int | None = None,
    kind: str = "G",
    label: str = "",
) -> None:
    """Add an overlay plane.

    Parameters
    ----------
    bits
        (rows, columns), or (frames, rows, columns) for an overlay of several frames.
    origin
        Row and column of the image where the overlay begins; the first is 1.
    image_frame_origin
        Number of the image frame that the first overlay frame belongs to.
    """
    rows, columns = bits.shape[-2:]
    _add_plane(dataset, group, rows, columns, origin=origin, kind=kind, bits_allocated=1, bit_position=0)
    if bits.ndim == 3:
        dataset.add_new((group, 0x0015), "IS", len(bits))
    if image_frame_origin is not None:
        dataset.add_new((group, 0x0051), "US", image_frame_origin)
    if label:
        dataset.add_new((group, 0x1500), "LO", label)
    data = np.packbits(bits.ravel(), bitorder="little")
    words = np.pad(data, (0, len(data) % 2)).view("<u2")
    little_endian = UID(dataset.file_meta.TransferSyntaxUID).is_little_endian
    dataset.add_new((group, 0x3000), "OW", words.astype("<u2" if little_endian else ">u2").tobytes())


def hide_overlay_in_pixels(
    dataset: Dataset, bits: NDArray[np.bool_], *, bit_position: int, group: int = 0x6000
) -> None:
    """Put an overlay into a bit of 16-bit little endian pixels that lies outside of Bits Stored.

    Parameters
    ----------
    bits
        Of the shape of the pixel data: (rows, columns) or (frames, rows, columns).
    """
    _add_plane(
        dataset,
        group,
        *bits.shape[-2:],
        origin=(1, 1),
        kind="G",
        bits_allocated=16,
        bit_position=bit_position,
    )
    pixels = np.frombuffer(dataset.PixelData, "<u2").reshape(bits.shape)
    dataset.PixelData = (
        pixels & ~np.uint16(1 << bit_position) | bits.astype("<u2") << bit_position
    ).tobytes()


def _add_plane(
    dataset: Dataset,
    group: int,
    rows: int,
    columns: int,
    *,
    origin: tuple[int, int],
    kind: str,
    bits_allocated: int,
    bit_position: int,
) -> None:
    dataset.add_new((group, 0x0010), "US", rows)
    dataset.add_new((group, 0x0011), "US", columns)
    dataset.add_new((group, 0x0040), "CS", kind)
    dataset.add_new((group, 0x0050), "SS", list(origin))
    dataset.add_new((group, 0x0100), "US", bits_allocated)
    dataset.add_new((group, 0x0102), "US", bit_position)
