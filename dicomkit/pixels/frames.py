"""Frame n of an image as an array of stored values, without reading the other frames.

References
----------
PS3.5 section 8 (encoding of pixel data) and annex A.4; PS3.3 C.7.6.3 (Image Pixel module).
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID

from dicomkit.errors import FrameDecodeError, FrameNotFoundError, MalformedAttributeError, NoPixelDataError
from dicomkit.malformed import refuse_malformed_values
from dicomkit.mosaic import read_mosaic, sliced_format
from dicomkit.part10 import UNDEFINED_LENGTH, Part10Header, PixelDataElement, read_header
from dicomkit.pixels.decoders import decode_samples
from dicomkit.pixels.encapsulation import EncapsulatedFrames
from dicomkit.pixels.native import read_native_samples
from dicomkit.pixels.photometric import to_rgb
from dicomkit.pixels.pixel_format import MAX_FRAME_BYTES, PixelFormat, check_decodable, read_pixel_format
from dicomkit.pixels.video import VideoFrames
from dicomkit.transfer_syntax import Decoder, TransferSyntax


class FrameSource:
    """The frames of one image, opened from a file or a seekable stream. Not safe for two threads at once.

    The header is parsed once. `dataset` holds the attributes before the pixel data, `pixel_format` the layout of
    a frame, `syntax` the transfer syntax. `is_truncated` becomes true when a frame that was read was not whole
    in the file: the missing values are zero, or what the codec makes of them. The slices of an MR mosaic are frames.
    """

    def __init__(self, header: Part10Header, *, owns_stream: bool = False) -> None:
        if header.pixel_data is None:
            raise NoPixelDataError(f"This object holds no image ({_kind_of(header.dataset)}).")
        check_decodable(header.syntax)
        self.dataset: Dataset = header.dataset
        self.syntax: TransferSyntax = header.syntax
        with refuse_malformed_values():
            self._stored_format = read_pixel_format(header.dataset, pixel_data_tag=header.pixel_data.tag)
            self._mosaic = read_mosaic(header.dataset)
            self.pixel_format: PixelFormat = sliced_format(self._stored_format, self._mosaic)
        self.is_truncated = False
        self._stream = header.stream
        self._owns_stream = owns_stream
        self._element: PixelDataElement = header.pixel_data
        self._encapsulated = self._find_encapsulated_frames()
        self._video = (
            VideoFrames(self._stream, self._element.offset) if self.syntax.decoder is Decoder.VIDEO else None
        )

    @classmethod
    def open(cls, source: str | os.PathLike[str] | BinaryIO) -> Self:
        """Open an image from a path, or from a seekable binary stream (which stays the caller's to close).

        Raises
        ------
        NotDICOMError, UnreadableHeaderError
            When the bytes are not DICOM.
        NoPixelDataError, UnsupportedTransferSyntaxError, UnsupportedPixelFormatError, PixelFloodError
            When it is DICOM but its frames cannot be shown.
        """
        if not isinstance(source, (str, os.PathLike)):
            return cls(read_header(source))
        stream = Path(source).open("rb")  # noqa: SIM115 - the object keeps it open until close()
        try:
            return cls(read_header(stream), owns_stream=True)
        except BaseException:
            stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the stream, if this object opened it."""
        if self._owns_stream:
            self._stream.close()

    def stored_frame(self, frame_index: int) -> NDArray[Any]:
        """Return one frame of stored values.

        Parameters
        ----------
        frame_index
            0-based.

        Returns
        -------
        (rows, columns) for grey and palette images, (rows, columns, 3) of RGB for colour. Integers in the smallest
        type of 8, 16 or 32 bits that holds Bits Allocated (16 bits where Bits Stored allows it), signed by Pixel
        Representation, bits outside of Bits Stored removed; float32 or float64 for float pixel data. The array
        may be read-only.

        Raises
        ------
        FrameNotFoundError, FrameDecodeError, UnsupportedPixelFormatError, PixelFloodError
        """
        layout = self.pixel_format
        samples, is_ybr = self._read(frame_index)
        if not layout.is_float:
            samples = stored_values(samples, layout=layout, is_codestream=self.syntax.encapsulated)
        if is_ybr and samples.ndim == 3:
            interpretation = layout.photometric_interpretation
            if not interpretation.startswith("YBR"):
                interpretation = "YBR_FULL"
            samples = to_rgb(samples, photometric_interpretation=interpretation, bits=layout.bits_stored)
        return samples

    def decoded_samples(self, frame_index: int) -> NDArray[Any]:
        """Return one frame with the bits outside of Bits Stored, where old objects keep overlays.

        Raises
        ------
        FrameNotFoundError, FrameDecodeError, UnsupportedPixelFormatError, PixelFloodError

        References
        ----------
        PS3.5 8.1.2 (overlay data encoded in pixel data, retired).
        """
        return self._read(frame_index)[0]

    def _read(self, frame_index: int) -> tuple[NDArray[Any], bool]:
        """Return the samples of a frame and whether they are luminance and colour differences."""
        count = self.pixel_format.number_of_frames
        if not 0 <= frame_index < count:
            raise FrameNotFoundError(f"The image has no frame {frame_index + 1}; it has {count}.")
        if self._mosaic is None:
            return self._read_stored(frame_index)
        whole, is_ybr = self._read_stored(0)
        return self._mosaic.part(whole, frame_index), is_ybr

    def _read_stored(self, frame_index: int) -> tuple[NDArray[Any], bool]:
        """Return the samples of a frame as the file has them: a mosaic is one."""
        layout = self._stored_format
        if self._video is not None:
            return self._video_frame(self._video, frame_index), False
        if self._encapsulated is None:
            samples, is_whole = read_native_samples(
                self._stream,
                frame_index=frame_index,
                element=self._element,
                layout=layout,
                little_endian=self.syntax.little_endian,
            )
            self.is_truncated = self.is_truncated or not is_whole
            return samples, layout.photometric_interpretation.startswith("YBR")
        data = self._encapsulated.read(frame_index, max_bytes=MAX_FRAME_BYTES)
        decoded = decode_samples(data, syntax=self.syntax, layout=layout)
        self.is_truncated = self.is_truncated or not decoded.is_whole
        return decoded.samples, decoded.is_ybr

    def _video_frame(self, video: VideoFrames, frame_index: int) -> NDArray[Any]:
        layout, picture = self.pixel_format, video.read(frame_index)
        if picture.shape != (layout.rows, layout.columns, layout.samples_per_pixel):
            rows, columns, _ = picture.shape
            raise FrameDecodeError(
                f"The video is {columns} x {rows} pixels where its attributes say {layout.columns} x {layout.rows}."
            )
        if layout.bits_stored <= 8:
            return picture
        # Decoded to 8 bits, which is what a screen shows; later steps expect the bits that the attributes say.
        return picture.astype(np.uint16) << (layout.bits_stored - 8)

    def _find_encapsulated_frames(self) -> EncapsulatedFrames | None:
        if not self.syntax.encapsulated:
            if self._element.length_bytes == UNDEFINED_LENGTH:
                raise FrameDecodeError("The pixel data is not compressed, yet has no length.")
            return None
        if self._element.length_bytes != UNDEFINED_LENGTH:
            raise FrameDecodeError("The pixel data is compressed, yet not a sequence of items.")
        return EncapsulatedFrames(
            self._stream,
            self._element.offset,
            self._stored_format.number_of_frames,
            self.syntax.decoder,
            _very_long_integers(self.dataset, "ExtendedOffsetTable"),
            _very_long_integers(self.dataset, "ExtendedOffsetTableLengths"),
        )


def stored_values(samples: NDArray[Any], *, layout: PixelFormat, is_codestream: bool = False) -> NDArray[Any]:
    """Remove the bits outside of Bits Stored and extend the sign.

    Parameters
    ----------
    samples
        Integers of any type, as decoded.
    is_codestream
        Whether a codec made them: those hold the value in the low bits, whatever High Bit says.

    References
    ----------
    PS3.5 8.1.1 (pixel data encoding), PS3.3 C.7.6.3.1 (Bits Stored, High Bit, Pixel Representation).
    """
    bits, width = layout.bits_stored, samples.dtype.itemsize * 8
    if bits < width:
        shift = 0 if is_codestream else max(0, layout.high_bit + 1 - bits)
        unsigned = samples.view(np.dtype(f"u{width // 8}").newbyteorder(samples.dtype.byteorder))
        if layout.is_signed:
            # Up to the top and back down again: the arithmetic shift copies the sign.
            unsigned = np.left_shift(unsigned, width - bits - shift)
            samples = np.right_shift(unsigned.view(f"i{width // 8}"), width - bits)
        else:
            samples = np.bitwise_and(np.right_shift(unsigned, shift) if shift else unsigned, (1 << bits) - 1)
    else:
        samples = samples.view(f"{'i' if layout.is_signed else 'u'}{width // 8}")
    if width == 32 and bits <= 16:
        samples = samples.astype(np.int16 if layout.is_signed else np.uint16)
    return samples


def _kind_of(dataset: Dataset) -> str:
    """Return what an object is, such as "RT Plan Storage", for people."""
    try:
        with refuse_malformed_values():
            uid = UID(str(dataset.get("SOPClassUID") or "").strip())
            return uid.name if uid and uid.name != uid else "of unknown kind"
    except MalformedAttributeError:
        return "of unknown kind"


def _very_long_integers(dataset: Dataset, keyword: str) -> tuple[int, ...]:
    value = dataset.get(keyword)
    if not isinstance(value, bytes) or len(value) % 8:
        return ()
    return tuple(int(number) for number in np.frombuffer(value, dtype="<u8"))
