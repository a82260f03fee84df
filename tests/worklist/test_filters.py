"""What each filter finds, alone and together, and that the searched text stays out of addresses."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Study
from tests.conftest import member
from tests.factories import series, study
from tests.worklist.department import waiting
from worklist.criteria import Criteria, DatePreset, Position
from worklist.forms import FilterForm, criteria_of
from worklist.selectors import list_page

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
LogIn = Callable[[User], Client]
EVERYBODY = {"mueller", "meier", "yamada", "obrien", "percent", "undated"}


@pytest.fixture
def studies(radiologist: User, north: Facility, south: Facility) -> dict[str, Study]:
    """Six studies that differ in everything that can be searched for, at two facilities of the reader."""
    radiologist.memberships.create(facility=south, role="radiologist")
    made: dict[str, dict[str, Any]] = {
        "mueller": {
            "patient_name": "Müller-Lüdenscheidt^Änne^Maria",
            "patient_id": "HN-0042",
            "accession_number": "ACC.7",
            "study_date": TODAY,
        },
        "meier": {"patient_name": "Meier^Anna", "study_date": TODAY - timedelta(days=1)},
        "yamada": {
            "patient_name": "Yamada^Tarou=山田^太郎=やまだ^たろう",
            "study_date": TODAY - timedelta(days=6),
        },
        "obrien": {"patient_name": "O'BRIEN^SIÔN", "study_date": TODAY - timedelta(days=7)},
        "percent": {
            "patient_name": "100%^A_B",
            "study_description": "Thorax^Kontrolle, nativ",
            "study_date": TODAY - timedelta(days=29),
        },
        "undated": {"patient_name": "", "study_date": None, "study_moment": "1999-01-01T00:00Z"},
    }
    south_reader = member(Role.RADIOLOGIST, south)
    radiologist.reader_profiles.create(facility=north, subspecialties=["neuro", "breast"])
    radiologist.reader_profiles.create(facility=south, subspecialties=[])
    hour_ago = timezone.now() - timedelta(hours=1)
    of_reading: dict[str, dict[str, Any]] = {
        "mueller": {
            "priority": 1,
            "patient_class": "E",
            "subspecialty": "neuro",
            "due_at": hour_ago,
            "assigned_to": radiologist,
            "referring_physician_key": "adler grete",
        },
        "obrien": {"priority": 2, "status": "being_read", "claimed_by": radiologist},
        "percent": {"assigned_to": south_reader},
        "meier": {"status": "final", "due_at": hour_ago},
        "yamada": {"status": "final"},
    }
    rows = {}
    for number, (name, columns) in enumerate(made.items()):
        row = study(
            number,
            facility=south if name in {"meier", "obrien"} else north,
            status="complete" if name in {"meier", "yamada"} else "receiving",
            **columns,
        )
        modalities = ["CT", "SR"] if name in {"mueller", "obrien"} else ["MR"]
        for place, modality in enumerate(modalities):
            series(place, of=row, modality=modality)
        row.modalities_in_study = "\\".join(modalities)
        row.body_parts_examined = "CHEST\\HEAD" if name == "mueller" else "KNEE"
        row.save()
        waiting(row, **of_reading.get(name, {}))
        rows[name] = row
    return rows


def found(user: User, studies: dict[str, Study], **criteria: Any) -> set[str]:
    """Return the names of the studies that fit."""
    page = list_page(user, Criteria(**criteria), Position(), today=TODAY)
    names = {one.study_instance_uid: name for name, one in studies.items()}
    rows = [names[one.study_instance_uid] for one in page.studies]
    assert len(rows) == len(set(rows)) == page.count
    return set(rows)


TEXTS = {
    "family name": ("müller", {"mueller"}),
    "without the accent": ("Muller", {"mueller"}),
    "beginning": ("MUL", {"mueller"}),
    "given name": ("anne", {"mueller"}),
    "second part of a double name": ("ludenscheidt", {"mueller"}),
    "both parts": ("Müller, Änne", {"mueller"}),
    "DICOM spelling": ("MÜLLER^ÄNNE", {"mueller"}),
    "other order": ("anne muller", {"mueller"}),
    "two that share a beginning": ("ann", {"mueller", "meier"}),
    "not the middle of a word": ("ller", set()),
    "contradicting words": ("muller anna", set()),
    "ideographs": ("山田", {"yamada"}),
    "kana": ("やまだ", {"yamada"}),
    "apostrophe": ("o'brien", {"obrien"}),
    "circumflex": ("sion", {"obrien"}),
    "patient ID": ("hn-0042", {"mueller"}),
    "accession number": ("acc.7", {"mueller"}),
    "word of the description": ("kontrolle", {"percent"}),
    "percent sign as itself": ("100%", {"percent"}),
    "percent sign is no wildcard": ("%", set()),
    "underscore as itself": ("a_b", {"percent"}),
    "underscore is no wildcard": ("a_n", set()),
    "backslash": ("\\", set()),
    "quote": ("';--", set()),
    "last before the surrogates": ("\ud7ff", set()),
    "last of all": ("\U0010ffff", set()),
    "a long word": ("x" * 128, set()),
    "many words": ("a " * 64, {"mueller", "meier", "percent"}),
    "blanks only": ("   ", {"mueller", "meier", "yamada", "obrien", "percent", "undated"}),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_the_search_box_finds_words_by_their_beginning(
    text: str, expected: set[str], radiologist: User, studies: dict[str, Study]
) -> None:
    assert found(radiologist, studies, text=text) == expected


RANGES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "today": ({"date_preset": DatePreset.TODAY}, {"mueller"}),
    "yesterday": ({"date_preset": DatePreset.YESTERDAY}, {"meier"}),
    "seven days with today": ({"date_preset": DatePreset.WEEK}, {"mueller", "meier", "yamada"}),
    "thirty days with today": (
        {"date_preset": DatePreset.MONTH},
        {"mueller", "meier", "yamada", "obrien", "percent"},
    ),
    "from": ({"date_preset": DatePreset.RANGE, "date_from": TODAY - timedelta(days=1)}, {"mueller", "meier"}),
    "to": (
        {"date_preset": DatePreset.RANGE, "date_to": TODAY - timedelta(days=7)},
        {"obrien", "percent", "undated"},
    ),
    "one day": (
        {
            "date_preset": DatePreset.RANGE,
            "date_from": TODAY - timedelta(days=6),
            "date_to": TODAY - timedelta(days=6),
        },
        {"yamada"},
    ),
}


@pytest.mark.parametrize(("criteria", "expected"), RANGES.values(), ids=RANGES)
def test_dates_are_found_with_both_ends(
    criteria: dict[str, Any], expected: set[str], radiologist: User, studies: dict[str, Study]
) -> None:
    assert found(radiologist, studies, **criteria) == expected


OTHERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "modality": ({"modality": "CT"}, {"mueller", "obrien"}),
    "modality that is not the first": ({"modality": "SR"}, {"mueller", "obrien"}),
    "modality that nobody has": ({"modality": "US"}, set()),
    "body part": ({"body_part": "head"}, {"mueller"}),
    "facility": ({"facility_code": "SOUTH"}, {"meier", "obrien"}),
    "facility that is not one's own": ({"facility_code": "EAST"}, set()),
    "status": ({"statuses": ("final",)}, {"meier", "yamada"}),
    "several statuses": ({"statuses": ("final", "checked")}, EVERYBODY - {"obrien"}),
    "images still arriving": ({"is_arriving": True}, EVERYBODY - {"meier", "yamada"}),
    "priority": ({"priorities": (1,)}, {"mueller"}),
    "several priorities": ({"priorities": (1, 2)}, {"mueller", "obrien"}),
    "patient class": ({"patient_class": "E"}, {"mueller"}),
    "mine": ({"reader": "me"}, {"mueller", "obrien"}),
    "nobody's": ({"reader": "nobody"}, EVERYBODY - {"mueller", "obrien", "percent"}),
    "a colleague's": ({"reader": "radiologist.south"}, {"percent"}),
    "of nobody whom we know": ({"reader": "no such person"}, set()),
    "subspecialty": ({"subspecialty": "neuro"}, {"mueller"}),
    "my subspecialty": ({"subspecialty": "mine"}, {"mueller", "meier", "obrien"}),
    "overdue": ({"is_overdue": True}, {"mueller"}),
    "referring physician": ({"physician": "Ádler"}, {"mueller"}),
    "modality and facility": ({"modality": "CT", "facility_code": "NORTH"}, {"mueller"}),
    "all at once": (
        {
            "text": "meier",
            "modality": "MR",
            "facility_code": "SOUTH",
            "statuses": ("final",),
            "reader": "nobody",
            "body_part": "knee",
            "date_preset": DatePreset.WEEK,
        },
        {"meier"},
    ),
    "all at once but one": ({"text": "meier", "modality": "CT"}, set()),
}


@pytest.mark.parametrize(("criteria", "expected"), OTHERS.values(), ids=OTHERS)
def test_filters_narrow_the_list_together(
    criteria: dict[str, Any], expected: set[str], radiologist: User, studies: dict[str, Study]
) -> None:
    assert found(radiologist, studies, **criteria) == expected


def test_no_filter_shows_more_than_the_user_may_see(
    outsider: User, referrer: User, studies: dict[str, Study]
) -> None:
    for user in (outsider, referrer):
        for criteria, _ in [
            *OTHERS.values(),
            *RANGES.values(),
            *[({"text": text}, None) for text, _ in TEXTS.values()],
        ]:
            assert found(user, studies, **criteria) == set()


def _criteria(query: str) -> Criteria:
    form = FilterForm(QueryDict(query))
    form.is_valid()
    return criteria_of(form.cleaned_data, text="")


def test_what_does_not_validate_does_not_filter() -> None:
    assert _criteria("date_preset=nonsense&date_from=31.31.2024&modality=" + "X" * 99) == Criteria()
    assert _criteria("facility=%00&modality=%00&status=%00&body_part=%00") == Criteria()
    assert _criteria("list=none&status=odd&priority=9&priority=x&patient_class=Z&reader=%00") == Criteria()


def test_a_reversed_range_is_turned_round() -> None:
    criteria = _criteria("date_preset=range&date_from=2024-02-01&date_to=2024-01-01")

    assert criteria.date_range(TODAY) == (date(2024, 1, 1), date(2024, 2, 1))


def test_a_range_without_dates_filters_nothing() -> None:
    assert not _criteria("date_preset=range").is_filtered


ADDRESS = re.compile(rb"""(?:href|src|action|data-[a-z-]*url)="([^"]*)\"""")


@pytest.mark.parametrize(
    ("text", "traces"),
    [
        ("Müller-Lüdenscheidt", ["müller", "m%c3%bc", "denscheidt"]),
        ("HN-0042", ["hn-0042", "hn%2d0042"]),
        ("ACC.7", ["acc.7", "acc%2e7"]),
    ],
    ids=["name", "ID", "accession"],
)
def test_the_searched_text_is_in_no_address(
    text: str, traces: list[str], radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)

    forwarded = client.post(
        "/worklist/search/", {"q": text, "modality": "CT", "sort": "patient", "dir": "asc"}
    )
    page = client.get(forwarded["Location"])

    addresses = [forwarded["Location"].encode(), *ADDRESS.findall(page.content)]
    assert [row.study_instance_uid for row in page.context["page"]["rows"]] == [
        studies["mueller"].study_instance_uid
    ]
    assert len(addresses) > 10
    for address in addresses:
        for trace in traces:
            assert trace.encode() not in address.lower()
    assert b"modality=CT" in addresses[0]
    assert b"sort=patient" in addresses[0]


def test_the_search_comes_back_with_sorting_paging_and_reloading(
    radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)
    address = client.post("/worklist/search/", {"q": "ann"})["Location"]

    for url in (address, address, client.get(address).context["page"]["columns"][0]["sort_url"]):
        page = client.get(url).context["page"]
        assert (len(page["rows"]), page["filters"]["q"]) == (2, "ann")


def test_the_word_for_a_search_is_worth_nothing_in_another_session(
    radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    address = log_in(radiologist).post("/worklist/search/", {"q": "ann"})["Location"]

    page = log_in(radiologist).get(address).context["page"]

    assert (len(page["rows"]), page["filters"]["q"]) == (6, "")


def test_the_same_search_keeps_its_word_and_old_ones_are_forgotten(radiologist: User, log_in: LogIn) -> None:
    client = log_in(radiologist)
    first = client.post("/worklist/search/", {"q": "first"})["Location"]
    assert client.post("/worklist/search/", {"q": "first"})["Location"] == first

    for number in range(25):
        client.post("/worklist/search/", {"q": f"other {number}"})

    assert client.get(first).context["page"]["filters"]["q"] == ""
    assert len(client.session["worklist_searches"]) == 20


def test_a_modality_is_one_of_a_study_and_no_part_of_a_word(
    radiologist: User, north: Facility, studies: dict[str, Study]
) -> None:
    wanted = study(30, facility=north, modalities_in_study="CT\\PT\\SR")
    study(31, facility=north, modalities_in_study="OCT")
    study(32, facility=north, modalities_in_study="")

    page = list_page(radiologist, Criteria(modality="PT"), Position(), today=TODAY)
    of_ct = list_page(radiologist, Criteria(modality="CT"), Position(), today=TODAY)

    assert [one.pk for one in page.studies] == [wanted.pk]
    assert {one.pk for one in of_ct.studies} == {wanted.pk, studies["mueller"].pk, studies["obrien"].pk}


def test_a_facility_out_of_sight_holds_nothing(radiologist: User, north: Facility) -> None:
    elsewhere = Facility.objects.create(code="ELSEWHERE", name="Elsewhere")
    study(1, facility=elsewhere)
    study(2, facility=north)

    for code in ("ELSEWHERE", "NOWHERE"):
        assert list_page(radiologist, Criteria(facility_code=code), Position(), today=TODAY).count == 0
