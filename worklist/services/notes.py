"""What the people of a department tell each other about an examination."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from archive.models import Study
from worklist.access import may_correct, may_protocol
from worklist.models import ReadingTask, RequestedProcedure
from worklist.services.moves import write
from worklist.services.records import record_order


def note_for_reader(*, study: Study, user: User, text: str) -> ReadingTask:
    """Write down what the reader of a study should know.

    Raises
    ------
    PermissionDenied
        The user does not work on the examinations of the facility.
    """
    if not may_correct(user, study):
        raise PermissionDenied
    task = ReadingTask.objects.get(pk=study.pk)
    return write(task, user=user, action="note", technologist_note=text.strip())


@transaction.atomic
def lay_down_protocol(*, procedure: RequestedProcedure, user: User, text: str) -> None:
    """Write down how an examination is to be done.

    Raises
    ------
    PermissionDenied
        The user neither reads nor examines at the facility.
    """
    if not may_protocol(user, procedure):
        raise PermissionDenied
    procedure.protocol_note = text.strip()
    procedure.save(update_fields=["protocol_note", "updated_at"])
    record_order(procedure.imaging_service_request, "protocol")


def waive_order(*, study: Study, user: User, is_waived: bool) -> ReadingTask:
    """Take a study out of the queue of those without an order, or put it back there.

    Raises
    ------
    PermissionDenied
    """
    if not may_correct(user, study):
        raise PermissionDenied
    task = ReadingTask.objects.get(pk=study.pk)
    return write(
        task,
        user=user,
        action="needs_no_order" if is_waived else "needs_order",
        is_order_waived=is_waived,
    )
