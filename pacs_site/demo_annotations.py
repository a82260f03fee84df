"""What the demo's radiologist drew on the CT follow-up: the nodule measured, surrounded and pointed at."""

from collections.abc import Sequence
from typing import NamedTuple

from accounts.models import User
from archive.models import Instance, Study
from audit.actors import Actor
from dicomkit.marking import MarkingKind
from dicomkit.synth.chest_phantom import Nodule
from dicomkit.synth.modules import derived_uid
from viewer.models import Annotation
from viewer.services import AnnotationContent, save_annotation

Point = tuple[float, float]


class DemoDrawing(NamedTuple):
    """A drawing on the slice through the nodule."""

    kind: MarkingKind
    points: tuple[Point, ...]
    text: str


def nodule_drawings(
    nodule: Nodule, position: Sequence[float], spacing_mm: Sequence[float]
) -> list[DemoDrawing]:
    """Return a length, an ellipse and an arrow about a nodule.

    Parameters
    ----------
    position
        Of the centre of the slice's first pixel, in mm; the slice is axial.
    spacing_mm
        (down, across).
    """
    down, across = spacing_mm
    column = (nodule.centre[0] - position[0]) / across + 0.5
    row = (nodule.centre[1] - position[1]) / down + 0.5
    wide, high = nodule.radius_mm / across, nodule.radius_mm / down
    inner = 0.6
    return [
        DemoDrawing(MarkingKind.LENGTH, ((column - wide, row), (column + wide, row)), "Nodule"),
        DemoDrawing(
            MarkingKind.ELLIPSE,
            (
                (column - inner * wide, row),
                (column + inner * wide, row),
                (column, row - inner * high),
                (column, row + inner * high),
            ),
            "",
        ),
        DemoDrawing(
            MarkingKind.ARROW,
            ((column - 1.4 * wide, row - 1.4 * high), (column - 4 * wide, row - 3 * high)),
            "Larger than in the prior",
        ),
    ]


def seed_annotations(*, study: Study, author: User, nodule: Nodule, actor: Actor) -> None:
    """Draw about a nodule on the slice nearest to it, once: what readers changed or deleted since stays as it is."""
    image = _slice_at(study, nodule.centre[2])
    if image is None:
        return
    assert image.image_attributes is not None
    shared = image.image_attributes["shared"]
    drawings = nodule_drawings(nodule, shared["image_position_patient"], shared["pixel_spacing_mm"])
    for number, (kind, points, text) in enumerate(drawings, start=1):
        uid = derived_uid(study.study_instance_uid, "annotation", number)
        if Annotation.objects.filter(annotation_uid=uid).exists():
            continue
        save_annotation(
            study=study,
            annotation_uid=uid,
            content=AnnotationContent(kind, image.sop_instance_uid, 1, points, text),
            revision=0,
            author=author,
            actor=actor,
        )


def _slice_at(study: Study, z_mm: float) -> Instance | None:
    """Return the slice nearest to a height; None where the study has no slices."""
    slices = Instance.objects.filter(series__study=study, series__modality="CT", number_of_frames=1)
    placed = [
        (abs(one.image_attributes["shared"]["image_position_patient"][2] - z_mm), one.pk, one)
        for one in slices
        if one.image_attributes and one.image_attributes["shared"]["image_position_patient"]
    ]
    return min(placed)[2] if placed else None
