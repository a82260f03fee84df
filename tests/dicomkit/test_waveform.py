"""Waveforms: the values that pydicom gives, whatever way they are stored; leads, parts and notes."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.waveforms import multiplex_array

from dicomkit.errors import InvalidWaveformError
from dicomkit.part10 import read_header
from dicomkit.sr.codes import Code
from dicomkit.synth.waveforms import (
    FIRST_BEAT_S,
    Channel,
    ecg_dataset,
    ecg_millivolts,
    waveform_dataset,
)
from dicomkit.waveform import CHUNK_SAMPLES, read_groups, read_samples
from dicomkit.waveform_annotations import read_annotations
from dicomkit.waveform_leads import lead_of
from dicomkit.waveform_samples import MISSING, pack_samples
from tests.dicom_samples import about, part10

MERCURY = Code("mm[Hg]", "UCUM", "millimeter of mercury")
PRESSURE = Code("109016", "DCM", "Aortic pressure")


def values(dataset: Dataset, group_index: int = 0) -> NDArray[np.float64]:
    """Return a group in its units, shape (samples, channels), as the viewer computes it."""
    channels = read_groups(dataset)[group_index].channels
    rows = read_samples(dataset, group_index, 0)
    return np.stack([row * one.scale + one.offset for row, one in zip(rows, channels, strict=True)], axis=1)


@pytest.mark.parametrize("group_index", [0, 1], ids=["rhythm", "median beat"])
def test_a_real_ecg_has_the_values_that_pydicom_gives(group_index: int) -> None:
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    assert isinstance(path, str)
    with Path(path).open("rb") as file:
        dataset = read_header(file).dataset

    np.testing.assert_allclose(
        values(dataset, group_index), multiplex_array(dataset, group_index, as_raw=False)
    )


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32], ids=str)
def test_samples_of_every_width_have_the_values_that_pydicom_gives(dtype: type[np.integer[Any]]) -> None:
    limits = np.iinfo(dtype)
    stored = np.array([[limits.min, 1, limits.max, 7], [3, limits.max, 0, 5]], dtype)
    channels = [
        Channel(source=PRESSURE, unit=MERCURY, sensitivity=0.25, correction=1.5, baseline=-4),
        Channel(source=PRESSURE, unit=MERCURY, sensitivity=2, baseline=10),
    ]
    dataset = waveform_dataset(about(), stored, channels, sampling_hz=240)

    again = read_header(io.BytesIO(part10(dataset))).dataset

    np.testing.assert_allclose(values(dataset), multiplex_array(again, 0, as_raw=False))
    assert [one.unit for one in read_groups(dataset)[0].channels] == ["mm[Hg]", "mm[Hg]"]


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("interpretation", "expand"), [("MB", "ulaw2lin"), ("AB", "alaw2lin")])
def test_companded_samples_are_expanded_as_telephones_do(interpretation: str, expand: str) -> None:
    audioop = pytest.importorskip("audioop")
    codes = np.arange(256, dtype=np.uint8)
    dataset = waveform_dataset(
        about(), codes[None], [Channel(source=PRESSURE)], sampling_hz=8000, interpretation=interpretation
    )

    (mine,) = read_samples(dataset, 0, 0)

    np.testing.assert_array_equal(mine, np.frombuffer(getattr(audioop, expand)(codes.tobytes(), 2), np.int16))


def test_big_endian_samples_are_read_in_their_order() -> None:
    dataset = waveform_dataset(
        about(), np.array([[1, -2, 300]], np.int16), [Channel(source=PRESSURE)], sampling_hz=100
    )
    group = dataset.WaveformSequence[0]
    group.WaveformData = np.array([1, -2, 300], ">i2").tobytes()

    assert read_samples(dataset, 0, 0, is_little_endian=False).tolist() == [[1, -2, 300]]


def test_samples_without_a_measurement_are_missing_and_travel_as_such() -> None:
    dataset = waveform_dataset(
        about(), np.array([[5, -999, 6]], np.int16), [Channel(source=PRESSURE)], sampling_hz=100
    )
    dataset.WaveformSequence[0].WaveformPaddingValue = np.array([-999], "<i2").tobytes()

    samples = read_samples(dataset, 0, 0)

    assert samples.tolist() == [[5, MISSING, 6]]
    body = pack_samples(samples)
    assert np.frombuffer(body[:16], "<u4").tolist() == [2, 1, 3, 0]
    assert np.frombuffer(body[16:], "<i2").tolist() == [5, -32768, 6]


def test_numbers_beyond_16_bits_travel_in_32() -> None:
    body = pack_samples(np.array([[-32768, 40000]], np.int32))

    assert np.frombuffer(body[:16], "<u4").tolist() == [4, 1, 2, 0]
    assert np.frombuffer(body[16:], "<i4").tolist() == [-32768, 40000]


def test_a_long_recording_is_read_in_parts_that_join_without_a_gap() -> None:
    stored = np.arange(2 * (CHUNK_SAMPLES + 10), dtype=np.int32).reshape(2, -1)
    dataset = waveform_dataset(
        about(), stored, [Channel(source=PRESSURE), Channel(source=PRESSURE)], sampling_hz=200
    )

    parts = [read_samples(dataset, 0, chunk_index) for chunk_index in (0, 1)]

    assert [part.shape for part in parts] == [(2, CHUNK_SAMPLES), (2, 10)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), stored)
    with pytest.raises(InvalidWaveformError, match="ends before"):
        read_samples(dataset, 0, 2)


def test_a_recording_that_is_cut_off_gives_what_there_is() -> None:
    dataset = waveform_dataset(
        about(), np.array([[1, 2, 3], [4, 5, 6]], np.int16), [Channel(source=PRESSURE)] * 2, sampling_hz=100
    )
    group = dataset.WaveformSequence[0]
    group.WaveformData = group.WaveformData[:10]

    assert read_samples(dataset, 0, 0).tolist() == [[1, 2], [4, 5]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SamplingFrequency": "0"}, "how fast"),
        ({"SamplingFrequency": "1e-300"}, "how fast"),
        ({"NumberOfWaveformSamples": 0}, "how many samples"),
        ({"NumberOfWaveformChannels": 3}, "each of its channels"),
        ({"NumberOfWaveformChannels": 0}, "each of its channels"),
    ],
    ids=str,
)
def test_what_cannot_be_drawn_says_why(changes: dict[str, Any], said: str) -> None:
    dataset = waveform_dataset(
        about(), np.array([[1, 2]], np.int16), [Channel(source=PRESSURE)], sampling_hz=100
    )
    dataset.WaveformSequence[0].update(changes)

    (group,) = read_groups(dataset)

    assert said in group.problem


def test_samples_of_an_unknown_kind_are_refused() -> None:
    dataset = waveform_dataset(
        about(), np.array([[1, 2]], np.int16), [Channel(source=PRESSURE)], sampling_hz=100
    )
    dataset.WaveformSequence[0].WaveformBitsAllocated = 24

    with pytest.raises(InvalidWaveformError, match="24 bits"):
        read_samples(dataset, 0, 0)


@pytest.mark.parametrize(
    ("code", "meaning", "lead"),
    [
        ("2:1", "Lead I", "I"),
        ("2:62", "anything", "aVR"),
        ("5.6.3-9-8", "Lead V6", "V6"),
        ("MDC_ECG_LEAD_AVL", "", "aVL"),
        ("X", "Lead III", "III"),
        ("X", "aVF", "aVF"),
        ("X", "Lead V3R", ""),
        ("2:9", "Lead V7", ""),
        ("X", "Invasive pressure", ""),
    ],
)
def test_leads_are_known_by_code_else_by_name(code: str, meaning: str, lead: str) -> None:
    item = waveform_dataset(
        about(), np.zeros((1, 2), np.int16), [Channel(source=Code(code, "X", meaning or "-"))], sampling_hz=1
    )

    assert lead_of(item.WaveformSequence[0].ChannelDefinitionSequence[0]) == lead


def test_the_synthetic_ecg_is_what_it_says() -> None:
    dataset = read_header(io.BytesIO(part10(ecg_dataset(about())))).dataset

    signal = values(dataset)

    expected = np.stack(list(ecg_millivolts().values()), axis=1) * 1000
    np.testing.assert_allclose(signal, expected, atol=1.25)
    statement, *measured, beats = read_annotations(dataset)
    assert (statement.name, statement.value) == ("", "Sinus rhythm. Synthetic recording.")
    assert [(one.name, one.value) for one in measured] == [
        ("Heart rate", "75 H.B./min"),
        ("PR interval", "150 ms"),
        ("QRS duration", "80 ms"),
    ]
    # The mark stands on the highest sample of lead II.
    assert beats.positions_s[0] == pytest.approx(FIRST_BEAT_S)
    assert np.argmax(signal[:350, 1]) / 500 == pytest.approx(beats.positions_s[0])


def test_notes_stand_at_samples_counted_from_one_or_at_times() -> None:
    dataset = ecg_dataset(about())
    note = dataset.WaveformAnnotationSequence[-1]
    note.ReferencedSamplePositions, note.TemporalRangeType = [1, 501], "SEGMENT"
    timed = dataset.WaveformAnnotationSequence[-2]
    timed.ReferencedTimeOffsets = ["250", "1500"]

    *_, by_time, by_sample = read_annotations(dataset)

    assert (by_sample.positions_s, by_sample.is_interval) == ((0.0, 1.0), True)
    assert (by_time.positions_s, by_time.is_interval) == ((0.25, 1.5), False)
    assert by_sample.channels == ((1, 0),)
