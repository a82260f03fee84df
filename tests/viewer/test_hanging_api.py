"""Saving hanging protocols: for oneself, for a role, for a facility; and who is shown whose."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Study
from tests.factories import study
from tests.people import person
from viewer.models import HangingProtocol

pytestmark = pytest.mark.django_db

ADDRESS = "/viewer/hanging/protocols.json"
LogIn = Callable[[User], Client]


def protocol(name: str = "Chest", **criteria: Any) -> dict[str, Any]:
    """Return a small protocol."""
    return {
        "name": name,
        "criteria": criteria,
        "stages": [{"layout": "1x2", "viewports": [{}, {"study": 1}]}],
    }


def post(client: Client, body: object) -> HttpResponse:
    """Send a body as JSON."""
    return client.post(ADDRESS, json.dumps(body), content_type="application/json")


def hanging(client: Client, one: Study) -> list[str]:
    """Return the names of the stored protocols that hang a study for a user, in order."""
    body = client.get(f"/viewer/studies/{one.study_instance_uid}/manifest.json").json()
    return [found["protocol"]["name"] for found in body["hanging"] if found["scope"] != "built_in"]


@pytest.fixture
def chest(north: Facility) -> Study:
    """A CT of the chest in the north."""
    return study(1, facility=north, modalities_in_study="CT", body_parts_examined="CHEST")


def test_a_saved_protocol_hangs_the_next_study_of_its_kind_for_its_user_only(
    chest: Study, reader: Client, log_in: LogIn
) -> None:
    answer = post(reader, {"protocol": protocol(modalities=["CT"])})

    assert answer.status_code == 201
    assert answer.json()["scope"] == "user"
    assert hanging(reader, chest) == ["Chest"]
    assert hanging(log_in(person("colleague", Role.RADIOLOGIST)), chest) == []


def test_the_same_name_again_replaces_the_protocol(chest: Study, reader: Client) -> None:
    for modality in ("MR", "CT"):
        post(reader, {"protocol": protocol(modalities=[modality])})

    assert HangingProtocol.objects.count() == 1
    assert hanging(reader, chest) == ["Chest"]


def test_an_administrator_saves_for_the_facility_and_for_a_role(
    chest: Study, reader: Client, log_in: LogIn
) -> None:
    administrator = log_in(person("boss", Role.ADMINISTRATOR))
    for_all = {"scope": "facility", "facility": "NORTH", "protocol": protocol("All")}
    for_role = {"scope": "role", "facility": "NORTH", "role": "radiologist", "protocol": protocol("Readers")}

    assert [post(administrator, body).status_code for body in (for_all, for_role)] == [201, 201]

    assert hanging(reader, chest) == ["Readers", "All"]
    assert hanging(log_in(person("taker", Role.TECHNOLOGIST)), chest) == ["All"]


@pytest.mark.parametrize("scope", ["facility", "role"])
def test_nobody_else_saves_for_a_facility(scope: str, reader: Client, log_in: LogIn, south: Facility) -> None:
    body = {"scope": scope, "facility": "NORTH", "role": "radiologist", "protocol": protocol()}
    stranger = log_in(person("southern", Role.ADMINISTRATOR, at="SOUTH"))

    for client in (reader, stranger):
        answer = post(client, body)
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert not HangingProtocol.objects.exists()


def test_what_is_wrong_is_answered_with_its_place(reader: Client) -> None:
    answer = post(reader, {"protocol": {**protocol(), "stages": [{"layout": "9x9", "viewports": [{}]}]}})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("stages[0].layout must be")
    for body in ("nothing", [], {"scope": "world", "protocol": protocol()}):
        assert post(reader, body).status_code == 422
    assert reader.post(ADDRESS, "{", content_type="application/json").status_code == 422


def test_an_exported_protocol_can_be_imported_by_another_user(
    chest: Study, reader: Client, log_in: LogIn
) -> None:
    identifier = post(reader, {"protocol": protocol(modalities=["CT"])}).json()["id"]
    colleague = log_in(person("colleague", Role.RADIOLOGIST))

    file = reader.get(f"/viewer/hanging/protocols/{identifier}.json")
    assert "attachment" in file["Content-Disposition"]
    assert colleague.get(f"/viewer/hanging/protocols/{identifier}.json").status_code == 404
    assert post(colleague, {"protocol": json.loads(file.content)}).status_code == 201

    assert hanging(colleague, chest) == ["Chest"]


def test_a_protocol_is_deleted_by_its_owner_and_by_nobody_else(
    chest: Study, reader: Client, log_in: LogIn
) -> None:
    identifier = post(reader, {"protocol": protocol()}).json()["id"]
    address = f"/viewer/hanging/protocols/{identifier}.json"

    assert log_in(person("boss", Role.ADMINISTRATOR)).delete(address).status_code == 404
    assert log_in(person("colleague", Role.RADIOLOGIST)).delete(address).status_code == 404
    assert reader.delete(address).status_code == 204

    assert hanging(reader, chest) == []


def test_a_reader_does_not_delete_what_the_facility_gave_him(reader: Client, log_in: LogIn) -> None:
    administrator = log_in(person("boss", Role.ADMINISTRATOR))
    body = {"scope": "facility", "facility": "NORTH", "protocol": protocol()}
    address = f"/viewer/hanging/protocols/{post(administrator, body).json()['id']}.json"

    assert reader.delete(address).status_code == 403
    assert administrator.delete(address).status_code == 204


def test_a_visitor_without_a_login_gets_nothing(client: Client) -> None:
    assert client.get(ADDRESS).status_code in {302, 401, 403}


def put(client: Client, identifier: str, body: object) -> HttpResponse:
    """Change a protocol."""
    address = f"/viewer/hanging/protocols/{identifier}.json"
    return client.put(address, json.dumps(body), content_type="application/json")


def test_a_protocol_gets_another_name_and_other_criteria_at_the_same_address(
    chest: Study, reader: Client
) -> None:
    identifier = post(reader, {"protocol": protocol(modalities=["MR"])}).json()["id"]
    assert hanging(reader, chest) == []

    answer = put(reader, identifier, {"protocol": protocol("Thorax", modalities=["CT"])})

    assert (answer.status_code, answer.json()["id"]) == (200, identifier)
    assert hanging(reader, chest) == ["Thorax"]


def test_a_name_that_is_taken_is_refused_and_nothing_is_replaced(reader: Client) -> None:
    post(reader, {"protocol": protocol("Chest")})
    identifier = post(reader, {"protocol": protocol("Thorax")}).json()["id"]

    answer = put(reader, identifier, {"protocol": protocol("Chest")})

    assert answer.status_code == 422
    assert "name of another protocol" in answer.json()["detail"]
    assert HangingProtocol.objects.count() == 2


def test_only_who_administers_a_facility_shares_with_it_or_changes_what_it_has(
    chest: Study, reader: Client, log_in: LogIn
) -> None:
    administrator = log_in(person("boss", Role.ADMINISTRATOR))
    shared = {"scope": "role", "facility": "NORTH", "role": "radiologist", "protocol": protocol("Shared")}
    own = post(reader, {"protocol": protocol("Own")}).json()["id"]
    bosses = post(administrator, {"protocol": protocol("Shared")}).json()["id"]

    assert put(reader, own, {**shared, "protocol": protocol("Own")}).status_code == 403
    assert put(administrator, bosses, shared).status_code == 200
    assert put(reader, bosses, {"protocol": protocol("Mine now")}).status_code == 403

    assert hanging(reader, chest) == ["Own", "Shared"]


def test_the_list_says_whose_a_protocol_is_and_whether_one_may_change_it(
    reader: Client, log_in: LogIn
) -> None:
    administrator = log_in(person("boss", Role.ADMINISTRATOR))
    for_role = {"scope": "role", "facility": "NORTH", "role": "technologist", "protocol": protocol("Takers")}
    for_all = {"scope": "facility", "facility": "NORTH", "protocol": protocol("All")}
    for body in (for_role, for_all):
        post(administrator, body)
    post(reader, {"protocol": protocol("Own")})

    def stored(client: Client) -> list[tuple[str, str, bool]]:
        listed = client.get(ADDRESS).json()["protocols"]
        return [
            (one["protocol"]["name"], one["whose"].split(" at ")[0], one["may_change"])
            for one in listed
            if one["scope"] != "built_in"
        ]

    assert stored(administrator) == [("All", "Everybody", True), ("Takers", "Technologist", True)]
    assert stored(reader) == [("All", "Everybody", False), ("Own", "Me", True)]


def test_fusion_and_a_second_screen_are_kept_as_they_were_saved(reader: Client) -> None:
    fusion = {"modality": "PT", "palette": "hot", "opacity_percent": 40, "lowest": 0.0, "highest": 7.0}
    second = {"layout": "1x1", "viewports": [{"study": 1, "fusion": fusion}]}
    stage = {"layout": "1x1", "viewports": [{}], "second_screen": second}

    saved = post(reader, {"protocol": {**protocol(), "stages": [stage]}}).json()["protocol"]["stages"][0]

    assert saved["second_screen"]["viewports"][0]["fusion"] == fusion
    assert saved["viewports"][0]["fusion"] is None
    wrong = {**stage, "second_screen": {**second, "viewports": [{}, {}]}}
    answer = post(reader, {"protocol": {**protocol(), "stages": [wrong]}})
    assert answer.json()["detail"].startswith("stages[0].second_screen.viewports has 2 entries")
