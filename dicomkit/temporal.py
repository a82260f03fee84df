"""Dates, times and ages as text in, as Python values out; tolerant of what devices write.

References
----------
PS3.5 6.2 (AS, DA, DT, TM) and 6.2.1.2 of older editions (dates with dots, times with colons).
"""

import re
from datetime import date, datetime, time, timedelta, timezone

_DATE = re.compile(r"(\d{4})([.\-/]?)(\d{2})\2(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6})\d*)?)?)?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)
_DATE_TIME = re.compile(r"(\d{4})(?:(\d{2})(?:(\d{2})(\d{2}[\d.]*)?)?)?([+-]\d{2}:?\d{2})?", re.ASCII)
_AGE = re.compile(r"\s*(\d{1,3})\s*([DWMY])\s*", re.ASCII | re.IGNORECASE)
_DAYS_PER_UNIT = {"D": 1.0, "W": 7.0, "M": 30.4375, "Y": 365.25}
_UNIT_TEXT = {"D": "d", "W": "wk", "M": "mo", "Y": "y"}


def parse_date(value: object) -> date | None:
    """Return a DA value as a date; None when it is empty or no date of the calendar."""
    match = _DATE.match(_text(value))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def parse_time(value: object) -> time | None:
    """Return a TM value as a time without zone; missing parts are zero, a leap second becomes 59."""
    match = _TIME.match(_text(value))
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2] or 0), min(int(match[3] or 0), 60)
    try:
        return time(hour, minute, min(second, 59), int((match[4] or "").ljust(6, "0")))
    except ValueError:
        return None


def parse_date_time(value: object) -> datetime | None:
    """Return a DT value; missing parts are the earliest possible, and it has a zone only when one is written."""
    match = _DATE_TIME.fullmatch(_text(value))
    if match is None:
        return None
    day = parse_date(f"{match[1]}{match[2] or '01'}{match[3] or '01'}")
    clock = parse_time(match[4]) if match[4] else time()
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock, tzinfo=parse_utc_offset(match[5] or ""))


def parse_utc_offset(value: object) -> timezone | None:
    """Return Timezone Offset From UTC (0008,0201), for example "+0100", as a zone; None when there is none."""
    match = _OFFSET.fullmatch(_text(value))
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def parse_age(value: object) -> tuple[int, str] | None:
    """Return an AS value as its number and unit, one of "D", "W", "M", "Y"."""
    match = _AGE.fullmatch(_text(value))
    return (int(match[1]), match[2].upper()) if match else None


def age_in_days(value: object) -> int | None:
    """Return an AS value in days, months and years at their mean length; for sorting, not for showing."""
    age = parse_age(value)
    return round(age[0] * _DAYS_PER_UNIT[age[1]]) if age else None


def age_text(value: object) -> str:
    """Return an AS value as people read it, "74 y", "8 mo", "3 wk", "12 d"; empty when it is no age."""
    age = parse_age(value)
    return f"{age[0]} {_UNIT_TEXT[age[1]]}" if age else ""


def age_text_at(birth: date, day: date) -> str:
    """Return the age on a day: years from 2 years, months from 3 months, weeks from 4 weeks, else days.

    Empty when the day lies before the birth.
    """
    days = (day - birth).days
    if days < 0:
        return ""
    months = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    if months >= 24:
        return f"{months // 12} y"
    if months >= 3:
        return f"{months} mo"
    return f"{days // 7} wk" if days >= 28 else f"{days} d"


def age_string(age: timedelta) -> str:
    """Return an age as an AS value, in years from 2 years on; empty for what is negative or does not fit.

    References
    ----------
    PS3.5 6.2 (AS)
    """
    days = age.days
    if days < 0:
        return ""
    for unit, least in (("Y", 730), ("M", 90), ("W", 28)):
        if days >= least:
            number = int(days / _DAYS_PER_UNIT[unit])
            return f"{number:03d}{unit}" if number < 1000 else ""
    return f"{days:03d}D"


def _text(value: object) -> str:
    return str(value if value is not None else "").strip(" \0")
