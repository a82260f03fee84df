"""How the samples of one frame are laid out, read from the Image Pixel module and checked.

References
----------
PS3.3 C.7.6.3 (Image Pixel module); PS3.5 section 8.
"""

from dataclasses import dataclass

from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset

from dicomkit.errors import (
    PixelFloodError,
    UnsupportedPixelFormatError,
    UnsupportedTransferSyntaxError,
)
from dicomkit.pixels.numbers import first_int
from dicomkit.pixels.supplemental_palette import first_coloured_value
from dicomkit.transfer_syntax import TransferSyntax

MAX_FRAME_BYTES = 512 * 1024**2

_SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})
_SUPPORTED_BITS = frozenset({1, 8, 16, 32})
_FLOAT_BITS = {0x7FE00008: 32, 0x7FE00009: 64}


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Layout of one frame.

    `is_float` means Float (32 bit) or Double Float (64 bit) Pixel Data. `first_coloured` is the stored value from
    which on a grey image is shown in a palette, see `supplemental_palette`; None for all others.
    """

    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    photometric_interpretation: str
    is_planar: bool
    number_of_frames: int
    is_float: bool = False
    first_coloured: int | None = None

    @property
    def is_colour(self) -> bool:
        """Whether the whole frame is shown in colour: three samples, or a palette index."""
        if self.samples_per_pixel > 1 or self.photometric_interpretation == "PALETTE COLOR":
            return True
        return self.first_coloured is not None and self.first_coloured <= self.lowest_value

    @property
    def lowest_value(self) -> int:
        """The lowest stored value that the bits can hold."""
        return -(1 << (self.bits_stored - 1)) if self.is_signed else 0

    @property
    def is_subsampled(self) -> bool:
        """Whether two neighbours in native pixel data share their colour differences."""
        return self.samples_per_pixel == 3 and self.photometric_interpretation in _SUBSAMPLED

    @property
    def frame_bits(self) -> int:
        """Bits that one native frame takes in the pixel data."""
        pixels = self.rows * self.columns
        if self.is_subsampled:
            # PS3.3 C.7.6.3.1.2: two luminance samples share one pair of colour differences.
            return pixels * 2 * self.bits_allocated
        return pixels * self.samples_per_pixel * self.bits_allocated

    @property
    def is_packable(self) -> bool:
        """Whether every stored value fits into 16 bits, so that tiles can carry it exactly."""
        is_grey = not self.is_colour and self.first_coloured is None
        return is_grey and not self.is_float and self.bits_stored <= 16


def read_pixel_format(dataset: Dataset, *, pixel_data_tag: int = 0x7FE00010) -> PixelFormat:
    """Read and check the layout of an image's frames.

    Parameters
    ----------
    dataset
        Header of the image; the pixel data is not looked at.
    pixel_data_tag
        Tag of the element that holds the pixels; the float ones have no Bits Stored.

    Raises
    ------
    UnsupportedPixelFormatError
        When an attribute is missing or describes a layout that is not supported.
    PixelFloodError
        When one frame would take more than `MAX_FRAME_BYTES`.
    """
    float_bits = _FLOAT_BITS.get(pixel_data_tag)
    bits_allocated = float_bits or _required(dataset, "BitsAllocated")
    bits_stored = first_int(dataset.get("BitsStored"), default=bits_allocated)
    is_signed = first_int(dataset.get("PixelRepresentation"), default=0) == 1
    pixel_format = PixelFormat(
        rows=_required(dataset, "Rows"),
        columns=_required(dataset, "Columns"),
        samples_per_pixel=first_int(dataset.get("SamplesPerPixel"), default=1),
        bits_allocated=bits_allocated,
        bits_stored=bits_stored,
        high_bit=first_int(dataset.get("HighBit"), default=bits_stored - 1),
        is_signed=is_signed,
        photometric_interpretation=str(dataset.get("PhotometricInterpretation") or "MONOCHROME2").strip(),
        is_planar=first_int(dataset.get("PlanarConfiguration"), default=0) == 1,
        number_of_frames=max(1, first_int(dataset.get("NumberOfFrames"), default=1)),
        is_float=float_bits is not None,
        first_coloured=None if float_bits else first_coloured_value(dataset, is_signed=is_signed),
    )
    _check(pixel_format)
    return pixel_format


def check_decodable(syntax: TransferSyntax) -> None:
    """Raise UnsupportedTransferSyntaxError when frames in this transfer syntax cannot be decoded."""
    if not syntax.is_decodable:
        raise UnsupportedTransferSyntaxError(f"The image is encoded as {syntax.name}, which cannot be shown.")


def _required(dataset: Dataset, keyword: str) -> int:
    value = first_int(dataset.get(keyword), default=0)
    if value < 1:
        raise UnsupportedPixelFormatError(
            f"The header does not say how the image is laid out: {dictionary_description(keyword)} is missing."
        )
    return value


def _check(layout: PixelFormat) -> None:
    if layout.is_float:
        if layout.samples_per_pixel != 1:
            raise UnsupportedPixelFormatError(
                "The image has fractions in more than one channel, which cannot be shown."
            )
    elif layout.bits_allocated not in _SUPPORTED_BITS:
        raise UnsupportedPixelFormatError(
            f"The image has samples of {layout.bits_allocated} bits, which cannot be shown."
        )
    elif not 1 <= layout.bits_stored <= layout.bits_allocated:
        raise UnsupportedPixelFormatError(
            f"The header contradicts itself: Bits Stored is {layout.bits_stored}, Bits Allocated {layout.bits_allocated}."
        )
    # Four (ARGB, CMYK) were retired in 2001; shown as if they were RGB, their colours would be wrong.
    if layout.samples_per_pixel not in (1, 3):
        raise UnsupportedPixelFormatError(
            f"The image has {layout.samples_per_pixel} samples per pixel, which cannot be shown."
        )
    # The decoded frame holds every sample, also where the encoded one shares colour differences.
    decoded_bits = layout.rows * layout.columns * layout.samples_per_pixel * max(8, layout.bits_allocated)
    if decoded_bits // 8 > MAX_FRAME_BYTES:
        raise PixelFloodError(
            f"One frame of {layout.rows} x {layout.columns} pixels needs more memory than is allowed "
            f"({MAX_FRAME_BYTES // 2**20} MiB)."
        )
