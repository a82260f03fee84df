"""The modality worklist: which steps a query asks for, and each as an identifier of the answer.

References
----------
PS3.4 K.6.1.2 (Modality Worklist attributes, table K.6-1)
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from accounts.models import Facility
from worklist.dicom.matching import date_bounds, has_wildcard, matches_text, time_bounds
from worklist.local_time import zone_of
from worklist.models import Priority, ScheduledProcedureStep
from worklist.states import StepStatus

# What a modality still has to do. What has begun is reported by MPPS and no longer offered.
_OFFERED = (StepStatus.SCHEDULED, StepStatus.ARRIVED)
_STATUS = {StepStatus.SCHEDULED: "SCHEDULED", StepStatus.ARRIVED: "ARRIVED"}
# PS3.3 C.4.11: the defined terms of Requested Procedure Priority.
_PRIORITY = {
    Priority.STAT: "STAT",
    Priority.URGENT: "HIGH",
    Priority.SEMI_URGENT: "MEDIUM",
    Priority.ROUTINE: "ROUTINE",
}
# Keys that an index answers when they are given in full, by their column.
_EXACT: dict[str, str] = {
    "AccessionNumber": "requested_procedure__imaging_service_request__accession_number",
    "PatientID": "requested_procedure__imaging_service_request__patient_record__patient_id",
    "RequestedProcedureID": "requested_procedure__requested_procedure_id",
    "StudyInstanceUID": "requested_procedure__study_instance_uid",
}
_EXACT_OF_STEP: dict[str, str] = {
    "Modality": "modality",
    "ScheduledProcedureStepID": "scheduled_procedure_step_id",
}
_WORDS = (
    "PatientName",
    "PatientID",
    "AccessionNumber",
    "RequestedProcedureID",
    "PatientSex",
    "PatientBirthDate",
)
_WORDS_OF_STEP = (
    "Modality",
    "ScheduledPerformingPhysicianName",
    "ScheduledProcedureStepID",
    "ScheduledStationName",
)


def matching_items(facility: Facility, query: Dataset) -> Iterator[Dataset]:
    """Yield an item for each step of a facility that a query asks for, in the order of their times.

    Raises
    ------
    ValueError
        A date or time of the query cannot be read.
    """
    asked = (query.get("ScheduledProcedureStepSequence") or [Dataset()])[0]
    steps = _narrowed(facility, query, asked)
    earliest, latest = time_bounds(str(asked.get("ScheduledProcedureStepStartTime") or ""))
    for step in steps.iterator(chunk_size=200):
        local = step.scheduled_at.astimezone(zone_of(facility)).time()
        if (earliest and local < earliest) or (latest and local > latest):
            continue
        item = item_of(step)
        if _fits(query, item, _WORDS) and _fits(
            asked, item.ScheduledProcedureStepSequence[0], _WORDS_OF_STEP
        ):
            yield _as_asked(item, query)


def _narrowed(facility: Facility, query: Dataset, asked: Dataset) -> QuerySet[ScheduledProcedureStep]:
    """Return what the database can tell of a query; names and wildcards are looked at afterwards."""
    wanted = Q(facility=facility, status__in=_OFFERED)
    first, last = date_bounds(str(asked.get("ScheduledProcedureStepStartDate") or ""))
    zone = zone_of(facility)
    if first:
        wanted &= Q(scheduled_at__gte=datetime.combine(first, time(), tzinfo=zone))
    if last:
        wanted &= Q(scheduled_at__lt=datetime.combine(last + timedelta(days=1), time(), tzinfo=zone))
    if titles := _values(asked, "ScheduledStationAETitle"):
        # A step that was planned for no station in particular is offered at each.
        wanted &= Q(station_ae_title__in=[*titles, ""])
    for source, columns in ((query, _EXACT), (asked, _EXACT_OF_STEP)):
        for keyword, column in columns.items():
            values = _values(source, keyword)
            if values and not any(map(has_wildcard, values)):
                wanted &= Q(**{f"{column}__in": values})
    return (
        ScheduledProcedureStep.objects.filter(wanted)
        .select_related("facility", "requested_procedure__imaging_service_request__patient_record")
        .order_by("scheduled_at", "pk")
    )


def item_of(step: ScheduledProcedureStep) -> Dataset:
    """Return everything that a modality may ask of a step."""
    procedure = step.requested_procedure
    request = procedure.imaging_service_request
    patient = request.patient_record
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 192"
    item.AccessionNumber = request.accession_number[:16]
    item.ReferringPhysicianName = request.requesting_physician_name
    item.PatientName = patient.patient_name
    item.PatientID = patient.patient_id
    item.IssuerOfPatientID = patient.issuer_of_patient_id
    item.PatientBirthDate = (
        patient.patient_birth_date.strftime("%Y%m%d") if patient.patient_birth_date else ""
    )
    item.PatientSex = patient.patient_sex if patient.patient_sex in ("F", "M", "O") else ""
    item.StudyInstanceUID = procedure.study_instance_uid
    item.RequestingPhysician = request.requesting_physician_name
    item.RequestingService = request.requesting_service
    item.RequestedProcedureDescription = procedure.description[:64]
    item.RequestedProcedureID = procedure.requested_procedure_id
    item.RequestedProcedurePriority = _PRIORITY[Priority(procedure.priority)]
    item.ReasonForTheRequestedProcedure = request.reason[:64]
    item.PlacerOrderNumberImagingServiceRequest = request.placer_order_number
    item.FillerOrderNumberImagingServiceRequest = request.filler_order_number
    item.AdmissionID, item.CurrentPatientLocation = "", request.patient_location
    item.MedicalAlerts = _lines(request.patient_alerts)
    item.Allergies, item.PregnancyStatus, item.PatientWeight = None, None, None
    item.PatientState, item.ConfidentialityConstraintOnPatientDataDescription = "", ""
    item.PatientTransportArrangements = ""
    item.RequestedProcedureCodeSequence = Sequence(_codes(step))
    item.ReferencedStudySequence = Sequence()
    item.ScheduledProcedureStepSequence = Sequence([_step_item(step)])
    return item


def _step_item(step: ScheduledProcedureStep) -> Dataset:
    local = step.scheduled_at.astimezone(zone_of(step.facility))
    item = Dataset()
    item.Modality = step.modality
    item.ScheduledStationAETitle = step.station_ae_title
    item.ScheduledStationName = step.station_name
    item.ScheduledProcedureStepStartDate = local.strftime("%Y%m%d")
    item.ScheduledProcedureStepStartTime = local.strftime("%H%M%S")
    item.ScheduledPerformingPhysicianName = step.performing_physician_name
    item.ScheduledProcedureStepDescription = step.description
    item.ScheduledProcedureStepID = step.scheduled_procedure_step_id
    item.ScheduledProcedureStepStatus = _STATUS[StepStatus(step.status)]
    item.ScheduledProcedureStepLocation, item.PreMedication = "", ""
    item.RequestedContrastAgent = ""
    item.CommentsOnTheScheduledProcedureStep = step.requested_procedure.protocol_note[:1024]
    item.ScheduledProtocolCodeSequence = Sequence(_codes(step))
    return item


def _codes(step: ScheduledProcedureStep) -> list[Dataset]:
    procedure = step.requested_procedure
    if not procedure.code_value:
        return []
    code = Dataset()
    code.CodeValue = procedure.code_value[:16]
    code.CodingSchemeDesignator = procedure.coding_scheme_designator or "L"
    code.CodeMeaning = procedure.description[:64]
    return [code]


def _fits(query: Dataset, item: Dataset, keywords: tuple[str, ...]) -> bool:
    return all(
        not (keys := _values(query, keyword))
        or any(matches_text(key, str(item.get(keyword) or "")) for key in keys)
        for keyword in keywords
    )


def _as_asked(item: Dataset, query: Dataset) -> Dataset:
    """Return the attributes that a query names, which is all that an answer holds (PS3.4 C.4.1.1.3.2)."""
    answer = Dataset()
    answer.SpecificCharacterSet = item.SpecificCharacterSet
    for element in query:
        if element.keyword in item and element.keyword != "SpecificCharacterSet":
            found = item[element.keyword]
            if element.VR == "SQ" and found.value and element.value:
                found = found.__class__(
                    found.tag, "SQ", Sequence([_only(one, element.value[0]) for one in found.value])
                )
            answer.add(found)
        elif element.keyword not in item and not element.tag.is_private:
            answer.add_new(element.tag, element.VR, Sequence() if element.VR == "SQ" else None)
    return answer


def _only(item: Dataset, asked: Dataset) -> Dataset:
    """Return the named attributes of an item; all of them where an empty item asks (PS3.4 C.2.2.2.6)."""
    if not len(asked):
        return item
    answer = Dataset()
    for element in asked:
        if element.keyword in item:
            answer.add(item[element.keyword])
        elif not element.tag.is_private:
            answer.add_new(element.tag, element.VR, Sequence() if element.VR == "SQ" else None)
    return answer


def _values(query: Dataset, keyword: str) -> list[str]:
    value: Any = query.get(keyword)
    values = list(value) if isinstance(value, MultiValue) else [value]
    return [text for one in values if one is not None and (text := str(one).strip()) and text != "*"]


def _lines(text: str) -> list[str] | str:
    """Return text as values of 64 characters at most, which is what the standard gives to alerts."""
    found = [line.strip().replace("\\", "/")[:64] for line in text.splitlines() if line.strip()]
    return found or ""
