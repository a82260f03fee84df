"""The frames of a video are found by their numbers, however the reader goes through them."""

import io
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dicomkit.errors import DicomKitError, FrameDecodeError
from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.pixels.frames import FrameSource
from dicomkit.synth.video import video_dataset, video_frame
from tests.dicom_samples import part10

# What a lossy codec may change of a flat area, and of the two colour conversions on the way.
TOLERANCE = 4


@pytest.fixture(scope="module")
def video() -> Dataset:
    """A video of 50 frames."""
    return video_dataset()


def number_of(frame: np.ndarray) -> int:
    """Return the index that a frame tells by its grey, from which up to four levels are lost."""
    return int((float(frame[:, 8:48].mean()) - 30 + TOLERANCE) // 4)


def test_frames_look_as_they_did_before_they_were_compressed(video: Dataset) -> None:
    source = FrameSource.open(io.BytesIO(part10(video)))

    frame = source.stored_frame(7)

    assert (frame.shape, frame.dtype) == ((96, 128, 3), np.uint8)
    difference = np.abs(frame.astype(int) - video_frame(7).astype(int))
    # Beside the edge in the middle, where a codec rings.
    assert max(difference[:, :48].max(), difference[:, 80:].max()) <= TOLERANCE


@pytest.mark.parametrize(
    "order",
    [range(50), range(49, -1, -7), [30, 3, 31, 31, 0, 49, 12]],
    ids=["forwards", "backwards", "here and there"],
)
def test_a_frame_number_always_means_the_same_picture(
    order: list[int], video: Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "video"
    path.write_bytes(part10(video))
    found = []
    for frame_index in order:
        with FrameSource.open(path) as source:
            found.append(number_of(source.stored_frame(frame_index)))

    assert found == list(order)


def test_videos_in_turn_do_not_mix(video: Dataset, tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(4)]
    for number, path in enumerate(paths):
        path.write_bytes(part10(video_dataset(frames=20 + number)))
    found = []
    for frame_index in range(0, 20, 5):
        for path in paths:
            with FrameSource.open(path) as source:
                found.append(number_of(source.stored_frame(frame_index)))

    assert found == [frame_index for frame_index in range(0, 20, 5) for _ in paths]


def test_a_video_is_described_as_colour_with_its_speed(video: Dataset) -> None:
    shown = frame_attributes(display_attributes(video), 3)

    assert (shown["kind"], shown["packing"], shown["frame_time_ms"]) == ("colour", None, 40.0)
    assert shown["problem"] == ""


def test_frames_after_the_end_of_the_stream_are_said_to_be_missing(video: Dataset) -> None:
    longer = deepcopy(video)
    longer.NumberOfFrames = 60

    with pytest.raises(FrameDecodeError, match="frame 56 is missing"):
        FrameSource.open(io.BytesIO(part10(longer))).stored_frame(55)


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5])
def test_a_video_that_is_cut_off_shows_what_is_there_or_says_why_not(kept: float, video: Dataset) -> None:
    content = part10(video)
    start = content.index(b"\xe0\x7f\x10\x00")
    source = FrameSource.open(io.BytesIO(content[: start + 12 + int((len(content) - start) * kept)]))

    try:
        shown = number_of(source.stored_frame(0))
    except DicomKitError as error:
        assert str(error).endswith(".")
    else:
        assert shown == 0


def test_a_video_of_another_size_than_it_says_is_refused(video: Dataset) -> None:
    other = deepcopy(video)
    other.Rows = 80

    with pytest.raises(FrameDecodeError, match="128 x 96 pixels where its attributes say 128 x 80"):
        FrameSource.open(io.BytesIO(part10(other))).stored_frame(0)
