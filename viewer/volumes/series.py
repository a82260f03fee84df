"""The volume that a series forms, from what the database knows of its images; no pixel is read."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

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
from viewer.stack import plane_of

# Counted up whenever the same images yield another volume than before.
_VERSION = 1
# Frames of one series that are looked at; more are no examination, or somebody's attack.
_MOST_IMAGES = 20_000
# Volumes that each process remembers; each is some kilobytes.
_REMEMBERED = 16
_BYTES_PER_VOXEL = 2
_LARGEST_NUMBER = 1e12
_SAME_SUV = 1e-3
_SUV_DIFFERS = (
    "The images of the series have different factors for the SUV, so that planes through them have none."
)
# Below, the planes lie as straight in the patient as the technologist could lay the patient.
_TOLD_TURN_DEGREES = 0.5


@dataclass(frozen=True)
class VolumeSlice:
    """Where the pixels of a slice are; `packing` is that of its 16-bit tile."""

    sha256: str
    frame_number: int
    packing: Packing


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
        SUV of one modality value, or why there is none; both None where the series is no PET.
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

    @property
    def size_bytes(self) -> int:
        """Bytes of all voxels."""
        slices, rows, columns = self.geometry.shape
        return slices * rows * columns * _BYTES_PER_VOXEL


# By content, so nothing in it grows old.
_known: OrderedDict[str, SeriesVolume | str] = OrderedDict()


def content_of(series_instance_uid: str) -> str:
    """Return the hash of the images of a series in their order. One query. Not filtered by user."""
    rows = _images(series_instance_uid).values_list("sop_instance_uid", "blob__sha256")
    return _content(list(rows))


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
        if _content(pairs) != content:
            return None
        _remember(content, _described(content, instances))
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


def _content(pairs: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256(repr((_VERSION, list(pairs))).encode()).hexdigest()


def _remember(content: str, volume: SeriesVolume | str) -> None:
    _known[content] = volume
    while len(_known) > _REMEMBERED:
        _known.popitem(last=False)


def _described(content: str, instances: list[Instance]) -> SeriesVolume | str:
    """Return the volume, or the reason why there is none."""
    try:
        return _volume(content, instances)
    except NotAVolumeError as error:
        return str(error)


def _volume(content: str, instances: list[Instance]) -> SeriesVolume:
    if sum(instance.number_of_frames for instance in instances) > _MOST_IMAGES:
        raise NotAVolumeError(f"The series has more than {_MOST_IMAGES} images, too many for one volume.")
    frames = [
        (instance.blob.sha256, frame_index + 1, frame_attributes(instance.image_attributes, frame_index))
        for instance in instances
        if instance.image_attributes
        for frame_index in range(instance.number_of_frames)
    ]
    stack = volume_of([_volume_image(attributes) for _, _, attributes in frames])
    chosen = [frames[index] for index in stack.image_indexes]
    slices = tuple(
        VolumeSlice(sha256, number, Packing(**attributes["packing"])) for sha256, number, attributes in chosen
    )
    middle = chosen[len(chosen) // 2][2]
    return SeriesVolume(
        content=content,
        modality=instances[0].series.modality,
        geometry=stack.geometry,
        findings=(*stack.findings, *_turn(stack)),
        slices=slices,
        planes=plane_stacks(stack.geometry),
        packing=common_packing([one.packing for one in slices]),
        vois=_windows(middle["voi"]),
        value_units=middle["value_units"],
        is_inverse=middle["inverse"],
        **_suv([attributes for _, _, attributes in chosen]),
    )


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
    )


def _is_sensible(packing: dict[str, Any] | None) -> bool:
    """Return whether there are grey values, in numbers that can be calculated with."""
    numbers = [packing["scale"], packing["offset"]] if packing else []
    return bool(numbers) and all(number is not None and abs(number) < _LARGEST_NUMBER for number in numbers)


def _suv(slices: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the SUV factor that all slices share, or why there is none."""
    factors = [attributes.get("suv_factor") for attributes in slices]
    problems = [attributes.get("suv_problem") for attributes in slices]
    if all(problem is None for problem in problems):
        return {"suv_factor": None, "suv_problem": None}
    known = [factor for factor in factors if factor]
    if len(known) < len(slices):
        return {"suv_factor": None, "suv_problem": next(filter(None, problems), _SUV_DIFFERS)}
    if max(known) - min(known) > _SAME_SUV * max(known):
        return {"suv_factor": None, "suv_problem": _SUV_DIFFERS}
    return {"suv_factor": known[len(known) // 2], "suv_problem": ""}


def _windows(vois: list[dict[str, Any]]) -> tuple[VOIWindow, ...]:
    """Return the windows of an image; a table is made for one image's values and left out."""
    return tuple(
        VOIWindow(voi["window_center"], voi["window_width"], VOIFunction(voi["function"]), label=voi["label"])
        for voi in vois
        if not voi.get("is_lut")
    )


def _turn(stack: VolumeStack) -> list[Finding]:
    degrees = turn_degrees(stack.geometry)
    return [oblique(degrees)] if degrees >= _TOLD_TURN_DEGREES else []
