"""Stored samples of a multiplex group as whole numbers, one row for each channel.

References
----------
PS3.3 C.10.9.1.5 (Waveform Sample Interpretation), C.10.9.1.6 (Waveform Padding Value), C.10.9.1.7 (Waveform Data):
samples are interleaved, all channels of one moment together. ITU-T G.711 (mu-law and A-law).
"""

import struct

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidWaveformError
from dicomkit.identity import clean_text, whole_number

MISSING = np.iinfo(np.int32).min
"""What stands where nothing was measured."""

_DTYPES: "dict[tuple[int, str], np.dtype[np.integer]]" = {
    (8, "SB"): np.dtype(np.int8),
    (8, "UB"): np.dtype(np.uint8),
    (8, "MB"): np.dtype(np.uint8),
    (8, "AB"): np.dtype(np.uint8),
    (16, "SS"): np.dtype(np.int16),
    (16, "US"): np.dtype(np.uint16),
    (32, "SL"): np.dtype(np.int32),
}
_HEADER = struct.Struct("<IIII")
_MISSING_16 = np.iinfo(np.int16).min


def decode_samples(
    item: Dataset, *, channels: int, first: int, count: int, is_little_endian: bool
) -> NDArray[np.int32]:
    """Return samples ``first`` to ``first + count - 1`` of each channel of an item of Waveform Sequence.

    Returns
    -------
    Shape (channels, samples); `MISSING` where the file has its padding value. Fewer where the data are cut off.

    Raises
    ------
    InvalidWaveformError
        The samples are of a kind that is not known, or are not there.
    """
    bits = whole_number(item, "WaveformBitsAllocated") or 0
    interpretation = clean_text(item, "WaveformSampleInterpretation", 4)
    dtype = _DTYPES.get((bits, interpretation))
    if dtype is None:
        raise InvalidWaveformError(
            f"Samples of {bits} bits as {interpretation or 'nothing'} are not known here."
        )
    data = item.get("WaveformData")
    if not isinstance(data, bytes) or channels <= 0:
        raise InvalidWaveformError("The samples are missing, or are more than can be read at once.")
    ordered = dtype.newbyteorder("<" if is_little_endian else ">")
    moment_bytes = channels * dtype.itemsize
    part = data[first * moment_bytes : (first + count) * moment_bytes]
    stored = np.frombuffer(part[: len(part) // moment_bytes * moment_bytes], ordered).reshape(-1, channels)
    values = _linear(stored, interpretation)
    padding = _padding(item, ordered)
    if padding is not None:
        values[stored == padding] = MISSING
    return np.ascontiguousarray(values.T)


def pack_samples(samples: NDArray[np.int32]) -> bytes:
    """Return samples as they travel: little endian, in 16 bits where they fit.

    Four 32-bit numbers lead: bytes of a sample (2 or 4), channels, samples of each channel, zero. Then come the
    samples, channel by channel; the smallest number of their width stands for one that is missing.
    """
    is_missing = samples == MISSING
    measured = samples[~is_missing]
    fits = not measured.size or (measured.min() > _MISSING_16 and measured.max() <= np.iinfo(np.int16).max)
    body: NDArray[np.integer] = (
        np.where(is_missing, _MISSING_16, samples).astype("<i2") if fits else samples.astype("<i4")
    )
    return _HEADER.pack(body.itemsize, *samples.shape, 0) + body.tobytes()


def _padding(item: Dataset, dtype: "np.dtype[np.integer]") -> int | None:
    """Return the stored number that means that nothing was measured."""
    value = item.get("WaveformPaddingValue")
    if isinstance(value, int):
        return value
    if isinstance(value, bytes) and len(value) >= dtype.itemsize:
        return int(np.frombuffer(value[: dtype.itemsize], dtype)[0])
    return None


def _linear(stored: NDArray[np.integer], interpretation: str) -> NDArray[np.int32]:
    if interpretation == "MB":
        return _mu_law(stored)
    if interpretation == "AB":
        return _a_law(stored)
    return stored.astype(np.int32)


def _mu_law(stored: NDArray[np.integer]) -> NDArray[np.int32]:
    """Expand mu-law to 16 bits (ITU-T G.711, table 2)."""
    code = ~stored.astype(np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int32)


def _a_law(stored: NDArray[np.integer]) -> NDArray[np.int32]:
    """Expand A-law to 16 bits (ITU-T G.711, table 1)."""
    code = stored.astype(np.int32) ^ 0x55
    exponent = (code >> 4) & 7
    mantissa = ((code & 0x0F) << 4) + 8
    magnitude = np.where(exponent == 0, mantissa, (mantissa + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int32)
