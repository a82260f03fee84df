"""What is written to the audit log, and that it stays."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import RequestFactory

from audit.actors import Actor
from audit.context import acting_as, acting_for, client_address, current_actor
from audit.exceptions import AppendOnlyError
from audit.models import AuditChainHead, AuditEvent, Outcome
from audit.selectors import verify_chain
from audit.services import record_event
from audit.vocabulary import CODES_OF, EventType
from common.logging import request_id
from tests.people import person


def test_every_event_has_codes_of_the_standard() -> None:
    assert set(CODES_OF) == set(EventType)
    for codes in CODES_OF.values():
        assert codes.event_id.isdigit()
        assert codes.action in "CRUDE"


@pytest.mark.django_db
def test_a_record_keeps_everything_that_it_was_given() -> None:
    token = request_id.set("0123456789abcdef")
    event = record_event(
        EventType.STUDY_OPENED,
        actor=Actor.for_application_entity("CT1", "10.0.0.7"),
        outcome=Outcome.MINOR_FAILURE,
        patient_id="P1",
        issuer_of_patient_id="HOSPITAL",
        study_instance_uid="1.2.3",
        facility_code="NORTH",
        details={"reason": "test"},
    )
    request_id.reset(token)

    kept = AuditEvent.objects.values().get()
    expected: dict[str, Any] = {
        "seq": 1,
        "event_type": "study_opened",
        "event_id": "110103",
        "event_type_code": "",
        "action": "R",
        "outcome": 4,
        "actor_kind": "application_entity",
        "actor_identifier": "CT1",
        "actor_user_pk": None,
        "actor_address": "10.0.0.7",
        "patient_id": "P1",
        "issuer_of_patient_id": "HOSPITAL",
        "study_instance_uid": "1.2.3",
        "facility_code": "NORTH",
        "request_id": "0123456789abcdef",
        "details": {"reason": "test"},
        "time": event.time,
        "previous_hash": "0" * 64,
        "hash": event.hash,
    }
    assert kept == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "details",
    [
        {"fraction": 1e22, "small": 0.1},
        {"day": date(2026, 1, 2), "set": {"a"}, "pair": (1, 2)},
        {"nul": "a\x00b", "surrogate": "a\ud800b", "key\x00": 1},
        {"large": 10**30, "negative": -1, "truth": True, "nothing": None},
        {"deep": {"er": [{"est": "\N{SNOWMAN}"}]}},
    ],
    ids=["fractions", "other types", "text that databases refuse", "numbers", "nested"],
)
def test_details_of_any_kind_come_back_as_they_were_hashed(details: dict[str, object]) -> None:
    record_event(EventType.QUERY, details=details)

    assert verify_chain().is_intact


@pytest.mark.django_db
def test_values_too_long_or_not_text_do_not_keep_the_record_from_being_written() -> None:
    record_event(
        EventType.INSTANCES_REFUSED,
        actor=Actor.for_application_entity("X" * 500, "a" * 500),
        patient_id="P" * 500,
        study_instance_uid="1.\x00" * 100,
    )

    assert len(AuditEvent.objects.get().patient_id) == 64
    assert verify_chain().is_intact


@pytest.mark.django_db
def test_a_record_goes_when_its_transaction_is_rolled_back_and_the_chain_goes_on() -> None:
    record_event(EventType.LOGIN)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_event(EventType.LOGOUT)
        raise ZeroDivisionError
    record_event(EventType.QUERY)

    assert list(AuditEvent.objects.order_by("seq").values_list("seq", "event_type")) == [
        (1, "login"),
        (2, "query"),
    ]
    assert verify_chain().is_intact


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditevent SET action = 'X'", "DELETE FROM audit_auditevent"],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_records(statement: str) -> None:
    record_event(EventType.LOGIN)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEvent.objects.get().action == "E"


@pytest.mark.django_db
def test_postgresql_refuses_to_truncate_the_log() -> None:
    record_event(EventType.LOGIN)
    statement = (
        "TRUNCATE audit_auditevent" if connection.vendor == "postgresql" else "DELETE FROM audit_auditevent"
    )

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_model_refuses_to_change_records() -> None:
    event = record_event(EventType.LOGIN)
    log = AuditEvent.objects

    for attempt in (
        event.save,
        event.delete,
        log.all().delete,
        lambda: log.update(action="X"),
        lambda: log.bulk_create([]),
        lambda: log.bulk_update([event], ["action"]),
        lambda: log.update_or_create(seq=1),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_writers_side_by_side_make_one_chain() -> None:
    def write(number: int) -> None:
        try:
            for _ in range(8):
                record_event(EventType.QUERY, actor=Actor.system(f"writer {number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    assert AuditChainHead.objects.get().seq == 32
    assert verify_chain().rows == 32
    assert verify_chain().is_intact


@pytest.mark.django_db(transaction=True)
def test_the_triggers_are_there_again_after_a_flush() -> None:
    record_event(EventType.LOGIN)
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEvent.objects.exists()

    record_event(EventType.LOGIN)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")


def test_nobody_in_particular_acts_unless_somebody_is_named() -> None:
    assert current_actor() == Actor.system("reading-room")
    with acting_as(Actor.command("import_dicom")):
        assert current_actor() == Actor.command("import_dicom")
    assert current_actor() == Actor.system("reading-room")


@pytest.mark.django_db
def test_the_user_of_a_request_acts_from_its_address() -> None:
    user = person("r.reader")
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9")
    request.user = AnonymousUser()

    with acting_for(request):
        assert current_actor() == Actor.for_user(AnonymousUser(), "10.0.0.9")
        request.user = user
        assert current_actor() == Actor.for_user(user, "10.0.0.9")
        assert current_actor().user_pk == user.pk


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.5", "10.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed_about_addresses(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.PACS_TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers)) == expected


@pytest.mark.django_db
def test_recording_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="audit"):
        record_event(EventType.QUERY, patient_id="SECRET-ID")

    assert "SECRET-ID" not in caplog.text
