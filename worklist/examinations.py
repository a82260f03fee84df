"""The day's examinations of a facility: what is scheduled, under way, stuck and done."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Facility
from worklist.access import Visitor, visible_steps
from worklist.local_time import day_at
from worklist.models import ScheduledProcedureStep
from worklist.states import StepStatus

# One day of one department; a longer list is narrowed down instead of paged.
MOST_ROWS = 500
# An examination under way for so long has probably been forgotten.
STUCK_AFTER = timedelta(minutes=60)


@dataclass(frozen=True)
class DayCriteria:
    """What of a day is asked for; an empty value does not narrow."""

    facility: Facility
    day: date
    modality: str = ""
    station: str = ""
    status: str = ""
    is_stuck: bool = False


def steps_of_day(user: Visitor, criteria: DayCriteria) -> list[ScheduledProcedureStep]:
    """Return the steps of a day in the order of their times, at most one more than ``MOST_ROWS``.

    What was begun on another day and has not ended is shown today too, or it would be forgotten.
    """
    first, after = day_at(criteria.facility, criteria.day)
    wanted = Q(scheduled_at__gte=first, scheduled_at__lt=after)
    if first <= timezone.now() < after:
        wanted |= Q(status=StepStatus.IN_PROGRESS)
    steps = visible_steps(user).filter(wanted, facility=criteria.facility)
    if criteria.modality:
        steps = steps.filter(modality=criteria.modality)
    if criteria.station:
        steps = steps.filter(Q(station_ae_title=criteria.station) | Q(station_name=criteria.station))
    if criteria.status:
        steps = steps.filter(status=criteria.status)
    if criteria.is_stuck:
        steps = steps.filter(status=StepStatus.IN_PROGRESS, started_at__lte=timezone.now() - STUCK_AFTER)
    return list(_with_order(steps).order_by("scheduled_at", "pk")[: MOST_ROWS + 1])


def steps_of_study(user: Visitor, study_instance_uid: str) -> list[ScheduledProcedureStep]:
    """Return the steps of the order that gave out a Study Instance UID, or to which the study of that UID belongs."""
    belongs = Q(requested_procedure__study_instance_uid=study_instance_uid) | Q(
        requested_procedure__study__study_instance_uid=study_instance_uid
    )
    return list(_with_order(visible_steps(user).filter(belongs)).order_by("scheduled_at", "pk"))


def stations_of(facility: Facility) -> list[str]:
    """Return the stations for which something was scheduled during the last month or will be."""
    since = timezone.now() - timedelta(days=30)
    rows = ScheduledProcedureStep.objects.filter(facility=facility, scheduled_at__gte=since).exclude(
        station_ae_title=""
    )
    return list(rows.order_by("station_ae_title").values_list("station_ae_title", flat=True).distinct()[:200])


def _with_order(steps: QuerySet[ScheduledProcedureStep]) -> QuerySet[ScheduledProcedureStep]:
    return steps.select_related(
        "facility__department",
        "requested_procedure__imaging_service_request__patient_record",
        "requested_procedure__study__reading__claimed_by",
    )
