"""Hanging protocols as JSON: list, save, import, export, change and delete."""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.decorators import requires
from accounts.models import Facility, User
from accounts.roles import Role
from audit.decorators import not_audited
from common.http import problem
from viewer.exceptions import InvalidProtocolError
from viewer.hanging.builtin import BUILT_IN
from viewer.hanging.listing import listing_of, owners_of
from viewer.hanging.reading import read_protocol
from viewer.hanging.selection import hanging_body
from viewer.hanging.stored import candidates_of, listed_protocols
from viewer.models import HangingProtocol
from viewer.models.hanging_protocol import Scope
from viewer.services.hanging import change_protocol, delete_protocol, save_protocol

_NOT_RECORDED = "A layout names no patient and no study."


@require_http_methods(["GET", "POST"])
@not_audited(_NOT_RECORDED)
@requires(None)
def protocols(request: HttpRequest) -> HttpResponseBase:
    """Return every protocol that the user has and for whom he may save; POST saves or imports one: 201 with it."""
    if request.method == "POST":
        return _save(request)
    user = _user(request)
    return _private({"protocols": listing_of(user), **owners_of(user)})


@require_http_methods(["GET", "PUT", "DELETE"])
@not_audited(_NOT_RECORDED)
@requires(None)
def protocol(request: HttpRequest, protocol_id: str) -> HttpResponseBase:
    """Return a protocol as a file that can be imported again, change it (PUT, 200 with it), or delete it."""
    built_in = next((one for one in BUILT_IN if one.identifier == protocol_id), None)
    if built_in is not None and request.method == "GET":
        return _file(built_in.protocol.as_json(), protocol_id)
    row = _stored(request, protocol_id)
    if request.method == "GET":
        return _file(row.body, protocol_id)
    if request.method == "PUT":
        return _change(request, row)
    try:
        delete_protocol(protocol=row, user=_user(request))
    except PermissionDenied as error:
        return problem(403, "Not allowed", str(error))
    return HttpResponse(status=204)


def _save(request: HttpRequest) -> HttpResponseBase:
    try:
        body = _json_of(request)
        scope, facility, role = _owner(body)
        saved = save_protocol(
            protocol=read_protocol(body.get("protocol")),
            author=_user(request),
            scope=scope,
            facility=facility,
            role=role,
        )
    except InvalidProtocolError as error:
        return problem(422, "This hanging protocol cannot be saved", str(error))
    except PermissionDenied as error:
        return problem(403, "Not allowed", str(error))
    (candidate,) = candidates_of([saved])
    return _private(dict(hanging_body(candidate)), status=201)


def _change(request: HttpRequest, row: HangingProtocol) -> HttpResponseBase:
    try:
        body = _json_of(request)
        scope, facility, role = _owner(body)
        change_protocol(
            stored=row,
            protocol=read_protocol(body.get("protocol")),
            author=_user(request),
            scope=scope,
            facility=facility,
            role=role,
        )
    except InvalidProtocolError as error:
        return problem(422, "This hanging protocol cannot be changed", str(error))
    except PermissionDenied as error:
        return problem(403, "Not allowed", str(error))
    (candidate,) = candidates_of([row])
    return _private(dict(hanging_body(candidate)))


def _owner(body: dict[str, Any]) -> tuple[Scope, Facility | None, str]:
    """Return for whom a protocol is to be saved."""
    scope, code, role = body.get("scope", Scope.USER), body.get("facility", ""), body.get("role", "")
    if scope not in Scope.values:
        raise InvalidProtocolError("scope", 'must be one of "user", "role", "facility"')
    if scope == Scope.USER:
        return Scope.USER, None, ""
    facility = Facility.objects.filter(code=code, is_active=True).first() if isinstance(code, str) else None
    if facility is None:
        raise InvalidProtocolError("facility", "must be the code of a facility")
    if scope == Scope.ROLE and role not in Role.values:
        raise InvalidProtocolError("role", f"must be one of {', '.join(Role.values)}")
    return Scope(scope), facility, str(role)


def _stored(request: HttpRequest, protocol_id: str) -> HangingProtocol:
    try:
        uid = UUID(protocol_id)
    except ValueError:
        raise Http404 from None
    row = listed_protocols(request.user).filter(protocol_uid=uid).first()
    if row is None:
        raise Http404
    return row


def _json_of(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except RequestDataTooBig:
        raise InvalidProtocolError("The body", "is too large") from None
    except (ValueError, RecursionError):
        raise InvalidProtocolError("The body", "is not JSON") from None
    if not isinstance(body, dict):
        raise InvalidProtocolError("The body", "must be an object")
    return body


def _file(body: dict[str, Any], protocol_id: str) -> JsonResponse:
    response = JsonResponse(body, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="hanging-{protocol_id}.json"'
    response["Cache-Control"] = "private, no-store"
    return response


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _private(body: dict[str, Any], *, status: int = 200) -> JsonResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
