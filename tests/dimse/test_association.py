"""Who may associate, and for what."""

import pytest
from django.db import connection
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
)
from pynetdicom import build_context
from pynetdicom.sop_class import PatientRootQueryRetrieveInformationModelFind, Verification

from accounts.models import Facility
from accounts.services.facilities import change_facility
from audit.models import AuditEvent
from dimse.handlers.association import in_order_of_preference
from dimse.models import ApplicationEntity
from dimse.refusals import RECORDED_PER_WINDOW
from dimse.scp import Receiver
from dimse.services.peers import add_peer, change_peer
from tests.dimse.conftest import TESTER
from tests.dimse.scu import association, echo
from tests.dimse.wire import Peer, associate_request

CALLING_NOT_RECOGNIZED = (1, 1, 3)
CALLED_NOT_RECOGNIZED = (1, 1, 7)
CONGESTION = (2, 3, 1)


def rejection(port: int, **options: str) -> tuple[int, int, int] | None:
    with association(port, contexts=[build_context(Verification)], **options) as opened:
        answer = opened.acceptor.primitive
        if not opened.is_rejected:
            return None
        return answer.result, answer.result_source, answer.diagnostic


def refusals() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event_type="node_refused").order_by("seq"))


def test_a_registered_entity_gets_an_echo(receiver: Receiver, modality: ApplicationEntity) -> None:
    assert echo(receiver.port) == 0x0000

    modality.refresh_from_db()
    assert modality.last_seen_at is not None
    assert refusals() == []


def test_spaces_around_a_title_mean_nothing(receiver: Receiver, modality: ApplicationEntity) -> None:
    assert echo(receiver.port, ae_title="  CT1 ") == 0x0000


def test_an_unknown_title_is_rejected_and_recorded(receiver: Receiver, modality: ApplicationEntity) -> None:
    assert rejection(receiver.port, ae_title="STRANGER") == CALLING_NOT_RECOGNIZED

    (event,) = refusals()
    assert (event.event_id, event.event_type_code, event.outcome) == ("110113", "110126", 4)
    assert (event.actor_identifier, event.actor_address) == ("STRANGER", "127.0.0.1")


@pytest.mark.parametrize(
    "title", ["CT1\x00", "CT\x001", "", "CT\\1"], ids=["nul", "nul inside", "blank", "backslash"]
)
def test_a_title_that_is_none_is_rejected(
    receiver: Receiver, modality: ApplicationEntity, title: str
) -> None:
    with Peer(receiver.port) as peer:
        peer.send(associate_request(title))
        kind, body = peer.read_pdu()
    receiver.stop()

    # Rejected, or aborted where the library itself cannot read the title.
    assert (kind, tuple(body[1:])) == (3, CALLING_NOT_RECOGNIZED) or kind in (0, 7)
    assert kind != 3 or refusals()


def test_the_case_of_a_title_counts(receiver: Receiver, modality: ApplicationEntity) -> None:
    assert rejection(receiver.port, ae_title="ct1") == CALLING_NOT_RECOGNIZED


def test_another_called_title_is_rejected_and_recorded(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    assert rejection(receiver.port, called="OTHERPACS") == CALLED_NOT_RECOGNIZED

    assert "OTHERPACS" in refusals()[0].details["reason"]


def test_a_known_title_from_another_address_is_rejected_and_recorded(
    receiver: Receiver, north: Facility
) -> None:
    add_peer(ae_title="CT1", host="192.0.2.7", port=104, facility=north, rights=["store"], actor=TESTER)

    assert rejection(receiver.port) == CALLING_NOT_RECOGNIZED

    assert "another address" in refusals()[0].details["reason"]


def test_a_host_name_is_looked_up(receiver: Receiver, north: Facility) -> None:
    add_peer(ae_title="CT1", host="localhost", port=104, facility=north, rights=["store"], actor=TESTER)

    assert echo(receiver.port) == 0x0000


def test_an_inactive_entity_is_rejected(receiver: Receiver, modality: ApplicationEntity) -> None:
    change_peer(modality, is_active=False, actor=TESTER)

    assert rejection(receiver.port) == CALLING_NOT_RECOGNIZED


def test_the_entities_of_an_inactive_facility_are_rejected(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    change_facility(modality.facility, is_active=False, actor=TESTER)

    assert rejection(receiver.port) == CALLING_NOT_RECOGNIZED


def test_when_nobody_can_be_looked_up_nobody_is_admitted(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dimse_applicationentity RENAME TO away")
    try:
        assert rejection(receiver.port) == CONGESTION
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO dimse_applicationentity")

    assert echo(receiver.port) == 0x0000


def test_of_many_guessed_titles_none_is_accepted_and_their_number_is_on_record(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    for number in range(RECORDED_PER_WINDOW + 5):
        assert rejection(receiver.port, ae_title=f"GUESS{number}") == CALLING_NOT_RECOGNIZED
    receiver.stop()

    *single, sum_of_others = refusals()
    assert len(single) == RECORDED_PER_WINDOW
    assert sum_of_others.details["refusals"] == 5


def test_a_stranger_that_keeps_guessing_is_cut_off(receiver: Receiver, north: Facility) -> None:
    add_peer(ae_title="CT1", host="192.0.2.7", port=104, facility=north, rights=["store"], actor=TESTER)
    for number in range(RECORDED_PER_WINDOW):
        rejection(receiver.port, ae_title=f"GUESS{number}")

    with Peer(receiver.port) as peer:
        assert peer.read_pdu() == (0, b"")


def test_private_and_future_sop_classes_are_taken_as_storage(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    contexts = [build_context("1.2.826.0.1.99.1", ExplicitVRLittleEndian)]

    with association(receiver.port, contexts=contexts) as opened:
        assert [context.abstract_syntax for context in opened.accepted_contexts] == ["1.2.826.0.1.99.1"]


def test_services_that_are_not_offered_and_deflated_data_sets_are_not_accepted(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    contexts = [
        build_context(Verification),
        build_context(PatientRootQueryRetrieveInformationModelFind),
        build_context(CTImageStorage, DeflatedExplicitVRLittleEndian),
    ]

    with association(receiver.port, contexts=contexts) as opened:
        assert [context.abstract_syntax for context in opened.accepted_contexts] == [Verification]


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([ImplicitVRLittleEndian, ExplicitVRLittleEndian], ExplicitVRLittleEndian),
        ([ImplicitVRLittleEndian, ExplicitVRBigEndian], ExplicitVRBigEndian),
        ([ImplicitVRLittleEndian], ImplicitVRLittleEndian),
        ([JPEGLosslessSV1, ExplicitVRLittleEndian], JPEGLosslessSV1),
        ([ImplicitVRLittleEndian, JPEGBaseline8Bit, ExplicitVRLittleEndian], ExplicitVRLittleEndian),
        ([DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian], ImplicitVRLittleEndian),
    ],
    ids=["explicit first", "types kept", "only one", "as compressed", "not recompressed", "no deflate"],
)
def test_the_transfer_syntax_that_loses_least_is_chosen(offered: list[str], chosen: str) -> None:
    assert in_order_of_preference(offered)[0] == chosen
