"""What the views of the worklist share: whose request it is, its body, and answers for scripts."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import User
from archive.models import Study
from archive.selectors import find_study
from common.http import problem
from worklist.exceptions import WorklistError


def user_of(request: HttpRequest) -> User:
    """Return who asks; `requires` has turned away everybody who has not signed in."""
    assert isinstance(request.user, User)
    return request.user


def study_of(request: HttpRequest, study_instance_uid: str) -> Study:
    """Return a study that the user may see.

    Raises
    ------
    Http404
        It does not exist, or is not the user's to know of.
    """
    study = find_study(request.user, study_instance_uid)
    if study is None:
        raise Http404
    return study


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the object in the body of a request.

    Raises
    ------
    WorklistError
        It holds none.
    """
    try:
        body = json.loads(request.body or "{}")
    except (ValueError, RecursionError):
        raise WorklistError(_("The body is not JSON.")) from None
    if not isinstance(body, dict):
        raise WorklistError(_("The body must be an object."))
    return body


def private(body: dict[str, Any], *, status: int = 200) -> JsonResponse:
    """Return an answer that nobody keeps."""
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def refusal(error: WorklistError | PermissionDenied) -> HttpResponseBase:
    """Return what a service refuses, in its words."""
    if isinstance(error, PermissionDenied):
        return problem(403, _("Not allowed"), str(error) or _("You may not do this to this study."))
    return problem(409, _("Not possible"), str(error))


def back_to(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Return to the page of ours that a form names, or to the default."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if is_ours else default)
