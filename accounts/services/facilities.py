"""Create and change facilities; recorded as FACILITY_CHANGED."""

from django.db import transaction

from accounts.models import Facility
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType


@transaction.atomic
def create_facility(*, code: str, name: str, issuer_of_patient_id: str = "", actor: Actor) -> Facility:
    """Create a facility; its code stands in for an issuer of patient IDs that is not given.

    Raises
    ------
    ValidationError
        The code is taken or not allowed.
    """
    facility = Facility(code=code, name=name, issuer_of_patient_id=issuer_of_patient_id)
    facility.full_clean()
    facility.save(force_insert=True)
    _record(facility, actor, change="created")
    return facility


@transaction.atomic
def change_facility(
    facility: Facility,
    *,
    name: str | None = None,
    issuer_of_patient_id: str | None = None,
    is_active: bool | None = None,
    actor: Actor,
) -> Facility:
    """Change what is given; the code stays, because devices, commands and old records name it."""
    stored = Facility.objects.select_for_update().get(pk=facility.pk)
    wanted = {"name": name, "issuer_of_patient_id": issuer_of_patient_id, "is_active": is_active}
    changes = {
        key: value for key, value in wanted.items() if value is not None and value != getattr(stored, key)
    }
    if not changes:
        return stored
    for key, value in changes.items():
        setattr(stored, key, value)
    stored.full_clean()
    stored.save()
    _record(stored, actor, change="changed", **changes)
    return stored


def _record(facility: Facility, actor: Actor, **details: object) -> None:
    record_event(EventType.FACILITY_CHANGED, actor=actor, facility_code=facility.code, details=details)
