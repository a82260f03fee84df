"""Share single studies with users who could not see them otherwise, and end it."""

from django.db import models, transaction

from accounts.models import User
from accounts.permissions import is_shared, share, unshare
from accounts.roles import Codename
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType


@transaction.atomic
def share_study(*, study: models.Model, user: User, codename: Codename, actor: Actor) -> None:
    """Allow the user to do that to the study. Records STUDY_SHARED, unless it is shared already.

    Parameters
    ----------
    study
        A study of the archive, which lies above this app: anything with ``study_instance_uid``, ``patient_id``,
        ``issuer_of_patient_id`` and ``facility``.
    """
    if not is_shared(study, user, codename):
        share(study, user, codename)
        _record(EventType.STUDY_SHARED, study, user, codename, actor)


@transaction.atomic
def unshare_study(*, study: models.Model, user: User, codename: Codename, actor: Actor) -> None:
    """Take the permission back. Records STUDY_UNSHARED, unless there was none."""
    if is_shared(study, user, codename):
        unshare(study, user, codename)
        _record(EventType.STUDY_UNSHARED, study, user, codename, actor)


def _record(event_type: EventType, study: models.Model, user: User, codename: Codename, actor: Actor) -> None:
    record_event(
        event_type,
        actor=actor,
        patient_id=getattr(study, "patient_id", ""),
        issuer_of_patient_id=getattr(study, "issuer_of_patient_id", ""),
        study_instance_uid=getattr(study, "study_instance_uid", ""),
        facility_code=getattr(study, "facility").code,  # noqa: B009 -- the model of studies lies above this app
        details={"username": user.username, "user_pk": user.pk, "codename": str(codename)},
    )
