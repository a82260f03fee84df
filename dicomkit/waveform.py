"""Waveforms: ECG, haemodynamic and other signals, as channels of stored samples with what turns them into values.

A value is sample x Channel Sensitivity x Correction Factor + Channel Baseline. Samples stay whole numbers, which are
small and exact; the linear step to values comes with each channel.

References
----------
PS3.3 C.10.9 (Waveform module), C.10.10 (Waveform Annotation module); PS3.5 8.3 and annex on waveform encoding.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidWaveformError
from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import items_of
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.numbers import finite_float, first_float
from dicomkit.sr.values import meaning_of
from dicomkit.waveform_leads import lead_of
from dicomkit.waveform_samples import decode_samples

MOST_GROUPS = 32
MOST_CHANNELS = 256
_SLOWEST_HZ, _FASTEST_HZ = 0.001, 1e6
CHUNK_SAMPLES = 2**16
"""Samples of each channel that are read together; a standard ECG is one chunk, a day of three leads some hundred."""


@dataclass(frozen=True, slots=True)
class WaveformChannel:
    """A channel.

    Attributes
    ----------
    label
        As the file calls it, else by its source.
    lead
        Name of a standard ECG lead, "I" to "V6"; empty for all others.
    unit
        UCUM code of its values, such as "uV" or "mm[Hg]"; empty where the file tells none.
    scale, offset
        value = sample x scale + offset.
    low_hz, high_hz, notch_hz
        Filters that were applied when it was recorded; None where the file names none.
    skew_s
        By how much its samples were taken later than those of the first channel.
    """

    label: str
    lead: str
    unit: str
    scale: float
    offset: float
    low_hz: float | None
    high_hz: float | None
    notch_hz: float | None
    skew_s: float


@dataclass(frozen=True, slots=True)
class WaveformGroup:
    """Channels that were sampled together (a multiplex group).

    Attributes
    ----------
    originality
        "ORIGINAL" or "DERIVED", such as a median beat.
    time_offset_ms
        From the start of the acquisition to the first sample.
    problem
        Why its samples cannot be drawn, in words for a reader; empty where they can.
    """

    label: str
    originality: str
    sampling_hz: float
    samples: int
    time_offset_ms: float
    channels: tuple[WaveformChannel, ...]
    problem: str


def read_groups(dataset: Dataset) -> tuple[WaveformGroup, ...]:
    """Return the multiplex groups of a waveform object, without samples.

    Raises
    ------
    InvalidWaveformError
        There are none.
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        items = items_of(dataset, "WaveformSequence")[:MOST_GROUPS]
        if not items:
            raise InvalidWaveformError(
                "The object holds no waveform, or one that is larger than can be read at once."
            )
        return tuple(_group(item) for item in items)


def read_samples(
    dataset: Dataset, group_index: int, chunk_index: int, *, is_little_endian: bool = True
) -> NDArray[np.int32]:
    """Return the samples of a part of a group.

    Parameters
    ----------
    chunk_index
        0-based; a chunk holds `CHUNK_SAMPLES` samples of each channel, the last one what is left.

    Returns
    -------
    Shape (channels, samples), see `decode_samples`.

    Raises
    ------
    InvalidWaveformError
        There is no such part, or it cannot be decoded.
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        items = items_of(dataset, "WaveformSequence")[:MOST_GROUPS]
        if not 0 <= group_index < len(items):
            raise InvalidWaveformError("The waveform has no such group.")
        item = items[group_index]
        count = max(whole_number(item, "NumberOfWaveformSamples") or 0, 0)
        first = chunk_index * CHUNK_SAMPLES
        if not 0 <= first < count:
            raise InvalidWaveformError("The waveform ends before this part.")
        channels = whole_number(item, "NumberOfWaveformChannels") or 0
        return decode_samples(
            item,
            channels=channels,
            first=first,
            count=min(CHUNK_SAMPLES, count - first),
            is_little_endian=is_little_endian,
        )


def _group(item: Dataset) -> WaveformGroup:
    count = whole_number(item, "NumberOfWaveformChannels") or 0
    definitions = items_of(item, "ChannelDefinitionSequence")[:MOST_CHANNELS]
    frequency = first_float(item.get("SamplingFrequency")) or 0.0
    samples = max(whole_number(item, "NumberOfWaveformSamples") or 0, 0)
    return WaveformGroup(
        label=clean_text(item, "MultiplexGroupLabel", 32),
        originality=clean_text(item, "WaveformOriginality", 16),
        sampling_hz=frequency,
        samples=samples,
        time_offset_ms=first_float(item.get("MultiplexGroupTimeOffset")) or 0.0,
        channels=tuple(_channel(one, number, frequency) for number, one in enumerate(definitions, start=1)),
        problem=_problem(item, count, len(definitions), frequency, samples),
    )


def _problem(item: Dataset, channels: int, defined: int, frequency: float, samples: int) -> str:
    if not 0 < channels <= MOST_CHANNELS or channels != defined:
        return "The file does not describe each of its channels."
    if not _SLOWEST_HZ <= frequency <= _FASTEST_HZ or samples == 0:
        return "The file does not tell how many samples it holds, or how fast they were taken."
    return ""


def _channel(item: Dataset, number: int, sampling_hz: float) -> WaveformChannel:
    label = clean_text(item, "ChannelLabel", 64) or meaning_of(item, "ChannelSourceSequence")
    sensitivity = first_float(item.get("ChannelSensitivity"))
    correction = first_float(item.get("ChannelSensitivityCorrectionFactor"))
    units = items_of(item, "ChannelSensitivityUnitsSequence")
    return WaveformChannel(
        label=label or f"Channel {number}",
        lead=lead_of(item),
        unit=clean_text(units[0], "CodeValue", 16) if units and sensitivity else "",
        # Without a sensitivity the samples themselves are all that is known.
        scale=finite_float((sensitivity or 1.0) * (correction or 1.0)) or 1.0,
        offset=first_float(item.get("ChannelBaseline")) or 0.0,
        low_hz=first_float(item.get("FilterLowFrequency")),
        high_hz=first_float(item.get("FilterHighFrequency")),
        notch_hz=first_float(item.get("NotchFilterFrequency")),
        skew_s=_skew_s(item, sampling_hz),
    )


def _skew_s(item: Dataset, sampling_hz: float) -> float:
    skew_s = first_float(item.get("ChannelTimeSkew"))
    if skew_s is not None or sampling_hz < _SLOWEST_HZ:
        return skew_s or 0.0
    return (first_float(item.get("ChannelSampleSkew")) or 0.0) / sampling_hz
