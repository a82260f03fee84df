"""A lookup table as the standard writes it: LUT Descriptor and LUT Data.

References
----------
PS3.3 C.11.1.1.1 and C.11.2.1.1 (LUT Descriptor); PS3.5 8.1.1.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidLookupTableError
from dicomkit.pixels.numbers import floats


@dataclass(frozen=True)
class LookupTable:
    """Maps `first_mapped`, `first_mapped` + 1, ... to entries of `bits_per_entry` bits; hashable.

    `data` holds the entries as unsigned 16-bit little endian numbers.
    """

    first_mapped: int
    bits_per_entry: int
    data: bytes

    @cached_property
    def entries(self) -> NDArray[np.uint16]:
        """The entries, read-only."""
        return np.frombuffer(self.data, "<u2").astype(np.uint16, copy=False)

    def map(self, values: NDArray[Any]) -> NDArray[np.uint16]:
        """Return the entry of each value; values below and above take the first and the last entry.

        Values that are not integers are rounded to the nearest one, halves upwards.
        """
        if values.dtype.kind == "f":
            values = np.floor(values + 0.5)
        # Half the memory for the usual values of at most 16 bits; a detector has millions of them.
        wide_enough: type[np.signedinteger[Any]] = np.int32 if values.dtype.itemsize <= 2 else np.int64
        indices = np.clip(values.astype(wide_enough) - self.first_mapped, 0, len(self.entries) - 1)
        found: NDArray[np.uint16] = self.entries[indices]
        return found


def read_lookup_table(item: Dataset, *, is_signed: bool) -> LookupTable:
    """Read the table out of an item of a Modality LUT or VOI LUT Sequence.

    Parameters
    ----------
    item
        Holds LUT Descriptor and LUT Data.
    is_signed
        Whether the values that go in are signed: the second number of the descriptor then is, too.

    Raises
    ------
    InvalidLookupTableError
        When the descriptor is not three numbers or the data has no entries.
    """
    descriptor = floats(item.get("LUTDescriptor"), count=3)
    if descriptor is None:
        raise InvalidLookupTableError("A lookup table of the image does not say how long it is.")
    count, first_mapped, bits = (int(number) for number in descriptor)
    if is_signed and first_mapped > 0x7FFF:
        first_mapped -= 0x10000
    # PS3.3 C.11.1.1.1: 0 stands for 65,536 entries, which 16 bits cannot express.
    entries = lut_entries(
        item.get("LUTData"), count=count or 0x10000, bits=bits, is_big_endian=_big_endian(item)
    )
    return LookupTable(first_mapped, min(max(bits, 8), 16), entries.astype("<u2").tobytes())


def lut_entries(data: Any, *, count: int, bits: int, is_big_endian: bool = False) -> NDArray[np.uint16]:
    """Return LUT data as entries, however it was written: numbers, words, or bytes packed into words.

    Raises
    ------
    InvalidLookupTableError
        When there are no entries. Too few are completed with the last one.
    """
    if isinstance(data, (bytes, bytearray)):
        if bits <= 8 and len(data) < 2 * count:
            entries = np.frombuffer(bytes(data), np.uint8).astype(np.uint16)
        else:
            entries = np.frombuffer(bytes(data[: len(data) // 2 * 2]), ">u2" if is_big_endian else "<u2")
    else:
        numbers = floats(data) or []
        entries = np.array([int(number) & 0xFFFF for number in numbers], np.uint16)
    if not len(entries):
        raise InvalidLookupTableError("A lookup table of the image is empty.")
    entries = entries[:count].astype(np.uint16)
    return np.pad(entries, (0, count - len(entries)), mode="edge") if len(entries) < count else entries


def _big_endian(item: Dataset) -> bool:
    return item.original_encoding[1] is False
