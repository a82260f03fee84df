"""Small ICC profiles whose every colour can be computed by hand.

References
----------
ICC.1:2001-04 (version 2 profiles): 6.1 (header), 6.3.1.2 (matrix profiles of displays), 6.5 (tag types).
"""

import struct

# The primaries of sRGB in the connection space of profiles (adapted to D50): X, Y, Z of red, green and blue.
SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
_D50 = (0.9642, 1.0, 0.8249)


def matrix_profile(
    *, primaries: tuple[tuple[float, float, float], ...] = SRGB_PRIMARIES, gamma: float = 1.0
) -> bytes:
    """Return a version 2 profile of a display: light is the sample to the power of `gamma`, mixed by the primaries."""
    curve = struct.pack(">4sIIH", b"curv", 0, 1, round(gamma * 256))
    tags = {
        b"desc": struct.pack(">4sII", b"desc", 0, 5) + b"Test\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": _xyz(_D50),
        **{name: _xyz(primary) for name, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, data = struct.pack(">I", len(tags)), b""
    first = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += struct.pack(">4sII", name, first + len(data), len(tag))
        data += tag + bytes(-len(tag) % 4)
    header = struct.pack(
        ">I4sI4s4s4s12x4s28x3i",
        first + len(data),
        b"none",
        0x02100000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        b"acsp",
        *_fixed(_D50),
    )
    return header.ljust(128, b"\0") + table + data


def _xyz(values: tuple[float, float, float]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *_fixed(values))


def _fixed(values: tuple[float, float, float]) -> list[int]:
    """Return numbers as the profile writes them: 16 bits before and 16 behind the point."""
    return [round(value * 65536) for value in values]
