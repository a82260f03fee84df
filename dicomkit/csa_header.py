"""The CSA header of Siemens MR objects: a list of named texts in one private element.

Written from the published descriptions of the format (nibabel's documentation of CSA1 and CSA2), for files that may be
hostile: nothing is read beyond what is there, and no length of the file decides how much is kept.
"""

import struct

_TAG = struct.Struct("<64si4siii")
_ITEM = struct.Struct("<4i")
_MOST_TAGS, _MOST_ITEMS, _MOST_BYTES = 1024, 256, 4 * 2**20


def read_csa_texts(data: bytes, name: str) -> tuple[str, ...]:
    """Return the values of one entry as texts; empty where there is none, or where the header is damaged before it.

    Parameters
    ----------
    data
        Value of CSA Image Header Info (0029,xx10).
    name
        Such as "NumberOfImagesInMosaic".
    """
    is_second = data[:4] == b"SV10"
    start = 8 if is_second else 0
    if len(data) > _MOST_BYTES or len(data) < start + 8:
        return ()
    (count,) = struct.unpack_from("<I", data, start)
    offset = start + 8
    first_items = -1
    for _ in range(min(count, _MOST_TAGS)):
        if offset + _TAG.size > len(data):
            return ()
        raw, _, _, _, items, _ = _TAG.unpack_from(data, offset)
        first_items = items if first_items < 0 else first_items
        found = _items(data, offset + _TAG.size, items, 0 if is_second else first_items)
        if found is None:
            return ()
        texts, offset = found
        if raw.split(b"\0")[0] == name.encode("ascii"):
            return tuple(text for text in texts if text)
    return ()


def _items(data: bytes, offset: int, count: int, excess: int) -> tuple[list[str], int] | None:
    """Return the texts of one entry and where the next begins; None where they do not fit in what is there.

    Parameters
    ----------
    excess
        What the first version of the format adds to every length.
    """
    if not 0 <= count <= _MOST_ITEMS:
        return None
    texts = []
    for _ in range(count):
        if offset + _ITEM.size > len(data):
            return None
        lengths = _ITEM.unpack_from(data, offset)
        offset += _ITEM.size
        length = lengths[0] - excess if excess else lengths[1]
        if not 0 <= length <= len(data) - offset:
            return None
        texts.append(data[offset : offset + length].split(b"\0")[0].decode("latin-1").strip())
        offset += -(-length // 4) * 4
    return texts, offset
