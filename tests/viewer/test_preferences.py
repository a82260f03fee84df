"""How a user wants the viewer is kept on the server, for this user only, and nothing else is kept with it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from tests.factories import study
from tests.people import person
from viewer.models import ViewerPreferences

pytestmark = pytest.mark.django_db

ADDRESS = "/viewer/preferences.json"
STANDARD_MOUSE = {"left": "window", "middle": "pan", "right": "zoom", "wheel": "scroll"}


LUNG = {
    "name": "Nodules",
    "modality": "CT",
    "body_region": "chest",
    "window_center": -500.0,
    "window_width": 1400.0,
    "key": "3",
}


def put(client: Client, body: object, **headers: Any) -> HttpResponse:
    """Send a document."""
    return client.put(ADDRESS, json.dumps(body), content_type="application/json", **headers)


def document(**fields: Any) -> dict[str, Any]:
    """Return a document of the version that is read."""
    return {"version": 1, **fields}


def test_a_new_user_has_the_standard(reader: Client) -> None:
    answer = reader.get(ADDRESS)

    assert answer.json() == {
        "version": 1,
        "keys": {},
        "mouse": STANDARD_MOUSE,
        "windows": [],
        "true_size": [],
        "asks_before_leaving": True,
        "theme": "",
        "density": "",
    }
    assert answer["Cache-Control"] == "private, no-store"


def test_what_one_user_keeps_is_there_at_the_next_login_and_for_nobody_else(
    reader: Client, radiologist: User, log_in: Callable[[User], Client]
) -> None:
    put(reader, document(keys={"cine": ["Ctrl+Shift+k"], "invert": []}, mouse={"left": "scroll"}))

    again = log_in(radiologist).get(ADDRESS).json()
    assert again["keys"] == {"cine": ["Ctrl+Shift+k"], "invert": []}
    assert again["mouse"] == {**STANDARD_MOUSE, "left": "scroll"}
    assert log_in(person("colleague", Role.RADIOLOGIST)).get(ADDRESS).json()["keys"] == {}


def test_a_second_document_takes_the_place_of_the_first(reader: Client) -> None:
    put(reader, document(keys={"cine": ["b"]}))
    put(reader, document(keys={"invert": ["b"]}))

    assert reader.get(ADDRESS).json()["keys"] == {"invert": ["b"]}
    assert ViewerPreferences.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], "The document"),
        ({}, "version"),
        ({"version": 2}, "version"),
        ({"version": True}, "version"),
        (document(colour="dark"), "The document"),
        (document(theme="pink"), "theme"),
        (document(density=1), "density"),
        (document(keys=[]), "keys"),
        (document(keys={"<script>": ["a"]}), "keys"),
        (document(keys={"cine": "a"}), "keys.cine"),
        (document(keys={"cine": ["ab"]}), "keys.cine"),
        (document(keys={"cine": ["Shift+"]}), "keys.cine"),
        (document(keys={"cine": ["\n"]}), "keys.cine"),
        (document(keys={"cine": ["a", "b", "c", "d", "e"]}), "keys.cine"),
        (document(keys={"cine": ["a"], "invert": ["a"]}), "keys.invert"),
        (document(keys={f"c{number}": [] for number in range(301)}), "keys"),
        (document(mouse={"left": "length"}), "mouse.left"),
        (document(mouse={"wheel": "window"}), "mouse.wheel"),
        (document(mouse={"fourth": "pan"}), "mouse"),
        (document(windows={}), "windows"),
        (document(true_size=["mg"]), "true_size"),
        (document(asks_before_leaving="no"), "asks_before_leaving"),
        (document(windows=[LUNG] * 61), "windows"),
        (document(windows=[{"name": "Nodules"}]), "windows[0]"),
        (document(windows=[LUNG | {"name": " "}]), "windows[0].name"),
        (document(windows=[LUNG | {"modality": "ct"}]), "windows[0].modality"),
        (document(windows=[LUNG | {"body_region": "<b>"}]), "windows[0].body_region"),
        (document(windows=[LUNG | {"window_width": 0}]), "windows[0].window_width"),
        (document(windows=[LUNG | {"window_center": True}]), "windows[0].window_center"),
        (document(windows=[LUNG | {"window_center": float("nan")}]), "windows[0].window_center"),
        (document(windows=[LUNG | {"key": "1"}]), "windows[0].key"),
        (document(windows=[LUNG, LUNG | {"name": "Other"}]), "windows[1].key"),
    ],
    ids=str,
)
def test_what_is_no_preference_is_refused_with_its_place(reader: Client, body: object, place: str) -> None:
    answer = put(reader, body)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{place} ")
    assert not ViewerPreferences.objects.exists()


@pytest.mark.parametrize("body", ["{", "", " " * 40_000, "[" * 20_000], ids=["cut", "empty", "long", "deep"])
def test_what_is_no_json_or_too_long_is_refused(reader: Client, body: str) -> None:
    answer = reader.put(ADDRESS, body, content_type="application/json")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "key", ["a", "é", "+", " ", "?", "ArrowUp", "F2", "Shift+1", "Ctrl++", "Ctrl+Alt+Shift+Delete"]
)
def test_every_kind_of_key_can_be_kept(reader: Client, key: str) -> None:
    assert put(reader, document(keys={"cine": [key]})).status_code == 200


def test_windows_of_ones_own_are_kept_with_modality_body_part_and_key(reader: Client) -> None:
    windows = [LUNG, LUNG | {"body_region": "", "name": " Wide "}, LUNG | {"key": ""}]

    put(reader, document(windows=windows))

    kept = reader.get(ADDRESS).json()["windows"]
    assert kept == [LUNG, LUNG | {"body_region": "", "name": "Wide"}, LUNG | {"key": ""}]


def patch(client: Client, body: object) -> HttpResponse:
    """Change a part of the document."""
    return client.patch(ADDRESS, json.dumps(body), content_type="application/json")


def test_a_part_can_be_changed_and_the_rest_stays(reader: Client) -> None:
    put(reader, document(keys={"cine": ["b"]}, windows=[LUNG]))

    assert patch(reader, {"theme": "light"}).status_code == 200
    assert patch(reader, {"theme": "pink"}).status_code == 422
    assert patch(reader, []).status_code == 422

    kept = reader.get(ADDRESS).json()
    assert (kept["theme"], kept["keys"], kept["windows"]) == ("light", {"cine": ["b"]}, [LUNG])


def test_the_look_goes_with_the_user_to_another_browser(reader: Client, radiologist: User) -> None:
    patch(reader, {"theme": "light", "density": "comfortable"})
    elsewhere = Client()
    elsewhere.cookies["theme"] = "dark"
    elsewhere.force_login(radiologist)

    for client in (reader, elsewhere):
        page = client.get("/worklist/").content.decode()
        assert 'data-theme="light"' in page
        assert 'data-density="comfortable"' in page


def test_before_login_the_browser_remembers_the_look(client: Client) -> None:
    client.cookies["theme"] = "light"

    page = client.get("/accounts/login/").content.decode()

    assert 'data-theme="light"' in page
    assert 'data-density="dense"' in page


def test_a_page_of_another_site_cannot_change_them(radiologist: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(radiologist)

    assert put(client, document()).status_code == 403


def test_nobody_has_any_without_logging_in(client: Client) -> None:
    assert client.get(ADDRESS).status_code in {302, 401}
    assert put(client, document()).status_code in {302, 401, 403}


def test_the_page_of_a_study_carries_them(reader: Client, north: Facility) -> None:
    one = study(1, facility=north)
    put(reader, document(keys={"cine": ["</script>"[0]]}))

    page = reader.get(f"/viewer/studies/{one.study_instance_uid}/").content.decode()

    start = page.index('<script id="viewer-preferences" type="application/json">')
    text = page[page.index(">", start) + 1 : page.index("</script>", start)]
    assert json.loads(text)["keys"] == {"cine": ["<"]}


def test_a_document_of_a_newer_version_does_not_keep_anybody_from_the_images(
    reader: Client, radiologist: User, north: Facility
) -> None:
    ViewerPreferences.objects.create(user=radiologist, body={"version": 99})
    one = study(1, facility=north)

    assert reader.get(f"/viewer/studies/{one.study_instance_uid}/").status_code == 200
    assert reader.get(ADDRESS).json()["mouse"] == STANDARD_MOUSE
