"""The transfer syntaxes that Reading Room knows, as one table.

References
----------
PS3.5 section 10 and annex A; PS3.6 annex A (UIDs).
"""

from dataclasses import dataclass
from enum import StrEnum


class Decoder(StrEnum):
    """Which decoder turns one frame's bytes into samples."""

    NATIVE = "native"
    JPEG = "jpeg"
    JPEG_LS = "jpeg-ls"
    JPEG_2000 = "jpeg-2000"
    HTJ2K = "htj2k"
    JPEG_XL = "jpeg-xl"
    RLE = "rle"
    DEFLATED_FRAME = "deflated-frame"
    VIDEO = "video"
    NONE = "none"
    """Known by name, but not decoded here (references to pixels elsewhere)."""


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """One transfer syntax.

    `lossy` says that this syntax may have lost information; a syntax that can be either (JPEG 2000 general)
    counts as lossy, because only the attribute Lossy Image Compression can say that it is not.
    """

    uid: str
    name: str
    encapsulated: bool = True
    lossy: bool = False
    decoder: Decoder = Decoder.NONE
    implicit_vr: bool = False
    little_endian: bool = True
    deflated: bool = False

    @property
    def is_decodable(self) -> bool:
        """Whether frames in this syntax can be decoded."""
        return self.decoder is not Decoder.NONE


_UID_ROOT = "1.2.840.10008.1.2"

_NATIVE = [
    TransferSyntax(
        _UID_ROOT, "Implicit VR Little Endian", encapsulated=False, decoder=Decoder.NATIVE, implicit_vr=True
    ),
    TransferSyntax(f"{_UID_ROOT}.1", "Explicit VR Little Endian", encapsulated=False, decoder=Decoder.NATIVE),
    TransferSyntax(
        f"{_UID_ROOT}.1.99",
        "Deflated Explicit VR Little Endian",
        encapsulated=False,
        decoder=Decoder.NATIVE,
        deflated=True,
    ),
    TransferSyntax(
        f"{_UID_ROOT}.2",
        "Explicit VR Big Endian",
        encapsulated=False,
        decoder=Decoder.NATIVE,
        little_endian=False,
    ),
]

# Each row: the last components of the UID, the name, whether it may be lossy, the decoder.
_ENCAPSULATED: list[tuple[str, str, bool, Decoder]] = [
    ("4.50", "JPEG Baseline (Process 1)", True, Decoder.JPEG),
    ("4.51", "JPEG Extended (Processes 2 and 4)", True, Decoder.JPEG),
    ("4.53", "JPEG Spectral Selection, Non-Hierarchical (Processes 6 and 8)", True, Decoder.JPEG),
    ("4.55", "JPEG Full Progression, Non-Hierarchical (Processes 10 and 12)", True, Decoder.JPEG),
    ("4.57", "JPEG Lossless, Non-Hierarchical (Process 14)", False, Decoder.JPEG),
    ("4.70", "JPEG Lossless, First-Order Prediction (Process 14, Selection Value 1)", False, Decoder.JPEG),
    ("4.80", "JPEG-LS Lossless", False, Decoder.JPEG_LS),
    ("4.81", "JPEG-LS Near-Lossless", True, Decoder.JPEG_LS),
    ("4.90", "JPEG 2000 Lossless", False, Decoder.JPEG_2000),
    ("4.91", "JPEG 2000", True, Decoder.JPEG_2000),
    ("4.92", "JPEG 2000 Part 2 Multi-component Lossless", False, Decoder.NONE),
    ("4.93", "JPEG 2000 Part 2 Multi-component", True, Decoder.NONE),
    ("4.94", "JPIP Referenced", False, Decoder.NONE),
    ("4.95", "JPIP Referenced Deflate", False, Decoder.NONE),
    ("4.100", "MPEG2 Main Profile / Main Level", True, Decoder.VIDEO),
    ("4.100.1", "Fragmentable MPEG2 Main Profile / Main Level", True, Decoder.VIDEO),
    ("4.101", "MPEG2 Main Profile / High Level", True, Decoder.VIDEO),
    ("4.101.1", "Fragmentable MPEG2 Main Profile / High Level", True, Decoder.VIDEO),
    ("4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", True, Decoder.VIDEO),
    ("4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1", True, Decoder.VIDEO),
    ("4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", True, Decoder.VIDEO),
    ("4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", True, Decoder.VIDEO),
    ("4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", True, Decoder.VIDEO),
    ("4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", True, Decoder.VIDEO),
    ("4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", True, Decoder.VIDEO),
    ("4.107", "HEVC/H.265 Main Profile / Level 5.1", True, Decoder.VIDEO),
    ("4.108", "HEVC/H.265 Main 10 Profile / Level 5.1", True, Decoder.VIDEO),
    ("4.110", "JPEG XL Lossless", False, Decoder.JPEG_XL),
    ("4.111", "JPEG XL JPEG Recompression", True, Decoder.JPEG_XL),
    ("4.112", "JPEG XL", True, Decoder.JPEG_XL),
    ("4.201", "High-Throughput JPEG 2000 Lossless", False, Decoder.HTJ2K),
    ("4.202", "High-Throughput JPEG 2000 with RPCL Options Lossless", False, Decoder.HTJ2K),
    ("4.203", "High-Throughput JPEG 2000", True, Decoder.HTJ2K),
    ("5", "RLE Lossless", False, Decoder.RLE),
    ("8.1", "Deflated Image Frame Compression", False, Decoder.DEFLATED_FRAME),
]

TRANSFER_SYNTAXES: dict[str, TransferSyntax] = {
    syntax.uid: syntax
    for syntax in [
        *_NATIVE,
        *(
            TransferSyntax(f"{_UID_ROOT}.{suffix}", name, lossy=lossy, decoder=decoder)
            for suffix, name, lossy, decoder in _ENCAPSULATED
        ),
    ]
}

IMPLICIT_VR_LITTLE_ENDIAN = TRANSFER_SYNTAXES["1.2.840.10008.1.2"]
EXPLICIT_VR_LITTLE_ENDIAN = TRANSFER_SYNTAXES["1.2.840.10008.1.2.1"]
EXPLICIT_VR_BIG_ENDIAN = TRANSFER_SYNTAXES["1.2.840.10008.1.2.2"]


def transfer_syntax(uid: str) -> TransferSyntax:
    """Return the table's row for a UID; an unknown one becomes an encapsulated syntax without a decoder.

    References
    ----------
    PS3.5 A.4: every transfer syntax other than the native ones encapsulates in Explicit VR Little Endian.
    """
    known = TRANSFER_SYNTAXES.get(uid)
    return known if known is not None else TransferSyntax(uid, uid)
