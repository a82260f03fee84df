"""Turn the encoded bytes of one frame into samples, by a table of decoders.

Colour comes out as RGB, except from native and run-length data, which `photometric` converts afterwards.

References
----------
PS3.5 section 8.2 and annexes A.4, G (RLE); PS3.5 8.2.4 (colour of JPEG 2000).
"""

import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import FrameDecodeError, UnsupportedTransferSyntaxError
from dicomkit.part10 import PIXEL_DATA, PixelDataElement
from dicomkit.pixels.codestream import read_jpeg_2000_header, read_jpeg_header
from dicomkit.pixels.native import read_native_samples
from dicomkit.pixels.pixel_format import PixelFormat
from dicomkit.pixels.run_length import decode_cut_planes, has_sound_header
from dicomkit.transfer_syntax import Decoder, TransferSyntax

# ITU-T T.81 B.1.1.3 and T.800 A.4.4: the same two bytes close a picture; a fragment may be padded behind them.
_END_MARKER, _PADDING_BYTES = b"\xff\xd9", 64
_MARKED_END = frozenset({Decoder.JPEG, Decoder.JPEG_LS, Decoder.JPEG_2000, Decoder.HTJ2K})
_CODEC_ERRORS = (RuntimeError, ValueError, TypeError, IndexError, OSError)


@dataclass(frozen=True, slots=True)
class DecodedSamples:
    """Samples of one frame, (rows, columns[, samples]), and whether they still are luminance and differences.

    `precision_bits` is the codestream's own precision, or None when it does not say. `is_whole` is false for a frame
    that is cut off: what is missing is zero, or what the codec makes of it.
    """

    samples: NDArray[Any]
    is_ybr: bool = False
    precision_bits: int | None = None
    is_whole: bool = True


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
        state = "damaged" if _has_end(data, syntax.decoder) else "cut off"
        raise FrameDecodeError(f"The compressed image is {state} ({syntax.name}).") from error
    shape = (layout.rows, layout.columns) + (
        (layout.samples_per_pixel,) if layout.samples_per_pixel > 1 else ()
    )
    samples = decoded.samples
    if samples.shape != shape and samples.size == np.prod(shape) and samples.shape[:2] == shape[:2]:
        samples = samples.reshape(shape)
    if samples.shape != shape:
        raise FrameDecodeError(_contradiction(samples.shape, layout))
    is_whole = decoded.is_whole and _has_end(data, syntax.decoder)
    return DecodedSamples(samples, decoded.is_ybr, decoded.precision_bits, is_whole)


def _has_end(data: bytes, decoder: Decoder) -> bool:
    """Whether the codestream is there to its end, as far as it can be told without decoding it."""
    if decoder not in _MARKED_END:
        return True
    return _END_MARKER in data[-_PADDING_BYTES:] or data.rstrip(b"\0").endswith(_END_MARKER)


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
    with _swallowed_errors() as errors:
        decoded = _decode_wavelet(data, layout, imagecodecs.htj2k_decode)
    if errors:
        # The samples are what the memory held before, pixels of another patient perhaps.
        raise FrameDecodeError(f"The compressed image is damaged (HTJ2K): {errors[0]}.")
    return decoded


@contextmanager
def _swallowed_errors() -> Iterator[list[BaseException]]:
    """Collect the exceptions that compiled code could not raise and would only have written to the error output.

    imagecodecs reports a damaged HTJ2K codestream in no other way. For processes with one thread, as those are that
    decode: the hook is the whole process's.
    """
    errors: list[BaseException] = []

    def keep(raised: "sys.UnraisableHookArgs") -> None:
        if raised.exc_value is not None:
            errors.append(raised.exc_value)

    hook, sys.unraisablehook = sys.unraisablehook, keep
    try:
        yield errors
    finally:
        sys.unraisablehook = hook


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
    pixels, count = layout.rows * layout.columns, layout.samples_per_pixel
    width = layout.bits_allocated // 8
    if not width:
        raise FrameDecodeError(
            "The compressed image has one bit per pixel, which run-length data cannot have."
        )
    is_whole = True
    flat = np.empty(0, f"<u{width}")
    if has_sound_header(data, segments=count * width):
        with suppress(*_CODEC_ERRORS):
            flat = np.frombuffer(imagecodecs.dicomrle_decode(data, f"<u{width}"), f"<u{width}")
    if flat.size < pixels * count:
        is_whole = False
        flat = decode_cut_planes(data, planes=count, bytes_per_sample=width, pixels=pixels).ravel()
    # PS3.5 G.2: the composite pixel code is decomposed by sample first, so the planes lie one after the other.
    planes = flat[: pixels * count].reshape(count, layout.rows, layout.columns)
    is_ybr = layout.photometric_interpretation.startswith("YBR")
    return DecodedSamples(planes[0] if count == 1 else np.moveaxis(planes, 0, -1), is_ybr, is_whole=is_whole)


def _decode_deflated_frame(data: bytes, layout: PixelFormat) -> DecodedSamples:
    expected = -(-layout.frame_bits // 8)
    raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, expected)
    is_whole = len(raw) == expected
    # The frame is what native pixel data of one frame would be, so it is read as such (PS3.5 8.2, Deflated Image Frame Compression).
    samples, _ = read_native_samples(
        BytesIO(raw),
        frame_index=0,
        element=PixelDataElement(PIXEL_DATA, "OB", 0, len(raw)),
        layout=layout,
        little_endian=True,
    )
    is_ybr = layout.photometric_interpretation.startswith("YBR")
    return DecodedSamples(samples, is_ybr, is_whole=is_whole)


_DECODERS: dict[Decoder, Callable[[bytes, PixelFormat], DecodedSamples]] = {
    Decoder.JPEG: _decode_jpeg,
    Decoder.JPEG_LS: _decode_jpeg_ls,
    Decoder.JPEG_2000: _decode_jpeg_2000,
    Decoder.HTJ2K: _decode_htj2k,
    Decoder.JPEG_XL: _decode_jpeg_xl,
    Decoder.RLE: _decode_rle,
    Decoder.DEFLATED_FRAME: _decode_deflated_frame,
}
