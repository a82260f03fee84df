"""The list page and its pieces: whole visible sets for everybody, and what is recorded."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pydicom.uid import KeyObjectSelectionDocumentStorage

from accounts.models import Facility, User
from accounts.roles import Codename
from accounts.services.shares import share_study
from archive.models import Study
from audit.models import AuditEvent
from dicomkit.synth.modules import new_object
from tests.conftest import TESTER
from tests.dicom_samples import about, image
from tests.factories import series, store, study
from tests.worklist.department import arrived
from worklist.columns import COLUMNS
from worklist.models import ListSettings

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
ROW = re.compile(r'<tr[^>]*data-study-instance-uid="([^"]+)"')
SEES_NORTH = ["radiologist", "technologist", "administrator"]
SEES_NOTHING = ["referrer", "auditor", "outsider"]


@pytest.fixture
def studies(north: Facility, south: Facility) -> list[Study]:
    """Two studies in the north and one in the south, each with two series."""
    made = [study(1, facility=north), study(2, facility=north), study(3, facility=south)]
    for one in made:
        series(2, of=one, series_description="Second", number_of_series_related_instances=1)
        series(1, of=one, series_description="First", number_of_series_related_instances=7)
    return made


def shown(client: Client, address: str = "/worklist/") -> list[str]:
    """Return the UIDs of the rows that a page shows."""
    answer = client.get(address)
    assert answer.status_code == 200
    return ROW.findall(answer.content.decode())


@pytest.mark.parametrize("who", [*SEES_NORTH, *SEES_NOTHING])
def test_each_role_is_shown_its_whole_facility_or_nothing(
    who: str, request: pytest.FixtureRequest, studies: list[Study], log_in: LogIn
) -> None:
    client = log_in(request.getfixturevalue(who))

    assert shown(client) == (["1.2.3.2", "1.2.3.1"] if who in SEES_NORTH else [])


def test_a_referrer_is_shown_what_was_shared(referrer: User, studies: list[Study], log_in: LogIn) -> None:
    share_study(study=studies[2], user=referrer, codename=Codename.VIEW_STUDY, actor=TESTER)

    assert shown(log_in(referrer)) == ["1.2.3.3"]


@pytest.mark.parametrize(("place", "nothing"), [("rows/{}/", 204), ("studies/{}/series/", 404)])
def test_the_pieces_of_a_study_are_shown_to_those_who_may_see_it(
    place: str, nothing: int, radiologist: User, outsider: User, studies: list[Study], log_in: LogIn
) -> None:
    visible, hidden = (f"/worklist/{place.format(f'1.2.3.{number}')}" for number in (1, 3))

    assert log_in(radiologist).get(visible).status_code == 200
    assert log_in(radiologist).get(hidden).status_code == nothing
    assert log_in(outsider).get(visible).status_code == nothing
    assert log_in(radiologist).get(f"/worklist/{place.format('9.9.9')}").status_code == nothing
    assert Client().get(visible).status_code == 302


def test_a_row_is_the_same_alone_as_in_the_list(
    radiologist: User, studies: list[Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)

    page, row = (
        client.get("/worklist/").content.decode(),
        client.get("/worklist/rows/1.2.3.1/").content.decode(),
    )

    def bare(html: str) -> str:
        return re.sub(r"\s+", " ", html).strip()

    assert bare(row) in bare(page)


def test_a_row_says_what_the_study_is(radiologist: User, north: Facility, log_in: LogIn) -> None:
    study(
        1,
        facility=north,
        patient_name="van der Berg^Jan^^Dr",
        patient_id="<b>77</b>",
        patient_age_days=74 * 365 + 20,
        patient_sex="M",
        study_description="Knee & ankle",
        modalities_in_study="CT\\SR",
        body_parts_examined="ANKLE\\KNEE",
        accession_number="A77",
        number_of_study_related_series=3,
        number_of_study_related_instances=120,
        status="complete",
    )

    ListSettings.objects.create(user=radiologist, columns=[column.key for column in COLUMNS])

    html = log_in(radiologist).get("/worklist/rows/1.2.3.1/").content.decode()

    for text in ("van der Berg, Jan", "&lt;b&gt;77&lt;/b&gt;", "74 y", ">M<", "2024-01-02 00:00", "Knee &amp; ankle",
                 "CT", "SR", "ANKLE, KNEE", "A77", ">3<", ">120<", "In progress", "NORTH", "/viewer/studies/1.2.3.1/"):  # fmt: skip
        assert text in html, text
    assert "<b>77" not in html


@pytest.mark.parametrize(
    ("held", "badges", "notes"),
    [("CT\\KO\\PR\\SEG", ["CT"], "KO, PR, SEG"), ("KO\\SR", ["KO", "SR"], ""), ("CT\\PT", ["CT", "PT"], "")],
)
def test_notes_on_a_study_do_not_hide_what_it_is(
    held: str, badges: list[str], notes: str, radiologist: User, north: Facility, log_in: LogIn
) -> None:
    study(1, facility=north, modalities_in_study=held)

    html = log_in(radiologist).get("/worklist/rows/1.2.3.1/").content.decode()

    assert re.findall(r'<span class="badge">(\w+)</span>', html) == badges
    assert re.findall(r'title="Also holds ([^"]+)"', html) == ([notes] if notes else [])


def test_the_series_of_a_study_are_in_order_with_their_pictures(
    radiologist: User, studies: list[Study], log_in: LogIn
) -> None:
    html = log_in(radiologist).get("/worklist/studies/1.2.3.1/series/").content.decode()

    assert re.findall(r'data-thumbnail-url="([^"]+)"', html) == [
        "/viewer/series/1.2.3.1.1/thumbnail.png",
        "/viewer/series/1.2.3.1.2/thumbnail.png",
    ]
    assert html.index("First") < html.index("Second")
    assert re.findall(r"CT ·\s+(\d) (images?)\s", html) == [("7", "images"), ("1", "image")]


def test_a_series_without_images_says_so_and_asks_for_no_picture(
    radiologist: User, north: Facility, log_in: LogIn
) -> None:
    note = new_object(
        about(1),
        sop_class_uid=KeyObjectSelectionDocumentStorage,
        modality="KO",
        series_number=9,
        series_description="Key images",
        instance_number=1,
    )
    store(image(about(1)), note, facility=north)

    html = log_in(radiologist).get(f"/worklist/studies/{note.StudyInstanceUID}/series/").content.decode()

    assert html.count("data-thumbnail-url") == 1
    assert note.SeriesInstanceUID not in re.findall(r'data-thumbnail-url="([^"]+)"', html)[0]
    assert "No images" in html
    assert re.search(r"KO ·\s+1 object\s", html)


@pytest.mark.parametrize(("number", "label"), [(0, "0 studies"), (1, "1 study"), (2, "2 studies")])
def test_the_number_of_studies_is_said(
    number: int, label: str, radiologist: User, north: Facility, log_in: LogIn
) -> None:
    for one in range(number):
        study(one, facility=north)

    assert log_in(radiologist).get("/worklist/").context["page"]["count_label"] == label


def test_beyond_the_limit_the_number_is_said_to_be_more(
    radiologist: User, north: Facility, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worklist.selectors.COUNT_LIMIT", 1)
    for one in range(2):
        study(one, facility=north)

    assert log_in(radiologist).get("/worklist/").context["page"]["count_label"] == "more than 1,000 studies"


def test_an_empty_list_says_why(radiologist: User, log_in: LogIn) -> None:
    client = log_in(radiologist)

    assert "no studies here" in client.get("/worklist/").context["page"]["empty_reason"]
    assert "fits the filters" in client.get("/worklist/?modality=CT").context["page"]["empty_reason"]


def test_the_facilities_to_choose_from_are_the_own_ones(
    radiologist: User, south: Facility, log_in: LogIn
) -> None:
    choices = log_in(radiologist).get("/worklist/").context["page"]["choices"]["facilities"]

    assert [facility.code for facility in choices] == ["NORTH"]


def test_a_heading_turns_the_order_round(radiologist: User, log_in: LogIn) -> None:
    client = log_in(radiologist)
    columns = {one["key"]: one for one in client.get("/worklist/").context["page"]["columns"]}

    assert columns["date"]["direction"] == "descending"
    assert "dir=asc" in columns["date"]["sort_url"]
    assert (columns["patient"]["direction"], "dir=asc" in columns["patient"]["sort_url"]) == ("", True)


def test_each_look_at_the_list_or_at_series_is_recorded(
    radiologist: User, studies: list[Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)
    client.get("/worklist/?modality=CT")
    client.get("/worklist/studies/1.2.3.1/series/")
    client.get("/worklist/studies/1.2.3.3/series/")

    records = list(AuditEvent.objects.filter(event_type="query").order_by("seq"))
    assert [(record.outcome, record.study_instance_uid, record.patient_id) for record in records] == [
        (0, "", ""),
        (0, "1.2.3.1", "P1"),
        (4, "1.2.3.3", ""),
    ]
    assert records[0].details["address"] == "modality=CT"


@pytest.mark.parametrize(
    ("who", "address"),
    [("radiologist", "/worklist/?list=unread"), ("technologist", "/worklist/examinations/")],
)
def test_the_start_page_leads_to_where_the_work_of_a_role_begins(
    who: str, address: str, request: pytest.FixtureRequest, log_in: LogIn
) -> None:
    client = log_in(request.getfixturevalue(who))

    assert client.get("/", follow=True).redirect_chain[-1][0] == address
    assert client.get("/worklist/first/").url.startswith("/worklist/?list=")


def test_a_full_page_costs_no_more_queries_than_one_row(
    radiologist: User, north: Facility, log_in: LogIn
) -> None:
    client, address = log_in(radiologist), "/worklist/?modality=CT"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    arrived(0, facility=north)
    queries()
    for_one = queries()
    for number in range(1, 60):
        arrived(number, facility=north)

    assert queries() == for_one <= 22
