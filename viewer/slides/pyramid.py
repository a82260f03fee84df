"""Which stored objects of a series make up which large image. From stored attributes; no file is opened."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archive.models import Instance
from dicomkit.slide import WHOLE_SLIDE_IMAGE
from dicomkit.tiles import level_count

# What is shown beside the tissue, in this order.
_ACCESSORIES = ("THUMBNAIL", "OVERVIEW", "LABEL")
# Columns by rows of a level may differ so much from those of the whole, by the scanner's rounding.
_ASPECT_TOLERANCE = 0.02
# The heights of a focal plane at two levels, mm: a fifth of the depth of focus of the strongest objective.
_SAME_HEIGHT_MM = 1e-4


@dataclass(frozen=True)
class StoredLevel:
    """One object that a large image is made from.

    Attributes
    ----------
    rows, columns
        Of its total pixel matrix.
    picture_number
        1-based: which of its optical paths and focal planes.
    """

    sha256: str
    rows: int
    columns: int
    picture_number: int


@dataclass(frozen=True)
class SlideImage:
    """One large image: through one optical path, focussed at one height.

    Attributes
    ----------
    sop_instance_uid, picture_number
        What it is addressed by: the object of full resolution, and which of its pictures.
    levels
        The stored levels, full resolution first.
    flavour
        VOLUME, LABEL, OVERVIEW or THUMBNAIL.
    title
        Which of several pictures it is, or "".
    attributes
        As of every image of a stack, for the whole.
    """

    sop_instance_uid: str
    instance_number: int | None
    picture_number: int
    levels: tuple[StoredLevel, ...]
    flavour: str
    title: str
    attributes: dict[str, Any]

    @property
    def content(self) -> str:
        """A digest of everything that it is made from."""
        parts = [f"{level.sha256}:{level.picture_number}" for level in self.levels]
        return hashlib.sha256("/".join(parts).encode()).hexdigest()


def is_slide_part(instance: Instance) -> bool:
    """Tell whether an instance is a level of a slide, or its label or overview."""
    return bool(instance.image_attributes and instance.image_attributes["shared"].get("slide"))


def slide_images(instances: Iterable[Instance]) -> list[SlideImage]:
    """Return the large images of one series: those of the tissue, then thumbnail, overview and label.

    Parameters
    ----------
    instances
        With their blobs; those that are no parts of a slide are left out.
    """
    parts = [instance for instance in instances if is_slide_part(instance)]
    parts.sort(
        key=lambda instance: (-_slide(instance)["columns"], instance.instance_number or 0, instance.pk)
    )
    images: list[SlideImage] = []
    used: set[tuple[int, int]] = set()
    for base, index in _volumes(parts):
        if (base.pk, index) not in used:
            members = _members(base, index, parts, used)
            used.update((part.pk, at) for part, at in members)
            images.append(_image(members))
    for flavour in _ACCESSORIES:
        images += [_image([(part, 0)]) for part in parts if _slide(part)["flavour"] == flavour]
    return images


def slide_image(sop_instance_uid: str, series_instance_uid: str, picture_number: int) -> SlideImage | None:
    """Return a large image by its address. Not filtered by user: the caller has checked that."""
    instances = Instance.objects.filter(
        series__series_instance_uid=series_instance_uid, sop_class_uid=WHOLE_SLIDE_IMAGE
    ).select_related("blob")
    for image in slide_images(instances):
        if image.sop_instance_uid == sop_instance_uid and image.picture_number == picture_number:
            return image
    return None


def _volumes(parts: list[Instance]) -> list[tuple[Instance, int]]:
    """Return each picture of each object of the tissue, the largest first."""
    return [
        (part, index)
        for part in parts
        if _slide(part)["flavour"] == "VOLUME"
        for index in range(len(_slide(part)["pictures"]))
    ]


def _members(
    base: Instance, index: int, parts: list[Instance], used: set[tuple[int, int]]
) -> list[tuple[Instance, int]]:
    """Return the picture of full resolution and the smaller ones of the same, with their objects."""
    members = [(base, index)]
    for part in parts:
        other = _picture_in(part, base, index)
        is_smaller = _slide(part)["columns"] < _slide(members[-1][0])["columns"]
        if other is not None and is_smaller and (part.pk, other) not in used:
            members.append((part, other))
    return members


def _image(members: list[tuple[Instance, int]]) -> SlideImage:
    base, index = members[0]
    return SlideImage(
        sop_instance_uid=base.sop_instance_uid,
        instance_number=base.instance_number,
        picture_number=index + 1,
        levels=tuple(_level(part, at) for part, at in members),
        flavour=_slide(base)["flavour"],
        title=_title(base, index),
        attributes=_attributes(base),
    )


def _picture_in(part: Instance, base: Instance, index: int) -> int | None:
    """Return the 0-based picture of another object that shows the same, smaller; None where it does not."""
    whole, other = _slide(base), _slide(part)
    if other["flavour"] not in ("VOLUME", "THUMBNAIL") or other["group"] != whole["group"]:
        return None
    if part.image_attributes["shared"]["kind"] != base.image_attributes["shared"]["kind"]:  # type: ignore[index]
        return None
    reduction = whole["columns"] / other["columns"], whole["rows"] / other["rows"]
    # One pixel of a small level is a large share of its side.
    slack = _ASPECT_TOLERANCE + 1 / min(other["columns"], other["rows"])
    if abs(reduction[0] / reduction[1] - 1) > slack:
        return None
    path, _, height = whole["pictures"][index]
    for at, (other_path, _, other_height) in enumerate(other["pictures"]):
        if other_path == path and abs(other_height - height) <= _SAME_HEIGHT_MM:
            return at
    # A thumbnail is made once, whatever focal planes there are.
    return 0 if len(other["pictures"]) == len(whole["pictures"]) == 1 else None


def _level(instance: Instance, index: int) -> StoredLevel:
    slide = _slide(instance)
    return StoredLevel(instance.blob.sha256, slide["rows"], slide["columns"], index + 1)


def _title(instance: Instance, index: int) -> str:
    pictures = _slide(instance)["pictures"]
    if len(pictures) < 2:
        return ""
    path, name, height = pictures[index]
    parts = []
    if len({one[0] for one in pictures}) > 1:
        parts.append(name or f"Optical path {path}")
    heights = [one[2] for one in pictures if one[0] == path]
    if len(heights) > 1:
        parts.append(f"Focal plane {heights.index(height) + 1} of {len(heights)}")
    return ", ".join(parts)


def _attributes(instance: Instance) -> dict[str, Any]:
    assert instance.image_attributes is not None
    shared, slide = instance.image_attributes["shared"], _slide(instance)
    spacing = slide["pixel_spacing_mm"]
    aspect = [1.0, 1.0] if not spacing or abs(spacing[0] / spacing[1] - 1) < 1e-4 else spacing
    whole: dict[str, Any] = shared | {
        "rows": slide["rows"],
        "columns": slide["columns"],
        "levels": level_count(slide["rows"], slide["columns"]),
        "pixel_spacing_mm": spacing,
        "spacing_source": "patient" if spacing else "none",
        "pixel_aspect_ratio": aspect,
        # A slide has a coordinate system of its own, which is none of the patient.
        "image_position_patient": None,
        "image_orientation_patient": None,
        "slice_location_mm": None,
        "slice_thickness_mm": None,
    }
    return whole


def _slide(instance: Instance) -> dict[str, Any]:
    assert instance.image_attributes is not None
    slide: dict[str, Any] = instance.image_attributes["shared"]["slide"]
    return slide
