"""Pages of the list: who sees what, in which order, and that paging neither skips nor repeats."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import study, uids
from worklist.criteria import COLUMNS, Criteria, Position
from worklist.selectors import PAGE_ROWS, list_page

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def _walk(user, criteria=Criteria(), **order):  # noqa: B008 -- a frozen value
    """Return all UIDs, page by page to the end."""
    found, after = [], ""
    while True:
        page = list_page(user, criteria, Position(after_uid=after, **order), today=TODAY)
        found += uids(page.studies)
        if not page.has_next:
            return found
        after = found[-1]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
@pytest.mark.parametrize("is_descending", [False, True], ids=["up", "down"])
def test_paging_shows_every_row_once_in_order(radiologist, north, column, is_descending):
    for number in range(2 * PAGE_ROWS + 7):
        study(number, facility=north, study_description=f"D{number % 3}", patient_sex="FM"[number % 2])

    found = _walk(radiologist, column=column, is_descending=is_descending)

    assert len(found) == len(set(found)) == 2 * PAGE_ROWS + 7


def test_the_last_page_and_the_way_back_show_the_same_rows(radiologist, north):
    for number in range(PAGE_ROWS + 20):
        study(number, facility=north)
    forwards = _walk(radiologist)

    last = list_page(radiologist, Criteria(), Position(is_last=True), today=TODAY)
    before = list_page(
        radiologist, Criteria(), Position(before_uid=last.studies[0].study_instance_uid), today=TODAY
    )

    assert uids(last.studies) == forwards[-PAGE_ROWS:]
    assert uids(before.studies) == forwards[:20]


def test_a_study_that_arrives_meanwhile_does_not_shift_the_next_page(radiologist, north):
    for number in range(PAGE_ROWS + 5):
        study(number, facility=north, study_moment=datetime(2026, 1, 1, 0, number, tzinfo=UTC))
    first = list_page(radiologist, Criteria(), Position(), today=TODAY)
    study(999, facility=north, study_moment=datetime(2026, 2, 1, tzinfo=UTC))

    position = Position(after_uid=first.studies[-1].study_instance_uid)
    second = list_page(radiologist, Criteria(), position, today=TODAY)

    assert not set(uids(first.studies)) & set(uids(second.studies))
    assert len(second.studies) == 5


def test_nobody_sees_studies_of_another_facility(radiologist, outsider, auditor, referrer, north, south):
    mine, _ = study(1, facility=north), study(2, facility=south)

    assert _walk(radiologist) == [mine.study_instance_uid]
    assert _walk(outsider) == _walk(auditor) == _walk(referrer) == []


def test_a_search_finds_words_by_their_beginning_and_ignores_accents(radiologist, north):
    wanted = study(1, facility=north, patient_name="Müller^Anna", patient_name_key="muller anna")
    study(2, facility=north, patient_name="Meier^Anna", patient_name_key="meier anna")

    assert _walk(radiologist, Criteria(text="MÜLL ann")) == [wanted.study_instance_uid]


def test_the_searched_text_stands_in_no_address(radiologist, north, log_in):
    study(1, facility=north, patient_name="Secretname^A", patient_name_key="secretname a")
    client = log_in(radiologist)

    location = client.post("/worklist/search/", {"q": "secretname"})["Location"]
    page = client.get(location).content.decode()

    assert "secretname" not in location.lower()
    assert "Secretname, A" in page
    assert not [part for part in page.split('href="')[1:] if "secretname" in part.split('"')[0].lower()]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    radiologist, north, log_in, django_assert_max_num_queries
):
    client = log_in(radiologist)
    for number in range(PAGE_ROWS):
        study(number, facility=north)

    with django_assert_max_num_queries(22):
        assert client.get("/worklist/").status_code == 200
