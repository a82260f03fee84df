"""How many queries the pages cost that are asked for most; the budget stands in query_counts.json.

Run with ``PACS_UPDATE_QUERY_COUNTS=1`` to write the counted numbers there, and look at the difference.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Facility, User
from archive.models import Instance, Study
from tests.dicom_samples import about, image
from tests.factories import store, study
from viewer.services import render_requested_tile
from viewer.tiles.request import TileRequest

pytestmark = pytest.mark.django_db

BUDGETS = Path(__file__).with_name("query_counts.json")
STUDY = about(1).study_instance_uid
SERIES, SOP = image(about(1)).SeriesInstanceUID, image(about(1)).SOPInstanceUID
TILE = f"/viewer/tiles/{SOP}/1/0/0/0.png"

ADDRESSES = {
    "worklist": "/worklist/",
    "worklist, filtered and sorted": "/worklist/?modality=OT&date_preset=all&status=in_progress&sort=patient&dir=asc",
    "worklist row": f"/worklist/rows/{STUDY}/",
    "worklist series": f"/worklist/studies/{STUDY}/series/",
    "worklist quick look": f"/worklist/studies/{STUDY}/quick-look/",
    "viewer page": f"/viewer/studies/{STUDY}/",
    "viewer manifest": f"/viewer/studies/{STUDY}/manifest.json",
    "tile": TILE,
}


@pytest.fixture
def stored(north: Facility) -> None:
    """A study with one image, and that image's tile; and what Django looks up once per process is known."""
    ContentType.objects.get_for_model(Study)
    store(image(about(1)), facility=north)
    render_requested_tile(TileRequest(Instance.objects.select_related("blob").get().blob.sha256, 1, 0, 0, 0))


def queries_of(client: Client, address: str) -> list[str]:
    """Return the statements that a request costs, without the marks of transactions."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [
        query["sql"]
        for query in captured.captured_queries
        if query["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}
    ]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_costs_what_its_budget_says(
    name: str, radiologist: User, log_in: Callable[[User], Client]
) -> None:
    found = queries_of(log_in(radiologist), ADDRESSES[name])

    if os.environ.get("PACS_UPDATE_QUERY_COUNTS"):
        budgets = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
        BUDGETS.write_text(json.dumps({**budgets, name: len(found)}, indent=2, sort_keys=True) + "\n")
    assert len(found) == json.loads(BUDGETS.read_text())[name], "\n".join(found)


@pytest.mark.usefixtures("stored")
def test_a_tile_of_a_study_that_the_reader_was_admitted_to_costs_one_query(
    radiologist: User, log_in: Callable[[User], Client]
) -> None:
    client = log_in(radiologist)
    queries_of(client, TILE)

    (query,) = queries_of(client, TILE)

    assert "rightsstamp" in query


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", ADDRESSES)
def test_more_studies_series_and_images_cost_no_more_queries(
    name: str, radiologist: User, north: Facility, log_in: Callable[[User], Client]
) -> None:
    before = queries_of(log_in(radiologist), ADDRESSES[name])
    for number in range(2, 42):
        study(number, facility=north)
    store(
        *[
            image(about(1), series=1 + number % 4, number=number, rows=4, columns=4)
            for number in range(2, 42)
        ],
        facility=north,
    )

    after = queries_of(log_in(radiologist), ADDRESSES[name])

    assert len(after) == len(before), "\n".join(after)
