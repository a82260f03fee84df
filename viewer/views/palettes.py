"""The palettes that greys can be shown in."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from viewer.palettes import palettes_body


@require_GET
@gzip_page
@not_audited("Colours name no patient and no study.")
@requires(None)
def palettes(request: HttpRequest) -> JsonResponse:
    """Return every palette, see `palettes_body`."""
    response = JsonResponse({"palettes": palettes_body()})
    response["Cache-Control"] = "private, max-age=3600"
    return response
