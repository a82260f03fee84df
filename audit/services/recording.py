"""The only writer of the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from audit.chain import HASHED_FIELDS, chained_hash
from audit.context import current_actor
from audit.models import AuditChainHead, AuditEvent, Outcome
from audit.vocabulary import CODES_OF, EventType
from common.logging import request_id


@transaction.atomic
def record_event(
    event_type: EventType,
    *,
    actor: Actor | None = None,
    outcome: Outcome = Outcome.SUCCESS,
    patient_id: str = "",
    issuer_of_patient_id: str = "",
    study_instance_uid: str = "",
    facility_code: str = "",
    details: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Append one record to the audit log, within the caller's transaction where there is one.

    Call it as the last statement of a transaction: it holds the end of the chain against every other writer until the
    commit, and two transactions that take it and a common row in opposite orders would wait for each other. What the
    caller rolls back takes its record along; a refusal is therefore recorded outside of the transaction that failed.

    Parameters
    ----------
    event_type
        What happened; its codes come from ``audit.vocabulary``.
    actor
        Who did it; None means the current actor. The public id of a token is added to the details as ``token``.
    outcome
        How it ended.
    patient_id, issuer_of_patient_id, study_instance_uid, facility_code
        Which object it was done to. A record about a patient names the facility, which decides what auditors see it.
    details
        Further facts as JSON values: never a password, a token, a patient's name or the text of a report. A value of
        any other type, numbers with a fraction among them, is recorded as text, because databases respell those.

    Raises
    ------
    django.db.Error
        The record could not be written. The caller must then not do, or show, what it stands for.
    """
    who = actor or current_actor()
    codes = CODES_OF[event_type]
    head = AuditChainHead.locked()
    event = AuditEvent(
        seq=head.seq + 1,
        time=timezone.now(),
        event_type=event_type.value,
        event_id=codes.event_id,
        event_type_code=codes.event_type_code,
        action=codes.action,
        outcome=int(outcome),
        actor_kind=who.kind.value,
        actor_identifier=_fitting(who.identifier, 150),
        actor_user_pk=who.user_pk,
        actor_address=_fitting(who.address, 64),
        patient_id=_fitting(patient_id, 64),
        issuer_of_patient_id=_fitting(issuer_of_patient_id, 64),
        study_instance_uid=_fitting(study_instance_uid, 64),
        facility_code=_fitting(facility_code, 16),
        request_id=_fitting("" if request_id.get() == "-" else request_id.get(), 64),
        details=_plain({**(details or {}), **({"token": who.token_id} if who.token_id else {})}),
        previous_hash=head.hash,
    )
    event.hash = chained_hash(head.hash, {name: getattr(event, name) for name in HASHED_FIELDS})
    event.save()
    head.seq, head.hash = event.seq, event.hash
    head.save(update_fields=["seq", "hash"])
    return event


def _fitting(text: str, length: int) -> str:
    """Return text that every database takes: a hostile value must not keep the record from being written."""
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")[:length]


def _plain(value: object) -> Any:
    """Return a value that every database gives back exactly as it took it."""
    match value:
        case None | bool() | int():
            return value
        case Mapping():
            return {_fitting(str(key), 100): _plain(item) for key, item in value.items()}
        case str():
            return _fitting(str(value), 10_000)
        case Sequence() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return _fitting(str(value), 10_000)
