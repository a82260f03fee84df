"""Answers that several apps give: problem details and conditional responses."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext


def problem(status: int, title: str, detail: str) -> JsonResponse:
    """Return an error as problem details, in the language of whom it answers where the text has a translation.

    References
    ----------
    RFC 9457
    """
    body = {"type": "about:blank", "title": _said(title), "status": status, "detail": _said(detail)}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _said(text: str) -> str:
    # An empty message would be answered with the head of the catalogue.
    return gettext(text) if text else ""


def not_modified(request: HttpRequest, etag: str) -> HttpResponse | None:
    """Return 304 when the client already holds the representation with this strong entity tag, else None.

    References
    ----------
    RFC 9110, 13.1.2
    """
    held = request.headers.get("If-None-Match", "")
    if etag in {tag.strip() for tag in held.split(",")}:
        response = HttpResponseNotModified()
        response["ETag"] = etag
        return response
    return None
