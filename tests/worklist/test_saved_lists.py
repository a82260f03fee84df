"""Saved lists, whose they are, and how a user wants the worklist."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from tests.conftest import member
from tests.factories import study
from tests.worklist.department import waiting
from worklist.models import SavedList

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


def save(client: Client, name: str, query: str = "", **owner: Any) -> Any:
    """Save what an address asks for."""
    return client.post(
        "/worklist/lists/", {"name": name, "query": query, **owner}, content_type="application/json"
    )


def tabs(client: Client) -> list[str]:
    """Return the names of the tabs that are saved lists."""
    return [tab["label"] for tab in client.get("/worklist/").context["page"]["tabs"] if tab["is_saved"]]


def test_a_saved_list_brings_back_filters_and_order_and_hears_of_new_studies(
    radiologist: User, north: Facility, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    for number, name in enumerate(["Meier^Anna", "Meier^Bert", "Novak^Carl"]):
        waiting(study(number, facility=north, patient_name=name), priority=1 if number < 2 else 4)
    searched = client.post(
        "/worklist/search/",
        {"q": "meier", "priority": ["1"], "list": "unread", "sort": "patient", "dir": "desc"},
    )["Location"]

    saved = save(client, "  STAT   Meiers ", query=searched.partition("?")[2])

    assert saved.status_code == 201
    url = saved.json()["url"]
    assert "meier" not in url.lower()
    page = log_in(radiologist).get(url).context["page"]
    assert [row.study_instance_uid for row in page["rows"]] == ["1.2.3.1", "1.2.3.0"]
    assert (page["tab"].label, page["filters"]["q"], page["filters"]["priorities"]) == (
        "STAT Meiers",
        "meier",
        (1,),
    )
    turned = client.get(page["columns"][3]["sort_url"]).context["page"]
    assert turned["tab"].label == "STAT Meiers"
    assert [row.study_instance_uid for row in turned["rows"]] == ["1.2.3.0", "1.2.3.1"]

    waiting(study(7, facility=north, patient_name="Meier^Dora"), priority=1)
    assert client.get("/worklist/counts/").json()["counts"][saved.json()["list_uid"]] == 3


def test_saving_under_the_same_name_replaces(radiologist: User, log_in: LogIn) -> None:
    client = log_in(radiologist)
    first, second = save(client, "Mine", "modality=CT"), save(client, "Mine", "modality=MR")

    assert first.json()["list_uid"] == second.json()["list_uid"]
    assert client.get(second.json()["url"]).context["page"]["filters"]["modality"] == "MR"


def test_lists_of_a_facility_and_a_role_are_for_those_and_from_administrators_only(
    administrator: User, radiologist: User, technologist: User, south: Facility, log_in: LogIn
) -> None:
    boss = log_in(administrator)
    for_all = {"scope": "facility", "facility": "NORTH"}
    for_readers = {"scope": "role", "facility": "NORTH", "role": "radiologist"}
    assert save(boss, "Everybody", **for_all).status_code == 201
    assert save(boss, "Readers", **for_readers).status_code == 201
    assert save(boss, "Own").status_code == 201
    stranger = member(Role.RADIOLOGIST, south)

    assert tabs(log_in(radiologist)) == ["Everybody", "Readers"]
    assert tabs(log_in(technologist)) == ["Everybody"]
    assert tabs(log_in(stranger)) == []
    assert save(log_in(radiologist), "Mine for all", **for_all).status_code == 403
    assert save(boss, "Elsewhere", scope="facility", facility="SOUTH").status_code == 403


def test_a_list_is_renamed_and_deleted_by_who_may_save_it(
    radiologist: User, technologist: User, administrator: User, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    own = save(client, "Own").json()["list_uid"]
    save(client, "Taken")
    shared = save(log_in(administrator), "Shared", scope="facility", facility="NORTH").json()["list_uid"]

    def rename(who: Client, uid: str, name: str) -> int:
        address = f"/worklist/lists/{uid}/"
        return who.patch(address, {"name": name}, content_type="application/json").status_code

    assert rename(client, own, "Better") == 204
    assert rename(client, own, "Taken") == 409
    assert rename(client, own, " ") == 409
    assert rename(client, shared, "Stolen") == 403
    assert rename(log_in(technologist), own, "Stolen") == 404
    assert client.delete(f"/worklist/lists/{shared}/").status_code == 403
    assert tabs(client) == ["Better", "Shared", "Taken"]
    assert client.delete(f"/worklist/lists/{own}/").status_code == 204
    assert tabs(client) == ["Shared", "Taken"]


def test_a_list_of_others_is_no_way_to_their_studies(
    administrator: User, technologist: User, north: Facility, south: Facility, log_in: LogIn
) -> None:
    study(1, facility=south)
    uid = save(log_in(administrator), "All", scope="facility", facility="NORTH").json()["list_uid"]

    assert log_in(technologist).get(f"/worklist/?saved={uid}").context["page"]["rows"] == []


@pytest.mark.parametrize("asked", [{}, [], {"criteria": 5}, {"criteria": {"date_from": "x"}}, {"criteria": {"list_key": "no"}}])  # fmt: skip
def test_a_list_that_cannot_be_read_shows_everything(
    asked: Any, radiologist: User, north: Facility, log_in: LogIn
) -> None:
    study(1, facility=north)
    saved = SavedList.objects.create(scope="user", user=radiologist, name="Old", asked=asked, author_name="x")

    assert len(log_in(radiologist).get(f"/worklist/?saved={saved.list_uid}").context["page"]["rows"]) == 1


def keep(client: Client, **settings: Any) -> int:
    """Keep settings."""
    return client.put("/worklist/settings/", settings, content_type="application/json").status_code


def test_columns_order_of_tabs_and_first_list_are_kept_for_their_user(
    radiologist: User, technologist: User, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    own = save(client, "Own").json()["list_uid"]

    assert keep(client, columns=["modality", "nonsense", "patient"], first_list=own) == 204
    assert keep(client, tabs=[own, "overdue"]) == 204

    page = log_in(radiologist).get("/worklist/").context["page"]
    assert [column["key"] for column in page["columns"]] == ["modality", "patient"]
    assert [tab["key"] for tab in page["tabs"]][:3] == [own, "overdue", "unread"]
    assert client.get("/worklist/start/")["Location"] == f"/worklist/?saved={own}"
    assert len(log_in(technologist).get("/worklist/").context["page"]["columns"]) > 10
    client.delete(f"/worklist/lists/{own}/")
    assert client.get("/worklist/start/")["Location"] == "/worklist/?list=unread"


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"columns": 5}', b'{"tabs": "all"}'])
def test_settings_that_are_none_change_nothing(body: bytes, radiologist: User, log_in: LogIn) -> None:
    client = log_in(radiologist)
    keep(client, columns=["patient"])

    client.put("/worklist/settings/", body, content_type="application/json")

    assert [column["key"] for column in client.get("/worklist/").context["page"]["columns"]] == ["patient"]
