"""Answers that several apps give: problem details and conditional responses."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse


def problem(status: int, title: str, detail: str) -> JsonResponse:
    """Return an error as problem details.

    References
    ----------
    RFC 9457
    """
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


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
