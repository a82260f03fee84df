"""The display pipeline in the standard's order: from a frame of a file to 8-bit grey or RGB.

stored values -> modality transform -> values of interest -> presentation (inverse or not) -> 8 bits. Colour skips
the grey steps and goes through the file's colour profile. Reduction to a level of the pyramid and cropping to a tile lie between the modality transform and
the values of interest, so that every window shows averages of values, not of greys.

References
----------
PS3.4 N.2 (pixel transformation sequence); PS3.3 C.11.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.automatic_window import automatic_window
from dicomkit.pixels.colour_palettes import ColourPalette, palette_colours
from dicomkit.pixels.colour_profile import read_colour_profile, to_screen_colours
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.lookup import apply_lookup, grey_lookup
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.pixels.packing import PackedFrame, RealFrame, pack_frame, real_frame
from dicomkit.pixels.padding import read_padding
from dicomkit.pixels.palette import apply_palette, read_palette
from dicomkit.pixels.photometric import is_inverse, to_eight_bits
from dicomkit.pixels.pixel_format import PixelFormat
from dicomkit.pixels.supplemental_palette import blend, read_supplemental_palette
from dicomkit.pixels.units import value_units
from dicomkit.pixels.voi_lut import VOI, VOIWindow, apply_voi, read_vois, to_grey
from dicomkit.suv import SUVFactor, body_weight_suv, is_pet_image
from dicomkit.tiles import TileRectangle

DisplayFrame = PackedFrame | RealFrame | NDArray[np.uint8]
"""Grey of at most 16 bits; other grey, or grey with colours over it; RGB (rows, columns, 3): what all steps take."""


def display_frame(source: FrameSource, frame_index: int) -> DisplayFrame:
    """Read a frame and bring it into the form that levels, tiles and rendering take.

    Parameters
    ----------
    source
        The image.
    frame_index
        0-based.

    Raises
    ------
    FrameNotFoundError, FrameDecodeError, InvalidLookupTableError, UnsupportedPixelFormatError
    """
    return to_display_frame(
        source.stored_frame(frame_index),
        dataset=source.dataset,
        layout=source.pixel_format,
        frame_index=frame_index,
    )


def to_display_frame(
    stored: NDArray[Any], *, dataset: Dataset, layout: PixelFormat, frame_index: int = 0
) -> DisplayFrame:
    """Apply palette, colour depth or modality transform to a frame of stored values."""
    with refuse_malformed_values():
        return _to_display_frame(stored, dataset, layout, frame_index)


def _to_display_frame(
    stored: NDArray[Any], dataset: Dataset, layout: PixelFormat, frame_index: int
) -> DisplayFrame:
    if layout.photometric_interpretation == "PALETTE COLOR":
        first_mapped, entries = read_palette(dataset, is_signed=layout.is_signed)
        entries = to_screen_colours(entries, profile=read_colour_profile(dataset, frame_index=frame_index))
        return apply_palette(stored, first_mapped=first_mapped, entries=entries)
    if layout.samples_per_pixel > 1:
        rgb = to_eight_bits(stored, bits=layout.bits_stored)
        return to_screen_colours(rgb, profile=read_colour_profile(dataset, frame_index=frame_index))
    modality = read_modality_transform(dataset, frame_index=frame_index)
    padding = read_padding(dataset, layout=layout)
    if layout.is_packable:
        return pack_frame(stored, layout=layout, modality=modality, padding=padding)
    frame = real_frame(stored, modality=modality, padding=padding)
    supplement = read_supplemental_palette(dataset, is_signed=layout.is_signed, frame_index=frame_index)
    return frame if supplement is None else _with_colours(frame, supplement.colours(stored))


def _with_colours(frame: RealFrame, colour: NDArray[np.uint8] | None) -> RealFrame | NDArray[np.uint8]:
    """Lay colours over a grey frame; a frame that is in colour everywhere has no grey left to window."""
    if colour is None:
        return frame
    is_coloured = colour[..., 3] > 0
    if is_coloured.all():
        return np.ascontiguousarray(colour[..., :3])
    mask = is_coloured if frame.padding_mask is None else is_coloured | frame.padding_mask
    return RealFrame(frame.values, mask, colour)


def default_voi(
    frame: DisplayFrame, *, dataset: Dataset, layout: PixelFormat, frame_index: int = 0
) -> VOI | None:
    """Return the first window or table of the file, else an automatic window; None for colour.

    Parameters
    ----------
    frame
        The whole frame at level 0.
    """
    if isinstance(frame, np.ndarray):
        return None
    with refuse_malformed_values():
        vois = read_vois(dataset, frame_index=frame_index)
        if vois:
            return vois[0]
        return automatic_window(
            frame,
            modality=str(dataset.get("Modality") or ""),
            bits_stored=layout.bits_stored,
            value_units=value_units(dataset, frame_index=frame_index),
            suv_factor=_suv_factor(dataset, frame_index),
        )


def _suv_factor(dataset: Dataset, frame_index: int) -> float | None:
    if not is_pet_image(dataset):
        return None
    suv = body_weight_suv(dataset, frame_index=frame_index)
    return suv.value if isinstance(suv, SUVFactor) else None


def default_inverse(dataset: Dataset, *, layout: PixelFormat) -> bool:
    """Return whether the file asks for inverted grey, see `photometric.is_inverse`."""
    return is_inverse(
        layout.photometric_interpretation,
        presentation_lut_shape=str(dataset.get("PresentationLUTShape") or ""),
    )


def crop(frame: DisplayFrame, rectangle: TileRectangle) -> DisplayFrame:
    """Return the part of a frame inside a tile's rectangle; the values are shared, not copied."""
    if isinstance(frame, np.ndarray):
        return frame[rectangle.slices]
    mask = None if frame.padding_mask is None else frame.padding_mask[rectangle.slices]
    if isinstance(frame, PackedFrame):
        return PackedFrame(frame.values[rectangle.slices], mask, frame.scale, frame.offset)
    colour = None if frame.colour is None else frame.colour[rectangle.slices]
    return RealFrame(frame.values[rectangle.slices], mask, colour)


def render_in_colours(
    frame: PackedFrame, *, voi: VOI | None, inverse: bool, palette: ColourPalette
) -> NDArray[np.uint8]:
    """Render a grey frame, a level or a tile with a colour of a palette for each of its greys.

    Returns
    -------
    RGB, uint8, (rows, columns, 3). Padding is black, whatever the palette begins with.
    """
    coloured: NDArray[np.uint8] = palette_colours(palette)[render(frame, voi=voi, inverse=inverse)]
    if frame.padding_mask is not None:
        coloured[frame.padding_mask] = 0
    return coloured


def render(frame: DisplayFrame, *, voi: VOI | None, inverse: bool = False) -> NDArray[np.uint8]:
    """Render a frame, a level or a tile.

    Parameters
    ----------
    frame
        From `display_frame`, reduced and cropped as wanted.
    voi
        Window or table for grey; not looked at for colour.
    inverse
        Turn grey round after rounding; of an image in colour the negative is shown. Colours laid over grey stay: their
        meaning does not depend on it.

    Returns
    -------
    uint8, (rows, columns) or (rows, columns, 3). Padding is black whether inverted or not.
    """
    if isinstance(frame, np.ndarray):
        return 255 - frame if inverse else frame
    if voi is None:
        voi = VOIWindow(128.0, 256.0)
    if isinstance(frame, PackedFrame):
        lookup = grey_lookup(frame.packing, voi, inverse=inverse)
        return apply_lookup(frame.values, lookup=lookup, padding_mask=frame.padding_mask)
    grey = to_grey(apply_voi(frame.values, voi), inverse=inverse)
    if frame.padding_mask is not None:
        grey[frame.padding_mask] = 0
    return grey if frame.colour is None else blend(grey, frame.colour)
