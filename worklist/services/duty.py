"""A reader says that he reads now, or that he is away."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.services import record_event
from audit.vocabulary import EventType
from common.tasks import TaskName, enqueue
from worklist.access import assigning_facilities
from worklist.exceptions import WorklistError
from worklist.models import Assignment, Department, Reader, ReadingTask
from worklist.services.moves import write


def set_duty(*, user: User, is_on_duty: bool) -> None:
    """Take part in automatic assignment from now on, or no more; who goes gives back what he has not begun.

    Holds for all facilities that assign automatically and at which the user reads. Records FACILITY_CHANGED for each,
    as an administrator's change of a reader does.

    Raises
    ------
    PermissionDenied
        There is no such facility.
    """
    _write_duty(user, is_on_duty=is_on_duty)
    if not is_on_duty:
        _give_back(user)
    enqueue(TaskName.ASSIGN_WAITING_STUDIES)


@transaction.atomic
def _write_duty(user: User, *, is_on_duty: bool) -> None:
    facilities = list(assigning_facilities(user).order_by("pk"))
    if not facilities:
        raise PermissionDenied
    # An assignment that is under way is waited for; then what goes back is all that there is.
    list(Department.objects.select_for_update().filter(facility__in=facilities).order_by("pk"))
    since = timezone.now() if is_on_duty else None
    for facility in facilities:
        Reader.objects.update_or_create(
            user=user, facility=facility, defaults={"is_on_duty": is_on_duty, "on_duty_since": since}
        )
        record_event(
            EventType.FACILITY_CHANGED,
            facility_code=facility.code,
            details={"what": "reader", "user": user.username, "is_on_duty": str(is_on_duty)},
        )


def _give_back(user: User) -> None:
    own = Q(assigned_to=user, assignment=Assignment.AUTOMATIC)
    for task in ReadingTask.objects.filter(own, claimed_by__isnull=True).select_related("assigned_to"):
        try:
            write(
                task,
                user=user,
                action="unassign",
                reason="Its reader is away.",
                as_long_as=own,
                assigned_to=None,
                assignment=Assignment.UNDECIDED,
            )
        except WorklistError:
            # Claimed or given to somebody else in this moment.
            continue
