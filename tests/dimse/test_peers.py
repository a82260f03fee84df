"""Registering application entities: by the service, the command and the admin, each on the audit record."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Facility
from accounts.roles import Role
from audit.actors import Actor
from audit.models import AuditEvent
from dimse.hosts import is_address_of
from dimse.models import ApplicationEntity, Right
from dimse.services.peers import add_peer, change_peer
from tests import people

TESTER = Actor.system("tests")

pytestmark = pytest.mark.django_db


@pytest.fixture
def north() -> Facility:
    return people.facility("NORTH")


def changes() -> list[dict[str, object]]:
    return [event.details for event in AuditEvent.objects.filter(event_type="device_changed").order_by("seq")]


def test_adding_a_peer_records_what_it_may(north: Facility) -> None:
    entity = add_peer(
        ae_title=" CT1 ",
        host="Scanner.Example",
        port=104,
        facility=north,
        rights=["store", "query"],
        actor=TESTER,
    )

    assert (entity.ae_title, entity.host) == ("CT1", "scanner.example")
    assert entity.rights == {Right.STORE, Right.QUERY}
    (recorded,) = changes()
    assert (recorded["change"], recorded["ae_title"], recorded["rights"]) == (
        "added",
        "CT1",
        ["query", "store"],
    )


def test_adding_the_same_peer_again_changes_and_records_nothing(north: Facility) -> None:
    for _ in range(2):
        add_peer(ae_title="CT1", host="::1", port=104, facility=north, rights=["store"], actor=TESTER)

    assert ApplicationEntity.objects.count() == 1
    assert len(changes()) == 1


def test_adding_a_peer_again_with_other_rights_leaves_exactly_those(north: Facility) -> None:
    add_peer(ae_title="CT1", host="10.0.0.1", port=104, facility=north, rights=["store"], actor=TESTER)
    entity = add_peer(
        ae_title="CT1", host="10.0.0.1", port=104, facility=north, rights=["query"], actor=TESTER
    )

    assert entity.rights == {Right.QUERY}
    assert changes()[1] == {"ae_title": "CT1", "change": "changed", "rights": ["query"]}


@pytest.mark.parametrize(
    "title", ["", " ", "A" * 17, "A\\B", "A\nB", "Ä", "A\x00"],
    ids=["empty", "blank", "long", "backslash", "line break", "not ascii", "nul"],
)  # fmt: skip
def test_a_title_against_the_standard_is_refused(north: Facility, title: str) -> None:
    with pytest.raises(ValidationError):
        add_peer(ae_title=title, host="10.0.0.1", port=104, facility=north, rights=[], actor=TESTER)

    assert changes() == []


@pytest.mark.parametrize(
    "host", ["", "*", "10.0.0.0/8", "10.0.0", "a b", "-a", "a..b", "x" * 254, "http://pacs"],
    ids=["empty", "any", "network", "short", "blank", "hyphen", "dots", "long", "address"],
)  # fmt: skip
def test_a_host_is_one_address_or_one_name(north: Facility, host: str) -> None:
    with pytest.raises(ValidationError):
        add_peer(ae_title="CT1", host=host, port=104, facility=north, rights=[], actor=TESTER)


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_out_of_range_is_refused_by_the_database_too(north: Facility, port: int) -> None:
    with pytest.raises(ValidationError):
        add_peer(ae_title="CT1", host="10.0.0.1", port=port, facility=north, rights=[], actor=TESTER)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationEntity.objects.create(ae_title="CT1", host="10.0.0.1", port=port, facility=north)


@pytest.mark.parametrize(
    ("host", "address", "expected"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "::ffff:10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:0db8:0::1", True),
        ("fe80::1", "fe80::1%eth0", True),
        ("127.0.0.1", "::1", True),
        ("localhost", "127.0.0.1", True),
        ("10.0.0.1", "127.0.0.1", False),
        ("no-such-host.invalid", "10.0.0.1", False),
    ],
)
def test_a_caller_must_come_from_the_registered_host(host: str, address: str, expected: bool) -> None:
    assert is_address_of(host, address) is expected


def test_the_command_registers_a_peer(north: Facility) -> None:
    out = StringIO()
    call_command(
        "add_peer", "CT1", "10.0.0.1", "104", "--rights", "store,worklist", "--facility", "north", stdout=out
    )

    assert ApplicationEntity.objects.get().rights == {Right.STORE, Right.WORKLIST}
    assert out.getvalue() == "CT1 at 10.0.0.1 port 104 may store, worklist for NORTH.\n"
    assert AuditEvent.objects.get(event_type="device_changed").actor_identifier == "add_peer"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["CT1", "10.0.0.1", "104", "--rights", "store", "--facility", "SOUTH"],
            "no active facility 'SOUTH'",
        ),
        (["CT1", "10.0.0.1", "104", "--rights", "delete", "--facility", "NORTH"], "choose from store"),
        (["CT1", "*", "104", "--rights", "store", "--facility", "NORTH"], "one IP address or one host name"),
    ],
    ids=["facility", "right", "host"],
)
def test_the_command_says_what_is_wrong(north: Facility, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("add_peer", *arguments)

    assert not ApplicationEntity.objects.exists()


def form(north: Facility, **values: object) -> dict[str, object]:
    return {
        "ae_title": "CT1",
        "host": "10.0.0.1",
        "port": 104,
        "facility": north.pk,
        "description": "",
    } | values


def test_the_admin_writes_through_the_service(north: Facility, client: Client) -> None:
    client.force_login(people.superuser())

    client.post("/admin/dimse/applicationentity/add/", form(north, may_store="on"))
    entity = ApplicationEntity.objects.get()
    client.post(
        f"/admin/dimse/applicationentity/{entity.pk}/change/", form(north, ae_title="HACK", may_query="on")
    )

    entity.refresh_from_db()
    assert (entity.ae_title, entity.rights, entity.is_active) == ("CT1", {Right.QUERY}, False)
    assert [one["change"] for one in changes()] == ["added", "changed"]


def test_an_administrator_sees_and_changes_the_devices_of_the_own_facility_only(
    north: Facility, client: Client
) -> None:
    south = people.facility("SOUTH")
    mine = add_peer(ae_title="MINE", host="10.0.0.1", port=104, facility=north, rights=[], actor=TESTER)
    other = add_peer(ae_title="OTHER", host="10.0.0.2", port=104, facility=south, rights=[], actor=TESTER)
    client.force_login(people.person("admin", Role.ADMINISTRATOR, at="NORTH", is_staff=True))

    listed = client.get("/admin/dimse/applicationentity/").content.decode()
    client.post(f"/admin/dimse/applicationentity/{other.pk}/change/", form(north, may_store="on"))
    client.post(f"/admin/dimse/applicationentity/{mine.pk}/change/", form(south, may_store="on"))
    client.post("/admin/dimse/applicationentity/add/", form(south, ae_title="NEW"))

    assert "MINE" in listed and "OTHER" not in listed
    assert set(ApplicationEntity.objects.values_list("ae_title", "facility__code", "may_store")) == {
        ("MINE", "NORTH", False),
        ("OTHER", "SOUTH", False),
    }


def test_others_do_not_see_the_devices_in_the_admin(north: Facility, client: Client) -> None:
    client.force_login(people.person("doctor", Role.RADIOLOGIST, is_staff=True))

    assert client.get("/admin/dimse/applicationentity/").status_code in (302, 403)


def test_nothing_is_deleted_in_the_admin(north: Facility, client: Client) -> None:
    entity = add_peer(ae_title="CT1", host="10.0.0.1", port=104, facility=north, rights=[], actor=TESTER)
    client.force_login(people.superuser())

    assert (
        client.post(f"/admin/dimse/applicationentity/{entity.pk}/delete/", {"post": "yes"}).status_code == 403
    )


def test_a_change_of_nothing_is_not_recorded(north: Facility) -> None:
    entity = add_peer(
        ae_title="CT1", host="10.0.0.1", port=104, facility=north, rights=["store"], actor=TESTER
    )

    change_peer(entity, host="10.0.0.1", rights=["store"], is_active=True, actor=TESTER)

    assert len(changes()) == 1
