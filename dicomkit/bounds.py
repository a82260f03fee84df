"""What the pixel data of one object may cost, judged by its header before anything is decoded."""

from pydicom.dataset import Dataset

from dicomkit.errors import PixelFloodError
from dicomkit.identity import whole_number

# Bytes of one decoded frame; the largest mammograms and detectors need a tenth of it.
FRAME_LIMIT_BYTES = 512 * 2**20
FRAMES_LIMIT = 200_000
# A blank image may compress this well; one that claims more, and is large, is made to exhaust memory.
_PLAUSIBLE_COMPRESSION_RATIO = 2000
_ALWAYS_AFFORDABLE_BYTES = 64 * 2**20


def decoded_frame_bytes(dataset: Dataset) -> int:
    """Return the bytes that one decoded frame would take, 0 for an object without an image.

    References
    ----------
    PS3.3 C.7.6.3.1
    """
    rows, columns = whole_number(dataset, "Rows") or 0, whole_number(dataset, "Columns") or 0
    samples, bits = whole_number(dataset, "SamplesPerPixel") or 1, whole_number(dataset, "BitsAllocated") or 8
    return max(rows, 0) * max(columns, 0) * max(samples, 1) * max(bits, 1) // 8


def refuse_pixel_flood(dataset: Dataset, *, file_bytes: int) -> None:
    """Raise PixelFloodError when the header declares more pixels than the file can honestly hold.

    Parameters
    ----------
    dataset
        The elements before the pixel data.
    file_bytes
        Size of the whole file.
    """
    frame_bytes = decoded_frame_bytes(dataset)
    frames = whole_number(dataset, "NumberOfFrames") or 1
    if frame_bytes > FRAME_LIMIT_BYTES:
        raise PixelFloodError(
            f"One frame would take {frame_bytes // 2**20} MiB, more than the limit of {FRAME_LIMIT_BYTES // 2**20}."
        )
    if frames > FRAMES_LIMIT:
        raise PixelFloodError(f"The header declares {frames} frames, more than the limit of {FRAMES_LIMIT}.")
    total = frame_bytes * max(frames, 1)
    if frame_bytes > _ALWAYS_AFFORDABLE_BYTES and total > file_bytes * _PLAUSIBLE_COMPRESSION_RATIO:
        raise PixelFloodError("The header declares far more pixels than the file can hold.")
