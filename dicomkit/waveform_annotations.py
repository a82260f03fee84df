"""What a waveform object notes about its signals: statements, measurements, and marks on samples.

References
----------
PS3.3 C.10.10 (Waveform Annotation module); C.10.10.1.1 (Referenced Waveform Channels: pairs of group and channel
numbers, both from 1, channel 0 for all), C.18.9 (temporal ranges: sample positions from 1).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import items_of
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.numbers import floats
from dicomkit.sr.values import meaning_of, unit_words

MOST_ANNOTATIONS = 5_000
_MOST_POSITIONS = 1_000
_SLOWEST_HZ = 0.001
_INTERVALS = frozenset({"SEGMENT", "MULTISEGMENT"})


@dataclass(frozen=True, slots=True)
class WaveformAnnotation:
    """A note about a waveform.

    Attributes
    ----------
    channels
        (group number, channel number) from 1; a channel number of 0 means all of the group. Empty for all.
    name, value
        What is noted: a concept and its number, code or words. A mere statement has no name.
    positions_s
        Where, in seconds from the first sample of its group; empty for a note about all of it.
    is_interval
        The positions are starts and ends by turns.
    group_number
        Annotation Group Number: notes of one beat, or of one measurement, share it. None where there is none.
    """

    channels: tuple[tuple[int, int], ...]
    name: str
    value: str
    positions_s: tuple[float, ...]
    is_interval: bool
    group_number: int | None


def read_annotations(dataset: Dataset) -> tuple[WaveformAnnotation, ...]:
    """Return the notes of a waveform object in its order, at most `MOST_ANNOTATIONS`.

    Raises
    ------
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        items = items_of(dataset, "WaveformAnnotationSequence")[:MOST_ANNOTATIONS]
        rates = [
            (floats(group.get("SamplingFrequency")) or [0.0])[0]
            for group in items_of(dataset, "WaveformSequence")
        ]
        return tuple(_annotation(item, rates) for item in items)


def _annotation(item: Dataset, rates: list[float]) -> WaveformAnnotation:
    numbers = [int(one) for one in floats(item.get("ReferencedWaveformChannels")) or []]
    channels = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    group_index = channels[0][0] - 1 if channels else 0
    rate = rates[group_index] if 0 <= group_index < len(rates) else 0.0
    return WaveformAnnotation(
        channels=channels,
        name=meaning_of(item, "ConceptNameCodeSequence"),
        value=_value(item),
        positions_s=tuple(_positions(item, rate))[:_MOST_POSITIONS],
        is_interval=clean_text(item, "TemporalRangeType", 16) in _INTERVALS,
        group_number=whole_number(item, "AnnotationGroupNumber"),
    )


def _value(item: Dataset) -> str:
    text = clean_text(item, "UnformattedTextValue", 1024)
    if text:
        return text
    number = clean_text(item, "NumericValue", 64)
    if number:
        unit = unit_words(item)
        return f"{number}{'' if unit == '°' else ' '}{unit}".strip()
    return meaning_of(item, "ConceptCodeSequence")


def _positions(item: Dataset, rate_hz: float) -> Iterable[float]:
    """Return where a note stands. One that names a moment of the day (Referenced DateTime) stands nowhere."""
    samples = floats(item.get("ReferencedSamplePositions"))
    if samples:
        return [(sample - 1) / rate_hz for sample in samples] if rate_hz >= _SLOWEST_HZ else []
    offsets_ms = floats(item.get("ReferencedTimeOffsets"))
    return [offset / 1000 for offset in offsets_ms or []]
