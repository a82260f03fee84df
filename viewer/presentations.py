"""Presentation states and key object selections of a study as JSON: how others want its images to be seen."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from archive.exceptions import BlobNotFoundError
from archive.models import Instance, Study
from archive.selectors import instances_of_classes, open_blob
from dicomkit.errors import DicomKitError
from dicomkit.graphics import GraphicAnnotation
from dicomkit.image_attributes import frame_attributes
from dicomkit.image_references import ImageReference
from dicomkit.key_object import KEY_OBJECT_SELECTION_DOCUMENT, read_key_object_selection
from dicomkit.part10 import Part10Header, read_header
from dicomkit.pixels.modality_lut import Rescale
from dicomkit.pixels.packing import SIGNED_MINIMUM
from dicomkit.pixels.voi_lut import VOIWindow
from dicomkit.presentation import (
    GRAYSCALE_SOFTCOPY_PRESENTATION_STATE,
    DisplayedArea,
    PresentationState,
    SizeMode,
    read_presentation_state,
)
from viewer.models import Evidence
from viewer.regions.listing import regions_of

# So many objects of each kind are read when a study is opened; the newest are what a reader wants to see.
_MOST_OBJECTS = 100
# So many frames of multi-frame images may each look another way.
_MOST_FRAMES = 2000

JSONObject = dict[str, Any]


def presentations_of(study: Study) -> JSONObject:
    """Return what the study holds of presentation states, key object selections and regions, the newest first.

    What was made of our own annotations is there once, as it was last stored; "is_ours" tells such a state, which shows what
    the annotations show. An object that cannot be read is named, with the reason in ``problem``.
    """
    ours = _ours(study)
    states = _latest(study, GRAYSCALE_SOFTCOPY_PRESENTATION_STATE, ours)
    selections = _latest(study, KEY_OBJECT_SELECTION_DOCUMENT, ours)
    return {
        "presentation_states": [
            _state_body(study, instance, is_ours=instance.sop_instance_uid in ours) for instance in states
        ],
        "key_objects": [_key_object_body(instance) for instance in selections],
        "regions": regions_of(study),
    }


def _ours(study: Study) -> dict[str, tuple[str, str]]:
    """Return what the objects that were made of our own annotations are about, by SOP Instance UID."""
    made = Evidence.objects.filter(study=study).values_list("sop_instance_uid", "kind", "subject")
    return {uid: (kind, subject) for uid, kind, subject in made}


def _latest(study: Study, sop_class_uid: str, ours: dict[str, tuple[str, str]]) -> list[Instance]:
    """Return the newest objects of a class; of those that were made of our own annotations the last one only."""
    found: dict[object, Instance] = {}
    for instance in instances_of_classes(study, {sop_class_uid}):
        uid = instance.sop_instance_uid
        found.setdefault(ours.get(uid, uid), instance)
    return list(found.values())[:_MOST_OBJECTS]


def read_stored_header(sha256: str) -> Part10Header:
    """Return the header of a stored object without pixel data.

    Raises
    ------
    DicomKitError, BlobNotFoundError
        It cannot be read, or is lost.
    """
    with open_blob(sha256) as file:
        return read_header(file)


def _key_object_body(instance: Instance) -> JSONObject:
    body: JSONObject = {"sop_instance_uid": instance.sop_instance_uid, "problem": ""}
    try:
        found = read_key_object_selection(read_stored_header(instance.blob.sha256).dataset)
    except (DicomKitError, BlobNotFoundError) as error:
        return body | {
            "title": "Key images",
            "description": "",
            "created": None,
            "images": [],
            "problem": str(error),
        }
    return body | {
        "title": found.title,
        "description": found.description,
        "created": found.created.isoformat(timespec="minutes") if found.created else None,
        "images": [_reference_body(image) for image in found.images],
    }


def _state_body(study: Study, instance: Instance, *, is_ours: bool) -> JSONObject:
    body: JSONObject = {
        "sop_instance_uid": instance.sop_instance_uid,
        "problem": "",
        "is_ours": is_ours,
    }
    try:
        state = read_presentation_state(read_stored_header(instance.blob.sha256).dataset)
    except (DicomKitError, BlobNotFoundError) as error:
        unread: JSONObject = {"label": "Presentation state", "description": "", "created": None, "looks": []}
        return body | unread | {"problem": str(error)}
    return body | {
        "label": state.label,
        "description": state.description,
        "created": state.created.isoformat(timespec="minutes") if state.created else None,
        "looks": _looks_body(state, study, instance.sop_instance_uid),
    }


def _looks_body(state: PresentationState, study: Study, state_uid: str) -> list[JSONObject]:
    """Return how each image looks, those that look the same together; a look of single frames comes first."""
    uids = {reference.sop_instance_uid for reference in state.references}
    images = Instance.objects.filter(series__study=study, sop_instance_uid__in=uids, number_of_frames__gt=0)
    attributes_of = dict(images.values_list("sop_instance_uid", "image_attributes"))
    looks: dict[str, JSONObject] = {}
    for reference in state.frame_references(most=_MOST_FRAMES):
        stored = attributes_of.get(reference.sop_instance_uid)
        if stored is None:
            continue
        first_frame = reference.frame_numbers[0] if reference.frame_numbers else 1
        look = _look_body(state, reference, frame_attributes(stored, first_frame - 1))
        image = _reference_body(reference) | {
            "table_url": reverse("viewer:presented_table", args=[state_uid, reference.sop_instance_uid]),
            "marks_url": reverse("viewer:presented_marks", args=[state_uid, reference.sop_instance_uid])
            if state.has_marks
            else None,
        }
        looks.setdefault(repr(look), look | {"images": []})["images"].append(image)
    return list(looks.values())


def _look_body(state: PresentationState, image: ImageReference, attributes: JSONObject) -> JSONObject:
    everything = DisplayedArea(
        (), (0.0, 0.0), (float(attributes["columns"]), float(attributes["rows"])), SizeMode.SCALE_TO_FIT, None
    )
    area = state.displayed_area_of(image) or everything
    return {
        "voi": _window_body(state, image, attributes["packing"]),
        "is_inverse": state.is_inverse,
        "shutter_grey": state.shutter_grey,
        "rotation_degrees": state.rotation_degrees,
        "is_mirrored": state.is_mirrored,
        "displayed_area": {
            "left": area.top_left[0],
            "top": area.top_left[1],
            "right": area.bottom_right[0],
            "bottom": area.bottom_right[1],
            "mode": area.mode.value,
            "magnification": area.magnification,
        },
        "drawings": [
            _drawing_body(state, one, area) for one in _by_layer(state, state.annotations_of(image))
        ],
    }


def _window_body(
    state: PresentationState, image: ImageReference, packing: JSONObject | None
) -> JSONObject | None:
    """Return the window where the state is one on the image's own values; None where only a table will do."""
    voi = state.voi_of(image)
    if packing is None or state.presentation_lut is not None or not isinstance(voi, VOIWindow):
        return None
    if not isinstance(state.modality, Rescale) or state.modality.slope != packing["scale"]:
        return None
    lowest = (packing["offset"] - state.modality.intercept) / state.modality.slope
    if lowest not in (0, SIGNED_MINIMUM):
        return None
    return {
        "label": voi.label,
        "window_center": voi.center,
        "window_width": voi.width,
        "function": voi.function.value,
    }


def _by_layer(state: PresentationState, annotations: Iterable[GraphicAnnotation]) -> list[GraphicAnnotation]:
    order = {layer.name: place for place, layer in enumerate(state.layers)}
    return sorted(annotations, key=lambda annotation: order.get(annotation.layer, -1))


def _drawing_body(state: PresentationState, annotation: GraphicAnnotation, area: DisplayedArea) -> JSONObject:
    colours = {layer.name: layer.colour for layer in state.layers}
    return {
        "layer": annotation.layer,
        "colour": colours.get(annotation.layer, ""),
        "graphics": [
            {
                "kind": graphic.kind.value,
                "points": [state.image_point(point, graphic.units, area) for point in graphic.points],
                "is_filled": graphic.is_filled,
            }
            for graphic in annotation.graphics
        ],
        "texts": [
            {
                "text": text.text,
                "anchor": state.image_point(text.anchor, text.anchor_units, area) if text.anchor else None,
                "box": [state.image_point(corner, text.box_units, area) for corner in text.box]
                if text.box
                else None,
                "is_anchor_visible": text.is_anchor_visible,
            }
            for text in annotation.texts
        ],
    }


def _reference_body(reference: ImageReference) -> JSONObject:
    return {
        "sop_instance_uid": reference.sop_instance_uid,
        "frame_numbers": list(reference.frame_numbers),
    }
