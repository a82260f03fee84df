"""The annotations of a study as what presentation states say of them: one state for images that share their greys."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from pydicom.dataset import Dataset

from archive.services.outgoing import outgoing_header
from dicomkit.calibration import SpacingSource
from dicomkit.functional_groups import functional_group
from dicomkit.identity import clean_text
from dicomkit.image_attributes import frame_attributes
from dicomkit.malformed import refuse_malformed_values
from dicomkit.marking import MarkingKind
from dicomkit.marking_words import measured_words
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.pixels.units import value_units
from dicomkit.pixels.voi_lut import VOI, VOIFunction, VOIWindow, read_vois
from dicomkit.presentation_writing import DrawnMarking, PresentedFrame, PresentedGreys
from dicomkit.sr.report import ReportedMarking
from viewer.exceptions import RenderingUnavailableError
from viewer.models import Annotation
from viewer.reported import evidence_image, points_of_annotation
from viewer.tiles.cache import tile_cache
from viewer.tiles.request import TileRequest

JSONObject = dict[str, Any]


@dataclass(frozen=True)
class PresentedGroup:
    """What one presentation state is made of.

    Attributes
    ----------
    header
        Of one of the images.
    subject
        By which the next state of the same images is known.
    content
        Digest of what is drawn: the same again need not be stored again.
    """

    header: Dataset
    greys: PresentedGreys
    frames: tuple[PresentedFrame, ...]
    subject: str
    content: str


def can_be_presented(annotation: Annotation) -> bool:
    """Tell whether a grey-scale presentation state can show the image that was drawn on."""
    stored = annotation.instance.image_attributes
    if stored is None:
        return False
    attributes = frame_attributes(stored, annotation.frame_number - 1)
    return attributes["kind"] == "grey" and attributes["packing"] is not None and not attributes["problem"]


def presented_groups(
    annotations: Sequence[Annotation], markings: Iterable[ReportedMarking]
) -> list[PresentedGroup]:
    """Return what is drawn on grey-scale images, by series and by what its images share.

    Parameters
    ----------
    annotations
        Of one study, selected with instance, series and blob.
    markings
        Those of them that measure something, with their numbers.

    Raises
    ------
    RenderingUnavailableError
        The cache cannot be reached.
    DicomKitError, BlobNotFoundError
        The header of an image cannot be read.
    """
    reported = {one.tracking_uid: one for one in markings}
    on_frames: dict[tuple[int, int], list[Annotation]] = {}
    for one in annotations:
        if can_be_presented(one):
            on_frames.setdefault((one.instance_id, one.frame_number), []).append(one)
    headers: dict[int, Dataset] = {}
    groups: dict[tuple[str, PresentedGreys], list[tuple[Dataset, PresentedFrame]]] = {}
    for (instance_id, frame_number), some in on_frames.items():
        instance = some[0].instance
        if instance_id not in headers:
            headers[instance_id] = outgoing_header(instance)
        header = headers[instance_id]
        attributes = frame_attributes(instance.image_attributes, frame_number - 1)  # type: ignore[arg-type]  # checked
        greys = _greys(header, attributes, frame_number - 1)
        frame = _frame(some, header, attributes, reported)
        groups.setdefault((instance.series.series_instance_uid, greys), []).append((header, frame))
    return [_group(series_uid, greys, members) for (series_uid, greys), members in groups.items()]


def _group(
    series_instance_uid: str, greys: PresentedGreys, members: Sequence[tuple[Dataset, PresentedFrame]]
) -> PresentedGroup:
    frames = tuple(frame for _, frame in members)
    # Without the window: the automatic one is not always known, and nobody drew it.
    drawn = [f"{one.image.sop_instance_uid} {one.image.frame_number} {one.markings!r}" for one in frames]
    return PresentedGroup(
        header=members[0][0],
        greys=greys,
        frames=frames,
        subject=_digest([series_instance_uid, repr(greys)]),
        content=_digest(sorted(drawn)),
    )


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _greys(header: Dataset, attributes: JSONObject, frame_index: int) -> PresentedGreys:
    with refuse_malformed_values():
        group = functional_group(header, "PixelValueTransformationSequence", frame_index=frame_index)
        written = clean_text(group if group is not None else header, "RescaleType", 16)
        units = value_units(header, frame_index=frame_index)
        return PresentedGreys(
            modality=read_modality_transform(header, frame_index=frame_index),
            value_type=written or ("HU" if units == "HU" else "US"),
            is_inverse=attributes["inverse"],
        )


def _frame(
    annotations: Sequence[Annotation],
    header: Dataset,
    attributes: JSONObject,
    reported: dict[str, ReportedMarking],
) -> PresentedFrame:
    first = annotations[0]
    spacing, (vertical, horizontal) = attributes["pixel_spacing_mm"], attributes["pixel_aspect_ratio"]
    # Millimetres at the detector are none of the patient's: only the shape of a pixel is known there.
    is_in_patient = spacing is not None and attributes["spacing_source"] == SpacingSource.PATIENT
    if spacing is not None and not is_in_patient:
        vertical, horizontal = spacing
    with refuse_malformed_values():
        vois = read_vois(header, frame_index=first.frame_number - 1)
    return PresentedFrame(
        image=evidence_image(first),
        rows=attributes["rows"],
        columns=attributes["columns"],
        pixel_spacing_mm=(spacing[0], spacing[1]) if is_in_patient else None,
        pixel_aspect_ratio=(vertical, horizontal),
        voi=vois[0] if vois else _automatic_window(first, attributes),
        markings=tuple(_drawn(one, reported.get(one.annotation_uid)) for one in annotations),
    )


def _drawn(annotation: Annotation, reported: ReportedMarking | None) -> DrawnMarking:
    words = annotation.text.splitlines()
    if annotation.length_mm is not None:
        words.append(f"Calibration {annotation.length_mm:g} mm")
    if reported is not None:
        words += measured_words(
            reported.measures, reported.scale.source, reported.statistics, reported.value_unit
        )
    return DrawnMarking(
        MarkingKind(annotation.kind), points_of_annotation(annotation), "\n".join(filter(None, words))
    )


def _automatic_window(annotation: Annotation, attributes: JSONObject) -> VOI | None:
    """Return the window that readers see, where a worker has computed it; None where none is remembered."""
    requests = [
        TileRequest(annotation.instance.blob.sha256, annotation.frame_number, level, 0, 0, depth)
        for level in range(attributes["levels"])
        for depth in (16, 8)
    ]
    try:
        found = map(tile_cache().get, [one.cache_key() for one in requests])
        window = next((one.default_window for one in found if one is not None and one.default_window), "")
    except redis.RedisError as error:
        raise RenderingUnavailableError("The tile cache cannot be reached.") from error
    if not window:
        return None
    center, width, function = window.split()
    return VOIWindow(float(center), float(width), VOIFunction(function))
