"""What a line of the search box is understood to mean."""

from datetime import date
from typing import Any

import pytest

from worklist.search_line import SearchLine, understand

# A Tuesday.
TODAY = date(2026, 11, 24)
MARCH_1 = date(2024, 3, 1)

LINES: dict[str, dict[str, Any]] = {
    "2024-03-01": {"first": MARCH_1, "last": MARCH_1},
    "1.3.2024": {"first": MARCH_1, "last": MARCH_1},
    "2024-02": {"first": date(2024, 2, 1), "last": date(2024, 2, 29)},
    "today": {"first": TODAY, "last": TODAY},
    "Yesterday": {"first": date(2026, 11, 23), "last": date(2026, 11, 23)},
    "last week": {"first": date(2026, 11, 16), "last": date(2026, 11, 22)},
    "this week": {"first": date(2026, 11, 23), "last": date(2026, 11, 29)},
    "last month": {"first": date(2026, 10, 1), "last": date(2026, 10, 31)},
    "CT": {"modalities": ("CT",)},
    "mri pet": {"modalities": ("MR", "PT")},
    "Meier, Anna": {"words": ("meier", "anna")},
    "hn-0042 A123": {"words": ("hn-0042", "a123")},
    "müller ct yesterday": {
        "words": ("muller",),
        "modalities": ("CT",),
        "first": date(2026, 11, 23),
        "last": date(2026, 11, 23),
    },
    'us "us" "today"': {"modalities": ("US",), "words": ("us", "today")},
    "last": {"words": ("last",)},
    "20240301 31.31.2024 2024-13-01": {"words": ("20240301", "31.31.2024", "2024-13-01")},
    "": {},
}


@pytest.mark.parametrize(("line", "expected"), LINES.items(), ids=LINES)
def test_dates_and_modalities_are_told_from_words(line: str, expected: dict[str, Any]) -> None:
    found = understand(line, TODAY)

    assert {
        name: getattr(found, name)
        for name in ("words", "modalities", "first", "last")
        if getattr(found, name) != getattr(SearchLine(), name)
    } == expected


def test_two_dates_narrow_each_other() -> None:
    found = understand("last week 2026-11-17", TODAY)

    assert (found.first, found.last) == (date(2026, 11, 17), date(2026, 11, 17))


def test_what_was_understood_is_said_in_order() -> None:
    meanings = understand("Meier ct hn-42 last week", TODAY).meanings

    assert [(one.kind, one.text) for one in meanings] == [
        ("Name or word", "meier"),
        ("Modality", "CT"),
        ("ID, accession or word", "hn-42"),
        ("Study date", "2026-11-16 … 2026-11-22"),
    ]
