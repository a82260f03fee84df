"""Bringing in studies through the browser: who may, what is answered per file, what is answered when it fails."""

import errno
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import Facility, User
from archive.models import Instance, Study
from archive.storage import blob_store
from audit.models import AuditEvent
from tests.dicom_samples import image_bytes, zip_of

pytestmark = pytest.mark.django_db

PAGE, FILES = "/archive/upload/", "/archive/upload/files/"
LogIn = Callable[[User], Client]


def send(client: Client, content: bytes | None, **fields: str) -> HttpResponse:
    """Upload one file as the page does."""
    form: dict[str, Any] = {"facility": "NORTH", **fields}
    if content is not None:
        form["file"] = SimpleUploadedFile("IM0001", content)
    answer: HttpResponse = client.post(FILES, form, headers={"Accept": "application/json"})
    return answer


def body(answer: HttpResponse) -> dict[str, Any]:
    """Return the JSON of an answer."""
    parsed: dict[str, Any] = json.loads(answer.content)
    return parsed


def outcomes(answer: HttpResponse) -> list[tuple[str, str]]:
    """Return file and outcome of each result."""
    return [(one["file"], one["outcome"]) for one in body(answer)["results"]]


def test_a_file_is_answered_with_its_outcome_and_study(technologist: User, log_in: LogIn) -> None:
    client = log_in(technologist)

    first = send(client, image_bytes(), relative_path="CD/IM0001")
    again = send(client, image_bytes())
    other = send(client, image_bytes(SeriesDescription="Other"))
    letter = send(client, b"Dear colleague, " * 20)

    assert [answer.status_code for answer in (first, again, other, letter)] == [200] * 4
    assert [outcomes(answer)[0] for answer in (first, again, other, letter)] == [
        ("CD/IM0001", "stored"),
        ("IM0001", "duplicate"),
        ("IM0001", "conflict"),
        ("IM0001", "rejected"),
    ]
    assert body(first)["results"][0]["study_instance_uid"] == Study.objects.get().study_instance_uid
    assert body(letter)["results"][0]["reason"].endswith(".")


def test_a_zip_archive_is_answered_member_by_member(radiologist: User, log_in: LogIn) -> None:
    content = zip_of({"a": image_bytes(number=1), "../b": image_bytes(number=2), "c": b"text" * 50})

    answer = send(log_in(radiologist), content)

    assert outcomes(answer) == [("a", "stored"), ("../b", "rejected"), ("c", "rejected")]


def test_a_damaged_archive_is_one_clear_answer(radiologist: User, log_in: LogIn) -> None:
    answer = send(log_in(radiologist), zip_of({"a": image_bytes()})[:200])

    assert (answer.status_code, body(answer)["detail"]) == (422, "The ZIP archive is damaged.")


def test_an_upload_is_recorded_under_the_name_of_the_user(technologist: User, log_in: LogIn) -> None:
    send(log_in(technologist), image_bytes())

    records = AuditEvent.objects.filter(actor_user_pk=technologist.pk, event_type__startswith="instances")
    assert sorted(record.event_type for record in records) == ["instances_imported", "instances_stored"]
    imported = records.get(event_type="instances_imported")
    assert (imported.facility_code, imported.details) == ("NORTH", {"origin": "upload", "stored": 1})


@pytest.mark.parametrize("code", ["SOUTH", "NOWHERE", "", "N\0RTH"])
def test_a_facility_at_which_one_may_not_upload_is_refused(
    code: str, technologist: User, south: Facility, log_in: LogIn
) -> None:
    answer = send(log_in(technologist), image_bytes(), facility=code)

    assert answer.status_code == 403
    assert not Instance.objects.exists()
    assert AuditEvent.objects.filter(event_type="instances_imported", outcome=4).count() == 1


def test_a_form_without_a_file_is_an_error_of_the_sender(technologist: User, log_in: LogIn) -> None:
    assert send(log_in(technologist), None).status_code == 400


def test_an_empty_file_is_a_rejected_file(technologist: User, log_in: LogIn) -> None:
    assert outcomes(send(log_in(technologist), b"")) == [("IM0001", "rejected")]


@pytest.mark.parametrize("how", ["reserve", "write"])
def test_a_full_disk_is_507_and_nothing_is_stored(
    how: str,
    technologist: User,
    log_in: LogIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = log_in(technologist)
    if how == "reserve":
        settings.PACS_MIN_FREE_BYTES = 2**62
        blob_store.cache_clear()
    else:
        monkeypatch.setattr(os, "fsync", _failing(errno.ENOSPC))

    answer = send(client, image_bytes())

    assert answer.status_code == 507
    assert "free space" in body(answer)["detail"]
    assert not Instance.objects.exists()
    assert AuditEvent.objects.filter(event_type="instances_imported", outcome=8).count() == 1


def test_a_broken_disk_is_503(technologist: User, log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = log_in(technologist)
    monkeypatch.setattr(os, "fsync", _failing(errno.EIO))

    assert send(client, image_bytes()).status_code == 503
    assert not Instance.objects.exists()


def _failing(number: int) -> Callable[[int], None]:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("role", ["referrer", "auditor", "outsider"])
def test_who_may_not_upload_gets_neither_page_nor_result(
    role: str, request: pytest.FixtureRequest, north: Facility, log_in: LogIn
) -> None:
    client = log_in(request.getfixturevalue(role))

    assert client.get(PAGE).status_code == 403
    assert send(client, image_bytes()).status_code == 403
    assert not Instance.objects.exists()


@pytest.mark.parametrize("role", ["radiologist", "technologist", "administrator"])
def test_who_may_upload_is_offered_the_own_facilities_only(
    role: str, request: pytest.FixtureRequest, south: Facility, log_in: LogIn
) -> None:
    client = log_in(request.getfixturevalue(role))

    page = client.get(PAGE)

    assert page.status_code == 200
    assert list(page.context["facilities"].values_list("code", flat=True)) == ["NORTH"]
    assert outcomes(send(client, image_bytes())) == [("IM0001", "stored")]


def test_nobody_uploads_without_logging_in(north: Facility) -> None:
    assert Client().get(PAGE).status_code == 302
    assert send(Client(), image_bytes()).status_code == 401
    assert not Instance.objects.exists()


def test_an_upload_from_another_site_is_refused(technologist: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(technologist)

    assert send(client, image_bytes()).status_code == 403
    assert not Instance.objects.exists()


def test_the_files_are_sent_by_post_only(technologist: User, log_in: LogIn) -> None:
    assert log_in(technologist).get(FILES).status_code == 405
