"""The demo's orders: those of its studies, and a day's work that is scheduled around now."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.models import Facility
from worklist.models import ImagingServiceRequest, PatientClass, Priority, ScheduledProcedureStep
from worklist.services.acquisition import act_on_step
from worklist.services.orders import Order, OrderedPatient, OrderedProcedure, OrderedStep, place_order
from worklist.states import StepAction

_ASTRID = OrderedPatient("NG-204817", "Lindqvist^Astrid", date(1958, 3, 14), "F", "NORTH")
_NGOZI = OrderedPatient("SR-00931", "Okonkwo^Ngozi^Adaeze", date(1971, 8, 22), "F", "SOUTH")

# Accession number, patient, what and where, when, why: of studies that the demo brings along.
_OF_STUDIES: dict[str, tuple[tuple[str, OrderedPatient, OrderedProcedure, datetime, str], ...]] = {
    "NORTH": (
        (
            "N2600002",
            _ASTRID,
            OrderedProcedure(
                "CT chest, follow-up", "CT", body_part_examined="CHEST", priority=Priority.URGENT
            ),
            datetime(2026, 11, 18, 10, 15),
            "Nodule of the right upper lobe, known since June 2025. Growth?",
        ),
        (
            "N2600003",
            _ASTRID,
            OrderedProcedure("Chest PA and lateral", "DX", body_part_examined="CHEST"),
            datetime(2026, 11, 12, 11, 15),
            "Cough for three weeks.",
        ),
    ),
    "SOUTH": (
        (
            "S2600001",
            _NGOZI,
            OrderedProcedure("Screening mammogram", "MG", body_part_examined="BREAST", laterality="B"),
            datetime(2026, 11, 17, 9, 15),
            "Screening, second round.",
        ),
    ),
}


class _Planned(NamedTuple):
    """An examination of today: minutes from now, and how far it has come."""

    minutes: int
    patient: OrderedPatient
    procedure: OrderedProcedure
    station: str
    done: tuple[StepAction, ...] = ()
    patient_class: PatientClass = PatientClass.OUTPATIENT
    alerts: str = ""
    reason: str = ""


_TODAY = (
    _Planned(
        -50,
        OrderedPatient("D-1001", "Novak^Petr", date(1949, 5, 2), "M"),
        OrderedProcedure("CT head without contrast", "CT", body_part_examined="HEAD", priority=Priority.STAT),
        "CT1",
        (StepAction.ARRIVE, StepAction.START),
        PatientClass.EMERGENCY,
        "Anticoagulated.",
        "Sudden weakness of the left side since this morning. Bleeding?",
    ),
    _Planned(
        -10,
        OrderedPatient("D-1002", "Ferrari^Giulia", date(1987, 11, 30), "F"),
        OrderedProcedure("MR knee right", "MR", body_part_examined="KNEE", laterality="R"),
        "MR1",
        (StepAction.ARRIVE,),
        alerts="Claustrophobic. No implants.",
        reason="Torsion injury. Meniscus?",
    ),
    _Planned(
        15,
        OrderedPatient("D-1003", "Achterberg^Joost", date(1974, 1, 9), "M"),
        OrderedProcedure("CT abdomen and pelvis with contrast", "CT", body_part_examined="ABDOMENPELVIS"),
        "CT1",
        alerts="eGFR 52. Contrast tolerated before.",
        reason="Staging after resection of the sigmoid.",
    ),
    _Planned(
        30,
        OrderedPatient("D-1004", "Mwangi^Grace", date(2019, 7, 21), "F"),
        OrderedProcedure("Chest PA", "DX", body_part_examined="CHEST", priority=Priority.URGENT),
        "DX1",
        patient_class=PatientClass.INPATIENT,
        reason="Fever, crackles on the right.",
    ),
    _Planned(
        75,
        OrderedPatient("D-1005", "Oliveira^Marta", date(1966, 3, 5), "F"),
        OrderedProcedure("Ultrasound of the abdomen", "US", body_part_examined="ABDOMEN"),
        "US2",
        reason="Raised liver enzymes.",
    ),
)


def seed_orders(facility: Facility) -> None:
    """Place the demo's orders of a facility, once."""
    if ImagingServiceRequest.objects.filter(facility=facility).exists():
        return
    for number, patient, procedure, moment, reason in _OF_STUDIES.get(facility.code, ()):
        at = timezone.make_aware(moment)
        step = OrderedStep(scheduled_at=at, station_ae_title=f"{procedure.modality}1")
        order = Order(
            patient=patient,
            procedures=[replace(procedure, steps=[step])],
            accession_number=number,
            requesting_physician_name="Berg^Ingrid",
            reason=reason,
            patient_class=PatientClass.OUTPATIENT,
            requested_at=at - timedelta(days=2),
        )
        place_order(facility=facility, order=order)
    for planned in _TODAY:
        _place_planned(facility, planned)


def _place_planned(facility: Facility, planned: _Planned) -> None:
    now = timezone.now()
    step = OrderedStep(
        scheduled_at=now + timedelta(minutes=planned.minutes), station_ae_title=planned.station
    )
    placed = place_order(
        facility=facility,
        order=Order(
            patient=replace(planned.patient, patient_id=f"{facility.code[0]}{planned.patient.patient_id}"),
            procedures=[replace(planned.procedure, steps=[step])],
            patient_class=planned.patient_class,
            patient_alerts=planned.alerts,
            reason=planned.reason,
            requesting_physician_name="Berg^Ingrid",
        ),
    )
    for action in planned.done:
        made = ScheduledProcedureStep.objects.get(requested_procedure__imaging_service_request=placed)
        act_on_step(step=made, action=action, user=None)
