"""An image as others speak of it: which one it is, its pixels, and where it lies in the patient.

References
----------
PS3.3 C.7.6.2 (Image Plane), C.7.4.1 (Frame of Reference).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dicomkit.geometry import ImagePlane
from dicomkit.image_references import ImageReference


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """One frame.

    Attributes
    ----------
    sop_instance_uid, frame_number, number_of_frames
        Which frame it is, 1-based, of how many.
    plane, spacing_mm
        Where it lies and how far its pixels are apart (down, across); None where nothing is known, or only a size at
        the detector.
    slice_thickness_mm
        None where the file does not say.
    """

    sop_instance_uid: str
    frame_number: int
    number_of_frames: int
    rows: int
    columns: int
    frame_of_reference_uid: str
    plane: ImagePlane | None
    spacing_mm: tuple[float, float] | None
    slice_thickness_mm: float | None

    def is_named_by(self, references: Iterable[ImageReference]) -> bool:
        """Tell whether a reference means this frame and no other."""
        return any(
            reference.sop_instance_uid == self.sop_instance_uid
            and (self.frame_number in reference.frame_numbers or self._is_all_of(reference))
            for reference in references
        )

    def is_in(self, frame_of_reference_uid: str) -> bool:
        """Tell whether it lies in a frame of reference, and where."""
        is_same = bool(frame_of_reference_uid) and frame_of_reference_uid == self.frame_of_reference_uid
        return is_same and self.plane is not None and self.spacing_mm is not None

    def _is_all_of(self, reference: ImageReference) -> bool:
        return not reference.frame_numbers and self.number_of_frames == 1


def placed_image(
    sop_instance_uid: str, frame_number: int, number_of_frames: int, *, attributes: Mapping[str, Any]
) -> PlacedImage:
    """Return an image by what `dicomkit.image_attributes.frame_attributes` says of the frame."""
    position, orientation = attributes["image_position_patient"], attributes["image_orientation_patient"]
    plane = None
    if position is not None and orientation is not None:
        plane = ImagePlane(tuple(position), tuple(orientation[:3]), tuple(orientation[3:]))
    spacing = attributes["pixel_spacing_mm"] if attributes["spacing_source"] == "patient" else None
    return PlacedImage(
        sop_instance_uid,
        frame_number,
        number_of_frames,
        attributes["rows"],
        attributes["columns"],
        attributes["frame_of_reference_uid"],
        plane,
        (spacing[0], spacing[1]) if spacing and min(spacing) > 0 else None,
        attributes["slice_thickness_mm"],
    )
