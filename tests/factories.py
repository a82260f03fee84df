"""Plain builders of rows and of stored instances."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from pydicom.dataset import Dataset

from accounts.models import Facility
from archive.models import Patient, Series, Study, StudySearchTerm
from archive.services.ingest import close_session, ingest_instance, ingest_instances
from archive.services.received import ArrivalSession, IngestResult, Origin, ReceivedInstance
from archive.services.summaries import search_terms
from audit.actors import Actor
from dicomkit.person_name import search_key
from tests.dicom_samples import part10

SENDER = Actor.for_application_entity("CT1")


def arrival(*, facility: Facility, origin: Origin = Origin.DIMSE) -> ArrivalSession:
    """Return a session of a device that sends for a facility."""
    return ArrivalSession(origin, SENDER, facility)


def received(content: bytes, *, name: str = "file.dcm") -> ReceivedInstance:
    """Return bytes as they stand at a door."""
    return ReceivedInstance(io.BytesIO(content), name)


def ingest(content: bytes, *, facility: Facility, session: ArrivalSession | None = None) -> IngestResult:
    """Send one file through the corridor."""
    return ingest_instance(received=received(content), session=session or arrival(facility=facility))


def store(*datasets: Dataset, facility: Facility) -> list[IngestResult]:
    """Store data sets together; all of them must be new."""
    session = arrival(facility=facility)
    results = ingest_instances(received=[received(part10(one)) for one in datasets], session=session)
    close_session(session)
    assert {result.outcome for result in results} <= {"stored"}, results
    return results


def study(number: int, *, facility: Facility, **columns: Any) -> Study:
    """Return a bare study row with its patient and search terms; columns may be given by name.

    Parameters
    ----------
    number
        Decides UID, patient and study date, so that a higher number is a newer study.
    """
    made = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number)
    values = {
        "study_instance_uid": f"1.2.3.{number}",
        "patient_id": f"P{number}",
        "patient_name": f"Family{number}^Given",
        "study_date": made.date(),
        "study_time": time(),
        "last_instance_at": timezone.now(),
        **columns,
    }
    patient, _ = Patient.objects.get_or_create(
        patient_id=values["patient_id"], issuer_of_patient_id=facility.issuer_of_patient_id
    )
    values.setdefault("patient_name_key", search_key(values["patient_name"]))
    values.setdefault(
        "study_moment",
        datetime.combine(values["study_date"], values["study_time"] or time(), tzinfo=UTC)
        if values["study_date"]
        else timezone.now(),
    )
    row = Study.objects.create(patient_record=patient, facility=facility, **values)
    StudySearchTerm.objects.bulk_create(StudySearchTerm(study=row, term=term) for term in search_terms(row))
    return row


def series(number: int, *, of: Study, **columns: Any) -> Series:
    """Return a bare series row."""
    uid = f"{of.study_instance_uid}.{number}"
    return Series.objects.create(
        study=of, **{"series_instance_uid": uid, "series_number": number, "modality": "CT", **columns}
    )


def uids(studies: Sequence[Study]) -> list[str]:
    """Return the UIDs of studies in their order."""
    return [one.study_instance_uid for one in studies]
