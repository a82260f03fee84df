"""The images of a series in reading order."""

from dataclasses import dataclass
from typing import Any

from archive.models import Instance
from dicomkit.geometry import ImagePlane, sort_images
from dicomkit.image_attributes import frame_attributes
from viewer.slides.pyramid import SlideImage, is_slide_part, slide_images


@dataclass(frozen=True)
class StackImage:
    """One frame of one instance, or one large image made of the frames of several.

    Attributes
    ----------
    sha256
        The content that it is made from.
    attributes
        See `dicomkit.image_attributes.display_attributes`, expanded for this frame.
    slide
        What the large image is made of; its picture number is the frame number.
    """

    sop_instance_uid: str
    sha256: str
    instance_number: int | None
    frame_number: int
    attributes: dict[str, Any]
    slide: SlideImage | None = None


def stack_of(instances: list[Instance]) -> list[StackImage]:
    """Return the frames of the instances of one series, along the patient where their geometry tells, else by number.

    The parts of a whole slide become few large images, which come first.

    The instances must have been selected with their blobs.
    """
    images = [
        StackImage(
            sop_instance_uid=instance.sop_instance_uid,
            sha256=instance.blob.sha256,
            instance_number=instance.instance_number,
            frame_number=frame_index + 1,
            attributes=frame_attributes(instance.image_attributes, frame_index),
        )
        for instance in instances
        if instance.image_attributes and not is_slide_part(instance)
        for frame_index in instance.image_attributes.get("frame_order") or range(instance.number_of_frames)
    ]
    return _slides(instances) + [images[index] for index in _order(images)]


def stack_of_series(series_instance_uid: str) -> list[StackImage]:
    """Return the stack of a series by its UID. Not filtered by user: for workers."""
    instances = Instance.objects.filter(series__series_instance_uid=series_instance_uid)
    return stack_of(list(instances.select_related("blob").order_by("instance_number", "pk")))


def nearest_first(count: int, index: int) -> list[int]:
    """Return the indexes 0 to count - 1, those next to ``index`` first."""
    return sorted(range(count), key=lambda other: abs(other - index))


def representative(series_instance_uid: str) -> StackImage | None:
    """Return the image that stands for a series: the middle one, where most of the anatomy is. None without images.

    Of a slide it is the thumbnail, or else the tissue: never the label, which may name the patient. Costs two queries,
    however long the series is, and three for a slide.
    """
    images = Instance.objects.filter(series__series_instance_uid=series_instance_uid, number_of_frames__gt=0)
    middle = images.count() // 2
    instance = images.select_related("blob").order_by("instance_number", "pk")[middle : middle + 1].first()
    if instance is None:
        return None
    if is_slide_part(instance):
        slides = stack_of_series(series_instance_uid)
        thumbnails = [one for one in slides if one.slide and one.slide.flavour == "THUMBNAIL"]
        return (thumbnails or slides)[0]
    frames = stack_of([instance])
    return frames[len(frames) // 2]


def _slides(instances: list[Instance]) -> list[StackImage]:
    return [
        StackImage(
            sop_instance_uid=slide.sop_instance_uid,
            sha256=slide.content,
            instance_number=slide.instance_number,
            frame_number=slide.picture_number,
            attributes=slide.attributes,
            slide=slide,
        )
        for slide in slide_images(instances)
    ]


def _order(images: list[StackImage]) -> list[int]:
    if len({image.sop_instance_uid for image in images}) == 1:
        # The frames of one object are in the order that it names, which may be one of time.
        return list(range(len(images)))
    planes = [plane_of(image.attributes) for image in images]
    return sort_images(planes, instance_numbers=[image.instance_number for image in images])


def plane_of(attributes: dict[str, Any]) -> ImagePlane | None:
    """Return the plane of an image from its attributes, or None where they tell none."""
    position, orientation = attributes["image_position_patient"], attributes["image_orientation_patient"]
    if position is None or orientation is None:
        return None
    return ImagePlane(tuple(position), tuple(orientation[:3]), tuple(orientation[3:]))
