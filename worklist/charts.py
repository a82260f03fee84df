"""Bars and lines as numbers that a template draws; no script is needed to see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext

from worklist.turnaround import Turnaround

WIDTH, HEIGHT = 720, 160


@dataclass(frozen=True)
class Bar:
    """A group with the lengths of its bars, in percent of the longest, and its times in words."""

    turnaround: Turnaround
    median_percent: float
    ninetieth_percent: float
    median_words: str
    ninetieth_words: str
    longest_words: str


@dataclass(frozen=True)
class Line:
    """The course of the medians over the days, in the units of a drawing of ``WIDTH`` by ``HEIGHT``."""

    median_points: str
    ninetieth_points: str
    top_words: str
    first_day: str
    last_day: str


def bars_of(turnarounds: Sequence[Turnaround]) -> list[Bar]:
    """Return the bars of a comparison."""
    longest = max((one.ninetieth for one in turnarounds), default=timedelta()) or timedelta(seconds=1)
    return [
        Bar(
            one,
            100 * max(one.median / longest, 0),
            100 * max(one.ninetieth / longest, 0),
            in_words(one.median),
            in_words(one.ninetieth),
            in_words(one.longest),
        )
        for one in turnarounds
    ]


def line_of(days: Sequence[Turnaround]) -> Line | None:
    """Return the course over the days; None where there are fewer than two."""
    if len(days) < 2:
        return None
    top = max(one.ninetieth for one in days) or timedelta(seconds=1)

    dates = [date.fromisoformat(one.group) for one in days]
    whole = (dates[-1] - dates[0]).days

    def points(times: Sequence[timedelta]) -> str:
        return " ".join(
            f"{WIDTH * (day - dates[0]).days / whole:.1f},{HEIGHT - HEIGHT * max(time / top, 0):.1f}"
            for day, time in zip(dates, times, strict=True)
        )

    return Line(
        points([one.median for one in days]),
        points([one.ninetieth for one in days]),
        in_words(top),
        days[0].group,
        days[-1].group,
    )


def in_words(time: timedelta) -> str:
    """Return a time as it is spoken of: minutes, hours and minutes, or days and hours."""
    minutes = round(time.total_seconds() / 60)
    if abs(minutes) < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(abs(minutes), 60)
    sign = "-" if time < timedelta() else ""
    if hours < 48:
        return sign + gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    return sign + gettext("%(days)d d %(hours)d h") % {"days": hours // 24, "hours": hours % 24}
