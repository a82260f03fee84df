"""Which images an object speaks of: all frames of an instance, or some.

References
----------
PS3.3 10.3 (Image SOP Instance Reference Macro), C.11.11 (Presentation State Relationship), C.17.2.1 (evidence).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.identity import clean_text
from dicomkit.pixels.numbers import floats


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image; `frame_numbers` are 1-based, and empty where all frames are meant."""

    sop_instance_uid: str
    frame_numbers: tuple[int, ...] = ()

    def covers(self, other: "ImageReference") -> bool:
        """Tell whether everything that `other` names is named here too."""
        if self.sop_instance_uid != other.sop_instance_uid:
            return False
        return not self.frame_numbers or (
            bool(other.frame_numbers) and set(other.frame_numbers) <= set(self.frame_numbers)
        )


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; none where it is absent or not a sequence."""
    value = dataset.get(keyword)
    if not value or isinstance(value, (str, bytes)):
        return []
    return [item for item in value if isinstance(item, Dataset)]


def read_image_references(
    dataset: Dataset, keyword: str = "ReferencedImageSequence"
) -> tuple[ImageReference, ...]:
    """Return the images that a sequence names, in its order."""
    return tuple(_references(items_of(dataset, keyword)))


def is_meant(references: tuple[ImageReference, ...], image: ImageReference) -> bool:
    """Tell whether an item with these references is about an image; one without any is about all."""
    return not references or any(reference.covers(image) for reference in references)


def _references(items: Iterable[Dataset]) -> Iterable[ImageReference]:
    for item in items:
        uid = clean_text(item, "ReferencedSOPInstanceUID", 64)
        numbers = floats(item.get("ReferencedFrameNumber")) or []
        if uid:
            yield ImageReference(uid, tuple(int(number) for number in numbers))
