"""Which order a study may belong to: how well each fits, and why, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from archive.models import Study
from worklist.models import RequestedProcedure, ScheduledProcedureStep
from worklist.states import StepStatus

# An examination begins some time around the one for which it was scheduled.
NEAR = timedelta(hours=12)
_LOOKED_AT = timedelta(days=3)


@dataclass(frozen=True)
class Suggestion:
    """One requested procedure for a study that has none.

    Attributes
    ----------
    score
        The larger the better; comparable within one study only.
    reasons
        What speaks for it.
    warnings
        What speaks against it, above all another patient.
    """

    procedure: RequestedProcedure
    score: int
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


def suggestions_for(study: Study, *, at_most: int = 10) -> list[Suggestion]:
    """Return the open procedures of a study's facility that may be its own, the best first."""
    rated = [_rate(study, procedure) for procedure in open_candidates(study)]
    fitting = [one for one in rated if one.score > 0]
    return sorted(fitting, key=lambda one: (-one.score, one.procedure.pk))[:at_most]


def open_candidates(study: Study) -> list[RequestedProcedure]:
    """Return procedures without a study that share number, patient or, within days, modality with a study."""
    near = ScheduledProcedureStep.objects.filter(
        facility=study.facility_id,
        scheduled_at__range=(study.study_moment - _LOOKED_AT, study.study_moment + _LOOKED_AT),
        modality__in=study.modalities_in_study.split("\\"),
    )
    number = Q(imaging_service_request__accession_number=study.accession_number)
    fits = Q(study_instance_uid=study.study_instance_uid) | Q(
        imaging_service_request__patient_record=study.patient_record_id
    )
    if study.accession_number:
        fits |= number
    living = ScheduledProcedureStep.objects.filter(requested_procedure=OuterRef("pk")).exclude(
        status=StepStatus.CANCELLED
    )
    procedures = RequestedProcedure.objects.filter(
        fits | Q(pk__in=near.values("requested_procedure")),
        Exists(living),
        imaging_service_request__facility=study.facility_id,
        study__isnull=True,
    )
    return list(
        procedures.select_related("imaging_service_request__patient_record").prefetch_related(
            "scheduled_procedure_steps"
        )[:200]
    )


def distance_in_time(study: Study, procedure: RequestedProcedure) -> timedelta | None:
    """Return how far the nearest step of a procedure lies from a study; None where it has no steps."""
    moments = [_moment(step) for step in procedure.scheduled_procedure_steps.all()]
    return min((abs(moment - study.study_moment) for moment in moments), default=None)


def _moment(step: ScheduledProcedureStep) -> datetime:
    return step.started_at or step.scheduled_at


def _rate(study: Study, procedure: RequestedProcedure) -> Suggestion:
    request, reasons, warnings, score = procedure.imaging_service_request, [], [], 0
    if study.accession_number and request.accession_number == study.accession_number:
        reasons.append(gettext("same accession number"))
        score += 50
    if procedure.study_instance_uid == study.study_instance_uid:
        reasons.append(gettext("made for this order"))
        score += 60
    if request.patient_record_id == study.patient_record_id:
        reasons.append(gettext("same patient"))
        score += 40
    else:
        warnings.append(gettext("another patient"))
        score -= 20
    if procedure.modality in study.modalities_in_study.split("\\"):
        reasons.append(gettext("same modality (%(modality)s)") % {"modality": procedure.modality})
        score += 20
    else:
        warnings.append(gettext("ordered as %(modality)s") % {"modality": procedure.modality})
        score -= 10
    distance = distance_in_time(study, procedure)
    if distance is not None:
        score += max(0, 20 - int(distance.total_seconds() // 3600))
        reasons.append(_in_words(distance))
    return Suggestion(procedure, score, tuple(reasons), tuple(warnings))


def _in_words(distance: timedelta) -> str:
    hours = distance.total_seconds() / 3600
    if hours < 1:
        return gettext("%(number)d min from its time") % {"number": round(hours * 60)}
    if hours < 48:
        return gettext("%(number)d h from its time") % {"number": round(hours)}
    return gettext("%(number)d days from its time") % {"number": round(hours / 24)}
