"""From arriving instances to rows: patient, study, series, instance, counts and the work they owe, in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

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
from archive.services.arriving import ArrivingInstance
from archive.services.corrections.notes_of_senders import awaited_rejections
from archive.services.corrections.received import as_came, came_with, identity_columns
from archive.services.corrections.refreshing import refresh_studies
from archive.services.outbox import owe
from archive.services.patients import patient_of
from archive.services.received import Origin, Outcome
from archive.services.summaries import search_terms, summary_of_series
from common.events import emit_on_commit
from common.tasks import TaskName
from dicomkit.person_name import search_key
from dicomkit.rejection import RETENTION_EXPIRED

# What becomes of an instance, and the reason where it was not stored.
Verdict = tuple[Outcome, str]
_STORED: Verdict = (Outcome.STORED, "")


def known_instances(sop_instance_uids: Sequence[str]) -> dict[str, Instance]:
    """Return those of the instances that are stored, by SOP Instance UID, with blob, series and study.

    One that was rejected is known, so that it is not shown again when its sender tries once more.
    """
    found = Instance.kept.filter(sop_instance_uid__in=sop_instance_uids)
    return {one.sop_instance_uid: one for one in found.select_related("blob", "series__study", "rejection")}


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
        self._new: dict[str, tuple[Series, ArrivingInstance]] = {}
        self._studies: dict[str, Study] = {}
        self._series: dict[str, Series] = {}
        self._new_instances: Counter[int] = Counter()
        self._new_series_uids: set[str] = set()
        # Studies of which something came that is hidden, or that is shown again.
        self._to_refresh: set[str] = set()

    def index(self, arriving: Sequence[ArrivingInstance], known: Mapping[str, Instance]) -> list[Verdict]:
        """Write the rows of a batch.

        Parameters
        ----------
        arriving
            In an order that all batches share, or two that take the same rows would wait for each other.
        known
            From `known_instances`. One that was stored since then is met by its unique UID.
        """
        verdicts = [self._verdict(one, known.get(one.identity.sop_instance_uid)) for one in arriving]
        if self._created_together():
            return verdicts
        # Another door was first with at least one of them.
        self._new.clear()
        return [self._index_alone(one) for one in arriving]

    def _index_alone(self, arriving: ArrivingInstance) -> Verdict:
        """Write the rows of one instance, whose UID may have been stored a moment ago."""
        uid = arriving.identity.sop_instance_uid
        verdict = self._verdict(arriving, known_instances([uid]).get(uid))
        return verdict if self._created_together() else self._verdict(arriving, known_instances([uid])[uid])

    def _verdict(self, arriving: ArrivingInstance, existing: Instance | None) -> Verdict:
        """Find what becomes of an instance, and plan its row where it is new."""
        identity = arriving.identity
        if existing:
            return self._verdict_on_known(arriving, existing)
        if planned := self._new.get(identity.sop_instance_uid):
            if planned[1].sha256 != arriving.sha256:
                return self._keep_aside(arriving, ArrivalConflict.Kind.CONTENT)
            return Outcome.DUPLICATE, gettext_noop("These bytes are stored already.")
        # Before the study is looked up, which would make one that stays without images.
        series = self._known_series(identity.series_instance_uid)
        if series is not None and identity.study_instance_uid not in {
            series.study.study_instance_uid,
            came_with(series),
        }:
            return self._keep_aside(arriving, ArrivalConflict.Kind.SERIES)
        study = series.study if series is not None else self._study_of(arriving)
        if study.facility_id != self._facility.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.FACILITY)
        if not _is_same_patient(study, series, arriving):
            return self._keep_aside(arriving, ArrivalConflict.Kind.PATIENT)
        series = series or self._series_of(_present(study), arriving)
        if series.study_id != _present(study).pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.SERIES)
        self._new[identity.sop_instance_uid] = (series, arriving)
        return _STORED

    def _verdict_on_known(self, arriving: ArrivingInstance, existing: Instance) -> Verdict:
        if existing.blob.sha256 != arriving.sha256:
            return self._keep_aside(arriving, ArrivalConflict.Kind.CONTENT)
        if existing.series.study.facility_id != self._facility.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.FACILITY)
        if existing.rejection and existing.rejection.reason_code == RETENTION_EXPIRED.value:
            self._show_again(existing)
        return Outcome.DUPLICATE, gettext_noop("This instance is stored already.")

    def _show_again(self, instance: Instance) -> None:
        """Take for a new one what comes again after its retention had expired."""
        Instance.kept.filter(pk=instance.pk).update(rejection=None)
        self._to_refresh.add(instance.series.study.study_instance_uid)

    def _created_together(self) -> bool:
        """Write the planned rows; return False, and write none, where another door was first with one of them."""
        planned = list(self._new.values())
        if not planned:
            return True
        rejections = awaited_rejections(list(self._new), facility=self._facility)
        try:
            with transaction.atomic():
                blobs = _blobs_of([arriving for _, arriving in planned])
                Instance.objects.bulk_create(
                    Instance(
                        series=series,
                        blob=blobs[arriving.sha256],
                        rejection=rejections.get(arriving.identity.sop_instance_uid),
                        **arriving.instance,
                    )
                    for series, arriving in planned
                )
                for series, arriving in planned:
                    if rejection := rejections.get(arriving.identity.sop_instance_uid):
                        rejection.studies.add(series.study_id)
                        self._to_refresh.add(series.study.study_instance_uid)
        except IntegrityError:
            if not known_instances(list(self._new)):
                raise
            return False
        self._new_instances.update(
            series.pk for series, arriving in planned if arriving.identity.sop_instance_uid not in rejections
        )
        self._new.clear()
        return True

    def finish(self) -> None:
        """Bring counts and summaries up to date, owe the follow-up work and announce the changed studies."""
        touched: Counter[int] = Counter()
        for _, series in sorted(self._series.items()):
            if added := self._new_instances[series.pk]:
                Series.objects.filter(pk=series.pk).update(
                    number_of_series_related_instances=F("number_of_series_related_instances") + added,
                    is_withdrawn=False,
                )
                touched[series.pk] = added
        for uid in sorted(self._new_series_uids):
            owe(TaskName.WARM_SERIES, uid)
        self._finish_studies(touched)
        if self._to_refresh:
            refresh_studies(self._to_refresh)

    def _finish_studies(self, added_to_series: Mapping[int, int]) -> None:
        """Count up the studies to which the series belong now: one may have been moved since it was looked up."""
        added: Counter[int] = Counter()
        for series_pk, study_pk in Series.objects.filter(pk__in=added_to_series).values_list(
            "pk", "study_id"
        ):
            added[study_pk] += added_to_series[series_pk]
        for study in Study.objects.filter(pk__in=added).order_by("study_instance_uid"):
            self._finish_study(study, added[study.pk])

    def _finish_study(self, study: Study, added: int) -> None:
        values: dict[str, Any] = {
            "number_of_study_related_instances": F("number_of_study_related_instances") + added,
            "updated_at": timezone.now(),
            "is_withdrawn": False,
        }
        # A note that a correction makes here is no sign of more to come from a device.
        if self._origin != Origin.CORRECTION:
            values |= {"last_instance_at": timezone.now(), "status": ReceptionStatus.RECEIVING}
        if study.is_withdrawn or any(self._series[uid].study_id == study.pk for uid in self._new_series_uids):
            values |= summary_of_series(study)
        Study.objects.filter(pk=study.pk).update(**values)
        emit_on_commit(study_changed, StudyChanged(study.study_instance_uid, study.facility_id))

    def _study_of(self, arriving: ArrivingInstance) -> Study:
        uid = arriving.identity.study_instance_uid
        if uid not in self._studies:
            study = Study.objects.filter(study_instance_uid=uid).select_related("merged_into").first()
            self._studies[uid] = study or self._create_study(arriving)
        return self._studies[uid]

    def _create_study(self, arriving: ArrivingInstance) -> Study:
        now = timezone.now()
        values = arriving.study | arriving.patient
        patient = self._patient_of(arriving)
        study, created = Study.objects.get_or_create(
            study_instance_uid=arriving.identity.study_instance_uid,
            defaults=_under(patient, self._facility, values)
            | {
                "patient_record": patient,
                "facility": self._facility,
                "patient_name_key": search_key(values["patient_name"])[:324],
                "study_moment": _moment(values["study_date"], values["study_time"], now),
                "last_instance_at": now,
            },
        )
        if created:
            owe(TaskName.TAKE_IN_STUDY, study.study_instance_uid)
            StudySearchTerm.objects.bulk_create(
                StudySearchTerm(study=study, term=term) for term in sorted(search_terms(study))
            )
        return study

    def _patient_of(self, arriving: ArrivingInstance) -> Patient:
        identity = arriving.identity
        return patient_of(
            facility=self._facility,
            patient_id=identity.patient_id,
            issuer_of_patient_id=identity.issuer_of_patient_id,
            unidentified_study_uid=identity.study_instance_uid,
            **{
                column: arriving.patient[column]
                for column in ("patient_name", "patient_birth_date", "patient_sex")
            },
        )

    def _known_series(self, uid: str) -> Series | None:
        if uid not in self._series:
            found = Series.objects.select_related("study").filter(series_instance_uid=uid).first()
            if found is None:
                return None
            self._series[uid] = found
        return self._series[uid]

    def _series_of(self, study: Study, arriving: ArrivingInstance) -> Series:
        uid = arriving.identity.series_instance_uid
        if uid not in self._series:
            series, created = Series.objects.select_related("study").get_or_create(
                series_instance_uid=uid,
                defaults=arriving.series | {"study": study, "received_attributes": _came_as(arriving, study)},
            )
            self._series[uid] = series
            if created:
                self._new_series_uids.add(uid)
        return self._series[uid]

    def _keep_aside(self, arriving: ArrivingInstance, kind: ArrivalConflict.Kind) -> tuple[Outcome, str]:
        ArrivalConflict.objects.get_or_create(
            sop_instance_uid=arriving.identity.sop_instance_uid,
            blob=_blobs_of([arriving])[arriving.sha256],
            defaults={
                "kind": kind,
                "study_instance_uid": arriving.identity.study_instance_uid,
                "facility": self._facility,
                "origin": self._origin,
            },
        )
        return Outcome.CONFLICT, gettext("%(conflict)s; it was kept aside and nothing was overwritten.") % {
            "conflict": kind.label
        }


def _is_same_patient(study: Study, series: Series | None, arriving: ArrivingInstance) -> bool:
    """Compare Patient IDs, and issuers where both name one: with what is right, and with what was corrected here."""
    identities = [
        (study.patient_id, study.issuer_of_patient_id),
        (as_came(study, "PatientID"), as_came(study, "IssuerOfPatientID")),
    ]
    if series is not None and "PatientID" in series.received_attributes:
        came = series.received_attributes
        identities.append((came["PatientID"], came["IssuerOfPatientID"]))
    arriving_id, arriving_issuer = arriving.identity.patient_id, arriving.identity.issuer_of_patient_id
    return any(
        patient_id == arriving_id and (not arriving_issuer or not issuer or issuer == arriving_issuer)
        for patient_id, issuer in identities
    )


def _present(study: Study) -> Study:
    """Return the study into which one was merged, or the study itself."""
    while study.merged_into is not None:
        study = study.merged_into
    return study


def _came_as(arriving: ArrivingInstance, study: Study) -> dict[str, str]:
    """Return what a new series says of its study and patient, where it comes to another study."""
    identity = arriving.identity
    if identity.study_instance_uid == study.study_instance_uid:
        return {}
    return {
        "StudyInstanceUID": identity.study_instance_uid,
        "PatientID": identity.patient_id,
        "IssuerOfPatientID": identity.issuer_of_patient_id,
    }


def _under(patient: Patient, facility: Facility, values: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a new study, which are the patient's where its own identity was merged into another."""
    issuer = values["issuer_of_patient_id"] or facility.issuer_of_patient_id
    named = (values["patient_id"], issuer)
    if not values["patient_id"] or named == (patient.patient_id, patient.issuer_of_patient_id):
        return values
    return values | identity_columns(Study(facility=facility, **values), patient)


def _blobs_of(arriving: Sequence[ArrivingInstance]) -> dict[str, Blob]:
    """Return the blob rows of instances by SHA-256, made where they are missing."""
    sizes = {one.sha256: one.size_bytes for one in sorted(arriving, key=lambda one: one.sha256)}
    Blob.objects.bulk_create(
        (Blob(sha256=sha256, size_bytes=size) for sha256, size in sizes.items()), ignore_conflicts=True
    )
    return {blob.sha256: blob for blob in Blob.objects.filter(sha256__in=sizes)}


def _moment(study_date: date | None, study_time: time | None, received_at: datetime) -> datetime:
    """Return the time by which a study is sorted."""
    if study_date is None:
        return received_at
    return datetime.combine(study_date, study_time or time(), tzinfo=UTC)
