"""What open lists hear of: the archive's events and the worklist's own."""

from django.dispatch import receiver

from archive.events import StudyChanged, correction_planned, study_changed
from archive.models import Contribution, Plan
from worklist.corrections import contribution_to
from worklist.events import ProcedureChanged, ReadingChanged, procedure_changed, reading_changed
from worklist.live import StudyNotice, publish


@receiver(study_changed, dispatch_uid="worklist.announce_changed_study")
def announce_changed_study(*, event: StudyChanged, **_: object) -> None:
    """Tell open lists of a new or changed study."""
    publish(StudyNotice(event.study_instance_uid, event.facility_pk))


@receiver(reading_changed, dispatch_uid="worklist.announce_changed_reading")
def announce_changed_reading(*, event: ReadingChanged, **_: object) -> None:
    """Tell open lists that a study has moved on."""
    publish(
        StudyNotice(
            event.study_instance_uid, event.facility_pk, list(event.reader_pks), event.is_overdue_stat
        )
    )


@receiver(procedure_changed, dispatch_uid="worklist.announce_changed_procedure")
def announce_changed_procedure(*, event: ProcedureChanged, **_: object) -> None:
    """Tell open lists that an examination has moved on."""
    publish(StudyNotice(event.study_instance_uid, event.facility_pk))


@receiver(correction_planned, dispatch_uid="worklist.contribute_to_correction")
def contribute_to_correction(*, plan: Plan, lock: bool, **_: object) -> Contribution:
    """Say which reports are final, and let orders follow what is corrected."""
    return contribution_to(plan, lock=lock)
