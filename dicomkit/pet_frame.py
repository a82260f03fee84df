"""One frame of a PET image: where its attributes are, whichever of the three PET objects it comes in.

References
----------
PS3.3 A.21 (PET Image), A.56 (Enhanced PET Image), A.72 (Legacy Converted Enhanced PET Image).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydicom.dataset import Dataset

from dicomkit.errors import NoSUVError
from dicomkit.functional_groups import functional_group
from dicomkit.pixels.numbers import first_float
from dicomkit.temporal import parse_date, parse_date_time, parse_time, parse_utc_offset

# What an enhanced object may say of each frame by itself; the last two hold what has no place of its own.
_GROUPS = (
    "FrameContentSequence",
    "UnassignedPerFrameConvertedAttributesSequence",
    "UnassignedSharedConvertedAttributesSequence",
)


@dataclass(frozen=True)
class PETFrame:
    """A frame and the attributes that hold for it. `frame_index` is 0-based."""

    dataset: Dataset
    frame_index: int = 0

    def get(self, keyword: str) -> Any:
        """Return the value of an attribute, of the object or of the frame; None where it is absent or empty."""
        groups = (functional_group(self.dataset, group, frame_index=self.frame_index) for group in _GROUPS)
        for source in (self.dataset, *groups):
            value = source.get(keyword) if source is not None else None
            if value is not None and value != "":
                return value
        return None

    def text(self, keyword: str) -> str:
        """Return a code string in capitals, "" where there is none."""
        return str(self.get(keyword) or "").strip().upper()

    def texts(self, keyword: str) -> frozenset[str]:
        """Return all values of a code string."""
        value = self.get(keyword)
        values = [value] if isinstance(value, str) else list(value or [])
        return frozenset(str(one).strip().upper() for one in values)

    def positive(self, keyword: str, *, missing: str) -> float:
        """Return a number above zero.

        Raises
        ------
        NoSUVError
            With the text `missing`: zero is what devices write for a number that nobody entered.
        """
        return positive_of(self.get(keyword), missing=missing)

    def private(self, creator: str, group: int, element: int) -> Any:
        """Return the value of a private attribute, or None."""
        for source in (
            self.dataset,
            functional_group(self.dataset, _GROUPS[1], frame_index=self.frame_index),
        ):
            try:
                if source is not None:
                    return source.private_block(group, creator)[element].value
            except KeyError:
                continue
        return None

    def date_time(self, keyword: str) -> datetime | None:
        """Return a DT on the clock of the object, without a zone."""
        return self.local(parse_date_time(self.get(keyword)))

    def date_and_time(self, date_keyword: str, time_keyword: str) -> datetime | None:
        """Return a DA and a TM together; None unless both are there."""
        day, clock = parse_date(self.get(date_keyword)), parse_time(self.get(time_keyword))
        return datetime.combine(day, clock) if day and clock else None

    def local(self, moment: datetime | None) -> datetime | None:
        """Return a moment on the clock of the object: its dates and times have no zone of their own."""
        if moment is None or moment.tzinfo is None:
            return moment
        zone = parse_utc_offset(self.get("TimezoneOffsetFromUTC"))
        return (moment.astimezone(zone) if zone else moment).replace(tzinfo=None)

    def radiopharmaceutical(self) -> Dataset:
        """Return the item of the tracer that the frame shows.

        Raises
        ------
        NoSUVError
            No tracer is described, or several are and the frame does not say which one it shows.

        References
        ----------
        PS3.3 C.8.9.2 (PET Isotope), C.8.22.4 (Enhanced PET Isotope), C.7.6.16.2.19 (Radiopharmaceutical Usage).
        """
        items = list(self.get("RadiopharmaceuticalInformationSequence") or [])
        usage = functional_group(
            self.dataset, "RadiopharmaceuticalUsageSequence", frame_index=self.frame_index
        )
        number = usage.get("RadiopharmaceuticalAgentNumber") if usage is not None else None
        if number is not None and len(items) > 1:
            items = [item for item in items if item.get("RadiopharmaceuticalAgentNumber") == number]
        if not items:
            raise NoSUVError("The injected tracer is not described.")
        if len(items) > 1:
            raise NoSUVError("More than one injected tracer is described.")
        first: Dataset = items[0]
        return first


def positive_of(value: Any, *, missing: str) -> float:
    """Return a value as a number above zero, else raise NoSUVError with the text `missing`."""
    number = first_float(value)
    if number is None or number <= 0:
        raise NoSUVError(missing)
    return number
