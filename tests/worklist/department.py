"""Builders of studies on their way, and of orders."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from accounts.models import Facility
from archive.models import Patient, ReceptionStatus, Study
from tests import factories
from worklist.models import ImagingServiceRequest, Priority, ReadingTask, ScheduledProcedureStep
from worklist.services.orders import Order, OrderedPatient, OrderedProcedure, OrderedStep, place_order
from worklist.services.taking_in import take_in
from worklist.states import ReadingStatus

Outcome = TypeVar("Outcome")


def arrived(number: int = 1, *, facility: Facility, **columns: Any) -> Study:
    """Return a study whose images have all arrived and which the lists have taken in."""
    columns = {"status": ReceptionStatus.COMPLETE, "modalities_in_study": "CT", **columns}
    study = factories.study(number, facility=facility, **columns)
    take_in(study.study_instance_uid)
    return study


def waiting(study: Study, **columns: Any) -> ReadingTask:
    """Return the reading task of a study, made as it is told; checked a moment ago where nothing is told."""
    now = timezone.now()
    values = {
        "facility": study.facility,
        "status": ReadingStatus.CHECKED,
        "status_since": now,
        "clock_started_at": now,
        "due_at": now + timedelta(hours=24),
        **columns,
    }
    if values["status"] == ReadingStatus.BEING_READ:
        values = {"claimed_at": now, "claim_seen_at": now, "claimed_from": ReadingStatus.CHECKED, **values}
    reader = values.get("claimed_by") or values.get("assigned_to")
    return ReadingTask.objects.create(
        study=study, reader_name=reader.get_full_name() if reader else "", **values
    )


def task_of(study: Study) -> ReadingTask:
    """Return the reading task of a study as it is now."""
    return ReadingTask.objects.get(pk=study.pk)


def order(*, facility: Facility, patient_id: str = "P1", **values: Any) -> ImagingServiceRequest:
    """Place an order of one CT for a patient of the factories; columns of order, procedure and step by name."""
    step = {key: values.pop(key) for key in ("station_ae_title",) if key in values}
    scheduled_at = values.pop("scheduled_at", timezone.now())
    of_procedure = {
        key: values.pop(key)
        for key in ("modality", "priority", "study_instance_uid", "requested_procedure_id", "description")
        if key in values
    }
    procedure = OrderedProcedure(
        **{"description": "CT chest", "modality": "CT", "priority": Priority.ROUTINE, **of_procedure},
        steps=[OrderedStep(scheduled_at=scheduled_at, **step)],
    )
    patient = OrderedPatient(patient_id=patient_id, patient_name="Family1^Given")
    return place_order(facility=facility, order=Order(patient=patient, procedures=[procedure], **values))


def step_of(request: ImagingServiceRequest) -> ScheduledProcedureStep:
    """Return the only step of an order as it is now."""
    return ScheduledProcedureStep.objects.get(requested_procedure__imaging_service_request=request)


def only_patient() -> Patient:
    """Return the one patient that there is."""
    return Patient.objects.get()


def at_once(calls: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """Run calls in threads of their own, each with its own connection, and return what they return."""

    def run(call: Callable[[], Outcome]) -> Outcome:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
