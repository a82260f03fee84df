"""The decorators that mark views, and what the menu offers to whom."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.context_processors import navigation
from accounts.decorators import public, requires
from accounts.roles import Codename, Role
from audit.decorators import audited
from audit.models import AuditEvent
from audit.vocabulary import EventType
from tests.people import person, superuser

pytestmark = pytest.mark.django_db(transaction=True)


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("shown")


async def async_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("shown")


def ask(guarded: Any, user: Any, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    request.user = user
    response: HttpResponse = guarded(request)
    return response


both_ways = pytest.mark.parametrize(
    "wrap",
    [lambda mark: mark(view), lambda mark: async_to_sync(mark(async_view))],
    ids=["thread", "coroutine"],
)


@both_ways
@pytest.mark.parametrize("role", Role)
def test_only_roles_that_allow_it_anywhere_come_in(wrap: Any, role: Role) -> None:
    guarded = wrap(requires(Codename.VIEW_STUDY))
    user = person("somebody", role)

    if role is Role.AUDITOR:
        with pytest.raises(PermissionDenied):
            ask(guarded, user)
        answer = ask(guarded, user, Accept="application/json")
        assert (answer.status_code, json.loads(answer.content)["title"]) == (403, "Not allowed")
    else:
        assert ask(guarded, user).content == b"shown"


@both_ways
def test_who_has_not_signed_in_is_sent_to_the_login(wrap: Any) -> None:
    for codename in (None, Codename.VIEW_STUDY):
        guarded = wrap(requires(codename))
        assert ask(guarded, AnonymousUser())["Location"] == "/accounts/login/?next=%2F"
        assert ask(guarded, AnonymousUser(), Accept="application/json").status_code == 401


@both_ways
def test_without_a_codename_everybody_who_signed_in_comes_in_superusers_too(wrap: Any) -> None:
    assert ask(wrap(requires(None)), person("outsider")).content == b"shown"
    with pytest.raises(PermissionDenied):
        ask(wrap(requires(Codename.VIEW_STUDY)), superuser())


def test_marks_survive_one_another_in_either_order() -> None:
    one = audited(EventType.QUERY)(requires(Codename.VIEW_STUDY)(view))
    other = requires(Codename.VIEW_STUDY)(audited(EventType.QUERY)(view))

    for marked in (one, other):
        assert marked.permission_mark == "view_study"  # type: ignore[attr-defined]
        assert marked.audit_mark == "query"  # type: ignore[attr-defined]
    assert public("Anybody may.")(view).permission_mark == "public: Anybody may."  # type: ignore[attr-defined]
    assert requires(None)(view).permission_mark == "signed in"  # type: ignore[attr-defined]


def test_a_refused_user_is_recorded_and_somebody_without_a_name_is_not() -> None:
    guarded = audited(EventType.QUERY)(requires(Codename.VIEW_STUDY)(view))

    ask(guarded, AnonymousUser())
    assert not AuditEvent.objects.exists()
    with pytest.raises(PermissionDenied):
        ask(guarded, person("outsider"))

    assert [(event.event_type, event.outcome) for event in AuditEvent.objects.all()] == [("query", 4)]


@pytest.mark.parametrize(
    ("role", "may_upload", "may_view_audit"),
    [
        (Role.RADIOLOGIST, True, False),
        (Role.TECHNOLOGIST, True, False),
        (Role.REFERRER, False, False),
        (Role.ADMINISTRATOR, True, False),
        (Role.AUDITOR, False, True),
        (None, False, False),
    ],
)
def test_the_menu_offers_what_the_roles_allow(
    role: Role | None, may_upload: bool, may_view_audit: bool
) -> None:
    request = RequestFactory().get("/")
    request.user = person("somebody", role)

    offered = navigation(request)

    assert (bool(offered["may_upload"]), bool(offered["may_view_audit"])) == (may_upload, may_view_audit)
