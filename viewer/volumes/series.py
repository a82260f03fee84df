"""The volume that a series forms, from what the database knows of its images; no pixel is read."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from archive.models import Instance
from dicomkit.errors import NotAVolumeError
from dicomkit.image_attributes import frame_attributes
from dicomkit.pixels.packing import Packing
from dicomkit.pixels.voi_lut import VOIFunction, VOIWindow
from dicomkit.reformat import PlaneName, PlaneStack, plane_stacks, turn_degrees
from dicomkit.volume import VolumeImage, VolumeStack, volume_of
from dicomkit.volume_findings import Finding, oblique
from dicomkit.volume_geometry import VolumeGeometry
from dicomkit.volume_packing import common_packing
from viewer.exceptions import RenderingUnavailableError, VolumeChangedError
from viewer.stack import plane_of

# Counted up whenever the same images yield another volume than before.
_VERSION = 2
# Frames of one series that are looked at; more are no examination, or somebody's attack.
_MOST_IMAGES = 20_000
# Volumes that each process remembers; each is some kilobytes.
_REMEMBERED = 16
_BYTES_PER_VOXEL = 2
_LARGEST_NUMBER = 1e12
_SAME_SUV = 1e-3
_SUV_UNKNOWN = gettext_noop("Some images of the series have no SUV.")
_TAG_LENGTH = 16
# Below, the planes lie as straight in the patient as the technologist could lay the patient.
_TOLD_TURN_DEGREES = 0.5


@dataclass(frozen=True)
class VolumeSlice:
    """Where the pixels of a slice are; `packing` is that of its 16-bit tile in the values of the volume.

    `factor` leads from its own values to those of the volume.
    """

    sha256: str
    frame_number: int
    packing: Packing
    factor: float = 1.0


@dataclass(frozen=True, eq=False)
class SeriesVolume:
    """A series as a volume.

    Attributes
    ----------
    content
        Hash of the images in their order: a changed series has another one.
    packing, vois, value_units, is_inverse
        How the voxels are to be shown, as for an image. `vois` are windows only.
    suv_factor, suv_problem
        SUV of one value, or why there is none; both None where the series is no PET. Where the slices have factors of
        their own, the values of the volume are SUV.
    groups, group
        What can be chosen between, where several images lie at each position, and which this volume is.
    """

    content: str
    modality: str
    geometry: VolumeGeometry
    findings: tuple[Finding, ...]
    slices: tuple[VolumeSlice, ...]
    planes: dict[PlaneName, PlaneStack]
    packing: Packing
    vois: tuple[VOIWindow, ...]
    value_units: str
    is_inverse: bool
    suv_factor: float | None
    suv_problem: str | None
    groups: tuple[str, ...] = ()
    group: int = 0

    @property
    def size_bytes(self) -> int:
        """Bytes of all voxels."""
        slices, rows, columns = self.geometry.shape
        return slices * rows * columns * _BYTES_PER_VOXEL


# By content, so nothing in it grows old.
_known: OrderedDict[str, SeriesVolume | str] = OrderedDict()


def content_of(series_instance_uid: str, *, group: int = 0) -> str:
    """Return the hash of the images of a series in their order, and the group. One query. Not filtered by user."""
    rows = _images(series_instance_uid).values_list("sop_instance_uid", "blob__sha256")
    return _content(list(rows), group)


def content_tag(content: str) -> str:
    """Return what addresses carry of a content, so that what a browser has kept of it is never taken for another."""
    return content[:_TAG_LENGTH]


def current_volume(series_instance_uid: str, tag: str = "", *, group: int = 0) -> SeriesVolume:
    """Return the volume of a series as it is now. Not filtered by user.

    Parameters
    ----------
    tag
        Of the content that an address was made for, see `content_tag`; "" for whatever there is.
    group
        Which of several images at each position, see `dicomkit.volume_groups`.

    Raises
    ------
    NotAVolumeError
        It has none.
    VolumeChangedError
        The address was made for other images.
    RenderingUnavailableError
        It has changed while this was found out.
    """
    content = content_of(series_instance_uid, group=group)
    if tag and tag != content_tag(content):
        raise VolumeChangedError("Images were added to this series or taken from it. Open it again.")
    found = series_volume(series_instance_uid, content=content)
    if found is None:
        raise RenderingUnavailableError("The series is changing at this moment.")
    return found


def series_volume(series_instance_uid: str, *, content: str) -> SeriesVolume | None:
    """Return the volume of a series, or None where the series has another content by now.

    Not filtered by user: for workers, and for callers that have checked the study.

    Raises
    ------
    NotAVolumeError
        The images form none; the message says why.
    """
    if content not in _known:
        instances = list(_images(series_instance_uid).select_related("blob", "series"))
        pairs = [(instance.sop_instance_uid, instance.blob.sha256) for instance in instances]
        group = group_of(content)
        if _content(pairs, group) != content:
            return None
        _remember(content, _described(content, instances, group))
    _known.move_to_end(content)
    known = _known[content]
    if isinstance(known, str):
        raise NotAVolumeError(known)
    _require_affordable(known)
    return known


def _images(series_instance_uid: str) -> Any:
    return Instance.objects.filter(
        series__series_instance_uid=series_instance_uid, number_of_frames__gt=0
    ).order_by("instance_number", "pk")


def _content(pairs: Sequence[tuple[str, str]], group: int) -> str:
    # Workers get the content alone, and must know the group.
    return f"{hashlib.sha256(repr((_VERSION, group, list(pairs))).encode()).hexdigest()}-{group}"


def group_of(content: str) -> int:
    """Return the group that a content is of."""
    return int(content.rpartition("-")[2])


def _remember(content: str, volume: SeriesVolume | str) -> None:
    _known[content] = volume
    while len(_known) > _REMEMBERED:
        _known.popitem(last=False)


def _described(content: str, instances: list[Instance], group: int) -> SeriesVolume | str:
    """Return the volume, or the reason why there is none."""
    try:
        return _volume(content, instances, group)
    except NotAVolumeError as error:
        return str(error)


def _volume(content: str, instances: list[Instance], group: int) -> SeriesVolume:
    if sum(instance.number_of_frames for instance in instances) > _MOST_IMAGES:
        raise NotAVolumeError(f"The series has more than {_MOST_IMAGES} images, too many for one volume.")
    frames = [
        (instance.blob.sha256, frame_index + 1, frame_attributes(instance.image_attributes, frame_index))
        for instance in instances
        if instance.image_attributes
        for frame_index in range(instance.number_of_frames)
    ]
    stack = volume_of([_volume_image(attributes) for _, _, attributes in frames], group=group)
    chosen = [frames[index] for index in stack.image_indexes]
    suv = _suv([attributes for _, _, attributes in chosen])
    is_suv = suv["suv_factor"] is not None and suv["suv_factor"] != chosen[0][2].get("suv_factor")
    slices = tuple(_slice(*one, is_suv=is_suv) for one in chosen)
    middle = chosen[len(chosen) // 2][2]
    return SeriesVolume(
        content=content,
        modality=instances[0].series.modality,
        geometry=stack.geometry,
        findings=(*stack.findings, *_turn(stack)),
        slices=slices,
        planes=plane_stacks(stack.geometry),
        packing=common_packing([one.packing for one in slices]),
        vois=_windows(middle["voi"], factor=slices[len(slices) // 2].factor),
        value_units="SUV" if is_suv else middle["value_units"],
        is_inverse=middle["inverse"],
        groups=stack.groups,
        group=group,
        **suv,
    )


def _slice(sha256: str, frame_number: int, attributes: dict[str, Any], *, is_suv: bool) -> VolumeSlice:
    factor = attributes["suv_factor"] if is_suv else 1.0
    scale, offset = attributes["packing"]["scale"], attributes["packing"]["offset"]
    return VolumeSlice(sha256, frame_number, Packing(scale * factor, offset * factor), factor)


def _require_affordable(volume: SeriesVolume) -> None:
    if volume.size_bytes > settings.PACS_VOLUME_CACHE_BYTES:
        raise NotAVolumeError(
            f"The volume would take {volume.size_bytes / 2**30:.1f} GiB, more than the "
            f"{settings.PACS_VOLUME_CACHE_BYTES / 2**30:.1f} GiB that the server sets aside for volumes."
        )


def _volume_image(attributes: dict[str, Any]) -> VolumeImage:
    spacing = attributes["pixel_spacing_mm"]
    return VolumeImage(
        plane=plane_of(attributes),
        spacing_mm=(spacing[0], spacing[1]) if spacing else None,
        rows=attributes["rows"],
        columns=attributes["columns"],
        frame_of_reference_uid=attributes["frame_of_reference_uid"],
        slice_thickness_mm=attributes["slice_thickness_mm"],
        has_grey_values=_is_sensible(attributes["packing"]),
        is_colour=attributes["kind"] == "colour",
        # An image that was stored by an older release has none.
        phase=attributes.get("phase", {}),
    )


def _is_sensible(packing: dict[str, Any] | None) -> bool:
    """Return whether there are grey values, in numbers that can be calculated with."""
    numbers = [packing["scale"], packing["offset"]] if packing else []
    return bool(numbers) and all(number is not None and abs(number) < _LARGEST_NUMBER for number in numbers)


def _suv(slices: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the SUV factor of the volume, or why there is none: 1 where the slices have different ones."""
    factors = [attributes.get("suv_factor") for attributes in slices]
    problems = [attributes.get("suv_problem") for attributes in slices]
    if all(problem is None for problem in problems):
        return {"suv_factor": None, "suv_problem": None}
    known = [factor for factor in factors if factor]
    if len(known) < len(slices):
        return {"suv_factor": None, "suv_problem": next(filter(None, problems), _SUV_UNKNOWN)}
    if max(known) - min(known) > _SAME_SUV * max(known):
        return {"suv_factor": 1.0, "suv_problem": ""}
    return {"suv_factor": known[0], "suv_problem": ""}


def _windows(vois: list[dict[str, Any]], *, factor: float) -> tuple[VOIWindow, ...]:
    """Return the windows of an image in the values of the volume; a table is made for one image's and left out."""
    return tuple(
        VOIWindow(
            voi["window_center"] * factor,
            voi["window_width"] * factor,
            # LINEAR has a step of one of the image's own values, which is none of the volume's.
            VOIFunction(voi["function"]) if factor == 1.0 else VOIFunction.LINEAR_EXACT,
            label=voi["label"],
        )
        for voi in vois
        if not voi.get("is_lut")
    )


def _turn(stack: VolumeStack) -> list[Finding]:
    degrees = turn_degrees(stack.geometry)
    return [oblique(degrees)] if degrees >= _TOLD_TURN_DEGREES else []
