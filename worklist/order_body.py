"""An order as JSON: what the API takes and gives.

The names are those of the order's own fields, which are the keywords of DICOM in lower case.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any, TypeVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from worklist.exceptions import OrderError
from worklist.models import (
    ImagingServiceRequest,
    PatientClass,
    Priority,
    RequestedProcedure,
    ScheduledProcedureStep,
)
from worklist.services.orders import Order, OrderedPatient, OrderedProcedure, OrderedStep

JSONObject = dict[str, Any]
Made = TypeVar("Made")

_MOST_PROCEDURES, _MOST_STEPS = 20, 20


def order_of(body: object) -> Order:
    """Return the order that a body describes.

    Raises
    ------
    OrderError
        A field is missing, unknown, or not of its kind; the message names it.
    """
    values = _object(body, "order")
    procedures = [
        _procedure_of(one) for one in _list(values.pop("procedures", None), "procedures", _MOST_PROCEDURES)
    ]
    patient = _made(OrderedPatient, values.pop("patient", None), "patient")
    values.pop("facility", None)
    return _made(Order, values, "order", patient=patient, procedures=procedures)


def body_of_order(request: ImagingServiceRequest) -> JSONObject:
    """Return an order with its procedures and how far each step has come."""
    procedures = RequestedProcedure.objects.filter(imaging_service_request=request).select_related("study")
    steps: dict[int, list[JSONObject]] = {}
    for step in ScheduledProcedureStep.objects.filter(
        requested_procedure__imaging_service_request=request
    ).order_by("scheduled_at", "pk"):
        steps.setdefault(step.requested_procedure_id, []).append(
            {
                "scheduled_procedure_step_id": step.scheduled_procedure_step_id,
                "scheduled_at": step.scheduled_at.isoformat(),
                "modality": step.modality,
                "station_ae_title": step.station_ae_title,
                "status": step.status,
            }
        )
    return {
        "url": reverse("worklist:order", args=[request.pk]),
        "facility": request.facility.code,
        "accession_number": request.accession_number,
        "placer_order_number": request.placer_order_number,
        "patient_id": request.patient_record.patient_id,
        "issuer_of_patient_id": request.patient_record.issuer_of_patient_id,
        "procedures": [
            {
                "requested_procedure_id": procedure.requested_procedure_id,
                "study_instance_uid": procedure.study_instance_uid,
                "description": procedure.description,
                "received_study_instance_uid": procedure.study.study_instance_uid
                if procedure.study
                else None,
                "steps": steps.get(procedure.pk, []),
            }
            for procedure in procedures.order_by("pk")
        ],
    }


def _procedure_of(body: object) -> OrderedProcedure:
    values = _object(body, "procedure")
    steps = [_made(OrderedStep, one, "step") for one in _list(values.pop("steps", []), "steps", _MOST_STEPS)]
    return _made(OrderedProcedure, values, "procedure", steps=steps)


def _made(kind: type[Made], body: object, what: str, **given: object) -> Made:
    """Return a value of a dataclass from the fields of an object."""
    values = _object(body, what)
    known = {one.name: one for one in fields(kind) if one.name not in given}  # type: ignore[arg-type]
    if unknown := sorted(values.keys() - known.keys()):
        raise OrderError(
            _("There is no field “%(field)s” in the %(what)s.") % {"field": unknown[0], "what": what}
        )
    for name, one in known.items():
        needed = one.default is MISSING and one.default_factory is MISSING
        if needed and name not in values:
            raise OrderError(_("The %(what)s lacks its “%(field)s”.") % {"field": name, "what": what})
    return kind(**{name: _read(name, value) for name, value in values.items()}, **given)


def _read(name: str, value: object) -> object:
    """Return a field's value in its own type."""
    if name == "priority":
        found = next((one for one in Priority if one.name == value), None)
        return _known(found, name, value)
    if name == "patient_class":
        found_class = next((one for one in PatientClass if one.value == value), None)
        return _known(found_class, name, value)
    if not isinstance(value, str):
        return _known(None, name, value)
    try:
        if name == "patient_birth_date":
            return date.fromisoformat(value) if value else None
        if name in ("scheduled_at", "requested_at"):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else timezone.make_aware(moment)
    except ValueError:
        return _known(None, name, value)
    return value


def _known(found: object, name: str, value: object) -> object:
    if found is None:
        raise OrderError(
            _("“%(field)s” cannot be read: %(value)r.") % {"field": name, "value": _brief(value)}
        )
    return found


def _brief(value: object) -> str:
    return str(value)[:40]


def _object(value: object, what: str) -> JSONObject:
    if not isinstance(value, Mapping):
        raise OrderError(_("The %(what)s must be an object.") % {"what": what})
    return dict(value)


def _list(value: object, what: str, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise OrderError(_("“%(what)s” must be a list of at most %(most)d.") % {"what": what, "most": most})
    return value
