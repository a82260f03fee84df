"""From the first image, or the order, to the reading list."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.roles import Role
from archive.models import OwedWork, ReceptionStatus, Study
from archive.services.quiescence import announce_received_studies
from tests import people
from tests.dicom_samples import about, image
from tests.factories import store
from tests.worklist.department import arrived, order, step_of, task_of
from worklist.exceptions import AlreadyMatchedError, OrderError, ReasonMissingError, TransitionError
from worklist.models import Department, ImagingServiceRequest, PatientClass, Priority, RequestedProcedure
from worklist.services import acquisition, matching
from worklist.services.orders import Order, OrderedPatient, OrderedProcedure, cancel_order, place_order
from worklist.services.taking_in import take_in
from worklist.states import PerformedAction, StepAction
from worklist.suggestions import suggestions_for

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


def matched(study: Study) -> RequestedProcedure | None:
    return RequestedProcedure.objects.filter(study=study).first()


def test_the_first_image_of_a_study_owes_its_place_in_the_lists(north, settings):
    store(image(about(), number=1), facility=north)
    study = Study.objects.get()
    assert OwedWork.objects.filter(task_name="worklist.take_in_study").count() == 1

    take_in(study.study_instance_uid)
    assert task_of(study).status == "in_progress"
    assert not OwedWork.objects.filter(task_name="worklist.take_in_study").exists()

    Study.objects.update(last_instance_at=timezone.now() - timedelta(hours=1))
    announce_received_studies()
    assert OwedWork.objects.filter(task_name="worklist.take_in_study").count() == 1
    take_in(study.study_instance_uid)
    assert task_of(study).status == "checked"


def test_taking_in_twice_changes_nothing(north):
    study = arrived(facility=north)
    before = task_of(study).status_since
    take_in(study.study_instance_uid)
    assert task_of(study).status_since == before


def test_where_images_are_checked_a_study_waits_for_the_technologist(north):
    Department.objects.create(facility=north, needs_image_check=True)
    assert task_of(arrived(facility=north)).status == "completed"


def test_a_study_takes_over_priority_and_class_of_its_order(north):
    order(
        facility=north,
        accession_number="A1",
        priority=Priority.STAT,
        patient_class=PatientClass.EMERGENCY,
    )
    study = arrived(facility=north, accession_number="A1")
    task = task_of(study)
    assert (task.priority, task.patient_class) == (Priority.STAT, "E")
    assert task.due_at - task.clock_started_at == timedelta(minutes=30)
    assert matched(study).matched_by == "accession number"


def test_the_accession_number_of_another_patient_joins_nothing(north):
    order(facility=north, patient_id="P2", accession_number="A1")
    study = arrived(facility=north, accession_number="A1")
    assert matched(study) is None
    best = suggestions_for(study)[0]
    assert "same accession number" in best.reasons
    assert best.warnings == ("another patient",)


def test_a_study_is_recognised_by_the_uid_that_its_order_gave_out(north):
    order(facility=north, accession_number="A1", study_instance_uid="1.2.3.1")
    assert (
        matched(arrived(facility=north, accession_number="typed wrongly")).matched_by == "Study Instance UID"
    )


def test_a_study_without_a_number_is_recognised_by_patient_modality_and_time(north):
    order(facility=north, scheduled_at=NOON)
    study = arrived(facility=north, study_moment=NOON + timedelta(hours=1))
    assert matched(study).matched_by == "patient and time"


@pytest.mark.parametrize(
    ("ordered", "found"),
    [
        ({"scheduled_at": NOON + timedelta(hours=13)}, {}),
        ({"scheduled_at": NOON, "modality": "MR"}, {}),
        ({"scheduled_at": NOON, "patient_id": "P2"}, {}),
        ({"scheduled_at": NOON}, {"accession_number": "of another order"}),
    ],
)
def test_what_is_doubtful_is_left_to_a_person(north, ordered, found):
    order(facility=north, **ordered)
    assert matched(arrived(facility=north, study_moment=NOON, **found)) is None


def test_two_orders_that_would_fit_are_left_to_a_person_and_both_suggested(north):
    order(facility=north, scheduled_at=NOON)
    nearer = order(facility=north, scheduled_at=NOON + timedelta(hours=2))
    study = arrived(facility=north, study_moment=NOON + timedelta(hours=2))
    assert matched(study) is None
    found = suggestions_for(study)
    assert [len(found), found[0].procedure.imaging_service_request] == [2, nearer]


def test_orders_of_another_facility_are_neither_joined_nor_suggested(north, south):
    order(facility=south, accession_number="A1", study_instance_uid="1.2.3.1")
    study = arrived(facility=north, accession_number="A1")
    assert (matched(study), suggestions_for(study)) == (None, [])


def test_a_cancelled_order_waits_for_no_study(north, technologist):
    request = order(facility=north, accession_number="A1")
    cancel_order(request=request, user=technologist, reason="Patient withdrew")
    study = arrived(facility=north, accession_number="A1")
    assert (matched(study), suggestions_for(study)) == (None, [])


def test_a_technologist_joins_and_parts_what_was_not_recognised(north, technologist, radiologist):
    request = order(facility=north, patient_id="P2", accession_number="A1")
    procedure, study = request.requested_procedures.get(), arrived(facility=north)
    with pytest.raises(PermissionDenied):
        matching.match_by_hand(study=study, procedure=procedure, user=radiologist)

    matching.match_by_hand(study=study, procedure=procedure, user=technologist)
    with pytest.raises(AlreadyMatchedError):
        matching.match_by_hand(study=arrived(2, facility=north), procedure=procedure, user=technologist)

    matching.unmatch(study=study, user=technologist, reason="Wrong row")
    assert matched(study) is None


def test_images_begin_the_step_and_end_it_where_no_modality_reports(north):
    request = order(facility=north, accession_number="A1")
    study = arrived(facility=north, accession_number="A1", status=ReceptionStatus.RECEIVING)
    assert (step_of(request).status, task_of(study).status) == ("in_progress", "in_progress")

    Study.objects.update(status=ReceptionStatus.COMPLETE)
    take_in(study.study_instance_uid)
    assert (step_of(request).status, task_of(study).status) == ("completed", "checked")


def test_a_modality_that_reports_has_the_last_word_on_when_its_step_ends(north):
    request = order(facility=north, accession_number="A1")
    performed = acquisition.begin_performed_step(
        facility=north, sop_instance_uid="1.2.3.4", steps=[step_of(request)], started_at=NOON
    )
    study = arrived(facility=north, accession_number="A1")
    assert (step_of(request).status, task_of(study).status) == ("in_progress", "in_progress")

    acquisition.report_performed_step(
        performed=performed, action=PerformedAction.COMPLETE, performed_series={"1.2": 120, "1.3": 2}
    )
    step = step_of(request)
    assert (step.status, step.expected_instances, task_of(study).status) == ("completed", 122, "completed")
    with pytest.raises(TransitionError):
        acquisition.report_performed_step(performed=performed, action=PerformedAction.UPDATE)


def test_a_broken_off_examination_breaks_off_its_study(north, technologist):
    request = order(facility=north, accession_number="A1")
    study = arrived(facility=north, accession_number="A1", status=ReceptionStatus.RECEIVING)
    with pytest.raises(ReasonMissingError):
        acquisition.act(step=step_of(request), action=StepAction.DISCONTINUE, user=technologist)
    acquisition.act(
        step=step_of(request), action=StepAction.DISCONTINUE, user=technologist, reason="Patient felt unwell"
    )
    assert (step_of(request).discontinuation_reason, task_of(study).status) == (
        "Patient felt unwell",
        "discontinued",
    )


def test_the_arrival_names_who_checked_the_patients_identity(north, technologist):
    request = order(facility=north)
    acquisition.act(step=step_of(request), action=StepAction.ARRIVE, user=technologist)
    step = step_of(request)
    assert (step.status, step.identity_checked_by) == ("arrived", technologist.get_full_name())
    assert step.arrived_at


@pytest.mark.parametrize("role", [Role.RADIOLOGIST, Role.REFERRER, Role.AUDITOR])
def test_only_who_manages_examinations_moves_their_steps(north, role):
    with pytest.raises(PermissionDenied):
        acquisition.act(
            step=step_of(order(facility=north)),
            action=StepAction.ARRIVE,
            user=people.person("somebody", role),
        )


def test_an_order_without_a_number_gets_the_next_free_one(north):
    order(facility=north, accession_number="NORTH-000001")
    assert order(facility=north).accession_number == "NORTH-000002"


@pytest.mark.parametrize(
    "faulty",
    [
        Order(patient=OrderedPatient("", "Doe^J"), procedures=[OrderedProcedure("CT", "CT")]),
        Order(patient=OrderedPatient("P1", "Doe^J")),
        Order(patient=OrderedPatient("P1", "Doe^J"), procedures=[OrderedProcedure("CT", "")]),
        Order(
            patient=OrderedPatient("P1", "Doe^J"),
            procedures=[OrderedProcedure("CT", "CT", study_instance_uid="not a UID")],
        ),
        Order(
            patient=OrderedPatient("P1", "Doe^J"),
            procedures=[OrderedProcedure("CT", "CT")],
            accession_number="1" * 65,
        ),
    ],
)
def test_a_faulty_order_is_refused_and_leaves_nothing_behind(north, faulty):
    with pytest.raises(OrderError):
        place_order(facility=north, order=faulty)
    assert not ImagingServiceRequest.objects.exists()


def test_an_accession_number_is_given_once_in_a_facility(north, south):
    order(facility=north, accession_number="A1")
    order(facility=south, accession_number="A1")
    with pytest.raises(OrderError, match="belongs to another order"):
        order(facility=north, accession_number="A1")


def test_an_order_that_has_begun_is_broken_off_and_not_cancelled(north, technologist):
    request = order(facility=north)
    acquisition.act(step=step_of(request), action=StepAction.START, user=technologist)
    with pytest.raises(OrderError, match="has begun"):
        cancel_order(request=request, user=technologist, reason="No")
