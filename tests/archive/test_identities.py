"""Demographics, merged patients, and the same person at two sites."""

from datetime import date, timedelta

import pydicom.uid
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from accounts.services.memberships import grant_membership
from archive.exceptions import CorrectionError
from archive.models import Correction, Patient, Study
from archive.selectors import studies_of_patient
from archive.services.corrections.carrying_out import carry_out, undo
from archive.services.corrections.identifying import (
    Demographics,
    plan_editing_patient,
    plan_editing_study,
    plan_linking_patients,
    plan_merging_patients,
    plan_moving_study,
    plan_unlinking_patient,
)
from audit.models import AuditEvent
from tests.archive.correcting import correct, everything, images_of, sent, series_of, study, two_studies
from tests.conftest import TESTER, member
from tests.dicom_samples import about, image, part10
from tests.factories import ingest, store

pytestmark = pytest.mark.django_db

RIGHT = Demographics("Müller^Änne", date(1950, 2, 3), "F")


def test_corrected_demographics_are_searched_shown_and_sent(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    before = everything()

    correction = correct(plan_editing_patient(patient=one.patient_record, demographics=RIGHT), technologist)

    now = study(1)
    assert (now.patient_name, now.patient_birth_date) == ("Müller^Änne", date(1950, 2, 3))
    assert now.search_terms.filter(term="muller").exists() or now.search_terms.filter(term="müller").exists()
    dataset = sent(images_of(now)[0])
    assert str(dataset.PatientName) == "Müller^Änne"
    assert dataset.SpecificCharacterSet == "ISO_IR 192"
    assert dataset.PatientBirthDate == "19500203"
    assert (
        dataset.OriginalAttributesSequence[0].ModifiedAttributesSequence[0].PatientName == "Sample^Number 1"
    )

    undo(correction=correction, user=technologist)
    assert everything() == before


def test_another_persons_details_do_not_leave_with_a_moved_study(north: Facility, technologist: User) -> None:
    store(
        image(about(1), OtherPatientIDs="X17", PatientComments="allergic", PatientAge="030Y"), facility=north
    )
    other = Patient(patient_id="P9", issuer_of_patient_id="NORTH", patient_name="Right^Person")

    correct(plan_moving_study(study=study(1), patient=other), technologist)

    dataset = sent(images_of(study(1))[0])
    assert (dataset.PatientID, str(dataset.PatientName)) == ("P9", "Right^Person")
    assert "OtherPatientIDs" not in dataset
    assert "PatientComments" not in dataset
    kept = dataset.OriginalAttributesSequence[0].ModifiedAttributesSequence[0]
    assert (kept.OtherPatientIDs, kept.PatientComments) == ("X17", "allergic")


def test_study_and_series_are_called_what_they_are(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    first = series_of(one)[0]
    before = everything()

    correction = correct(
        plan_editing_study(
            study=one,
            columns={"accession_number": "B5", "study_description": "Hand, left"},
            series={first: {"laterality": "L", "body_part_examined": "HAND"}},
        ),
        technologist,
    )

    now = study(1)
    assert (now.accession_number, "HAND" in now.body_parts_examined.split("\\")) == ("B5", True)
    touched, untouched = sent(images_of(now)[0]), sent(images_of(now)[-1])
    assert (touched.AccessionNumber, touched.Laterality, touched.BodyPartExamined) == ("B5", "L", "HAND")
    assert (untouched.AccessionNumber, untouched.get("Laterality", "")) == ("B5", "")

    undo(correction=correction, user=technologist)
    assert everything() == before


@pytest.mark.parametrize(
    "syntax", [pydicom.uid.ImplicitVRLittleEndian, pydicom.uid.DeflatedExplicitVRLittleEndian]
)
def test_a_corrected_image_keeps_its_pixels_in_any_encoding(
    north: Facility, technologist: User, syntax: str
) -> None:
    original = image(about(1))
    pixels = original.pixel_array.copy()
    original.file_meta.TransferSyntaxUID = syntax
    original._is_implicit_VR = syntax == pydicom.uid.ImplicitVRLittleEndian
    store(original, facility=north)
    correct(plan_editing_patient(patient=study(1).patient_record, demographics=RIGHT), technologist)

    dataset = sent(original.SOPInstanceUID)

    assert (dataset.pixel_array == pixels).all()
    assert str(dataset.PatientName) == "Müller^Änne"


def merged_patients(north: Facility, user: User) -> Correction:
    """Merge the patient of study 1 into that of study 2."""
    one, two = two_studies(north)
    return correct(plan_merging_patients(patient=one.patient_record, into=two.patient_record), user)


def test_after_a_merge_one_identity_has_all_studies_old_and_new(north: Facility, technologist: User) -> None:
    correction = merged_patients(north, technologist)

    late = image(about(1, study_instance_uid="1.2.826.0.1.3680043.8.498.1.33"))
    ingest(part10(late), facility=north)

    arrived = Study.objects.get(study_instance_uid=late.StudyInstanceUID)
    assert {row.patient_id for row in Study.objects.all()} == {"P2"}
    assert arrived.patient_record == study(2).patient_record
    assert sent(late.SOPInstanceUID).PatientID == "P2"

    undo(correction=correction, user=technologist)

    arrived.refresh_from_db()
    assert (arrived.patient_id, arrived.patient_name) == ("P1", "Sample^Number 1")
    assert arrived.patient_record == study(1).patient_record
    assert study(1).patient_id == "P1"
    assert arrived.received_attributes == {}


def test_a_merged_identity_is_not_merged_again(north: Facility, technologist: User) -> None:
    merged_patients(north, technologist)
    gone = Patient.objects.get(patient_id="P1")

    with pytest.raises(CorrectionError, match="merged already"):
        plan_merging_patients(patient=gone, into=study(2).patient_record)


def test_a_merge_needs_the_right_at_every_facility_that_it_touches(
    north: Facility, south: Facility, technologist: User
) -> None:
    store(image(about(1)), facility=north)
    store(image(about(2)), facility=south)
    plan = plan_merging_patients(patient=study(2).patient_record, into=study(1).patient_record)

    with pytest.raises(PermissionDenied):
        carry_out(plan=plan, user=technologist, reason="the same person")


def linked(north: Facility, south: Facility, user: User) -> tuple[Study, Study, Correction]:
    """Link the patients of a study in the north and one in the south; the user may correct at both."""
    store(image(about(1)), facility=north)
    store(image(about(2)), facility=south)
    grant_membership(user=user, facility=south, role=Role.TECHNOLOGIST, actor=TESTER)
    one, two = study(1), study(2)
    plan = plan_linking_patients(patient=one.patient_record, other=two.patient_record)
    return one, two, correct(plan, user)


def test_linked_identities_show_priors_only_to_who_may_see_them(
    north: Facility, south: Facility, technologist: User, radiologist: User
) -> None:
    one, two, correction = linked(north, south, technologist)

    assert set(studies_of_patient(technologist, one)) == {one, two}
    assert list(studies_of_patient(radiologist, one)) == [one]
    assert (study(1).patient_id, study(2).patient_id) == ("P1", "P2")
    assert AuditEvent.objects.filter(event_type="patient_changed").count() == 2

    undo(correction=correction, user=technologist)

    assert list(studies_of_patient(technologist, one)) == [one]


def test_a_link_can_be_ended(north: Facility, south: Facility, technologist: User) -> None:
    one, two, _ = linked(north, south, technologist)
    two.patient_record.refresh_from_db()

    correct(plan_unlinking_patient(patient=two.patient_record), technologist)

    assert list(studies_of_patient(technologist, one)) == [one]


def test_a_link_needs_the_right_at_both_sites(north: Facility, south: Facility, technologist: User) -> None:
    store(image(about(1)), facility=north)
    store(image(about(2)), facility=south)
    plan = plan_linking_patients(patient=study(1).patient_record, other=study(2).patient_record)

    with pytest.raises(PermissionDenied):
        carry_out(plan=plan, user=technologist, reason="the same person")


def test_the_time_for_undoing_ends(north: Facility, technologist: User) -> None:
    correction = merged_patients(north, technologist)
    Correction.objects.update(made_at=timezone.now() - timedelta(days=31))
    correction.refresh_from_db()

    with pytest.raises(CorrectionError, match="older than 30 days"):
        undo(correction=correction, user=technologist)


def test_a_radiologist_corrects_nobody(north: Facility) -> None:
    one, _ = two_studies(north)
    plan = plan_editing_patient(patient=one.patient_record, demographics=RIGHT)

    with pytest.raises(PermissionDenied):
        carry_out(plan=plan, user=member(Role.RADIOLOGIST, north), reason="misspelt")
