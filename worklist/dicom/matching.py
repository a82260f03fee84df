"""Keys of a query: what a value of one matches.

References
----------
PS3.4 C.2.2.2 (attribute matching)
"""

import re
from datetime import date, datetime, time

from dicomkit.person_name import fold

_WILDCARDS = re.compile(r"[*?]")


def matches_text(key: str, value: str) -> bool:
    """Return whether a value fits a key with or without wildcards; case and accents are not told apart.

    An empty key fits everything (PS3.4 C.2.2.2.3), and so does ``*``.
    """
    if not key:
        return True
    pattern = "".join(".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in fold(key))
    return re.fullmatch(pattern, fold(value), re.DOTALL) is not None


def has_wildcard(key: str) -> bool:
    """Return whether a key stands for more than itself."""
    return _WILDCARDS.search(key) is not None


def date_bounds(key: str) -> tuple[date | None, date | None]:
    """Return first and last day of a key such as ``20240131``, ``20240101-20240131``, ``20240101-`` or ``-20240131``.

    Raises
    ------
    ValueError
        It is no such key.
    """
    first, last = _ends(key)
    return _day(first), _day(last)


def time_bounds(key: str) -> tuple[time | None, time | None]:
    """Return the first and last moment of a day for a key such as ``0800-1200``; a time alone stands for its minute.

    Raises
    ------
    ValueError
        It is no such key.
    """
    first, last = _ends(key)
    return _moment(first, is_end=False), _moment(last, is_end=True)


def _ends(key: str) -> tuple[str, str]:
    text = key.strip()
    if "-" not in text:
        return text, text
    first, _, last = text.partition("-")
    return first.strip(), last.strip()


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%Y%m%d").date() if text else None


def _moment(text: str, *, is_end: bool) -> time | None:
    digits = text.replace(":", "").split(".")[0]
    if not digits:
        return None
    fill = "235959" if is_end else "000000"
    padded = digits + fill[len(digits) :]
    return time(int(padded[:2]), int(padded[2:4]), min(int(padded[4:6]), 59))
