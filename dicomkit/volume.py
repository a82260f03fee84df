"""From the images of a series to a volume: which of them form a stack, in which order, and what a reader must know.

References
----------
PS3.3 C.7.6.2 (Image Plane), C.7.4.1 (Frame of Reference), C.7.6.16.2.3 and .4 (planes of frames).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dicomkit import volume_findings as findings
from dicomkit.errors import NotAVolumeError
from dicomkit.geometry import ImagePlane
from dicomkit.volume_findings import Finding, FindingKind
from dicomkit.volume_geometry import Floats, VolumeGeometry
from dicomkit.volume_groups import image_groups
from dicomkit.volume_spacing import slice_spacing

LEAST_SLICES = 3
# Directions that differ by less, component by component, are the same: a twentieth of a degree.
_SAME_DIRECTION = 1e-3
_SAME_SPACING = 1e-3
_SAME_POSITION_MM = 0.01
# Shifts of slices against each other, in pixels: below the first there is no tilt, above the second no volume.
_NO_SHIFT_PX = 0.1
_TOLERATED_SHIFT_PX = 0.5
_MOST_TILT_DEGREES = 45.0
_TOLD_TILT_DEGREES = 0.1
# Beyond these no scanner works, and the arithmetic would be about nothing.
_FARTHEST_MM, _SMALLEST_PIXEL_MM, _LARGEST_PIXEL_MM = 1e5, 1e-3, 100.0


@dataclass(frozen=True, slots=True)
class VolumeImage:
    """What matters of one image, or one frame.

    Attributes
    ----------
    spacing_mm
        Row spacing (down) and column spacing (across).
    has_grey_values
        Whether its tiles carry grey values of at most 16 bits.
    is_colour
        Why it has none, where it has none.
    phase
        What tells it from others at its position, see `volume_groups.read_phase`.
    """

    plane: ImagePlane | None
    spacing_mm: tuple[float, float] | None
    rows: int
    columns: int
    frame_of_reference_uid: str = ""
    slice_thickness_mm: float | None = None
    has_grey_values: bool = True
    is_colour: bool = False
    phase: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VolumeStack:
    """The stack that images form.

    `image_indexes` are those of the images in the order of the slices; `findings` what a reader must know; `groups` what
    can be chosen between, where there are several images at each position.
    """

    geometry: VolumeGeometry
    image_indexes: tuple[int, ...]
    findings: tuple[Finding, ...]
    groups: tuple[str, ...] = ()


def volume_of(images: Sequence[VolumeImage], *, group: int = 0) -> VolumeStack:
    """Return the volume that most of the images form.

    Parameters
    ----------
    images
        Of one series, by instance number and frame.
    group
        Which of several images at each position are used, see `volume_groups.image_groups`.

    Raises
    ------
    NotAVolumeError
        They form none.
    """
    members, told = _members(images)
    first = images[members[0]]
    assert first.plane is not None
    assert first.spacing_mm is not None
    positions = np.array(
        [image.plane.position for image in (images[index] for index in members) if image.plane]
    )
    along = positions @ np.array(first.plane.normal)
    places = _positions(along)
    groups = image_groups(places, [images[index].phase for index in members])
    if group >= len(groups):
        raise NotAVolumeError("The series has no such group of images.")
    kept = list(groups[group].members)
    if len(groups) > 1:
        told.append(findings.duplicates(len(members) - len(places), len(members), shown=groups[group].label))
    if len(kept) < LEAST_SLICES:
        raise NotAVolumeError(_too_few(len(kept), len(images)))
    order = tuple(members[index] for index in kept)
    start = images[order[0]]
    assert start.plane is not None
    spacing = slice_spacing(
        along[kept] - along[kept[0]], thicknesses_mm=[images[index].slice_thickness_mm for index in order]
    )
    geometry = VolumeGeometry(
        plane=ImagePlane(start.plane.position, first.plane.row_direction, first.plane.column_direction),
        spacing_mm=first.spacing_mm,
        rows=first.rows,
        columns=first.columns,
        positions_mm=spacing.positions_mm,
        slice_spacing_mm=spacing.step_mm,
        is_regular=spacing.is_regular,
        gaps=spacing.gaps,
        frame_of_reference_uid=first.frame_of_reference_uid,
    )
    geometry = replace(geometry, shear=_shear(positions[kept], along[kept], geometry))
    labels = tuple(one.label for one in groups) if len(groups) > 1 else ()
    return VolumeStack(geometry, order, (*told, *_stack_findings(geometry, spacing.findings)), labels)


def _members(images: Sequence[VolumeImage]) -> tuple[list[int], list[Finding]]:
    """Return the indexes of the images that go with most of the others, and why the others do not."""
    if not images:
        raise NotAVolumeError(_too_few(0, 0))
    reasons = {
        index: reason for index, image in enumerate(images) if (reason := _unusable(image)) is not None
    }
    usable = [index for index in range(len(images)) if index not in reasons]
    if not usable:
        raise NotAVolumeError(_nothing_usable(set(reasons.values())))
    kinds = Counter(_kind(images[index]) for index in usable)
    most = kinds.most_common(1)[0][0]
    pattern = next(images[index] for index in usable if _kind(images[index]) == most)
    for index in usable:
        reason = _difference(images[index], pattern)
        if reason is not None:
            reasons[index] = reason
    members = [index for index in usable if index not in reasons]
    counted = Counter(reasons.values())
    if len(members) < LEAST_SLICES:
        raise NotAVolumeError(_too_few(len(members), len(images)))
    return members, [findings.left_out(kind, counted[kind]) for kind in FindingKind if counted[kind]]


def _unusable(image: VolumeImage) -> FindingKind | None:
    if not image.has_grey_values:
        return FindingKind.COLOUR if image.is_colour else FindingKind.NO_GREY_VALUES
    if image.plane is None or image.spacing_mm is None or image.rows < 2 or image.columns < 2:
        return FindingKind.NO_GEOMETRY
    is_far = max(abs(value) for value in image.plane.position) > _FARTHEST_MM
    is_odd = min(image.spacing_mm) < _SMALLEST_PIXEL_MM or max(image.spacing_mm) > _LARGEST_PIXEL_MM
    return FindingKind.NO_GEOMETRY if is_far or is_odd else None


def _nothing_usable(reasons: set[FindingKind]) -> str:
    if reasons == {FindingKind.COLOUR}:
        return "The images are in colour; planes can only be computed from grey images."
    if reasons == {FindingKind.NO_GREY_VALUES}:
        return "The images have more than 16 bits a pixel; planes can only be computed from grey images of at most 16 bits."
    return "The images do not say where they lie in the patient, so planes cannot be computed from them."


def _too_few(count: int, total: int) -> str:
    if total < LEAST_SLICES:
        return f"Planes need at least {LEAST_SLICES} parallel slices; the series has {total} image{'s' * (total != 1)}."
    return (
        f"Planes need at least {LEAST_SLICES} parallel slices at different positions; only {count} of the {total} images "
        f"{'fits' if count == 1 else 'fit'} together."
    )


def _directions(image: VolumeImage) -> Floats:
    assert image.plane is not None
    return np.array([*image.plane.row_direction, *image.plane.column_direction])


def _kind(image: VolumeImage) -> tuple[object, ...]:
    """Return what images of one stack have in common, roughly: neighbours of a boundary are joined afterwards."""
    assert image.spacing_mm is not None
    return (
        *np.round(_directions(image), 2).tolist(),
        *(round(spacing, 3) for spacing in image.spacing_mm),
        image.rows,
        image.columns,
        image.frame_of_reference_uid,
    )


def _difference(image: VolumeImage, pattern: VolumeImage) -> FindingKind | None:
    assert image.spacing_mm is not None
    assert pattern.spacing_mm is not None
    if np.abs(_directions(image) - _directions(pattern)).max() > _SAME_DIRECTION:
        return FindingKind.OTHER_ORIENTATION
    if (image.rows, image.columns) != (pattern.rows, pattern.columns):
        return FindingKind.OTHER_MATRIX
    if any(
        abs(own - other) > _SAME_SPACING * other
        for own, other in zip(image.spacing_mm, pattern.spacing_mm, strict=True)
    ):
        return FindingKind.OTHER_PIXEL_SPACING
    if image.frame_of_reference_uid != pattern.frame_of_reference_uid:
        return FindingKind.OTHER_FRAME_OF_REFERENCE
    return None


def _positions(along_mm: Floats) -> list[list[int]]:
    """Return the indexes of the images at each position, rising; those of one position in their order."""
    order = np.argsort(along_mm, kind="stable")
    steps = np.diff(along_mm[order])
    apart = steps[steps > _SAME_POSITION_MM]
    same_mm = _SAME_POSITION_MM + (0.05 * float(np.median(apart)) if apart.size else 0.0)
    groups = np.split(order, np.flatnonzero(steps > same_mm) + 1)
    return [sorted(int(index) for index in group) for group in groups]


def _shear(positions: Floats, along_mm: Floats, geometry: VolumeGeometry) -> tuple[float, float]:
    """Return the shift of the slices for each mm along the normal.

    Raises
    ------
    NotAVolumeError
        They are shifted without a rule, or so far that it is no tilt of a gantry.
    """
    plane, pixel_mm = geometry.plane, min(geometry.spacing_mm)
    moved = positions - positions[0]
    shifts = np.column_stack(
        (moved @ np.array(plane.row_direction), moved @ np.array(plane.column_direction))
    )
    if np.abs(shifts).max() <= _NO_SHIFT_PX * pixel_mm:
        return 0.0, 0.0
    travelled = along_mm - along_mm[0]
    slopes = travelled @ shifts / (travelled @ travelled)
    left_mm = float(np.abs(shifts - travelled[:, None] * slopes).max())
    if left_mm > _TOLERATED_SHIFT_PX * pixel_mm:
        raise NotAVolumeError(
            f"The slices are shifted sideways against each other by up to {left_mm:.1f} mm, so they do not form one volume."
        )
    shear = float(slopes[0]), float(slopes[1])
    degrees = replace(geometry, shear=shear).tilt_degrees
    if degrees > _MOST_TILT_DEGREES:
        raise NotAVolumeError(
            f"The slices are stacked at {degrees:.0f} degrees to their normal, which is more than a tilted gantry explains."
        )
    return shear


def _stack_findings(geometry: VolumeGeometry, spacing_findings: tuple[Finding, ...]) -> list[Finding]:
    told = [
        findings.gap(
            geometry.voxel_to_patient(0, 0, index),
            geometry.voxel_to_patient(0, 0, index + 1),
            geometry.positions_mm[index + 1] - geometry.positions_mm[index],
        )
        for index in geometry.gaps
    ]
    told += spacing_findings
    if geometry.tilt_degrees >= _TOLD_TILT_DEGREES:
        told.append(findings.gantry_tilt(geometry.tilt_degrees))
    return told
