"""How a DICOM file begins: the preamble, the File Meta Information, and the encoding of what follows.

References
----------
PS3.10 7.1 (File Meta Information, always explicit VR little endian), 7.5 (security of the preamble)
"""

import struct

from dicomkit.errors import ExecutablePreambleError, NotDICOMError
from dicomkit.transfer_syntax import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    TransferSyntax,
    transfer_syntax,
)

PREAMBLE_BYTES = 128
# File Meta Information longer than this is not looked at for its transfer syntax.
START_BYTES = PREAMBLE_BYTES + 4 + 2**16

# PS3.5 7.1.2: these value representations have two reserved bytes and a 32-bit length.
LONG_VALUE_REPRESENTATIONS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_VALUE_REPRESENTATIONS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)

# First bytes of programs and archives that a computer would run or open in place of the image. TIFF (II*, MM) is
# not among them: a dual TIFF and DICOM file is an intended use of the preamble.
_EXECUTABLE_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xfe\xed\xfa\xce", "a macOS program"),
    (b"\xfe\xed\xfa\xcf", "a macOS program"),
    (b"\xce\xfa\xed\xfe", "a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a macOS program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"<html", "a web page"),
    (b"<!doc", "a web page"),
    (b"<?xml", "an XML document"),
    (b"<scri", "a web page"),
    (b"%PDF", "a PDF document"),
)


def read_start(start: bytes) -> tuple[TransferSyntax, int]:
    """Return the transfer syntax of a file and the offset in bytes at which its data set begins.

    Parameters
    ----------
    start
        The first `START_BYTES` of the file, or all of a shorter one.

    Raises
    ------
    NotDICOMError
        There is neither the DICM mark nor a data set at the start.
    ExecutablePreambleError
        The preamble makes the file a program or a document of another kind as well.

    Notes
    -----
    Preamble and File Meta Information may be missing; the first element then tells how the data set is written.
    """
    refuse_executable_preamble(start)
    if len(start) < 8:
        raise NotDICOMError("The file is empty or too short to be DICOM.")
    has_mark = start[PREAMBLE_BYTES : PREAMBLE_BYTES + 4] == b"DICM"
    if not has_mark and _syntax_of_first_element(start) is None:
        raise NotDICOMError("The file is not DICOM: neither the DICM mark nor a data set at its start.")
    uid, offset = _walk_file_meta(start, PREAMBLE_BYTES + 4 if has_mark else 0)
    if uid:
        return transfer_syntax(uid), offset
    return _syntax_of_first_element(start[offset : offset + 8]) or IMPLICIT_VR_LITTLE_ENDIAN, offset


def refuse_executable_preamble(start: bytes) -> None:
    """Raise ExecutablePreambleError when a file begins like a program or another kind of document.

    References
    ----------
    PS3.10 7.5 (security considerations of the preamble)
    """
    lowered = start[:8].lower()
    for signature, kind in _EXECUTABLE_SIGNATURES:
        if start.startswith(signature) or (signature.startswith(b"<") and lowered.startswith(signature)):
            raise ExecutablePreambleError(f"The file begins like {kind}; it is not taken as an image.")


def _walk_file_meta(start: bytes, position: int) -> tuple[str, int]:
    """Return the Transfer Syntax UID, empty where it is not said, and where group 2 ends."""
    syntax_uid = ""
    while position + 8 <= len(start):
        group, element, vr, length = struct.unpack_from("<HH2sH", start, position)
        if group != 2:
            break
        header_bytes = 8
        if vr in LONG_VALUE_REPRESENTATIONS:
            (length,), header_bytes = (
                struct.unpack_from("<I", start.ljust(position + 12, b"\0"), position + 8),
                12,
            )
        elif not vr.isalpha():
            # Some writers encode the File Meta Information in implicit VR, against PS3.10 7.1.
            (length,) = struct.unpack_from("<I", start, position + 4)
        value = start[position + header_bytes : position + header_bytes + length]
        if element == 0x0010:
            syntax_uid = value.decode("ascii", "replace").split("\0")[0].strip()
        position += header_bytes + length
    return syntax_uid, position


def _syntax_of_first_element(start: bytes) -> TransferSyntax | None:
    """Return the native syntax that an element is written in; None where the bytes are none.

    A data set begins with a low even group, then a known value representation or a sane length.
    """
    if len(start) < 8:
        return None
    group, _, length = struct.unpack_from("<HHI", start)
    (group_big,) = struct.unpack_from(">H", start)
    if start[4:6] in _VALUE_REPRESENTATIONS:
        if _is_low_group(group):
            return EXPLICIT_VR_LITTLE_ENDIAN
        return EXPLICIT_VR_BIG_ENDIAN if _is_low_group(group_big) else None
    is_implicit = group in (0x0002, 0x0004, 0x0008, 0x0010) and 0 < length <= 1024 and length % 2 == 0
    return IMPLICIT_VR_LITTLE_ENDIAN if is_implicit else None


def _is_low_group(group: int) -> bool:
    return 0 < group <= 0x0030 and group % 2 == 0
