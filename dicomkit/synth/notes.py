"""What a reader would note on the demo's CT: the nodule circled in a lung window, its slices marked as key images."""

from collections.abc import Iterator
from collections.abc import Sequence as Items

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.synth.chest_phantom import Nodule
from dicomkit.synth.modules import StudyAttributes
from dicomkit.synth.references import (
    drawn,
    graphic,
    graphic_layer,
    key_object_selection,
    presentation_state,
    text_at,
)


def nodule_notes(study: StudyAttributes, slices: Items[Dataset], nodule: Nodule) -> Iterator[Dataset]:
    """Yield a presentation state and a key object selection about a nodule.

    Parameters
    ----------
    slices
        Of `ct_chest_series`, all or those near the nodule.
    """
    key_images = sorted(slices, key=lambda one: abs(one.ImagePositionPatient[2] - nodule.centre[2]))[:3]
    best = key_images[0]
    down_mm, across_mm = best.PixelSpacing
    column = (nodule.centre[0] - best.ImagePositionPatient[0]) / across_mm + 0.5
    row = (nodule.centre[1] - best.ImagePositionPatient[1]) / down_mm + 0.5
    radius = nodule.radius_mm / across_mm * 1.6
    lung = Dataset()
    lung.WindowCenter, lung.WindowWidth = "-600", "1500"
    circle = graphic("CIRCLE", [column, row, column + radius, row])
    words = text_at(
        f"Nodule {2 * nodule.radius_mm:.0f} mm",
        (column + 0.7 * radius, row + 0.7 * radius),
        is_anchor_visible=False,
    )
    yield presentation_state(
        study,
        key_images,
        label="NODULE",
        description="Nodule, lung window",
        RescaleSlope=best.RescaleSlope,
        RescaleIntercept=best.RescaleIntercept,
        RescaleType="HU",
        SoftcopyVOILUTSequence=Sequence([lung]),
        GraphicLayerSequence=Sequence([graphic_layer()]),
        GraphicAnnotationSequence=Sequence([drawn(key_images, graphics=[circle], texts=[words])]),
    )
    yield key_object_selection(study, key_images, description="Nodule of the right upper lobe")
