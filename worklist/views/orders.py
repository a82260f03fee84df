"""Orders entered by hand, and cancelled."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.roles import Codename
from audit.decorators import not_audited
from worklist.access import ordering_facilities
from worklist.exceptions import OrderError
from worklist.forms_examination import OrderForm
from worklist.local_time import zone_of
from worklist.models import ImagingServiceRequest
from worklist.services.orders import cancel_order, place_order
from worklist.views.examinations import MODALITIES
from worklist.views.http import back_to


@require_http_methods(["GET", "POST"])
@not_audited("An empty form shows nothing; the service records the order.")
@requires(Codename.MANAGE_ORDERS)
def new_order(request: HttpRequest) -> HttpResponse:
    """Take an order from a form."""
    facilities = ordering_facilities(request.user).select_related("department")
    first = facilities.first()
    initial = {
        "facility": first.code if first else "",
        "scheduled_at": timezone.localtime(timezone=zone_of(first)) if first else None,
    }
    form = OrderForm(request.POST or None, facilities=facilities, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            placed = place_order(facility=form.cleaned_data["facility"], order=form.order())
        except OrderError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                gettext("The order has the accession number %(number)s.")
                % {"number": placed.accession_number},
            )
            return redirect("worklist:examination", placed.requested_procedures.get().pk)
    return render(
        request,
        "worklist/new_order.html",
        {"form": form, "modalities": MODALITIES},
        status=422 if form.errors else 200,
    )


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.MANAGE_ORDERS)
def cancel(request: HttpRequest, order_pk: int) -> HttpResponseRedirect:
    """Cancel what has not begun of an order."""
    order = get_object_or_404(
        ImagingServiceRequest.objects.select_related("facility", "patient_record"),
        pk=order_pk,
        facility__in=ordering_facilities(request.user),
    )
    reason = request.POST.get("reason", "").strip()
    try:
        if not reason:
            raise OrderError("Say why the order is cancelled.")
        cancel_order(request=order, user=signed_in_user(request), reason=reason)
    except OrderError as error:
        messages.error(request, str(error))
    return back_to(request, reverse("worklist:examinations"))
