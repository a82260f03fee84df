"""The segmentations and structure sets of a study as JSON, and the images that each can be shown on.

Only the short part of a header is read here; where the planes of a segmentation lie is on record since it arrived.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.exceptions import BlobNotFoundError
from archive.models import Instance, Study
from archive.selectors import instances_of_classes, instances_of_study, open_blob
from dicomkit.errors import DicomKitError
from dicomkit.image_attributes import frame_attributes
from dicomkit.part10 import read_header
from dicomkit.placed_image import PlacedImage, placed_image
from dicomkit.segmentation import SEGMENTATION_CLASSES, Segmentation, read_segments
from dicomkit.structure_set import RT_STRUCTURE_SET, StructureSet, read_rois
from viewer.slides.pyramid import is_slide_part

JSONObject = dict[str, Any]

# So many objects are read when a study is opened; the newest are what a reader wants to see.
_MOST_OBJECTS = 50
_MOST_IMAGES = 20_000
_PARALLEL = 0.999
_TOLERANCE_MM = 0.02
_DEFAULT_THICKNESS_MM = 1.0


def regions_of(study: Study) -> list[JSONObject]:
    """Return what the study holds of segmentations and structure sets, the newest first.

    An object that cannot be read is named, with the reason in ``problem``.
    """
    instances = instances_of_classes(study, {*SEGMENTATION_CLASSES, RT_STRUCTURE_SET})
    found = list(instances.select_related("blob", "series")[:_MOST_OBJECTS])
    if not found:
        return []
    images = images_of(instances_of_study(study))
    return [_body(instance, images) for instance in found]


def segmentations_over_images(instances: Sequence[Instance]) -> set[str]:
    """Return the SOP Instance UIDs of those segmentations that can be shown on other images of the same study."""
    segmentations = [one for one in instances if one.sop_class_uid in SEGMENTATION_CLASSES]
    images = images_of(instances) if segmentations else []
    # An object that cannot be read is found by whoever looks for it as a series of its own.
    return {
        instance.sop_instance_uid
        for instance in segmentations[:_MOST_OBJECTS]
        if not (body := _body(instance, images))["problem"] and body["images"]
    }


def images_of(instances: Iterable[Instance]) -> list[PlacedImage]:
    """Return all frames of the instances that are images and no segmentations."""
    images: list[PlacedImage] = []
    for instance in instances:
        if instance.image_attributes and instance.sop_class_uid not in SEGMENTATION_CLASSES:
            images += [
                image_at(instance, number)
                for number in range(1, min(_frames_shown(instance), _MOST_IMAGES) + 1)
            ]
        if len(images) >= _MOST_IMAGES:
            break
    return images


def _frames_shown(instance: Instance) -> int:
    """Return how many frames are images by themselves: those of a slide are one."""
    return 1 if is_slide_part(instance) else instance.number_of_frames


def image_at(instance: Instance, frame_number: int) -> PlacedImage:
    """Return a frame of an instance that is an image."""
    assert instance.image_attributes is not None
    return placed_image(
        instance.sop_instance_uid,
        frame_number,
        instance.number_of_frames,
        attributes=frame_attributes(instance.image_attributes, frame_number - 1),
    )


def _body(instance: Instance, images: Sequence[PlacedImage]) -> JSONObject:
    is_segmentation = instance.sop_class_uid in SEGMENTATION_CLASSES
    body: JSONObject = {
        "sop_instance_uid": instance.sop_instance_uid,
        "kind": "SEG" if is_segmentation else "RTSTRUCT",
        "problem": "",
        "note": "",
        "is_overlapping": False,
    }
    try:
        with open_blob(instance.blob.sha256) as file:
            dataset = read_header(file).dataset
            if is_segmentation:
                return body | _segmentation_body(instance, read_segments(dataset), images)
            return body | _structure_set_body(read_rois(dataset), images)
    except (DicomKitError, BlobNotFoundError) as error:
        name = "Segmentation" if is_segmentation else "Structure set"
        # Where it belongs is not known: it is named with every image, so that nobody misses it.
        uids = _each_once(image.sop_instance_uid for image in images)
        return body | {"label": name, "created": None, "parts": [], "images": uids, "problem": str(error)}


def _segmentation_body(instance: Instance, found: Segmentation, images: Sequence[PlacedImage]) -> JSONObject:
    shown = len(found.segments)
    return {
        "label": found.description or found.label or "Segmentation",
        "created": _moment(found.created),
        "note": f"The first {shown} of {shown + found.omitted} segments" if found.omitted else "",
        "is_overlapping": found.is_overlapping,
        "parts": [
            {"number": one.number, "label": one.label, "colour": one.colour, "note": one.note}
            for one in found.segments
        ],
        "images": _images_under(instance, found, images),
    }


def _structure_set_body(found: StructureSet, images: Sequence[PlacedImage]) -> JSONObject:
    places = {roi.frame_of_reference_uid for roi in found.rois} - {""}
    return {
        "label": found.description or found.label or "Structure set",
        "created": _moment(found.created),
        "parts": [
            {
                "number": roi.number,
                "label": roi.name,
                "colour": roi.colour,
                "note": roi.interpreted_type.replace("_", " ").lower()
                if len(roi.interpreted_type) > 3
                else roi.interpreted_type,
            }
            for roi in found.rois
        ],
        "images": _each_once(
            image.sop_instance_uid
            for image in images
            if image.sop_instance_uid in found.references
            or any(image.is_in(frame_of_reference_uid) for frame_of_reference_uid in places)
        ),
    }


def _images_under(instance: Instance, found: Segmentation, images: Sequence[PlacedImage]) -> list[str]:
    """Return the images that lie where a plane of the segmentation does; without planes, those that it names."""
    planes = _planes(instance, found)
    if planes is None:
        return _each_once(
            image.sop_instance_uid
            for image in images
            if image.sop_instance_uid in found.references or image.is_in(found.frame_of_reference_uid)
        )
    positions, normals = planes
    thickness_mm = found.thickness_mm or _thickness_mm(instance)
    uids = []
    for image in images:
        if not image.is_in(found.frame_of_reference_uid):
            if image.sop_instance_uid in found.references:
                uids.append(image.sop_instance_uid)
            continue
        assert image.plane is not None
        normal = np.array(image.plane.normal)
        away = np.abs((positions - np.array(image.plane.position)) @ normal)
        reach = (thickness_mm or image.slice_thickness_mm or _DEFAULT_THICKNESS_MM) / 2 + _TOLERANCE_MM
        if ((np.abs(normals @ normal) > _PARALLEL) & (away <= reach)).any():
            uids.append(image.sop_instance_uid)
    return _each_once(uids)


def _planes(
    instance: Instance, found: Segmentation
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return positions and normals of all frames; None where one has none."""
    if not found.frame_of_reference_uid:
        return None
    planes = [image_at(instance, number).plane for number in range(1, instance.number_of_frames + 1)]
    known = [plane for plane in planes if plane is not None]
    if len(known) < len(planes):
        return None
    return np.array([plane.position for plane in known]), np.array([plane.normal for plane in known])


def _thickness_mm(instance: Instance) -> float | None:
    """Return the greatest thickness of the frames as it is on record."""
    written = [
        image_at(instance, number).slice_thickness_mm for number in range(1, instance.number_of_frames + 1)
    ]
    return max((thickness for thickness in written if thickness), default=None)


def _each_once(uids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(uids))


def _moment(created: datetime | None) -> str | None:
    return created.isoformat(timespec="minutes") if created else None
