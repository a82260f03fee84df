"""The queue of studies without an order."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.roles import Codename
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from worklist.access import visible_procedures
from worklist.exceptions import WorklistError
from worklist.forms import uid_parameter
from worklist.services import matching, notes
from worklist.unmatched import unmatched_page
from worklist.views.http import back_to, study_of


@require_GET
@audited(EventType.QUERY)
@requires(Codename.EDIT_STUDY)
def queue(request: HttpRequest) -> HttpResponse:
    """Show studies that belong to no order, each with the orders that it may belong to."""
    page = unmatched_page(request.user, after_uid=uid_parameter(request.GET, "after"))
    describe(request, details={"list": "without an order", "rows": len(page.rows)})
    return render(request, "worklist/unmatched.html", {"page": page})


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.EDIT_STUDY)
def match(request: HttpRequest, study_instance_uid: str) -> HttpResponseRedirect:
    """Join a study with the procedure that was chosen."""
    study = study_of(request, study_instance_uid)
    number = request.POST.get("procedure", "")
    if not number.isdecimal():
        raise Http404
    procedure = get_object_or_404(
        visible_procedures(request.user).select_related("imaging_service_request"), pk=int(number)
    )
    try:
        matching.match_by_hand(
            study=study,
            procedure=procedure,
            user=signed_in_user(request),
            reason=request.POST.get("reason", ""),
        )
    except WorklistError as error:
        messages.error(request, str(error))
    else:
        number = procedure.imaging_service_request.accession_number
        messages.success(
            request, gettext("The study now belongs to the order %(number)s.") % {"number": number}
        )
    return back_to(request, reverse("worklist:unmatched"))


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.EDIT_STUDY)
def part(request: HttpRequest, study_instance_uid: str) -> HttpResponseRedirect:
    """Take a study from its order."""
    study = study_of(request, study_instance_uid)
    try:
        matching.unmatch(study=study, user=signed_in_user(request), reason=request.POST.get("reason", ""))
    except WorklistError as error:
        messages.error(request, str(error))
    return back_to(request, reverse("worklist:image_check", args=[study_instance_uid]))


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.EDIT_STUDY)
def waive(request: HttpRequest, study_instance_uid: str) -> HttpResponseRedirect:
    """Say that a study needs no order, or does after all."""
    study = study_of(request, study_instance_uid)
    try:
        notes.waive_order(
            study=study, user=signed_in_user(request), is_waived=request.POST.get("waived") == "yes"
        )
    except WorklistError as error:
        messages.error(request, str(error))
    return back_to(request, reverse("worklist:unmatched"))
