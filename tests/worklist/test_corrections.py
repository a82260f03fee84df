"""Corrections of studies on their way: final reports, orders, and two people at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Facility, User
from accounts.roles import Role
from archive.exceptions import ArchiveError, FinalReportError
from archive.models import Correction, Study
from archive.services.corrections.carrying_out import carry_out, preview, undo
from archive.services.corrections.identifying import plan_merging_patients, plan_moving_study
from archive.services.corrections.rearranging import plan_merging_studies, plan_moving_series
from archive.services.corrections.rejecting import plan_rejection
from tests.archive.correcting import correct, images_of, series_of, study, two_studies
from tests.conftest import member
from tests.dicom_samples import about, image
from tests.factories import store
from tests.worklist.department import order, task_of
from worklist.models import ImagingServiceRequest, RequestedProcedure
from worklist.services.matching import join
from worklist.services.reading import claim, sign
from worklist.services.taking_in import take_in
from worklist.states import ReadingAction

pytestmark = pytest.mark.django_db


def reported(facility: Facility, radiologist: User) -> Study:
    """Return study 1, whose report is final; study 2 lies beside it."""
    for one in two_studies(facility):
        take_in(one.study_instance_uid)
    claim(study=study(1), user=radiologist)
    sign(study=study(1), user=radiologist, action=ReadingAction.SIGN_FINAL)
    return study(1)


def test_a_final_report_locks_its_study(north: Facility, technologist: User, radiologist: User) -> None:
    one = reported(north, radiologist)
    plan = plan_rejection(study=one, sop_instance_uids=images_of(one)[:1], reason_code="111209")

    seen = preview(plan=plan, user=technologist)

    assert (seen.is_final, seen.may_override) == (True, False)
    with pytest.raises(FinalReportError):
        carry_out(plan=plan, user=technologist, reason="blurred", reason_code="111209", overrides_final=True)
    assert not Correction.objects.exists()


def test_an_administrator_overrides_the_lock_and_it_is_on_record(
    north: Facility, administrator: User, radiologist: User
) -> None:
    one = reported(north, radiologist)
    plan = plan_rejection(study=one, sop_instance_uids=images_of(one)[:1], reason_code="111209")

    with pytest.raises(FinalReportError):
        carry_out(plan=plan, user=administrator, reason="wrong patient", reason_code="111209")
    correction = carry_out(
        plan=plan, user=administrator, reason="wrong patient", reason_code="111209", overrides_final=True
    )

    assert correction.overrides_final
    with pytest.raises(FinalReportError):
        undo(correction=correction, user=administrator)
    undo(correction=correction, user=administrator, overrides_final=True)


def test_the_lock_holds_while_an_addendum_is_written(
    north: Facility, technologist: User, radiologist: User
) -> None:
    one = reported(north, radiologist)
    claim(study=one, user=radiologist)

    plan = plan_moving_series(study=one, series_instance_uids=series_of(one)[:1], target=study(2))

    assert preview(plan=plan, user=technologist).is_final


def test_a_study_that_goes_to_another_patient_leaves_its_order(north: Facility, technologist: User) -> None:
    one, two = two_studies(north)
    request = order(facility=north, patient_id="P1", accession_number="A1")
    take_in(one.study_instance_uid)
    procedure = RequestedProcedure.objects.get(imaging_service_request=request)
    assert procedure.study == one

    correction = correct(plan_moving_study(study=study(1), patient=two.patient_record), technologist)

    procedure.refresh_from_db()
    assert procedure.study is None

    undo(correction=correction, user=technologist)
    procedure.refresh_from_db()
    assert (procedure.study, procedure.matched_by) == (one, "accession number")


def test_undoing_is_refused_when_the_study_has_another_order_by_then(
    north: Facility, technologist: User
) -> None:
    one, two = two_studies(north)
    order(facility=north, patient_id="P1", accession_number="A1")
    take_in(one.study_instance_uid)
    correction = correct(plan_moving_study(study=study(1), patient=two.patient_record), technologist)
    other = order(facility=north, patient_id="P2", accession_number="Z9")
    join(study(1), other.requested_procedures.get(), user=None, rule="by hand")

    with pytest.raises(ArchiveError, match="for example its order"):
        undo(correction=correction, user=technologist)

    assert study(1).patient_id == "P2"


def test_orders_go_with_a_merged_patient_and_come_back(north: Facility, technologist: User) -> None:
    one, two = two_studies(north)
    order(facility=north, patient_id="P1", accession_number="Q1")

    correction = correct(
        plan_merging_patients(patient=one.patient_record, into=two.patient_record), technologist
    )

    assert ImagingServiceRequest.objects.get().patient_record == two.patient_record
    undo(correction=correction, user=technologist)
    assert ImagingServiceRequest.objects.get().patient_record == one.patient_record


def test_an_order_goes_with_merged_images(north: Facility, technologist: User) -> None:
    store(
        image(about(1)), image(about(1, study_instance_uid="1.2.826.0.1.3680043.8.498.1.9")), facility=north
    )
    gone = Study.objects.get(study_instance_uid="1.2.826.0.1.3680043.8.498.1.9")
    take_in(gone.study_instance_uid)
    procedure = order(facility=north, accession_number="Q1").requested_procedures.get()
    join(gone, procedure, user=None, rule="by hand")

    correct(plan_merging_studies(study=gone, into=study(1)), technologist)

    procedure.refresh_from_db()
    assert procedure.study == study(1)


def test_a_study_that_was_rejected_is_not_matched(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    correct(
        plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code="113038"),
        technologist,
        reason_code="113038",
    )
    order(facility=north, patient_id="P1", accession_number="A1")

    take_in(one.study_instance_uid)

    assert RequestedProcedure.objects.get().study is None


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_correct_a_study_at_once_one_wins(north: Facility) -> None:
    users = [member(Role.TECHNOLOGIST, north), member(Role.ADMINISTRATOR, north)]
    one, two = two_studies(north)
    plans = [plan_moving_series(study=one, series_instance_uids=[uid], target=two) for uid in series_of(one)]

    def carry(number: int) -> str:
        try:
            carry_out(plan=plans[number], user=users[number], reason="at once")
        except ArchiveError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(carry, range(2)))

    assert outcomes == ["CorrectionConflictError", "done"]
    assert Correction.objects.count() == 1
    assert study(1).number_of_study_related_instances + study(2).number_of_study_related_instances == 4


def test_a_task_stays_where_it_was_when_a_correction_is_undone(north: Facility, technologist: User) -> None:
    one, two = two_studies(north)
    take_in(one.study_instance_uid)
    before = task_of(one).status

    correction = correct(plan_moving_study(study=one, patient=two.patient_record), technologist)
    undo(correction=correction, user=technologist)

    assert task_of(one).status == before
