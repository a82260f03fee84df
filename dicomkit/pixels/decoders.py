"""Turn the encoded bytes of one frame into samples, by a table of decoders.

Colour comes out as RGB, except from native and run-length data, which `photometric` converts afterwards.

References
----------
PS3.5 section 8.2 and annexes A.4, G (RLE); PS3.5 8.2.4 (colour of JPEG 2000).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import FrameDecodeError, UnsupportedTransferSyntaxError
from dicomkit.pixels.codestream import read_jpeg_2000_header, read_jpeg_header
from dicomkit.pixels.pixel_format import PixelFormat
from dicomkit.transfer_syntax import Decoder, TransferSyntax

_CODEC_ERRORS = (RuntimeError, ValueError, TypeError, IndexError, OSError)


@dataclass(frozen=True, slots=True)
class DecodedSamples:
    """Samples of one frame, (rows, columns[, samples]), and whether they still are luminance and differences.

    `precision_bits` is the codestream's own precision, or None when it does not say.
    """

    samples: NDArray[Any]
    is_ybr: bool = False
    precision_bits: int | None = None


def decode_samples(data: bytes, *, syntax: TransferSyntax, layout: PixelFormat) -> DecodedSamples:
    """Decode one encapsulated frame.

    Raises
    ------
    UnsupportedTransferSyntaxError
        When there is no decoder for the syntax.
    FrameDecodeError
        When the codestream is damaged, or is not of the size that the attributes say.
    """
    decode = _DECODERS.get(syntax.decoder)
    if decode is None:
        raise UnsupportedTransferSyntaxError(f"The image is encoded as {syntax.name}, which cannot be shown.")
    try:
        decoded = decode(data, layout)
    except _CODEC_ERRORS as error:
        raise FrameDecodeError(f"The compressed image is damaged ({syntax.name}).") from error
    shape = (layout.rows, layout.columns) + (
        (layout.samples_per_pixel,) if layout.samples_per_pixel > 1 else ()
    )
    samples = decoded.samples
    if samples.shape != shape and samples.size == np.prod(shape) and samples.shape[:2] == shape[:2]:
        samples = samples.reshape(shape)
    if samples.shape != shape:
        raise FrameDecodeError(_contradiction(samples.shape, layout))
    return DecodedSamples(samples, decoded.is_ybr, decoded.precision_bits)


def _check_size(rows: int, columns: int, components: int, layout: PixelFormat) -> None:
    """Refuse a codestream of another size before its decoder allocates for it."""
    if (rows or layout.rows, columns, components) != (layout.rows, layout.columns, layout.samples_per_pixel):
        raise FrameDecodeError(_contradiction((rows, columns, components), layout))


def _contradiction(shape: tuple[int, ...], layout: PixelFormat) -> str:
    rows, columns, samples = (*shape, 1)[:3]
    return (
        f"The compressed image has {rows} x {columns} pixels of {samples} samples, its header says "
        f"{layout.rows} x {layout.columns} of {layout.samples_per_pixel}."
    )


def _decode_jpeg(data: bytes, layout: PixelFormat) -> DecodedSamples:
    header = read_jpeg_header(data)
    if header is None:
        raise FrameDecodeError("The compressed image is damaged (JPEG): it has no beginning.")
    _check_size(header.rows, header.columns, header.components, layout)
    if header.components != 3:
        return DecodedSamples(imagecodecs.jpeg8_decode(data), precision_bits=header.precision_bits)
    is_ybr = header.is_ybr(layout.photometric_interpretation)
    if is_ybr and not header.is_lossless:
        samples = imagecodecs.jpeg8_decode(data, colorspace="YCBCR", outcolorspace="RGB")
        return DecodedSamples(samples, precision_bits=header.precision_bits)
    samples = imagecodecs.jpeg8_decode(data, colorspace="RGB", outcolorspace="RGB")
    return DecodedSamples(samples, is_ybr=is_ybr, precision_bits=header.precision_bits)


def _decode_jpeg_ls(data: bytes, layout: PixelFormat) -> DecodedSamples:
    header = read_jpeg_header(data)
    if header is None:
        raise FrameDecodeError("The compressed image is damaged (JPEG-LS): it has no beginning.")
    _check_size(header.rows, header.columns, header.components, layout)
    samples = imagecodecs.jpegls_decode(data)
    if samples.ndim == 3 and samples.shape[0] == 3 and samples.shape != (layout.rows, layout.columns, 3):
        samples = np.moveaxis(samples, 0, -1)
    is_ybr = layout.photometric_interpretation.startswith("YBR")
    return DecodedSamples(samples, is_ybr=is_ybr, precision_bits=header.precision_bits)


def _decode_jpeg_2000(data: bytes, layout: PixelFormat) -> DecodedSamples:
    return _decode_wavelet(data, layout, imagecodecs.jpeg2k_decode)


def _decode_htj2k(data: bytes, layout: PixelFormat) -> DecodedSamples:
    return _decode_wavelet(data, layout, imagecodecs.htj2k_decode)


def _decode_wavelet(data: bytes, layout: PixelFormat, decode: Callable[..., NDArray[Any]]) -> DecodedSamples:
    header = read_jpeg_2000_header(data)
    if header is None:
        raise FrameDecodeError("The compressed image is damaged (JPEG 2000): it has no beginning.")
    _check_size(header.rows, header.columns, header.components, layout)
    photometric = layout.photometric_interpretation
    # PS3.5 8.2.4: with YBR_RCT or YBR_ICT the codec itself undoes the transform.
    is_ybr = photometric.startswith("YBR_FULL") and not header.uses_component_transform
    return DecodedSamples(decode(data), is_ybr=is_ybr, precision_bits=header.precision_bits)


def _decode_jpeg_xl(data: bytes, layout: PixelFormat) -> DecodedSamples:
    return DecodedSamples(imagecodecs.jpegxl_decode(data))


def _decode_rle(data: bytes, layout: PixelFormat) -> DecodedSamples:
    pixels = layout.rows * layout.columns
    planes = imagecodecs.dicomrle_decode(data, f"<u{layout.bits_allocated // 8}")
    flat = np.frombuffer(planes, dtype=f"<u{layout.bits_allocated // 8}")
    if flat.size < pixels * layout.samples_per_pixel:
        raise FrameDecodeError("the run-length data of a frame is too short")
    flat = flat[: pixels * layout.samples_per_pixel]
    if layout.samples_per_pixel == 1:
        return DecodedSamples(flat.reshape(layout.rows, layout.columns))
    # PS3.5 G.2: the composite pixel code is decomposed by sample first, so the planes lie one after the other.
    samples = np.moveaxis(flat.reshape(layout.samples_per_pixel, layout.rows, layout.columns), 0, -1)
    return DecodedSamples(samples, is_ybr=layout.photometric_interpretation.startswith("YBR"))


def _decode_deflated_frame(data: bytes, layout: PixelFormat) -> DecodedSamples:
    expected = layout.frame_bits // 8
    raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, expected)
    dtype = np.dtype(f"<u{max(8, layout.bits_allocated) // 8}")
    shape: tuple[int, ...] = (layout.rows, layout.columns)
    if layout.samples_per_pixel > 1:
        shape = (*shape, layout.samples_per_pixel)
    samples = np.frombuffer(raw, dtype=dtype).reshape(shape)
    return DecodedSamples(samples, is_ybr=layout.photometric_interpretation.startswith("YBR"))


_DECODERS: dict[Decoder, Callable[[bytes, PixelFormat], DecodedSamples]] = {
    Decoder.JPEG: _decode_jpeg,
    Decoder.JPEG_LS: _decode_jpeg_ls,
    Decoder.JPEG_2000: _decode_jpeg_2000,
    Decoder.HTJ2K: _decode_htj2k,
    Decoder.JPEG_XL: _decode_jpeg_xl,
    Decoder.RLE: _decode_rle,
    Decoder.DEFLATED_FRAME: _decode_deflated_frame,
}
