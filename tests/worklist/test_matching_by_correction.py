"""A study comes to its right order, and goes back; a split joins one in the same act; people are compared first."""

import pytest

from accounts.models import Facility, User
from archive.exceptions import CorrectionError
from archive.models import Patient, Study
from archive.services.corrections.carrying_out import carry_out, preview, undo
from archive.services.corrections.identifying import plan_moving_study
from archive.services.corrections.rearranging import plan_merging_studies
from tests.archive.correcting import correct, images_of, study, two_studies
from tests.dicom_samples import about, image
from tests.factories import store
from tests.worklist.department import order, task_of
from worklist.correcting import Filled, plan_of
from worklist.correction_page import identities_of
from worklist.models import ImagingServiceRequest, Priority, RequestedProcedure
from worklist.order_plans import plan_matching, plan_parting
from worklist.services.matching import join
from worklist.services.taking_in import take_in

pytestmark = pytest.mark.django_db


def procedure_of(request: ImagingServiceRequest) -> RequestedProcedure:
    """Return the procedure of an order as it is now."""
    return RequestedProcedure.objects.get(imaging_service_request=request)


def test_a_study_goes_from_the_wrong_order_to_the_right_one_and_back(
    north: Facility, technologist: User
) -> None:
    one, _ = two_studies(north)
    take_in(one.study_instance_uid)
    wrong, right = order(facility=north), order(facility=north)
    RequestedProcedure.objects.filter(imaging_service_request=right).update(priority=Priority.STAT)
    join(one, procedure_of(wrong), user=None, rule="accession number")

    correction = correct(plan_matching(study=study(1), procedure=procedure_of(right)), technologist)

    assert (procedure_of(wrong).study, procedure_of(right).study) == (None, one)
    assert task_of(one).priority == Priority.STAT
    undo(correction=correction, user=technologist)
    assert (procedure_of(wrong).study, procedure_of(right).study) == (one, None)
    assert procedure_of(wrong).matched_by == "accession number"
    assert task_of(one).priority == Priority.ROUTINE


def test_an_order_of_another_patient_is_matched_only_by_who_is_sure(
    north: Facility, technologist: User
) -> None:
    one, _ = two_studies(north)
    plan = plan_matching(study=one, procedure=procedure_of(order(facility=north, patient_id="P2")))

    assert "another patient" in preview(plan=plan, user=technologist).plan.doubts[0]
    with pytest.raises(CorrectionError, match="no mistake"):
        carry_out(plan=plan, user=technologist, reason="looked wrong")
    carry_out(plan=plan, user=technologist, reason="really", is_sure=True)


def test_an_order_that_has_its_study_or_is_elsewhere_is_refused(
    north: Facility, south: Facility, technologist: User
) -> None:
    one, two = two_studies(north)
    taken = order(facility=north)
    RequestedProcedure.objects.filter(imaging_service_request=taken).update(study=two)

    with pytest.raises(CorrectionError, match="has its study already"):
        plan_matching(study=one, procedure=procedure_of(taken))
    with pytest.raises(CorrectionError, match="another facility"):
        plan_matching(study=one, procedure=procedure_of(order(facility=south)))


def test_a_study_is_taken_from_its_order_and_given_back(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    take_in(one.study_instance_uid)
    request = order(facility=north)
    join(one, procedure_of(request), user=None, rule="by hand")

    correction = correct(plan_parting(study=study(1)), technologist)

    # What matches by itself leaves alone what a person has parted.
    take_in(one.study_instance_uid)
    assert procedure_of(request).study is None
    undo(correction=correction, user=technologist)
    assert procedure_of(request).study == one


def test_a_split_joins_its_order_in_the_same_act(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    request = order(facility=north)
    RequestedProcedure.objects.filter(imaging_service_request=request).update(priority=Priority.STAT)
    procedure = procedure_of(request)
    chosen = {"images": images_of(one)[0], "new_order": str(procedure.pk)}

    correction = correct(plan_of("split", Filled(one, technologist, chosen, ())), technologist)

    made = Study.objects.get(requested_procedure=procedure)
    assert made.study_instance_uid == procedure.study_instance_uid
    assert made.accession_number == request.accession_number
    take_in(made.study_instance_uid)
    assert task_of(made).priority == Priority.STAT
    undo(correction=correction, user=technologist)
    assert procedure_of(request).study is None
    assert len(images_of(study(1))) == 3


def test_a_study_goes_to_a_stored_patient_only_after_both_were_compared(
    north: Facility, technologist: User
) -> None:
    born, other = {"PatientBirthDate": "19700101"}, {"PatientBirthDate": "19810203", "PatientSex": "F"}
    store(image(about(1), PatientSex="M", **born), image(about(2), **other), facility=north)
    plan = plan_moving_study(study=study(1), patient=Patient.objects.get(patient_id="P2"))

    seen = preview(plan=plan, user=technologist)

    assert len(seen.plan.doubts) == 2
    differing = [fact.what for fact in identities_of(seen.plan, technologist) if fact.differs]
    assert differing == ["Name", "Patient ID", "Birth date", "Sex"]
    with pytest.raises(CorrectionError, match="no mistake"):
        carry_out(plan=plan, user=technologist, reason="swapped", token=seen.token)
    assert study(1).patient_id == "P1"
    carry_out(plan=plan, user=technologist, reason="swapped", token=seen.token, is_sure=True)
    assert study(1).patient_id == "P2"


def test_a_merge_of_two_studies_with_an_order_each_is_undone(north: Facility, technologist: User) -> None:
    store(
        image(about(1)),
        image(about(1, study_instance_uid=about(3).study_instance_uid), series=7),
        facility=north,
    )
    requests = [order(facility=north), order(facility=north)]
    for number, request in zip((1, 3), requests, strict=True):
        RequestedProcedure.objects.filter(imaging_service_request=request).update(study=study(number))

    correction = correct(plan_merging_studies(study=study(1), into=study(3)), technologist)
    undo(correction=correction, user=technologist)

    assert [procedure_of(request).study for request in requests] == [study(1), study(3)]
    assert len(images_of(study(1))) == 1
