"""SUV by body weight, against values worked out by hand, or the reason why there is none.

The scan is at noon on 10 March. The half-life is 6000 s and 400 MBq were injected 6000 s before: 200 MBq are left, and
with 70 kg one Bq/ml is 70 000 g / 200 000 000 Bq = 0.00035 g/ml.
"""

from math import log
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.part10 import read_header
from dicomkit.suv import SUVFactor, SUVProblem, body_weight_suv

COLLECTION = Path(__file__).parents[3] / "shared" / "data"
HALF = 0.00035


def tracer(**changes: Any) -> Dataset:
    """Return what is known of the injection; None takes an attribute away."""
    attributes: dict[str, Any] = {
        "RadiopharmaceuticalStartTime": "102000",
        "RadionuclideTotalDose": "400000000",
        "RadionuclideHalfLife": "6000",
    }
    return with_attributes(Dataset(), attributes | changes)


def pet(injection: Dataset | None = None, **changes: Any) -> Dataset:
    """Return the header of a PET image; None takes an attribute away."""
    attributes: dict[str, Any] = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.128",
        "Modality": "PT",
        "PatientWeight": "70",
        "SeriesDate": "20250310",
        "SeriesTime": "120000",
        "AcquisitionDate": "20250310",
        "AcquisitionTime": "120500",
        "CorrectedImage": ["DECY", "ATTN", "SCAT"],
        "RescaleSlope": "2",
        "RescaleIntercept": "0",
        "Units": "BQML",
        "DecayCorrection": "START",
        "RadiopharmaceuticalInformationSequence": Sequence([injection or tracer()]),
    }
    return with_attributes(Dataset(), attributes | changes)


def with_attributes(dataset: Dataset, attributes: dict[str, Any]) -> Dataset:
    for keyword, value in attributes.items():
        if value is not None:
            setattr(dataset, keyword, value)
    return dataset


def with_private(dataset: Dataset, creator: str, group: int, element: int, vr: str, value: object) -> Dataset:
    dataset.private_block(group, creator, create=True).add_new(element, vr, value)
    return dataset


def factor_of(dataset: Dataset, frame_index: int = 0) -> float:
    answer = body_weight_suv(dataset, frame_index=frame_index)
    assert isinstance(answer, SUVFactor), answer
    return answer.value


def problem_of(dataset: Dataset) -> str:
    answer = body_weight_suv(dataset)
    assert isinstance(answer, SUVProblem), answer
    return answer.reason


def test_activity_at_the_start_of_the_series() -> None:
    assert factor_of(pet()) == pytest.approx(HALF, rel=1e-12)


def test_activity_at_the_injection_has_not_decayed() -> None:
    dataset = pet(tracer(RadionuclideHalfLife=None), DecayCorrection="ADMIN", SeriesTime=None)

    assert factor_of(dataset) == pytest.approx(0.000175, rel=1e-12)


def test_activity_that_nobody_corrected_belongs_to_its_own_frame() -> None:
    dataset = pet(
        DecayCorrection="NONE",
        CorrectedImage=["ATTN"],
        AcquisitionTime="120000",
        ActualFrameDuration="6000000",
    )

    # While half of the activity decays, the mean is reached after log2(2 ln 2) = 0.4712 of a half-life.
    decayed = 2 * log(2) * 2
    assert factor_of(dataset) == pytest.approx(0.000175 * decayed, rel=1e-9)


def test_an_injection_before_midnight() -> None:
    dataset = pet(
        tracer(RadiopharmaceuticalStartTime="232000.000000"),
        SeriesTime="010000",
        AcquisitionTime="010000",
    )

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-12)


def test_the_date_of_the_injection_goes_before_its_time_of_day() -> None:
    injection = tracer(
        RadiopharmaceuticalStartDateTime="20250310084000", RadiopharmaceuticalStartTime="102000"
    )

    # 12 000 s, two half-lives.
    assert factor_of(pet(injection)) == pytest.approx(2 * HALF, rel=1e-12)


def test_the_zone_of_the_injection_is_turned_to_that_of_the_scan() -> None:
    injection = tracer(RadiopharmaceuticalStartDateTime="20250310092000+0000")

    assert factor_of(pet(injection, TimezoneOffsetFromUTC="+0100")) == pytest.approx(HALF, rel=1e-12)
    unzoned = tracer(RadiopharmaceuticalStartDateTime="20250310102000+0100")
    assert factor_of(pet(unzoned)) == pytest.approx(HALF, rel=1e-12)


def test_a_dynamic_scan_begins_before_the_injection() -> None:
    injection = tracer(RadiopharmaceuticalStartTime="120500")

    # 300 s are a twentieth of a half-life: what is there at noon is a little more than what was injected.
    assert factor_of(pet(injection)) == pytest.approx(0.000175 / 2**0.05, rel=1e-12)


def test_a_dynamic_scan_begins_before_midnight_and_the_injection_is_after_it() -> None:
    dataset = pet(
        tracer(RadiopharmaceuticalStartTime="000000"), SeriesTime="235500", AcquisitionTime="235500"
    )

    assert factor_of(dataset) == pytest.approx(0.000175 / 2**0.05, rel=1e-12)


def test_the_written_moment_of_the_correction_decides() -> None:
    dataset = pet(DecayCorrectionDateTime="20250310134000", SeriesTime=None)

    assert factor_of(dataset) == pytest.approx(2 * HALF, rel=1e-12)


def test_fractions_of_a_second_do_not_make_a_series_later_than_its_scan() -> None:
    dataset = pet(SeriesTime="120000.600", AcquisitionTime="120000")

    assert factor_of(dataset) == pytest.approx(HALF * 2 ** (0.6 / 6000), rel=1e-12)


@pytest.mark.parametrize("series_time", ["151500", "120300", None])
def test_a_later_series_of_ge_has_the_time_of_its_scan(series_time: str | None) -> None:
    dataset = pet(SeriesTime=series_time)
    with_private(dataset, "GEMS_PETD_01", 0x0009, 0x0D, "DT", "20250310120000.00")

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-12)


def test_the_private_time_is_read_where_its_kind_is_unknown() -> None:
    dataset = pet(SeriesTime="151500")
    with_private(dataset, "GEMS_PETD_01", 0x0009, 0x0D, "UN", b"20250310120000.00 ")

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-12)


def test_a_private_time_of_another_day_is_not_taken() -> None:
    dataset = pet()
    with_private(dataset, "GEMS_PETD_01", 0x0009, 0x0D, "DT", "20190102110000.00")

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-12)


def test_a_later_series_is_dated_back_from_the_middle_of_its_frame() -> None:
    # The frame of 600 s began at 12:05. Its mean activity is reached 298.267 s later, a little before its middle.
    dataset = pet(
        SeriesTime="151500",
        ActualFrameDuration="600000",
        FrameReferenceTime="598267",
    )

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-6)


def test_values_that_are_suv_already() -> None:
    assert factor_of(pet(Units="GML", SUVType="BW", PatientWeight=None)) == 1.0
    assert factor_of(pet(Units="GML", CorrectedImage=None)) == 1.0


def test_counts_of_philips_with_a_suv_factor() -> None:
    dataset = pet(Units="CNTS", PatientWeight=None)
    with_private(dataset, "Philips PET Private Group", 0x7053, 0x00, "DS", "0.000412")

    assert factor_of(dataset) == 0.000412


def test_counts_of_philips_with_an_activity_factor() -> None:
    dataset = pet(Units="CNTS")
    with_private(dataset, "Philips PET Private Group", 0x7053, 0x00, "DS", "0.0")
    with_private(dataset, "Philips PET Private Group", 0x7053, 0x09, "UN", b"3.0 ")

    assert factor_of(dataset) == pytest.approx(3 * HALF, rel=1e-12)


def test_private_elements_of_another_creator_mean_nothing() -> None:
    dataset = pet(Units="CNTS")
    with_private(dataset, "SOMEBODY ELSE", 0x7053, 0x00, "DS", "0.000412")

    assert problem_of(dataset).startswith("The image holds counts")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"PatientWeight": None}, "The patient's weight is missing."),
        ({"PatientWeight": "0"}, "The patient's weight is missing."),
        ({"CorrectedImage": ["DECY"]}, "The image is not corrected for attenuation."),
        ({"CorrectedImage": None}, "The image does not say whether it is corrected for attenuation."),
        ({"CorrectedImage": ["ATTN"]}, "The image contradicts itself about its correction for decay."),
        ({"DecayCorrection": "NONE"}, "The image contradicts itself about its correction for decay."),
        ({"DecayCorrection": None}, "The image does not say how it is corrected for decay."),
        ({"Units": None}, "The image does not say what its values are measured in."),
        ({"Units": "PROPCPS"}, "The values of the image are not activity by volume."),
        ({"Units": "GML", "SUVType": "LBM"}, "The image holds SUV by lean body mass, not by body weight."),
        ({"Units": "GML", "SUVType": "BSA"}, "The image holds SUV by body surface, not by body weight."),
        ({"AcquisitionTime": None}, "The time of the acquisition is missing."),
        (
            {"SeriesTime": "151500"},
            "The series is not dated at the scan, and nothing else tells when the scan began.",
        ),
        (
            {"SeriesDate": "20250301"},
            "The series is not dated at the scan, and nothing else tells when the scan began.",
        ),
        (
            {"DecayCorrection": "NONE", "CorrectedImage": ["ATTN"]},
            "The duration of the acquisition is missing.",
        ),
        ({"RadiopharmaceuticalInformationSequence": None}, "The injected tracer is not described."),
        (
            {"RadiopharmaceuticalInformationSequence": Sequence([tracer(), tracer()])},
            "More than one injected tracer is described.",
        ),
    ],
)
def test_what_is_missing_in_the_image_is_named(changes: dict[str, Any], reason: str) -> None:
    assert problem_of(pet(**changes)) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"RadionuclideTotalDose": None}, "The injected dose is missing."),
        ({"RadionuclideTotalDose": "400"}, "The injected dose is recorded as 400 Bq, which cannot be right."),
        ({"RadionuclideHalfLife": "0"}, "The half-life of the tracer is missing."),
        ({"RadiopharmaceuticalStartTime": None}, "The time of the injection is missing."),
        ({"RadiopharmaceuticalStartTime": "123000"}, "The injection is recorded too long before the scan."),
        (
            {"RadiopharmaceuticalStartDateTime": "20250310123000"},
            "The injection is recorded after the scan.",
        ),
        (
            {"RadiopharmaceuticalStartDateTime": "20250210102000"},
            "The injection is recorded too long before the scan.",
        ),
        # Zirconium-89 is scanned days later: the time of day alone does not tell the day.
        ({"RadionuclideHalfLife": "282276"}, "The date of the injection is missing."),
    ],
)
def test_what_is_missing_of_the_injection_is_named(changes: dict[str, Any], reason: str) -> None:
    assert problem_of(pet(tracer(**changes))) == reason


def test_a_damaged_value_is_a_reason_too() -> None:
    dataset = pet()
    dataset.add_new(0x00540016, "LO", "no sequence")

    assert isinstance(body_weight_suv(dataset), SUVProblem)


def mapping(unit: str, slope: float, intercept: float = 0.0) -> Dataset:
    """Return a real world value mapping."""
    code = with_attributes(Dataset(), {"CodeValue": unit, "CodingSchemeDesignator": "UCUM"})
    item = Dataset()
    item.MeasurementUnitsCodeSequence = Sequence([code])
    item.RealWorldValueSlope, item.RealWorldValueIntercept = slope, intercept
    return item


def enhanced(*slopes: float, units: str = "Bq/ml", **changes: Any) -> Dataset:
    """Return the header of an enhanced PET image with these slopes of its frames; its doses are in MBq."""
    frames = []
    for index, slope in enumerate(slopes):
        transformation, content, frame = Dataset(), Dataset(), Dataset()
        transformation.RescaleSlope, transformation.RescaleIntercept = str(slope), "0"
        content.FrameAcquisitionDateTime = f"202503101{2 + index}0000"
        content.FrameAcquisitionDuration = 60_000.0
        frame.PixelValueTransformationSequence = Sequence([transformation])
        frame.FrameContentSequence = Sequence([content])
        frame.RealWorldValueMappingSequence = Sequence([mapping(units, 2.0)])
        frames.append(frame)
    injection = tracer(
        RadionuclideTotalDose="400",
        RadiopharmaceuticalStartDateTime="20250310102000",
        RadionuclideHalfLife="6000",
    )
    attributes: dict[str, Any] = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.130",
        "Units": None,
        "DecayCorrection": None,
        "CorrectedImage": None,
        "SeriesTime": None,
        "AcquisitionTime": None,
        "AttenuationCorrected": "YES",
        "DecayCorrected": "YES",
        "DecayCorrectionDateTime": "20250310120000",
        "NumberOfFrames": str(len(slopes)),
        "PerFrameFunctionalGroupsSequence": Sequence(frames),
    }
    return pet(injection, **attributes | changes)


def test_each_frame_of_an_enhanced_image_has_its_own_factor() -> None:
    dataset = enhanced(2.0, 4.0)

    # The mapping says 2 Bq/ml a stored value; the second frame's modality values are 4 a stored value.
    assert factor_of(dataset, 0) == pytest.approx(HALF, rel=1e-12)
    assert factor_of(dataset, 1) == pytest.approx(HALF / 2, rel=1e-12)


def test_frames_that_nobody_corrected_decay_one_after_the_other() -> None:
    dataset = enhanced(2.0, 2.0, DecayCorrected="NO", DecayCorrectionDateTime=None)

    # They are an hour apart.
    ratio = factor_of(dataset, 1) / factor_of(dataset, 0)
    assert ratio == pytest.approx(2 ** (3600 / 6000), rel=1e-9)


def test_an_enhanced_image_in_suv() -> None:
    assert factor_of(enhanced(4.0, units="g/ml{SUVbw}", PatientWeight=None)) == 0.5


def test_an_enhanced_image_says_by_itself_what_is_not_corrected() -> None:
    assert (
        problem_of(enhanced(2.0, AttenuationCorrected="NO")) == "The image is not corrected for attenuation."
    )
    assert problem_of(enhanced(2.0, DecayCorrectionDateTime=None)).startswith("The image does not say how")


def test_a_mapping_that_does_not_begin_at_zero_gives_no_factor() -> None:
    dataset = enhanced(2.0)
    frame = dataset.PerFrameFunctionalGroupsSequence[0]
    frame.RealWorldValueMappingSequence = Sequence([mapping("Bq/ml", 2.0, 100.0)])

    assert problem_of(dataset) == "The image does not say what its values are measured in."


def test_a_frame_names_its_tracer_where_two_were_injected() -> None:
    dataset = enhanced(2.0)
    other = tracer(RadionuclideTotalDose="100")
    first = dataset.RadiopharmaceuticalInformationSequence[0]
    first.RadiopharmaceuticalAgentNumber, other.RadiopharmaceuticalAgentNumber = 2, 1
    dataset.RadiopharmaceuticalInformationSequence = Sequence([other, first])
    usage = Dataset()
    usage.RadiopharmaceuticalAgentNumber = 2
    dataset.PerFrameFunctionalGroupsSequence[0].RadiopharmaceuticalUsageSequence = Sequence([usage])

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-12)


def test_a_converted_image_keeps_its_attributes_in_unassigned_groups() -> None:
    dataset = pet(SOPClassUID="1.2.840.10008.5.1.4.1.1.128.1", NumberOfFrames="1")
    shared, unassigned = Dataset(), Dataset()
    for keyword in ("Units", "DecayCorrection", "CorrectedImage", "RadiopharmaceuticalInformationSequence"):
        setattr(unassigned, keyword, dataset[keyword].value)
        delattr(dataset, keyword)
    shared.UnassignedSharedConvertedAttributesSequence = Sequence([unassigned])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])

    assert factor_of(dataset) == pytest.approx(HALF, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 70 kg, 370 MBq, 3600 s, 6586.2 s.
        ("generated/pet-on-ct/pet_00.dcm", 70_000 / (370e6 * 2 ** (-3600 / 6586.2))),
        # 90 kg, 474.6 MBq at 9:32, scanned at 11:00:36.
        ("pt/fo-dicom/GH184.dcm", 90_000 / (474_592_928 * 2 ** (-5316 / 6588))),
        ("pt/fo-dicom/GH610.dcm", "The image is not corrected for attenuation."),
    ],
)
def test_files_of_scanners(name: str, expected: float | str) -> None:
    path = COLLECTION / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    with path.open("rb") as stream:
        dataset = read_header(stream).dataset

    if isinstance(expected, str):
        assert problem_of(dataset) == expected
    else:
        assert factor_of(dataset) == pytest.approx(expected, rel=1e-12)
