"""Who may read the audit log.

This app knows no roles: they live above it. The app that knows them answers the one question below, and registers its
answer when it is loaded. Until then nobody may read anything.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import QuerySet

from audit.models import AuditEvent

FacilityCodes = Callable[[Any], Collection[str]]


class _Gate:
    facility_codes: FacilityCodes = staticmethod(lambda user: ())


def register_auditors(facility_codes: FacilityCodes) -> None:
    """Register the function that names the facilities whose log a user may read; none means no access at all."""
    _Gate.facility_codes = staticmethod(facility_codes)


def may_view_log(user: Any) -> bool:
    """Return whether the user may open the auditor's pages."""
    return bool(_Gate.facility_codes(user))


def visible_events(user: Any) -> QuerySet[AuditEvent]:
    """Return the records of the user's facilities, and those that concern no facility, such as logins."""
    codes = _Gate.facility_codes(user)
    if not codes:
        return AuditEvent.objects.none()
    return AuditEvent.objects.filter(facility_code__in=["", *codes])
