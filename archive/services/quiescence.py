"""When a study has stopped arriving."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from archive.events import StudyChanged, StudyReceived, study_changed, study_received
from archive.models import ReceptionStatus, Study
from archive.services.outbox import owe
from common.events import emit_on_commit
from common.tasks import TaskName


def announce_received_studies(*, batch: int = 200) -> int:
    """Mark studies complete to which nothing was added for the quiescence time; announce StudyReceived for each.

    Returns
    -------
    int
        How many studies that were.
    """
    quiet_since = timezone.now() - timedelta(seconds=settings.PACS_QUIESCENCE_SECONDS)
    arriving = {"status": ReceptionStatus.RECEIVING, "last_instance_at__lte": quiet_since}
    rows = list(
        Study.objects.filter(**arriving).values_list("pk", "study_instance_uid", "facility_id")[:batch]
    )
    for pk, uid, facility_pk in rows:
        with transaction.atomic():
            # The condition again, for an instance may have come since.
            if Study.objects.filter(pk=pk, **arriving).update(
                status=ReceptionStatus.COMPLETE, updated_at=timezone.now()
            ):
                owe(TaskName.TAKE_IN_STUDY, uid)
                emit_on_commit(study_received, StudyReceived(uid, facility_pk))
                emit_on_commit(study_changed, StudyChanged(uid, facility_pk))
    return len(rows)
