"""An ECG whose beats are where it says they are, and waveforms of given samples.

References
----------
PS3.3 A.34.3 (12-lead ECG), C.10.9 (Waveform), C.10.10 (Waveform Annotation); PS3.16 CID 3001 (leads), CID 3337.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import TwelveLeadECGWaveformStorage

from dicomkit.sr.codes import Code
from dicomkit.synth.modules import StudyAttributes, new_object

SAMPLING_HZ = 500
SECONDS = 10
BEATS_PER_MINUTE = 75
FIRST_BEAT_S = 0.4
MICROVOLTS_A_STEP = 2.5

# Peaks of P, Q, R, S and T in mV for leads I, II and V1 to V6; the limb leads that are left follow from I and II.
_WAVES_MV = {
    "I": (0.08, -0.03, 0.70, -0.10, 0.20),
    "II": (0.14, -0.06, 1.05, -0.12, 0.30),
    "V1": (0.06, 0.0, 0.22, -0.95, -0.05),
    "V2": (0.07, 0.0, 0.45, -1.25, 0.35),
    "V3": (0.07, -0.02, 0.85, -0.75, 0.42),
    "V4": (0.08, -0.06, 1.35, -0.40, 0.42),
    "V5": (0.08, -0.08, 1.20, -0.20, 0.34),
    "V6": (0.08, -0.06, 0.95, -0.10, 0.26),
}
# When each wave peaks after the R peak, and how wide it is, in seconds.
_WAVES_S = ((-0.17, 0.022), (-0.028, 0.008), (0.0, 0.011), (0.03, 0.01), (0.26, 0.045))
_LEAD_NUMBERS = {"I": 1, "II": 2, "V1": 3, "V2": 4, "V3": 5, "V4": 6, "V5": 7, "V6": 8, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64}  # fmt: skip
_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_MICROVOLT = Code("uV", "UCUM", "microvolt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """How a channel of a synthetic waveform is described."""

    source: Code
    unit: Code = _MICROVOLT
    sensitivity: float = 1.0
    correction: float = 1.0
    baseline: float = 0.0
    label: str = ""


def ecg_millivolts() -> dict[str, NDArray[np.float64]]:
    """Return the signal of each lead in mV: a beat every 0.8 s, the first at `FIRST_BEAT_S`."""
    moments = np.arange(SAMPLING_HZ * SECONDS) / SAMPLING_HZ
    leads = {name: _signal(moments, peaks) for name, peaks in _WAVES_MV.items()}
    one, two = leads["I"], leads["II"]
    leads |= {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return {name: leads[name] for name in _LEADS}


def ecg_dataset(study: StudyAttributes, *, series_number: int = 1) -> Dataset:
    """Return a 12-lead ECG of ten seconds with a statement, measurements and a mark on each beat."""
    leads = ecg_millivolts()
    stored = np.stack([np.round(one * 1000 / MICROVOLTS_A_STEP) for one in leads.values()]).astype(np.int16)
    channels = [
        Channel(source=Code(f"2:{_LEAD_NUMBERS[name]}", "MDC", f"Lead {name}"), sensitivity=MICROVOLTS_A_STEP)
        for name in leads
    ]
    dataset = waveform_dataset(study, stored, channels, sampling_hz=SAMPLING_HZ, series_number=series_number)
    for item in dataset.WaveformSequence[0].ChannelDefinitionSequence:
        item.FilterLowFrequency, item.FilterHighFrequency = "0.05", "150"
    dataset.WaveformAnnotationSequence = Sequence(_annotations())
    return dataset


def waveform_dataset(
    study: StudyAttributes,
    samples: NDArray[np.integer],
    channels: Iterable[Channel],
    *,
    sampling_hz: float,
    interpretation: str = "",
    sop_class_uid: str = TwelveLeadECGWaveformStorage,
    modality: str = "ECG",
    series_number: int = 1,
) -> Dataset:
    """Return a waveform object of one multiplex group.

    Parameters
    ----------
    samples
        Stored numbers, shape (channels, samples), of 8, 16 or 32 bits; their type tells the interpretation unless
        another one is given.
    """
    dataset = new_object(
        study,
        sop_class_uid=sop_class_uid,
        modality=modality,
        series_number=series_number,
        series_description="12-lead ECG" if modality == "ECG" else "Waveform",
        instance_number=1,
    )
    dataset.AcquisitionDateTime = study.study_date + study.study_time
    group = Dataset()
    group.MultiplexGroupTimeOffset, group.WaveformOriginality = "0", "ORIGINAL"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = samples.shape
    group.SamplingFrequency, group.MultiplexGroupLabel = str(sampling_hz), "RHYTHM"
    group.ChannelDefinitionSequence = Sequence([_definition(one, samples.dtype) for one in channels])
    group.WaveformBitsAllocated = samples.dtype.itemsize * 8
    letters = {1: "B", 2: "S", 4: "L"}[samples.dtype.itemsize]
    group.WaveformSampleInterpretation = (
        interpretation or ("S" if samples.dtype.kind == "i" else "U") + letters
    )
    data = np.ascontiguousarray(samples.T).astype(samples.dtype.newbyteorder("<")).tobytes()
    group.WaveformData = data + b"\0" * (len(data) % 2)
    group["WaveformData"].VR = "OB" if samples.dtype.itemsize == 1 else "OW"
    dataset.WaveformSequence = Sequence([group])
    return dataset


def _signal(moments: NDArray[np.float64], peaks_mv: tuple[float, ...]) -> NDArray[np.float64]:
    signal = np.zeros_like(moments)
    for beat_s in np.arange(FIRST_BEAT_S, SECONDS + 0.5, 60 / BEATS_PER_MINUTE):
        for peak_mv, (delay_s, width_s) in zip(peaks_mv, _WAVES_S, strict=True):
            signal += peak_mv * np.exp(-(((moments - beat_s - delay_s) / width_s) ** 2) / 2)
    return signal


def _definition(channel: Channel, dtype: "np.dtype[np.integer]") -> Dataset:
    item = Dataset()
    item.ChannelSourceSequence = Sequence([channel.source.item()])
    if channel.label:
        item.ChannelLabel = channel.label
    item.ChannelSensitivity = str(channel.sensitivity)
    item.ChannelSensitivityUnitsSequence = Sequence([channel.unit.item()])
    item.ChannelSensitivityCorrectionFactor = str(channel.correction)
    item.ChannelBaseline, item.ChannelSampleSkew = str(channel.baseline), "0"
    item.WaveformBitsStored = dtype.itemsize * 8
    return item


def _annotations() -> list[Dataset]:
    statement = _note(0)
    statement.UnformattedTextValue = "Sinus rhythm. Synthetic recording."
    measured = [
        _measured(Code("2:15872", "MDC", "Heart rate"), BEATS_PER_MINUTE, Code("{H.B.}/min", "UCUM", "beats per minute")),
        _measured(Code("2:15880", "MDC", "PR interval"), 150, Code("ms", "UCUM", "millisecond")),
        _measured(Code("2:15884", "MDC", "QRS duration"), 80, Code("ms", "UCUM", "millisecond")),
    ]  # fmt: skip
    beats = _note(2)
    beats.ConceptNameCodeSequence = Sequence([Code("2:11140", "MDC", "R").item()])
    beats.TemporalRangeType = "MULTIPOINT"
    beats.ReferencedSamplePositions = [
        round(beat_s * SAMPLING_HZ) + 1 for beat_s in np.arange(FIRST_BEAT_S, SECONDS, 60 / BEATS_PER_MINUTE)
    ]
    return [statement, *measured, beats]


def _measured(name: Code, value: float, unit: Code) -> Dataset:
    item = _note(1)
    item.ConceptNameCodeSequence = Sequence([name.item()])
    item.NumericValue = str(value)
    item.MeasurementUnitsCodeSequence = Sequence([unit.item()])
    return item


def _note(group_number: int) -> Dataset:
    item = Dataset()
    item.ReferencedWaveformChannels = [1, 0]
    item.AnnotationGroupNumber = group_number
    return item
