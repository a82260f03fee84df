"""What a line in the search box means: dates and modalities among words, in any order."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from dicomkit.person_name import fold

_Range = tuple[date, date]
# Names are typed as "Meier, Anna" and "MEIER^ANNA" too.
_SEPARATORS = str.maketrans("^=,;", "    ")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_TOKEN = re.compile(r'"([^"]*)"|(\S+)')
# Defined Terms of Modality (PS3.3 C.7.3.1.1.1) of which a department has studies, and what people say for them.
MODALITIES = (
    "CR",
    "CT",
    "DX",
    "ES",
    "IO",
    "MG",
    "MR",
    "NM",
    "OT",
    "PT",
    "PX",
    "RF",
    "SC",
    "SM",
    "SR",
    "US",
    "XA",
)
_SAID_FOR = {"MRI": "MR", "PET": "PT", "MRT": "MR"}


@dataclass(frozen=True)
class Meaning:
    """One thing that was understood, in words for the reader."""

    kind: str
    text: str


@dataclass(frozen=True)
class SearchLine:
    """What was understood of a line.

    Attributes
    ----------
    words
        Folded beginnings of words of name, ID, accession number or description; all of them must be found.
    modalities
        Codes; one of them must be in the study.
    first, last
        Study Dates, both included.
    """

    words: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    meanings: tuple[Meaning, ...] = ()


def understand(line: str, today: date) -> SearchLine:
    """Read a line of the search box. What stands in quotation marks is a word, whatever it looks like."""
    words: dict[str, None] = {}
    modalities: dict[str, None] = {}
    ranges: list[_Range] = []
    meanings: list[Meaning] = []
    tokens = [(quoted or bare, bool(quoted)) for quoted, bare in _TOKEN.findall(line)]
    while tokens:
        taken, period = (0, None) if tokens[0][1] else _date_at(tokens, today)
        if period:
            ranges.append(period)
            meanings.append(Meaning(_("Study date"), _in_words(period)))
            del tokens[:taken]
            continue
        token, is_quoted = tokens.pop(0)
        modality = "" if is_quoted else _modality(token)
        if modality:
            modalities[modality] = None
            meanings.append(Meaning(_("Modality"), modality))
            continue
        for word in fold(token.translate(_SEPARATORS)).split():
            words[word[:64]] = None
            kind = _("ID, accession or word") if any(map(str.isdigit, word)) else _("Name or word")
            meanings.append(Meaning(kind, word))
    return SearchLine(
        words=tuple(words),
        modalities=tuple(modalities),
        first=max((first for first, _ in ranges), default=None),
        last=min((last for _, last in ranges), default=None),
        meanings=tuple(dict.fromkeys(meanings)),
    )


def _date_at(tokens: list[tuple[str, bool]], today: date) -> tuple[int, _Range | None]:
    """Return how many tokens at the beginning say a date, and which days it means."""
    texts = [text.lower().strip(",;") for text, is_quoted in tokens[:2] if not is_quoted]
    two = _SPOKEN.get(" ".join(texts)) if len(texts) == 2 else None
    if two:
        return 2, two(today)
    one = _SPOKEN.get(texts[0])
    return 1, one(today) if one else _written_date(texts[0])


def _written_date(text: str) -> _Range | None:
    try:
        if found := _ISO.fullmatch(text):
            day = date(*map(int, found.groups()))
            return day, day
        if found := _DOTTED.fullmatch(text):
            day = date(*map(int, reversed(found.groups())))
            return day, day
        if found := _MONTH.fullmatch(text):
            return _month(date(int(found[1]), int(found[2]), 1))
    except ValueError:
        return None
    return None


def _month(day: date) -> _Range:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _week(day: date) -> _Range:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


_DAY = timedelta(days=1)
_SPOKEN: dict[str, Callable[[date], _Range]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "this week": _week,
    "last week": lambda today: _week(today - 7 * _DAY),
    "this month": _month,
    "last month": lambda today: _month(today.replace(day=1) - _DAY),
}


def _modality(token: str) -> str:
    code = _SAID_FOR.get(token.upper(), token.upper())
    return code if code in MODALITIES else ""


def _in_words(period: _Range) -> str:
    first, last = period
    return first.isoformat() if first == last else f"{first.isoformat()} … {last.isoformat()}"
