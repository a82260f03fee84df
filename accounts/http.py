"""What kind of request it is, and how those are answered who have to sign in first."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext_noop

from audit.decorators import NO_RECORD
from common.http import problem

WITHOUT_PAGES = (
    "application/json",
    "application/problem+json",
    "application/dicom",
    "multipart/related",
    "text/event-stream",
    "image/",
)


def is_for_script(request: HttpRequest) -> bool:
    """Return whether a program, an image or a stream of events asked, which cannot show a login page."""
    if hasattr(request, "api_token"):
        return True
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    accept = request.headers.get("Accept", "")
    asks_for_page = "text/html" in accept
    asks_for_data = any(kind in accept for kind in WITHOUT_PAGES) and not asks_for_page
    return mode != "navigate" or asks_for_data or "X-Requested-With" in request.headers


def sign_in_first(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    """Return 401 to a script, and to a person the way to the login page and from there back."""
    if is_for_script(request):
        detail = gettext_noop("The session has ended.") if expired else gettext_noop("Nobody has signed in.")
        answer: HttpResponse = problem(401, "Sign in first", detail)
        answer["WWW-Authenticate"] = "Bearer"
    else:
        query = {"expired": "1"} if expired else {}
        if request.method == "GET":
            query[REDIRECT_FIELD_NAME] = request.get_full_path()
        address = resolve_url(settings.LOGIN_URL)
        answer = HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)
    # Nobody is named and nothing was shown; a forgotten tab that asks on would fill the log.
    setattr(answer, NO_RECORD, True)
    answer["Cache-Control"] = "no-store"
    return answer
