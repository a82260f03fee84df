"""Several images at each position of a stack (echoes, time points, diffusion weights), and what tells them apart.

References
----------
PS3.3 C.8.3.1 (Echo Time, Trigger Time), C.7.6.16.2.2.5 (Temporal Position Index), C.8.13.5.9 (Diffusion b-value).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group
from dicomkit.pixels.numbers import first_float

PHASE_KEYS = ("echo_time_ms", "b_value", "temporal_position", "trigger_time_ms", "acquisition_number")
"""What may tell images at one position apart, the most telling first."""

_LABELS = {
    "echo_time_ms": "Echo time {} ms",
    "b_value": "b = {} s/mm²",
    "temporal_position": "Time point {}",
    "trigger_time_ms": "Trigger time {} ms",
    "acquisition_number": "Acquisition {}",
}
_SOURCES = {
    "echo_time_ms": (("MREchoSequence", "EffectiveEchoTime"), ("", "EchoTime")),
    "b_value": (("MRDiffusionSequence", "DiffusionBValue"), ("", "DiffusionBValue")),
    "temporal_position": (
        ("FrameContentSequence", "TemporalPositionIndex"),
        ("", "TemporalPositionIdentifier"),
    ),
    "trigger_time_ms": (
        ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),
        ("", "TriggerTime"),
    ),
    "acquisition_number": (("FrameContentSequence", "FrameAcquisitionNumber"), ("", "AcquisitionNumber")),
}
# Written numbers of one echo differ in the last digit from slice to slice.
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class ImageGroup:
    """Images of which each position has one: `members` by position, `label` says which they are."""

    label: str
    members: tuple[int, ...]


def read_phase(dataset: Dataset, *, frame_index: int = 0) -> dict[str, float]:
    """Return what the header of an image says of echo, time and diffusion weight, by `PHASE_KEYS`."""
    found = {}
    for key, sources in _SOURCES.items():
        for macro, keyword in sources:
            group = functional_group(dataset, macro, frame_index=frame_index) if macro else dataset
            value = first_float(group.get(keyword)) if group is not None else None
            if value is not None:
                found[key] = round(value, _DIGITS)
                break
    return found


def image_groups(
    positions: Sequence[Sequence[int]], phases: Sequence[dict[str, float]]
) -> tuple[ImageGroup, ...]:
    """Return the groups into which the images at each position fall; one group where each position has one image.

    Parameters
    ----------
    positions
        Of each position along the stack the indexes of its images, in the order of the series.
    phases
        By image, see `read_phase`.

    Returns
    -------
    Groups by rising values of what tells them apart. Where nothing does, the first, second, ... image at each position.
    """
    most = max((len(images) for images in positions), default=0)
    if most <= 1:
        return (ImageGroup("", tuple(images[0] for images in positions)),)
    for count in (1, 2):
        for keys in combinations(PHASE_KEYS, count):
            found = _told_apart(positions, phases, keys, most)
            if found:
                return found
    return tuple(
        ImageGroup(
            f"Image {number + 1} at each position",
            tuple(images[number] for images in positions if number < len(images)),
        )
        for number in range(most)
    )


def _told_apart(
    positions: Sequence[Sequence[int]],
    phases: Sequence[dict[str, float]],
    keys: tuple[str, ...],
    most: int,
) -> tuple[ImageGroup, ...]:
    """Return the groups by these properties; none where two images at one position have the same."""
    groups: dict[tuple[float, ...], list[int]] = {}
    for images in positions:
        seen = set()
        for image in images:
            if not all(key in phases[image] for key in keys):
                return ()
            value = tuple(phases[image][key] for key in keys)
            if value in seen:
                return ()
            seen.add(value)
            groups.setdefault(value, []).append(image)
    if len(groups) != most:
        return ()
    return tuple(
        ImageGroup(
            ", ".join(_LABELS[key].format(f"{part:g}") for key, part in zip(keys, value, strict=True)),
            tuple(groups[value]),
        )
        for value in sorted(groups)
    )
