"""Series go to the study to which they belong, and what still arrives of them follows."""

import pytest

from accounts.models import Facility, User
from archive.exceptions import CorrectionConflictError, CorrectionError
from archive.models import Correction, Instance, Series, Study
from archive.services.corrections.carrying_out import carry_out, undo
from archive.services.corrections.identifying import plan_moving_study
from archive.services.corrections.rearranging import (
    NewStudy,
    plan_merging_studies,
    plan_moving_series,
    plan_splitting,
)
from audit.models import AuditEvent
from tests.archive.correcting import (
    correct,
    everything,
    file_of,
    images_of,
    sent,
    series_of,
    stored_bytes,
    study,
    two_studies,
)
from tests.dicom_samples import about, image, part10
from tests.factories import ingest, store

pytestmark = pytest.mark.django_db


def moved_second_series(north: Facility, technologist: User) -> tuple[Correction, str]:
    """Move series 2 of study 1 to study 2; return the correction and the UID of its image."""
    one, two = two_studies(north)
    uid = images_of(one)[-1]
    plan = plan_moving_series(study=one, series_instance_uids=[series_of(one)[1]], target=two)
    return correct(plan, technologist), uid


def test_a_moved_series_is_counted_and_shown_where_it_is(north: Facility, technologist: User) -> None:
    moved_second_series(north, technologist)

    one, two = study(1), study(2)
    assert (one.number_of_study_related_series, one.number_of_study_related_instances) == (1, 2)
    assert (two.number_of_study_related_series, two.number_of_study_related_instances) == (2, 2)


def test_a_moved_image_leaves_with_the_identity_of_its_study_and_the_one_that_it_had(
    north: Facility, technologist: User
) -> None:
    _, uid = moved_second_series(north, technologist)

    dataset = sent(uid)

    two = about(2)
    assert (
        dataset.StudyInstanceUID,
        dataset.PatientID,
        dataset.AccessionNumber,
        str(dataset.PatientName),
    ) == (
        two.study_instance_uid,
        "P2",
        "A2",
        "Sample^Number 2",
    )
    assert dataset.SOPInstanceUID == uid
    [item] = dataset.OriginalAttributesSequence
    assert item.ReasonForTheAttributeModification == "CORRECT"
    [was] = item.ModifiedAttributesSequence
    assert (was.StudyInstanceUID, was.PatientID) == (about(1).study_instance_uid, "P1")
    assert dataset.pixel_array.shape == (16, 16)


def test_the_stored_file_stays_as_it_came(north: Facility, technologist: User) -> None:
    _, uid = moved_second_series(north, technologist)

    assert stored_bytes(uid) == file_of(1, series=2)


def test_what_was_not_corrected_leaves_byte_for_byte(north: Facility, technologist: User) -> None:
    moved_second_series(north, technologist)
    stays = images_of(study(1))[0]

    assert "OriginalAttributesSequence" not in sent(stays)


def test_a_late_image_follows_its_series(north: Facility, technologist: User) -> None:
    moved_second_series(north, technologist)

    result = ingest(file_of(1, series=2, number=7), facility=north)

    assert result.outcome == "stored"
    assert len(images_of(study(2))) == 3
    assert study(2).number_of_study_related_instances == 3
    assert study(1).number_of_study_related_instances == 2


def test_a_late_image_of_another_series_stays_with_its_study(north: Facility, technologist: User) -> None:
    moved_second_series(north, technologist)

    ingest(file_of(1, series=3), facility=north)

    assert study(1).number_of_study_related_instances == 3


def test_undoing_gives_every_row_back_what_it_said(north: Facility, technologist: User) -> None:
    two_studies(north)
    before = everything()
    plan = plan_moving_series(study=study(1), series_instance_uids=[series_of(study(1))[1]], target=study(2))
    correction = correct(plan, technologist)
    assert everything() != before

    undo(correction=correction, user=technologist)

    assert everything() == before


def test_undoing_takes_late_images_back_as_well(north: Facility, technologist: User) -> None:
    correction, _ = moved_second_series(north, technologist)
    ingest(file_of(1, series=2, number=7), facility=north)

    undo(correction=correction, user=technologist)

    assert study(1).number_of_study_related_instances == 4
    assert study(2).number_of_study_related_instances == 1


def test_undoing_is_refused_while_a_later_correction_builds_on_it(
    north: Facility, technologist: User
) -> None:
    first, _ = moved_second_series(north, technologist)
    store(image(about(3)), facility=north)
    plan = plan_moving_series(study=study(2), series_instance_uids=[series_of(study(2))[1]], target=study(3))
    correct(plan, technologist)
    before = everything()

    with pytest.raises(CorrectionError, match="builds on this"):
        undo(correction=first, user=technologist)

    first.refresh_from_db()
    assert first.undone_at is None
    assert everything() == before


def test_of_two_corrections_planned_at_once_one_is_refused(north: Facility, technologist: User) -> None:
    one, two = two_studies(north)
    store(image(about(3)), facility=north)
    first = plan_moving_series(study=one, series_instance_uids=[series_of(one)[1]], target=two)
    second = plan_moving_series(study=one, series_instance_uids=[series_of(one)[0]], target=study(3))
    correct(first, technologist)

    with pytest.raises(CorrectionConflictError):
        carry_out(plan=second, user=technologist, reason="late")


def test_a_split_study_is_of_the_same_patient_with_a_uid_of_its_own(
    north: Facility, technologist: User
) -> None:
    one, _ = two_studies(north)
    second = series_of(one)[1]
    before = everything()

    correction = correct(
        plan_splitting(
            study=one,
            series_instance_uids=[second],
            new=NewStudy(study_description="CT abdomen", accession_number="A77"),
        ),
        technologist,
    )

    new = Series.objects.get(series_instance_uid=second).study
    assert new.study_instance_uid != one.study_instance_uid
    assert (new.patient_record_id, new.accession_number) == (one.patient_record_id, "A77")
    assert (study(1).number_of_study_related_instances, new.number_of_study_related_instances) == (2, 1)
    assert new.search_terms.filter(term="a77").exists()
    assert sent(images_of(new)[0]).AccessionNumber == "A77"

    undo(correction=correction, user=technologist)

    new.refresh_from_db()
    assert new.is_withdrawn
    now = everything()
    assert now["Series"] == before["Series"]
    assert [row for row in now["Study"] if row["id"] != new.pk] == before["Study"]


def test_single_images_are_split_off_into_a_series_of_their_own(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    uid = images_of(one)[0]

    correct(plan_splitting(study=one, sop_instance_uids=[uid], new=NewStudy()), technologist)

    row = Instance.objects.select_related("series__study").get(sop_instance_uid=uid)
    assert row.series.series_instance_uid not in series_of(study(1))
    dataset = sent(uid)
    assert (dataset.SeriesInstanceUID, dataset.StudyInstanceUID) == (
        row.series.series_instance_uid,
        row.series.study.study_instance_uid,
    )
    # What still comes of the series that it left stays with that series.
    ingest(file_of(1, series=1, number=9), facility=north)
    assert study(1).number_of_study_related_instances == 3


def test_merging_empties_one_study_and_leads_late_images_to_the_other(
    north: Facility, technologist: User
) -> None:
    store(
        image(about(1)), image(about(1, study_instance_uid="1.2.826.0.1.3680043.8.498.1.9")), facility=north
    )
    gone = Study.objects.get(study_instance_uid="1.2.826.0.1.3680043.8.498.1.9")
    before = everything()
    correction = correct(plan_merging_studies(study=gone, into=study(1)), technologist)

    late = image(about(1, study_instance_uid=gone.study_instance_uid), series=5)
    assert ingest(part10(late), facility=north).outcome == "stored"

    gone.refresh_from_db()
    assert gone.is_withdrawn
    assert study(1).number_of_study_related_instances == 3
    assert sent(late.SOPInstanceUID).StudyInstanceUID == about(1).study_instance_uid

    undo(correction=correction, user=technologist)

    gone.refresh_from_db()
    assert not gone.is_withdrawn
    assert gone.number_of_study_related_instances == 2
    assert study(1).number_of_study_related_instances == 1
    assert Series.objects.get(instances__sop_instance_uid=late.SOPInstanceUID).received_attributes == {}
    assert everything()["Study"][0]["received_attributes"] == before["Study"][0]["received_attributes"]


def test_studies_of_two_patients_are_not_merged(north: Facility, technologist: User) -> None:
    one, two = two_studies(north)

    with pytest.raises(CorrectionError, match="different patients"):
        plan_merging_studies(study=one, into=two)


def test_images_do_not_change_facility(north: Facility, south: Facility) -> None:
    store(image(about(1)), facility=north)
    store(image(about(2)), facility=south)

    with pytest.raises(CorrectionError, match="another facility"):
        plan_moving_series(study=study(1), series_instance_uids=series_of(study(1)), target=study(2))


def test_each_study_has_the_correction_on_the_audit_record(north: Facility, technologist: User) -> None:
    correction, _ = moved_second_series(north, technologist)

    events = AuditEvent.objects.filter(event_type="study_edited")
    assert {event.study_instance_uid for event in events} == {
        study(1).study_instance_uid,
        study(2).study_instance_uid,
    }
    assert {event.details["correction"] for event in events} == {str(correction.correction_uid)}


def test_a_study_goes_to_another_patient_and_its_late_images_with_it(
    north: Facility, technologist: User
) -> None:
    one, two = two_studies(north)
    before = everything()
    correction = correct(plan_moving_study(study=one, patient=two.patient_record), technologist)

    result = ingest(file_of(1, series=2, number=8), facility=north)

    assert result.outcome == "stored"
    moved = study(1)
    assert (moved.patient_id, moved.patient_name, moved.patient_record_id) == (
        "P2",
        "Sample^Number 2",
        two.patient_record_id,
    )
    assert moved.search_terms.filter(term="p2").exists()
    assert not moved.search_terms.filter(term="p1").exists()
    dataset = sent(images_of(moved)[0])
    assert (dataset.PatientID, dataset.StudyInstanceUID) == ("P2", one.study_instance_uid)
    assert dataset.OriginalAttributesSequence[0].ModifiedAttributesSequence[0].PatientID == "P1"

    undo(correction=correction, user=technologist)
    assert {key: everything()[key] for key in ("Patient", "terms")} == {
        key: before[key] for key in ("Patient", "terms")
    }
    assert study(1).received_attributes == {}
