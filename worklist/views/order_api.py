"""Orders for programs: place, look at, cancel; as JSON, with a token or a session."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires
from accounts.roles import Codename
from audit.decorators import audited, describe
from audit.vocabulary import EventType
from worklist.access import ordering_facilities
from worklist.exceptions import OrderError, WorklistError
from worklist.models import ImagingServiceRequest
from worklist.order_body import body_of_order, order_of
from worklist.services.orders import cancel_order, place_order
from worklist.views.http import body_of, private, refusal, user_of


@require_POST
@audited(EventType.ORDER_CHANGED, recorded_by_service=True)
@requires(Codename.MANAGE_ORDERS)
def place(request: HttpRequest) -> HttpResponseBase:
    """Take in an order; answer 201 with the numbers and UIDs that it got."""
    try:
        body = body_of(request)
        facility = ordering_facilities(user_of(request)).filter(code=str(body.get("facility", ""))).first()
        if facility is None:
            raise PermissionDenied(_("Name a facility whose orders you manage."))
        placed = place_order(facility=facility, order=order_of(body))
    except (WorklistError, PermissionDenied) as error:
        return refusal(error)
    return private(body_of_order(placed), status=201)


@require_POST
@audited(EventType.QUERY)
@requires(Codename.MANAGE_ORDERS)
def find(request: HttpRequest) -> HttpResponseBase:
    """Return the order of a facility that has an accession number, which identifies a patient and so is in no address."""
    try:
        body = body_of(request)
    except WorklistError as error:
        return refusal(error)
    wanted = {"facility__code": body.get("facility"), "accession_number": body.get("accession_number")}
    return _told(request, **{name: str(value) for name, value in wanted.items()})


@require_GET
@audited(EventType.QUERY)
@requires(Codename.MANAGE_ORDERS)
def look_up(request: HttpRequest, order_pk: int) -> HttpResponseBase:
    """Return how far an order has come."""
    return _told(request, pk=order_pk)


@require_POST
@audited(EventType.ORDER_CHANGED, recorded_by_service=True)
@requires(Codename.MANAGE_ORDERS)
def withdraw(request: HttpRequest, order_pk: int) -> HttpResponseBase:
    """Cancel what has not begun of an order, for a reason."""
    order = _order(request, pk=order_pk)
    try:
        reason = str(body_of(request).get("reason", "")).strip()
        if not reason:
            raise OrderError(_("Say why the order is cancelled."))
        cancel_order(request=order, user=user_of(request), reason=reason)
    except WorklistError as error:
        return refusal(error)
    return private(body_of_order(order))


def _told(request: HttpRequest, **wanted: Any) -> HttpResponseBase:
    order = _order(request, **wanted)
    describe(
        request,
        patient_id=order.patient_record.patient_id,
        issuer_of_patient_id=order.patient_record.issuer_of_patient_id,
        facility_code=order.facility.code,
        details={"list": "order", "accession_number": order.accession_number},
    )
    return private(body_of_order(order))


def _order(request: HttpRequest, **wanted: Any) -> ImagingServiceRequest:
    return get_object_or_404(
        ImagingServiceRequest.objects.select_related("facility", "patient_record"),
        facility__in=ordering_facilities(request.user),
        **wanted,
    )
