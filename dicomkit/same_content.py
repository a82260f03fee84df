"""Whether two files hold the same instance, though their bytes differ.

The same instance comes with other File Meta Information from another sender, and with other lengths of sequences,
or in the other native transfer syntax, from another toolkit.

References
----------
PS3.10 7.1 (File Meta Information is not part of the data set), PS3.5 7.5 (sequences of defined and undefined length)
"""

from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from dicomkit.errors import DicomKitError
from dicomkit.malformed import refuse_malformed_values
from dicomkit.part10 import UNDEFINED_LENGTH, Part10Header, read_header

_COPY_BYTES = 2**20


def is_same_instance(one: BinaryIO, other: BinaryIO) -> bool:
    """Tell whether two files hold equal attributes and equal bytes of pixel data.

    Parameters
    ----------
    one, other
        Open for reading and seekable.

    Notes
    -----
    Pixels are not decoded: the same image compressed in another way counts as different.
    """
    try:
        first, second = read_header(one), read_header(other)
        if not _is_same_encoding(first, second):
            return False
        with refuse_malformed_values():
            if _without_group_lengths(first.dataset) != _without_group_lengths(second.dataset):
                return False
    except DicomKitError:
        return False
    return _is_same_rest(first, second)


def _is_same_encoding(first: Part10Header, second: Part10Header) -> bool:
    """Tell whether pixel data of both files can be compared byte by byte."""
    if first.syntax == second.syntax:
        return True
    both = (first.syntax, second.syntax)
    return all(not syntax.encapsulated and syntax.little_endian for syntax in both)


def _without_group_lengths(dataset: Dataset) -> Dataset:
    for tag in filter(_is_group_length, tuple(dataset.keys())):
        del dataset[tag]
    return dataset


def _is_group_length(tag: BaseTag) -> bool:
    return tag.element == 0


def _is_same_rest(first: Part10Header, second: Part10Header) -> bool:
    """Compare the pixel data."""
    if first.pixel_data is None or second.pixel_data is None:
        return first.pixel_data is second.pixel_data
    lengths = first.pixel_data.length_bytes, second.pixel_data.length_bytes
    if lengths[0] != lengths[1]:
        return False
    first.stream.seek(first.pixel_data.offset)
    second.stream.seek(second.pixel_data.offset)
    left = None if lengths[0] == UNDEFINED_LENGTH else lengths[0]
    while left is None or left > 0:
        size = _COPY_BYTES if left is None else min(left, _COPY_BYTES)
        parts = first.stream.read(size), second.stream.read(size)
        if parts[0] != parts[1]:
            return False
        if not parts[0]:
            return True
        left = None if left is None else left - len(parts[0])
    return True
