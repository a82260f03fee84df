"""Saved lists and a user's settings of the worklist, as JSON."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import requires
from accounts.models import Facility
from accounts.roles import Role
from audit.decorators import not_audited
from worklist.asking import asked_of, saved_list_of
from worklist.columns import COLUMN_OF
from worklist.exceptions import WorklistError
from worklist.models import Scope
from worklist.services.lists import delete_list, keep_settings, rename_list, save_list
from worklist.views.http import body_of, private, refusal, user_of

_NOT_RECORDED = "It keeps what is asked of the list, and shows nobody a study."
_LONGEST = 200


@require_POST
@not_audited(_NOT_RECORDED)
@requires(None)
def saved_lists(request: HttpRequest) -> HttpResponseBase:
    """Save under a name what an address of the list asks for: 201 with the address of the saved list."""
    user = user_of(request)
    try:
        body = body_of(request)
        asked = asked_of(
            QueryDict(str(body.get("query", "")).lstrip("?")), user=user, session=request.session
        )
        scope, facility, role = _owner(body)
        saved = save_list(
            name=str(body.get("name", "")),
            criteria=asked.criteria,
            position=asked.position,
            author=user,
            scope=scope,
            facility=facility,
            role=role,
        )
    except (WorklistError, PermissionDenied) as error:
        return refusal(error)
    url = f"{reverse('worklist:list')}?saved={saved.list_uid}"
    return private({"list_uid": str(saved.list_uid), "name": saved.name, "url": url}, status=201)


@require_http_methods(["PATCH", "DELETE"])
@not_audited(_NOT_RECORDED)
@requires(None)
def saved_list(request: HttpRequest, list_uid: str) -> HttpResponseBase:
    """Rename or delete a saved list."""
    user = user_of(request)
    saved = saved_list_of(user, str(list_uid))
    if saved is None:
        raise Http404
    try:
        if request.method == "DELETE":
            delete_list(saved=saved, user=user)
        else:
            rename_list(saved=saved, name=str(body_of(request).get("name", "")), user=user)
    except (WorklistError, PermissionDenied) as error:
        return refusal(error)
    return HttpResponse(status=204)


@require_http_methods(["PUT"])
@not_audited(_NOT_RECORDED)
@requires(None)
def settings(request: HttpRequest) -> HttpResponseBase:
    """Keep columns, order of tabs and first list of the user, those that are given."""
    try:
        body = body_of(request)
        keep_settings(
            user=user_of(request),
            columns=_keys(body, "columns", known=COLUMN_OF),
            tabs=_keys(body, "tabs"),
            first_list=str(body["first_list"])[:40] if "first_list" in body else None,
        )
    except WorklistError as error:
        return refusal(error)
    return HttpResponse(status=204)


def _keys(body: dict[str, Any], name: str, known: dict[str, Any] | None = None) -> list[str] | None:
    keys = body.get(name)
    if keys is None:
        return None
    if not isinstance(keys, list) or len(keys) > _LONGEST:
        raise WorklistError(_("Keys must come as a list."))
    return [str(key)[:40] for key in keys if known is None or key in known]


def _owner(body: dict[str, Any]) -> tuple[Scope, Facility | None, str]:
    """Return for whom a list is to be saved."""
    scope, role = body.get("scope", Scope.USER), body.get("role", "")
    if scope not in Scope.values:
        raise WorklistError(_("Choose for whom the list is saved."))
    if scope == Scope.USER:
        return Scope.USER, None, ""
    facility = Facility.objects.filter(code=str(body.get("facility", "")), is_active=True).first()
    if facility is None:
        raise WorklistError(_("Choose the facility for which the list is saved."))
    if scope == Scope.ROLE and role not in Role.values:
        raise WorklistError(_("Choose the role for which the list is saved."))
    return Scope(scope), facility, str(role)
