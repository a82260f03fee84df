"""Order and pages of the list: every row once, in order, forwards and backwards, while studies arrive."""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Facility, User
from archive.models import Study
from tests.factories import study, uids
from tests.worklist.department import waiting
from worklist.columns import COLUMN_OF, COLUMNS, Column
from worklist.criteria import Criteria, DatePreset, Position
from worklist.selectors import COUNT_LIMIT, PAGE_ROWS, Page, list_page

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
MOMENT = datetime(2026, 11, 24, 8, tzinfo=UTC)
NONE = Criteria()
BOTH_WAYS = pytest.mark.parametrize("is_descending", [False, True], ids=["up", "down"])
EACH_COLUMN = pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
NAMES = ["", "adams anna", "meier", "müller", "Zeta", "öztürk", "meier"]
ROWS = 3 * PAGE_ROWS + 7


@pytest.fixture
def studies(north: Facility, south: Facility, radiologist: User) -> list[Study]:
    """Studies with many equal values in every column but the date, at two facilities that the reader belongs to."""
    radiologist.memberships.create(facility=south, role="radiologist")
    made = [
        study(
            number,
            facility=south if number % 3 == 0 else north,
            patient_id=f"P{number % 5}",
            patient_name_key=NAMES[number % 7],
            patient_age_days=[-1, 0, 9, 10_000, 400][number % 5],
            patient_sex=["", "F", "M", "O"][number % 4],
            study_moment=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number // 10),
            study_description=["", "CT Chest", "ct chest", "Übersicht"][number % 4],
            modalities_in_study=["", "CT", "CT\\SR", "MR"][number % 4],
            body_parts_examined=["", "CHEST", "HEAD"][number % 3],
            accession_number=["", "10", "9", "A1"][number % 4],
            number_of_study_related_series=number % 6,
            number_of_study_related_instances=number % 11,
            status=["receiving", "complete"][number % 2],
        )
        for number in range(ROWS)
    ]
    for number, one in enumerate(made):
        waiting(
            one,
            status=["in_progress", "checked", "preliminary", "final"][number % 4],
            priority=[4, 1, 3][number % 3],
            due_at=MOMENT + timedelta(hours=number % 9),
            subspecialty=["", "neuro", "chest"][number % 3],
            patient_class=["", "E", "I"][number % 3],
            assigned_to=radiologist if number % 5 == 0 else None,
            referring_physician_key=["", "adler", "bode"][number % 3],
        )
    return list(Study.objects.select_related("reading").order_by("pk"))


@pytest.fixture(params=["sorted", "walked"])
def found_either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rows be all sorted, as where they are few, or found along the index of the order, as where they are many."""
    if request.param == "walked":
        monkeypatch.setattr("worklist.selectors.COUNT_LIMIT", 10)


def page_of(user: User, **position: Any) -> Page:
    """Return a page of the unfiltered list."""
    return list_page(user, NONE, Position(**position), today=TODAY)


def walk(user: User, **order: Any) -> list[list[str]]:
    """Return the UIDs of every page from the first to the last."""
    pages = [page_of(user, **order)]
    while pages[-1].has_next:
        pages.append(page_of(user, after_uid=pages[-1].studies[-1].study_instance_uid, **order))
    return [uids(page.studies) for page in pages]


def walk_back(user: User, **order: Any) -> list[list[str]]:
    """Return the UIDs of every page from the last to the first."""
    pages = [page_of(user, is_last=True, **order)]
    while pages[-1].has_previous:
        pages.append(page_of(user, before_uid=pages[-1].studies[0].study_instance_uid, **order))
    return [uids(page.studies) for page in pages]


def joined(pages: list[list[str]]) -> list[str]:
    """Return the rows of all pages in one list."""
    return [uid for page in pages for uid in page]


def study_beside(other: Study, column: Column, number: int, facility: Facility) -> None:
    """Make a study that a column sorts next to another one."""
    of_study = {name: getattr(other, name) for name in column.fields if "__" not in name}
    of_reading = [name.removeprefix("reading__") for name in column.fields if "__" in name]
    # The rank follows from the status; the key of a facility is not the new study's to choose.
    names = ["status" if name == "status_rank" else name for name in of_reading]
    copied = {
        name: getattr(other.reading, name) for name in names if name not in {"facility_id", "reader_name"}
    }
    waiting(study(number, facility=facility, **of_study), **copied)


@EACH_COLUMN
@BOTH_WAYS
@pytest.mark.usefixtures("found_either_way")
def test_every_column_sorts_as_python_would_and_paging_misses_nothing(
    column: Column, is_descending: bool, radiologist: User, studies: list[Study]
) -> None:
    values = operator.attrgetter(*(field.replace("__", ".") for field in column.order))
    expected = uids(sorted(studies, key=values, reverse=is_descending))
    order = {"column": column, "is_descending": is_descending}

    forwards, backwards = walk(radiologist, **order), walk_back(radiologist, **order)

    assert joined(forwards) == expected
    assert joined(backwards[::-1]) == expected
    assert [len(page) for page in forwards] == [len(page) for page in backwards] == [50, 50, 50, 7]


@EACH_COLUMN
@pytest.mark.usefixtures("found_either_way")
def test_studies_that_arrive_or_go_between_pages_repeat_and_skip_none_of_the_others(
    column: Column, radiologist: User, studies: list[Study], north: Facility
) -> None:
    order = {"column": column, "is_descending": False}
    before = joined(walk(radiologist, **order))
    seen: list[str] = []
    page = page_of(radiologist, **order)
    number = 1000
    while True:
        seen += uids(page.studies)
        if not page.has_next:
            break
        last = page.studies[-1]
        study_beside(last, column, number, north)
        Study.objects.filter(study_instance_uid=page.studies[0].study_instance_uid).delete()
        page = page_of(radiologist, after_uid=last.study_instance_uid, **order)
        number += 1

    assert [uid for uid in seen if uid in set(before)] == before
    assert len(seen) == len(set(seen))


def test_the_neighbours_of_a_page_are_known(radiologist: User, studies: list[Study]) -> None:
    first, last = page_of(radiologist), page_of(radiologist, is_last=True)
    middle = page_of(radiologist, after_uid=first.studies[-1].study_instance_uid)

    assert (first.has_previous, first.has_next) == (False, True)
    assert (middle.has_previous, middle.has_next) == (True, True)
    assert (last.has_previous, last.has_next) == (True, False)
    assert page_of(radiologist, before_uid=middle.studies[0].study_instance_uid) == Page(
        first.studies, has_previous=False, has_next=True, count=ROWS
    )


def test_one_full_page_has_no_neighbours(radiologist: User, north: Facility) -> None:
    for number in range(PAGE_ROWS):
        study(number, facility=north)

    for page in (page_of(radiologist), page_of(radiologist, is_last=True)):
        assert (len(page.studies), page.has_previous, page.has_next) == (PAGE_ROWS, False, False)


def test_an_empty_list_is_one_empty_page(radiologist: User) -> None:
    assert page_of(radiologist) == page_of(radiologist, is_last=True) == Page([], False, False, 0)


def test_beyond_the_limit_rows_are_not_counted(radiologist: User, north: Facility) -> None:
    template = study(0, facility=north)
    Study.objects.bulk_create(
        Study(
            **{
                field.attname: getattr(template, field.attname)
                for field in Study._meta.concrete_fields
                if field.name not in {"id", "study_instance_uid"}
            },
            study_instance_uid=f"9.{number}",
        )
        for number in range(COUNT_LIMIT - 1)
    )

    assert page_of(radiologist).count == COUNT_LIMIT

    study(1, facility=north)
    assert page_of(radiologist).count is None


def test_the_place_of_a_study_that_one_may_not_see_is_not_told(
    radiologist: User, north: Facility, south: Facility
) -> None:
    """Else its name could be found out by asking which of one's own studies come after it."""
    for number, name in enumerate(["anna", "berta", "clara", "dora"]):
        study(number, facility=north, patient_name_key=name)
    hidden = study(99, facility=south, patient_name_key="bodo")
    order = {"column": COLUMN_OF["patient"], "is_descending": False}

    page = page_of(radiologist, after_uid=hidden.study_instance_uid, **order)

    assert uids(page.studies) == uids(page_of(radiologist, **order).studies)
    assert uids(page.studies) == uids(page_of(radiologist, after_uid="9.9.9", **order).studies)


@pytest.mark.parametrize(
    "query",
    ["after=%00", "before=%00", "after=%ED%A0%80", "after=" + "9" * 5000, "sort=nothing&dir=sideways", "sort=%00", "last"],
    ids=["NUL", "NUL before", "surrogate", "long", "unknown order", "NUL as order", "last"],
)  # fmt: skip
def test_no_address_breaks_the_list(
    query: str, radiologist: User, north: Facility, log_in: Callable[[User], Client]
) -> None:
    study(1, facility=north)

    assert log_in(radiologist).get(f"/worklist/?{query}").status_code == 200


def test_the_links_of_the_pages_lead_through_the_whole_list(
    radiologist: User, studies: list[Study], log_in: Callable[[User], Client]
) -> None:
    client = log_in(radiologist)
    shown: list[list[str]] = []
    url: str | None = "/worklist/?sort=description&dir=asc"
    while url:
        page = client.get(url).context["page"]
        shown.append([row.study_instance_uid for row in page["rows"]])
        url, last_url, first_url = page["next_url"], page["last_url"], page["first_url"]
        assert (last_url is None) == (url is None)
        assert (first_url is None) == (len(shown) == 1)

    expected = uids(sorted(studies, key=lambda one: (one.study_description, one.pk)))
    assert joined(shown) == expected
    back = client.get(page["previous_url"]).context["page"]
    assert [row.study_instance_uid for row in back["rows"]] == shown[-2]
    first = client.get(page["first_url"]).context["page"]
    assert [row.study_instance_uid for row in first["rows"]] == shown[0]
    assert all(one != two for one, two in pairwise(shown))


def test_few_studies_are_sorted_and_many_found_along_the_index(
    radiologist: User, studies: list[Study], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits lies at one end of an order by time: an index walked from the other passes by the whole archive."""

    def query_of_keys(**criteria: Any) -> str:
        with CaptureQueriesContext(connection) as captured:
            list_page(radiologist, Criteria(**criteria), Position(column=COLUMN_OF["due"]), today=TODAY)
        return next(one["sql"] for one in captured if "ORDER BY" in one["sql"] and "due_at" in one["sql"])

    assert "COALESCE" in query_of_keys()

    monkeypatch.setattr("worklist.selectors.COUNT_LIMIT", 10)

    assert "COALESCE" not in query_of_keys()
    assert "COALESCE" not in query_of_keys(statuses=("final",))
    month = {"date_preset": DatePreset.RANGE, "date_from": date(2024, 1, 1), "date_to": date(2024, 1, 31)}
    for few in ({"list_key": "unread"}, {"statuses": ("checked",)}, month):
        assert "COALESCE" in query_of_keys(**few)
