"""What has waited too long: marked, told, and in the end everybody's."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.tasks import TaskName, enqueue
from worklist.exceptions import WorklistError
from worklist.models import Assignment, Department, Priority, ReadingTask
from worklist.services.moves import write
from worklist.states import ReadingStatus

_WAITING = (ReadingStatus.COMPLETED, ReadingStatus.CHECKED, ReadingStatus.PRELIMINARY)
_NOT_BEGUN = (ReadingStatus.COMPLETED, ReadingStatus.CHECKED)


def escalate_overdue(*, batch: int = 200) -> int:
    """Mark studies that are outside their goal and not yet final, once each; open lists hear of it.

    For a facility at which STAT studies are among them a message to its duty address is sent on its way.

    Returns
    -------
    int
        How many studies that were.
    """
    now = timezone.now()
    overdue = list(
        ReadingTask.objects.filter(
            status__in=_WAITING, due_at__lte=now, escalated_at__isnull=True, study__is_withdrawn=False
        ).order_by("priority", "due_at")[:batch]
    )
    marked, stat_at = 0, Counter[int]()
    for task in overdue:
        # Who claims it in this moment has answered.
        with suppress(WorklistError):
            write(task, user=None, action="escalate", escalated_at=now)
            marked += 1
            stat_at[task.facility_id] += task.priority == Priority.STAT
    for facility_pk, count in stat_at.items():
        if count:
            enqueue(TaskName.MAIL_OVERDUE_STAT, facility_pk=facility_pk, count=count)
    return marked


def open_overdue_stat_to_all(*, batch: int = 200) -> int:
    """Take STAT studies that are overdue beyond the patience of their department from readers who have not begun.

    Returns
    -------
    int
        How many studies that were.
    """
    now, opened = timezone.now(), 0
    held = ReadingTask.objects.filter(
        status__in=_NOT_BEGUN,
        priority=Priority.STAT,
        due_at__lte=now,
        assigned_to__isnull=False,
        study__is_withdrawn=False,
    ).select_related("facility__department")
    for task in held.order_by("due_at")[:batch]:
        department = getattr(task.facility, "department", None) or Department()
        if task.due_at + timedelta(minutes=department.stat_back_to_all_minutes) > now:
            continue
        with suppress(WorklistError):
            write(
                task,
                user=None,
                action="unassign",
                reason="STAT, overdue and not begun: everybody may read it.",
                as_long_as=Q(assigned_to=task.assigned_to_id),
                assigned_to=None,
                assignment=Assignment.OPEN_TO_ALL,
            )
            opened += 1
    return opened


def mail_overdue_stat(*, facility_pk: int, count: int) -> None:
    """Tell the duty address of a facility, if it has one, how many STAT studies became overdue. Names no patient."""
    department = Department.objects.select_related("facility").filter(pk=facility_pk).first()
    if department is None or not department.duty_address:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = {"count": count, "facility": department.facility.name}
        subject = ngettext(
            "%(facility)s: %(count)d STAT study is overdue",
            "%(facility)s: %(count)d STAT studies are overdue",
            count,
        )
        text = _(
            "They wait in the worklist under STAT. This message names no patient; please open the worklist."
        )
        send_mail(subject % words, text, None, [department.duty_address])
