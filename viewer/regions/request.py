"""What is asked of a region: to be shown on one image."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from dicomkit.segmentation import MOST_SEGMENTS
from viewer.exceptions import InvalidTileRequestError
from viewer.tiles.picture_request import PictureRequest

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
REGION_VERSION = 1


class RegionForm(StrEnum):
    """In which form a region comes."""

    BITMAP = "bitmap"
    CONTOURS = "contours"


@dataclass(frozen=True)
class RegionRequest(PictureRequest):
    """A segmentation or structure set on one frame.

    Attributes
    ----------
    region_sha256, image_sha256
        The contents that it is made from. As a part of the key they make an entry valid for ever.
    hidden
        0-based places of segments that are left out, in rising order.
    """

    form: RegionForm
    region_sha256: str
    image_sha256: str
    image_sop_instance_uid: str
    frame_number: int
    hidden: tuple[int, ...] = ()

    def cache_key(self) -> str:
        """Return the key in the cache; it holds no patient data."""
        hidden = ",".join(map(str, self.hidden))
        return (
            f"region:{REGION_VERSION}:{self.form}:{self.region_sha256}:{self.image_sha256}"
            f":{self.frame_number}:{hidden}"
        )

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        form, hidden = RegionForm(arguments["form"]), tuple(arguments["hidden"])
        return cls(**{**arguments, "form": form, "hidden": hidden})


def hidden_places(text: str) -> tuple[int, ...]:
    """Return the places that the parameter ``hidden`` names.

    Raises
    ------
    InvalidTileRequestError
        They are no numbers, or no segmentation has so many segments.
    """
    words = text.split(",") if text else []
    if len(words) > MOST_SEGMENTS or not all(word.isascii() and word.isdecimal() for word in words):
        raise InvalidTileRequestError("hidden is a list of numbers with commas.")
    places = sorted({int(word) for word in words if len(word) < 4})
    if len(places) < len(set(words)) or (places and places[-1] >= MOST_SEGMENTS):
        raise InvalidTileRequestError(f"hidden must lie between 0 and {MOST_SEGMENTS - 1}.")
    return tuple(places)
