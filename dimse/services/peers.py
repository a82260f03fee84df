"""Register and change application entities; recorded as DEVICE_CHANGED."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from dimse.hosts import normal_host
from dimse.models import COLUMN_OF, ApplicationEntity, Right, validate_ae_title

# How stale the time of the last call may be; a busy device would otherwise write it for every association.
_SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def add_peer(
    *,
    ae_title: str,
    host: str,
    port: int,
    facility: Facility,
    rights: Collection[Right | str],
    description: str | None = None,
    actor: Actor,
) -> ApplicationEntity:
    """Register an application entity, active, with exactly these rights; safe to repeat.

    One that is registered under the title already is brought to the same state. Recorded only where something
    changed.

    Raises
    ------
    ValidationError
        A value is not allowed; nothing was written.
    ValueError
        There is no such right.
    """
    title = ae_title.strip(" ")
    validate_ae_title(title)
    existing = ApplicationEntity.objects.filter(ae_title=title).first()
    if existing:
        return change_peer(
            existing,
            host=host,
            port=port,
            facility=facility,
            rights=rights,
            description=description,
            is_active=True,
            actor=actor,
        )
    entity = ApplicationEntity(
        ae_title=title,
        host=normal_host(host),
        port=port,
        facility=facility,
        description=description or "",
        **_columns(rights),
    )
    entity.full_clean()
    entity.save(force_insert=True)
    _record(entity, actor, change="added", **_described(entity))
    return entity


@transaction.atomic
def change_peer(
    entity: ApplicationEntity,
    *,
    host: str | None = None,
    port: int | None = None,
    facility: Facility | None = None,
    rights: Collection[Right | str] | None = None,
    description: str | None = None,
    is_active: bool | None = None,
    actor: Actor,
) -> ApplicationEntity:
    """Change what is given; the title stays, because old records name it. Running associations notice at once.

    Raises
    ------
    ValidationError
        A value is not allowed; nothing was written.
    """
    stored = ApplicationEntity.objects.select_for_update().get(pk=entity.pk)
    before = _described(stored)
    wanted: dict[str, object] = {
        "host": None if host is None else normal_host(host),
        "port": port,
        "facility": facility,
        "description": description,
        "is_active": is_active,
        **({} if rights is None else _columns(rights)),
    }
    for name, value in wanted.items():
        if value is not None:
            setattr(stored, name, value)
    after = _described(stored)
    changes = {name: value for name, value in after.items() if value != before[name]}
    if changes:
        stored.full_clean()
        stored.save()
        _record(stored, actor, change="changed", **changes)
    return stored


def note_call(entity: ApplicationEntity) -> None:
    """Keep the time at which an entity last called; not recorded, because it changes no right."""
    now = timezone.now()
    ApplicationEntity.objects.filter(
        Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - _SEEN_EVERY), pk=entity.pk
    ).update(last_seen_at=now)


def _columns(rights: Collection[Right | str]) -> dict[str, bool]:
    granted = {Right(right) for right in rights}
    return {column: right in granted for right, column in COLUMN_OF.items()}


def _described(entity: ApplicationEntity) -> dict[str, object]:
    """Return what the audit record says of an entity."""
    return {
        "host": entity.host,
        "port": entity.port,
        "facility": entity.facility.code,
        "rights": sorted(entity.rights),
        "description": entity.description,
        "is_active": entity.is_active,
    }


def _record(entity: ApplicationEntity, actor: Actor, **details: object) -> None:
    record_event(
        EventType.DEVICE_CHANGED,
        actor=actor,
        facility_code=entity.facility.code,
        details={"ae_title": entity.ae_title, **details},
    )
