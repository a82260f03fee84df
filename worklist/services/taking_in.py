"""What becomes of a study that arrives: its place in the lists, its order, and the way to the readers."""

from django.db import transaction
from django.utils import timezone

from archive.models import Correction, CorrectionKind, ReceptionStatus, Study
from archive.services.outbox import settle
from common.events import emit_on_commit
from common.tasks import TaskName
from dicomkit.person_name import search_key
from worklist.events import ReadingChanged, reading_changed
from worklist.modalities import main_modality
from worklist.models import Department, Priority, ReadingTask, RequestedProcedure
from worklist.services.acquisition import complete_by_images, start_by_images
from worklist.services.goals import due_time
from worklist.services.handover import carry_over
from worklist.services.matching import match
from worklist.services.subspecialty import subspecialty_of
from worklist.states import ReadingAction, ReadingStatus


@transaction.atomic
def take_in(study_instance_uid: str) -> None:
    """Bring the lists up to date with a study: after its first image, and again when no more have come for a while.

    May run any number of times. The owed work is struck out first, so that what is owed anew meanwhile is not lost:
    whoever writes it then waits for this transaction or is waited for.
    """
    settle(TaskName.TAKE_IN_STUDY, study_instance_uid)
    study = Study.objects.filter(study_instance_uid=study_instance_uid, is_withdrawn=False).first()
    if study is None:
        return
    joined = RequestedProcedure.objects.filter(study=study).select_related("imaging_service_request").first()
    _ensure_task(study, joined)
    procedure = joined or (None if _was_parted(study) else match(study))
    _note_physician(study, procedure)
    if procedure:
        start_by_images(procedure)
    if study.status == ReceptionStatus.COMPLETE:
        _hand_over_by_itself(study, procedure)


def _was_parted(study: Study) -> bool:
    """Return whether a person has taken the study from an order: then a person says where it belongs."""
    parted = Correction.objects.filter(studies=study, kind=CorrectionKind.PART_ORDER, undone_at=None)
    return parted.exists()


def _ensure_task(study: Study, joined: RequestedProcedure | None) -> None:
    """Let a study wait for its reader: as ordered, where a correction joined it with an order before."""
    now = timezone.now()
    priority = Priority(joined.priority) if joined else Priority.ROUTINE
    task, created = ReadingTask.objects.get_or_create(
        study=study,
        defaults={
            "facility_id": study.facility_id,
            "status_since": now,
            "clock_started_at": now,
            "priority": int(priority),
            "patient_class": joined.imaging_service_request.patient_class if joined else "",
            "due_at": due_time(study.facility_id, priority, now),
        },
    )
    kind = {"modality": main_modality(study.modalities_in_study), "subspecialty": subspecialty_of(study)}
    if (task.modality, task.subspecialty) != (kind["modality"], kind["subspecialty"]):
        ReadingTask.objects.filter(pk=task.pk).update(**kind)
    if created:
        emit_on_commit(reading_changed, ReadingChanged(study.study_instance_uid, study.facility_id))


def _note_physician(study: Study, procedure: RequestedProcedure | None) -> None:
    """Let the lists find a study by who ordered it; the order knows better than the images."""
    ordered_by = procedure.imaging_service_request.requesting_physician_name if procedure else ""
    key = search_key(ordered_by or study.referring_physician_name)[:324]
    ReadingTask.objects.filter(pk=study.pk).exclude(referring_physician_key=key).update(
        referring_physician_key=key
    )


def _hand_over_by_itself(study: Study, procedure: RequestedProcedure | None) -> None:
    """Pass on what nobody else will: without an order at once, with one when its department checks no images."""
    checks_images = Department.objects.filter(facility=study.facility_id, needs_image_check=True).exists()
    if procedure and not checks_images:
        complete_by_images(procedure)
    task = ReadingTask.objects.get(pk=study.pk)
    if procedure is None and task.status == ReadingStatus.IN_PROGRESS:
        task = carry_over(task, ReadingAction.COMPLETE, user=None)
    if not checks_images and task.status == ReadingStatus.COMPLETED:
        carry_over(task, ReadingAction.CHECK, user=None)
