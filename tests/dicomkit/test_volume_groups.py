"""Several images at each position fall into the groups that a reader would name."""

from collections.abc import Sequence

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from dicomkit.errors import NotAVolumeError
from dicomkit.geometry import ImagePlane
from dicomkit.volume import VolumeImage, volume_of
from dicomkit.volume_groups import image_groups, read_phase

TWO_ECHOES = [{"echo_time_ms": 90.0, "trigger_time_ms": 5.0}, {"echo_time_ms": 9.5, "trigger_time_ms": 5.0}]


def labels(positions: Sequence[Sequence[int]], phases: Sequence[dict[str, float]]) -> list[str]:
    return [group.label for group in image_groups(positions, phases)]


def test_one_image_at_each_position_is_one_group() -> None:
    assert [group.members for group in image_groups([[2], [0], [1]], [{}, {}, {}])] == [(2, 0, 1)]


def test_echoes_are_told_apart_and_sorted_by_their_time() -> None:
    groups = image_groups([[0, 1], [2, 3]], TWO_ECHOES * 2)

    assert [(group.label, group.members) for group in groups] == [
        ("Echo time 9.5 ms", (1, 3)),
        ("Echo time 90 ms", (0, 2)),
    ]


def test_two_properties_together_tell_images_apart() -> None:
    phases = [{"b_value": b, "temporal_position": t} for b in (0.0, 800.0) for t in (1.0, 2.0)]

    assert labels([[0, 1, 2, 3], [4, 5, 6, 7]], phases * 2) == [
        "b = 0 s/mm², Time point 1",
        "b = 0 s/mm², Time point 2",
        "b = 800 s/mm², Time point 1",
        "b = 800 s/mm², Time point 2",
    ]


def test_times_that_differ_from_slice_to_slice_name_no_groups() -> None:
    phases = [{"trigger_time_ms": float(time)} for time in (1, 2, 3, 4)]

    groups = image_groups([[0, 1], [2, 3]], phases)

    assert [(group.label, group.members) for group in groups] == [
        ("Image 1 at each position", (0, 2)),
        ("Image 2 at each position", (1, 3)),
    ]


def test_a_position_with_fewer_images_is_missing_from_the_later_groups() -> None:
    groups = image_groups([[0, 1], [2], [3, 4]], [{}] * 5)

    assert [group.members for group in groups] == [(0, 2, 3), (1, 4)]


def test_headers_and_functional_groups_are_read() -> None:
    plain, enhanced, echo = Dataset(), Dataset(), Dataset()
    plain.EchoTime, plain.TemporalPositionIdentifier = "4.6001", "3"
    echo.EffectiveEchoTime = 20.0
    frame = Dataset()
    frame.MREchoSequence = Items([echo])
    enhanced.PerFrameFunctionalGroupsSequence = Items([frame])

    assert read_phase(plain) == {"echo_time_ms": 4.6, "temporal_position": 3.0}
    assert read_phase(enhanced) == {"echo_time_ms": 20.0}


@pytest.mark.parametrize(("group", "first", "shown"), [(0, 1, "9.5 ms"), (1, 0, "90 ms")])
def test_a_volume_is_made_of_the_group_that_is_asked_for(group: int, first: int, shown: str) -> None:
    images = echoes()

    stack = volume_of(images, group=group)

    assert stack.image_indexes == (first, first + 2, first + 4)
    assert stack.groups == ("Echo time 9.5 ms", "Echo time 90 ms")
    (finding,) = stack.findings
    assert shown in finding.text and finding.count == 3


def test_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotAVolumeError, match="no such group"):
        volume_of(echoes(), group=2)


def echoes() -> list[VolumeImage]:
    return [
        VolumeImage(
            ImagePlane((0.0, 0.0, float(z)), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
            (1.0, 1.0),
            8,
            8,
            phase=phase,
        )
        for z in range(3)
        for phase in TWO_ECHOES
    ]
