"""The viewer preferences of the user as JSON."""

import json

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from accounts.decorators import requires
from accounts.models import User
from audit.decorators import not_audited
from common.http import problem
from viewer.exceptions import InvalidPreferencesError
from viewer.look import remember_look
from viewer.preferences import Preferences, read_preferences
from viewer.services.preferences import save_preferences
from viewer.stored_preferences import preferences_of

_MOST_BYTES = 32 * 1024
_TITLE = gettext_noop("These preferences cannot be kept")


@require_http_methods(["GET", "PUT", "PATCH"])
@not_audited("How somebody wants the viewer names no patient and no study.")
@requires(None)
def preferences(request: HttpRequest) -> JsonResponse:
    """Return the user's own preferences; PUT keeps others in their place, PATCH changes some, and both return them."""
    assert isinstance(request.user, User)
    if request.method == "GET":
        return _private(preferences_of(request.user))
    try:
        wanted = read_preferences(_wanted(request, request.user))
    except InvalidPreferencesError as error:
        return problem(422, _TITLE, str(error))
    save_preferences(user=request.user, preferences=wanted)
    remember_look(request, wanted)
    return _private(wanted)


def _wanted(request: HttpRequest, user: User) -> object:
    """Return the whole document: with PATCH what is kept, and over it what the body names."""
    body = _body_of(request)
    if request.method == "PUT" or not isinstance(body, dict):
        return body
    return preferences_of(user).as_json() | body


def _body_of(request: HttpRequest) -> object:
    try:
        body = request.body
        if len(body) > _MOST_BYTES:
            raise InvalidPreferencesError("The document", f"must be at most {_MOST_BYTES} bytes")
        return json.loads(body)
    except RequestDataTooBig:
        raise InvalidPreferencesError("The document", f"must be at most {_MOST_BYTES} bytes") from None
    except (ValueError, RecursionError):
        raise InvalidPreferencesError("The document", "is not JSON") from None


def _private(wanted: Preferences) -> JsonResponse:
    response = JsonResponse(wanted.as_json())
    response["Cache-Control"] = "private, no-store"
    return response
