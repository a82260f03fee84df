"""A reader says in the list whether he reads now."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.roles import Codename
from audit.decorators import audited
from audit.vocabulary import EventType
from worklist.services.duty import set_duty
from worklist.views.http import back_to, user_of


@require_POST
@audited(EventType.FACILITY_CHANGED, recorded_by_service=True)
@requires(Codename.REPORT_STUDY)
def duty(request: HttpRequest) -> HttpResponseBase:
    """Take part in automatic assignment, or no more, and return to the list."""
    set_duty(user=user_of(request), is_on_duty=bool(request.POST.get("on_duty")))
    return back_to(request, reverse("worklist:list"))
