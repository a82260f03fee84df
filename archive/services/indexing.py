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
from archive.services.outbox import owe
from archive.services.patients import patient_of
from archive.services.received import Origin, Outcome
from common.events import emit_on_commit
from common.tasks import TaskName
from dicomkit.identity import InstanceIdentity
from dicomkit.person_name import fold, search_key

# What becomes of an instance, and the reason where it was not stored.
Verdict = tuple[Outcome, str]
_STORED: Verdict = (Outcome.STORED, "")


def known_instances(sop_instance_uids: Sequence[str]) -> dict[str, Instance]:
    """Return those of the instances that are stored, by SOP Instance UID, with blob, series and study."""
    found = Instance.objects.filter(sop_instance_uid__in=sop_instance_uids)
    return {one.sop_instance_uid: one for one in found.select_related("blob", "series__study")}


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
        if self._is_series_of_another_study(identity):
            return self._keep_aside(arriving, ArrivalConflict.Kind.SERIES)
        study = self._study_of(arriving)
        if study.facility_id != self._facility.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.FACILITY)
        if not _is_same_patient(study, arriving):
            return self._keep_aside(arriving, ArrivalConflict.Kind.PATIENT)
        series = self._series_of(study, arriving)
        if series.study_id != study.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.SERIES)
        self._new[identity.sop_instance_uid] = (series, arriving)
        return _STORED

    def _verdict_on_known(self, arriving: ArrivingInstance, existing: Instance) -> Verdict:
        if existing.blob.sha256 != arriving.sha256:
            return self._keep_aside(arriving, ArrivalConflict.Kind.CONTENT)
        if existing.series.study.facility_id != self._facility.pk:
            return self._keep_aside(arriving, ArrivalConflict.Kind.FACILITY)
        return Outcome.DUPLICATE, gettext_noop("This instance is stored already.")

    def _created_together(self) -> bool:
        """Write the planned rows; return False, and write none, where another door was first with one of them."""
        planned = list(self._new.values())
        if not planned:
            return True
        try:
            with transaction.atomic():
                blobs = _blobs_of([arriving for _, arriving in planned])
                Instance.objects.bulk_create(
                    Instance(series=series, blob=blobs[arriving.sha256], **arriving.instance)
                    for series, arriving in planned
                )
        except IntegrityError:
            if not known_instances(list(self._new)):
                raise
            return False
        self._new_instances.update(series.pk for series, _ in planned)
        self._new.clear()
        return True

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


def search_terms(study: Study) -> set[str]:
    """Return the words under which the search box finds a study, in lower case."""
    words = study.patient_name_key.split()
    # Müller-Schmidt is looked for under Schmidt too.
    words += [part for word in words for part in word.split("-")]
    for text in (study.patient_id, study.accession_number, study.study_description):
        words += fold(text.replace("^", " ").replace(",", " ")).split()
    return {word[:64] for word in words if word}


def _is_same_patient(study: Study, arriving: ArrivingInstance) -> bool:
    """Compare Patient IDs, and issuers where both name one."""
    issuer = arriving.identity.issuer_of_patient_id
    same_issuer = not issuer or not study.issuer_of_patient_id or issuer == study.issuer_of_patient_id
    return study.patient_id == arriving.identity.patient_id and same_issuer


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
