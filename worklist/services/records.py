"""The audit records of orders."""

from audit.services import record_event
from audit.vocabulary import EventType
from worklist.models import ImagingServiceRequest


def record_order(request: ImagingServiceRequest, action: str, *, reason: str = "") -> None:
    """Record that an order was placed, changed or cancelled."""
    record_event(
        EventType.ORDER_CHANGED,
        patient_id=request.patient_record.patient_id,
        issuer_of_patient_id=request.patient_record.issuer_of_patient_id,
        facility_code=request.facility.code,
        details={"action": action, "accession_number": request.accession_number, "reason": reason},
    )
