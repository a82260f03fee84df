"""What time it is at a facility."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Facility


def zone_of(facility: Facility) -> ZoneInfo:
    """Return the time zone of a facility; its department should have been selected with it."""
    department = getattr(facility, "department", None)
    name = department.time_zone if department else ""
    return ZoneInfo(name or timezone.get_default_timezone_name())


def zone_name(local: datetime) -> str:
    """Return what the zone of a moment is called: "CET", or "UTC+04" where its hours have no name."""
    name = local.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name}"


def zones_differ(facilities: Iterable[Facility]) -> bool:
    """Return whether clocks of the facilities show different times, so that a time says nothing without its zone."""
    return len({zone_of(facility).key for facility in facilities}) > 1


def today_at(facility: Facility) -> date:
    """Return the date that a calendar at the facility shows."""
    return timezone.localdate(timezone=zone_of(facility))


def day_at(facility: Facility, day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day at a facility and that of the next day."""
    zone = zone_of(facility)
    return (
        datetime.combine(day, time(), tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time(), tzinfo=zone),
    )
