"""From a header to rows: patient, study, series, instance, counts and the work they owe, in one transaction."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Facility
from archive.events import StudyChanged, study_changed
from archive.models import (
    ArrivalConflict,
    Blob,
    Instance,
    Patient,
    ReceptionStatus,
    Series,
    Study,
    StudySearchTerm,
)
from archive.services.outbox import owe
from archive.services.received import Origin, Outcome
from common.events import emit_on_commit
from common.tasks import TaskName
from dicomkit.attributes import Level, indexed_attributes
from dicomkit.identity import InstanceIdentity, clean_text, whole_number
from dicomkit.image_attributes import display_attributes
from dicomkit.part10 import Part10Header
from dicomkit.person_name import fold, search_key
from dicomkit.temporal import age_in_days, parse_date, parse_time

# Of one sample: a double float, PS3.3 C.7.6.24.
_MOST_BITS = 64
# Nobody was older; a birth date further back is a placeholder.
_OLDEST = timedelta(days=130 * 366)


@dataclass(frozen=True)
class ArrivingInstance:
    """What the archive indexes of one instance, as column values by level."""

    identity: InstanceIdentity
    sha256: str
    size_bytes: int
    patient: dict[str, Any]
    study: dict[str, Any]
    series: dict[str, Any]
    instance: dict[str, Any]

    @classmethod
    def of(
        cls, header: Part10Header, identity: InstanceIdentity, *, sha256: str, size_bytes: int
    ) -> "ArrivingInstance":
        """Read the indexed attributes out of a header."""
        dataset = header.dataset
        patient, study = _columns(header, Level.PATIENT), _columns(header, Level.STUDY)
        study["patient_age_days"] = _age_days(patient, study, clean_text(dataset, "PatientAge", 16))
        series = _columns(header, Level.SERIES) | _request_columns(header)
        image_attributes = display_attributes(dataset) if _is_image(header) else None
        instance = _columns(header, Level.INSTANCE) | {
            "transfer_syntax_uid": header.syntax.uid[:64],
            "number_of_frames": max(whole_number(dataset, "NumberOfFrames") or 1, 1)
            if image_attributes
            else 0,
            "image_attributes": image_attributes,
        }
        return cls(identity, sha256, size_bytes, patient, study, series, instance)


class StudyIndexer:
    """Index instances of one batch, touching each study and series row once at the end.

    Parameters
    ----------
    facility
        To which a new study belongs.
    origin
        The door, for the record of conflicts.
    """

    def __init__(self, *, facility: Facility, origin: Origin) -> None:
        self._facility = facility
        self._origin = origin
        self._studies: dict[str, Study] = {}
        self._series: dict[str, Series] = {}
        self._new_instances: Counter[int] = Counter()
        self._new_series_uids: set[str] = set()

    def index(self, arriving: ArrivingInstance) -> tuple[Outcome, str]:
        """Write the rows of one instance; return what became of it and the reason where it was not stored."""
        existing = (
            Instance.objects.filter(sop_instance_uid=arriving.identity.sop_instance_uid)
            .select_related("blob", "series__study")
            .first()
        )
        if existing and existing.blob.sha256 != arriving.sha256:
            return self._keep_aside(arriving, ArrivalConflict.Kind.CONTENT)
        if existing and existing.series.study.facility_id != self._facility.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.FACILITY)
        if existing:
            return Outcome.DUPLICATE, "These bytes are stored already."
        # Before the study is looked up, which would make one that stays without images.
        if self._is_series_of_another_study(arriving.identity):
            return self._keep_aside(arriving, ArrivalConflict.Kind.SERIES)
        study = self._study_of(arriving)
        if study.facility_id != self._facility.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.FACILITY)
        if not _is_same_patient(study, arriving):
            return self._keep_aside(arriving, ArrivalConflict.Kind.PATIENT)
        series = self._series_of(study, arriving)
        if series.study_id != study.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.SERIES)
        if not _create_instance(series, arriving):
            return self.index(arriving)
        self._new_instances[series.pk] += 1
        return Outcome.STORED, ""

    def finish(self) -> None:
        """Bring counts and summaries up to date, owe the follow-up work and announce the changed studies."""
        touched: Counter[str] = Counter()
        for _, series in sorted(self._series.items()):
            added = self._new_instances[series.pk]
            if added:
                touched[series.study.study_instance_uid] += added
                Series.objects.filter(pk=series.pk).update(
                    number_of_series_related_instances=F("number_of_series_related_instances") + added
                )
        for uid in sorted(self._new_series_uids):
            owe(TaskName.WARM_SERIES, uid)
        for uid, added in sorted(touched.items()):
            self._finish_study(self._studies[uid], added)

    def _finish_study(self, study: Study, added: int) -> None:
        values: dict[str, Any] = {
            "number_of_study_related_instances": F("number_of_study_related_instances") + added,
            "last_instance_at": timezone.now(),
            "status": ReceptionStatus.RECEIVING,
            "updated_at": timezone.now(),
        }
        if any(self._series[uid].study_id == study.pk for uid in self._new_series_uids):
            values |= _summary_of_series(study)
        Study.objects.filter(pk=study.pk).update(**values)
        emit_on_commit(study_changed, StudyChanged(study.study_instance_uid, study.facility_id))

    def _study_of(self, arriving: ArrivingInstance) -> Study:
        uid = arriving.identity.study_instance_uid
        if uid not in self._studies:
            study = Study.objects.filter(study_instance_uid=uid).first()
            self._studies[uid] = study or self._create_study(arriving)
        return self._studies[uid]

    def _create_study(self, arriving: ArrivingInstance) -> Study:
        now = timezone.now()
        values = arriving.study | arriving.patient
        study, created = Study.objects.get_or_create(
            study_instance_uid=arriving.identity.study_instance_uid,
            defaults=values
            | {
                "patient_record": self._patient_of(arriving),
                "facility": self._facility,
                "patient_name_key": search_key(values["patient_name"])[:324],
                "study_moment": _moment(values["study_date"], values["study_time"], now),
                "last_instance_at": now,
            },
        )
        if created:
            StudySearchTerm.objects.bulk_create(
                StudySearchTerm(study=study, term=term) for term in sorted(search_terms(study))
            )
        return study

    def _patient_of(self, arriving: ArrivingInstance) -> Patient:
        identity = arriving.identity
        patient, _ = Patient.objects.get_or_create(
            patient_id=identity.patient_id,
            issuer_of_patient_id=identity.issuer_of_patient_id or self._facility.issuer_of_patient_id,
            unidentified_study_uid="" if identity.patient_id else identity.study_instance_uid,
            defaults={
                column: arriving.patient[column]
                for column in ("patient_name", "patient_birth_date", "patient_sex")
            },
        )
        return patient

    def _is_series_of_another_study(self, identity: InstanceIdentity) -> bool:
        uid = identity.series_instance_uid
        if uid not in self._series:
            found = Series.objects.select_related("study").filter(series_instance_uid=uid).first()
            if found is None:
                return False
            self._series[uid] = found
        return self._series[uid].study.study_instance_uid != identity.study_instance_uid

    def _series_of(self, study: Study, arriving: ArrivingInstance) -> Series:
        uid = arriving.identity.series_instance_uid
        if uid not in self._series:
            series, created = Series.objects.select_related("study").get_or_create(
                series_instance_uid=uid, defaults=arriving.series | {"study": study}
            )
            self._series[uid] = series
            if created:
                self._new_series_uids.add(uid)
        return self._series[uid]

    def _keep_aside(self, arriving: ArrivingInstance, kind: ArrivalConflict.Kind) -> tuple[Outcome, str]:
        ArrivalConflict.objects.get_or_create(
            sop_instance_uid=arriving.identity.sop_instance_uid,
            blob=_blob_of(arriving),
            defaults={
                "kind": kind,
                "study_instance_uid": arriving.identity.study_instance_uid,
                "facility": self._facility,
                "origin": self._origin,
            },
        )
        return Outcome.CONFLICT, f"{kind.label}; it was kept aside and nothing was overwritten."


def search_terms(study: Study) -> set[str]:
    """Return the words under which the search box finds a study, in lower case."""
    words = study.patient_name_key.split()
    # Müller-Schmidt is looked for under Schmidt too.
    words += [part for word in words for part in word.split("-")]
    for text in (study.patient_id, study.accession_number, study.study_description):
        words += fold(text.replace("^", " ").replace(",", " ")).split()
    return {word[:64] for word in words if word}


def _columns(header: Part10Header, level: Level) -> dict[str, Any]:
    """Return the values of the indexed attributes of one level, by column."""
    values: dict[str, Any] = {}
    for attribute in indexed_attributes(level):
        text = clean_text(header.dataset, attribute.keyword, attribute.max_length or 64)
        match attribute.vr:
            case "DA":
                values[attribute.column] = parse_date(text)
            case "TM":
                values[attribute.column] = parse_time(text)
            case "IS":
                values[attribute.column] = whole_number(header.dataset, attribute.keyword)
            case "US":
                values[attribute.column] = _unsigned(header, attribute.keyword)
            case _:
                values[attribute.column] = text
    return values


def _unsigned(header: Part10Header, keyword: str) -> int | None:
    """Return an unsigned attribute; None where only a lying header could hold the value."""
    number = whole_number(header.dataset, keyword)
    largest = _MOST_BITS if keyword == "BitsAllocated" else 2**16 - 1
    return number if number is not None and 0 <= number <= largest else None


def _request_columns(header: Part10Header) -> dict[str, str]:
    items = header.dataset.get("RequestAttributesSequence") or []
    if not items:
        return {}
    return {
        "requested_procedure_id": clean_text(items[0], "RequestedProcedureID", 64),
        "scheduled_procedure_step_id": clean_text(items[0], "ScheduledProcedureStepID", 64),
    }


def _age_days(patient: dict[str, Any], study: dict[str, Any], patient_age: str) -> int:
    """Return the age at the time of the study: by the dates where both are known, else as the file states it."""
    born, made = patient["patient_birth_date"], study["study_date"]
    if born and made and timedelta() <= made - born < _OLDEST:
        age: timedelta = made - born
        return age.days
    days = age_in_days(patient_age)
    return -1 if days is None else days


def _is_image(header: Part10Header) -> bool:
    """Tell whether an object has pixels; of a deflated one only its image module can say so."""
    dataset = header.dataset
    return all(whole_number(dataset, keyword) for keyword in ("Rows", "Columns", "BitsAllocated"))


def _is_same_patient(study: Study, arriving: ArrivingInstance) -> bool:
    """Compare Patient IDs, and issuers where both name one."""
    issuer = arriving.identity.issuer_of_patient_id
    same_issuer = not issuer or not study.issuer_of_patient_id or issuer == study.issuer_of_patient_id
    return study.patient_id == arriving.identity.patient_id and same_issuer


def _create_instance(series: Series, arriving: ArrivingInstance) -> bool:
    """Write the row of an instance; return False where another door was first, whose row is to be found now."""
    try:
        with transaction.atomic():
            Instance.objects.create(series=series, blob=_blob_of(arriving), **arriving.instance)
    except IntegrityError:
        if not Instance.objects.filter(sop_instance_uid=arriving.identity.sop_instance_uid).exists():
            raise
        return False
    return True


def _blob_of(arriving: ArrivingInstance) -> Blob:
    return Blob.objects.get_or_create(sha256=arriving.sha256, defaults={"size_bytes": arriving.size_bytes})[0]


def _moment(study_date: date | None, study_time: time | None, received_at: datetime) -> datetime:
    """Return the time by which a study is sorted."""
    if study_date is None:
        return received_at
    return datetime.combine(study_date, study_time or time(), tzinfo=UTC)


def _summary_of_series(study: Study) -> dict[str, Any]:
    """Return the study columns that summarise its series."""
    rows = list(Series.objects.filter(study=study).values_list("modality", "body_part_examined"))
    modalities = sorted({modality for modality, _ in rows if modality})
    body_parts = sorted({body_part for _, body_part in rows if body_part})
    return {
        "number_of_study_related_series": len(rows),
        "modalities_in_study": "\\".join(modalities)[:128],
        "body_parts_examined": "\\".join(body_parts)[:256],
    }
