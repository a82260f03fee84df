"""A video whose frames tell their number.

References
----------
PS3.3 A.32.5 (Video Endoscopic Image), PS3.5 8.2.5 and A.4.5 (MPEG2 Main Profile / Main Level).
"""

import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG2MPML, VideoEndoscopicImageStorage

from dicomkit.synth.modules import StudyAttributes, new_object

VIDEO_ROWS, VIDEO_COLUMNS = 96, 128
_FRAMES_A_SECOND = 25


def video_frame(frame_index: int) -> NDArray[np.uint8]:
    """Return a frame before it is compressed: left half grey 30 + 4 * index, right half 200; RGB."""
    picture = np.full((VIDEO_ROWS, VIDEO_COLUMNS, 3), 200, np.uint8)
    picture[:, : VIDEO_COLUMNS // 2] = 30 + 4 * frame_index
    return picture


def video_dataset(
    *, frames: int = 50, fragment_bytes: int = 1000, study: StudyAttributes | None = None
) -> Dataset:
    """Return a video of MPEG-2 in fragments of some size.

    Parameters
    ----------
    frames
        At most 50, whose greys differ by more than the codec changes.
    """
    attributes = study or StudyAttributes()
    dataset = new_object(
        attributes,
        sop_class_uid=VideoEndoscopicImageStorage,
        modality="ES",
        series_number=1,
        series_description="Video",
        instance_number=1,
        transfer_syntax_uid=MPEG2MPML,
    )
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = VIDEO_ROWS, VIDEO_COLUMNS, frames
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PlanarConfiguration = (
        3,
        "YBR_PARTIAL_420",
        0,
    )
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 8, 8, 7, 0
    dataset.FrameTime, dataset.CineRate = str(1000 / _FRAMES_A_SECOND), str(_FRAMES_A_SECOND)
    dataset.LossyImageCompression = "01"
    stream = _mpeg2(frames)
    parts = [stream[start : start + fragment_bytes] for start in range(0, len(stream), fragment_bytes)]
    dataset.PixelData = encapsulate([stream], fragments_per_frame=len(parts), has_bot=False)
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    return dataset


def _mpeg2(frames: int) -> bytes:
    cv2: Any = import_module("cv2")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "video.mpg")
        code = cv2.VideoWriter_fourcc(*"mpg2")
        writer = cv2.VideoWriter(
            str(path), cv2.CAP_FFMPEG, code, _FRAMES_A_SECOND, (VIDEO_COLUMNS, VIDEO_ROWS)
        )
        for frame_index in range(frames):
            writer.write(video_frame(frame_index)[..., ::-1])
        writer.release()
        return path.read_bytes()
