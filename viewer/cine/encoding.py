"""Pictures in a folder become one file. The encoder is a program of its own, with a bound on its time.

MP4 is H.264 in 4:2:0, which every player and every slide program shows; ADR 0024 says why this encoder.
"""

import subprocess
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from viewer.cine.request import CineFormat
from viewer.exceptions import CineEncodingError

_SECONDS = 240
# Close enough to what was rendered that a grey differs by a few steps at most, at a tenth of its size.
_QUALITY = "14"
# Greys stay greys: rounded, not cut, and without the noise that hides the steps of a film of daily life.
_FILTER = (
    "scale=in_range=pc:out_color_matrix=bt709:out_range=tv:sws_dither=none:flags=accurate_rnd+full_chroma_int,"
    "format=yuv420p"
)
_PATTERN = "%05d.png"


def picture_path(folder: Path, index: int) -> Path:
    """Return where the picture with this 0-based index lies until the film is made."""
    return folder / (_PATTERN % index)


def encode_film(
    folder: Path, target: Path, *, film_format: CineFormat, count: int, frames_per_second: float
) -> None:
    """Make a file of the pictures in a folder, all of one size.

    Raises
    ------
    CineEncodingError
        The encoder failed or took too long.
    """
    if film_format is CineFormat.GIF:
        _encode_gif(folder, target, count=count, frames_per_second=frames_per_second)
    else:
        _encode_mp4(folder, target, frames_per_second=frames_per_second)


def _encode_gif(folder: Path, target: Path, *, count: int, frames_per_second: float) -> None:
    """Greys are kept as they are; colours become 256 of each frame's own."""
    # Players do not believe less than two hundredths of a second.
    duration_ms = max(20, round(100 / frames_per_second) * 10)
    first, *others = (_palette_picture(picture_path(folder, index)) for index in range(count))
    first.save(target, format="GIF", save_all=True, append_images=others, duration=duration_ms, loop=0)


def _palette_picture(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.quantize(256) if picture.mode == "RGB" else picture.convert("L")


def _encode_mp4(folder: Path, target: Path, *, frames_per_second: float) -> None:
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y"),
        *("-framerate", str(frames_per_second), "-f", "image2", "-i", str(folder / _PATTERN)),
        *("-vf", _FILTER),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", _QUALITY, "-threads", "1"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
        *("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", str(target)),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        raise CineEncodingError("The film could not be encoded.") from error
