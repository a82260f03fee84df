"""Orders from a program: with a token, as JSON."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Facility, User
from tests.accounts.programs import program, token_of
from tests.worklist.department import arrived, step_of
from worklist.models import ImagingServiceRequest, RequestedProcedure
from worklist.services import acquisition
from worklist.states import StepAction

ORDER = {
    "facility": "NORTH",
    "accession_number": "RIS-1",
    "placer_order_number": "PL-77",
    "patient_class": "E",
    "reason": "Fall from a ladder",
    "patient": {"patient_id": "P1", "patient_name": "Family1^Given", "patient_birth_date": "1970-02-03"},
    "procedures": [
        {
            "description": "CT head",
            "modality": "CT",
            "priority": "STAT",
            "steps": [{"scheduled_at": "2026-03-01T09:30:00+01:00", "station_ae_title": "CT1"}],
        }
    ],
}


@pytest.fixture
def ris(technologist: User) -> Client:
    """A program that acts for a technologist of the north."""
    return program(token_of(technologist, "read", "write"))


def post(client: Client, address: str, body: Any) -> HttpResponse:
    return client.post(address, json.dumps(body), content_type="application/json")


def changed(**values: Any) -> dict[str, Any]:
    return {**ORDER, **values}


def test_an_order_is_placed_with_everything_it_says(north: Facility, ris: Client):
    answer = post(ris, "/worklist/orders/", ORDER)
    assert answer.status_code == 201
    body, request = answer.json(), ImagingServiceRequest.objects.get()
    procedure = RequestedProcedure.objects.get()
    assert (request.accession_number, request.placer_order_number, request.patient_class) == (
        "RIS-1",
        "PL-77",
        "E",
    )
    assert (procedure.priority, request.patient_record.patient_birth_date.year) == (1, 1970)
    assert step_of(request).scheduled_at.isoformat() == "2026-03-01T08:30:00+00:00"
    assert body["procedures"][0]["study_instance_uid"] == procedure.study_instance_uid


def test_a_program_follows_its_order_to_the_images(north: Facility, ris: Client):
    url = post(ris, "/worklist/orders/", ORDER).json()["url"]
    assert ris.get(url).json()["procedures"][0]["steps"][0]["status"] == "scheduled"
    study = arrived(facility=north, accession_number="RIS-1")
    procedure = post(
        ris, "/worklist/orders/find/", {"facility": "NORTH", "accession_number": "RIS-1"}
    ).json()["procedures"][0]
    assert procedure["received_study_instance_uid"] == study.study_instance_uid
    assert procedure["steps"][0]["status"] == "completed"


def test_an_order_is_withdrawn_for_a_reason_until_it_has_begun(
    north: Facility, ris: Client, technologist: User
):
    url = post(ris, "/worklist/orders/", ORDER).json()["url"]
    assert post(ris, f"{url}withdraw/", {}).status_code == 409
    assert post(ris, f"{url}withdraw/", {"reason": "Ordered twice"}).status_code == 200
    step = step_of(ImagingServiceRequest.objects.get())
    assert step.status == "cancelled"
    acquisition.act(step=step, action=StepAction.REINSTATE, user=technologist)
    acquisition.act(step=step, action=StepAction.START, user=technologist)
    assert post(ris, f"{url}withdraw/", {"reason": "Too late"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "The body must be an object"),
        (changed(patient=None), "The patient must be an object"),
        (changed(patient={"patient_id": "P1"}), "The patient lacks its “patient_name”"),
        (changed(colour="red"), "There is no field “colour” in the order"),
        (changed(procedures="CT"), "“procedures” must be a list of at most 20"),
        (changed(procedures=[]), "at least one examination"),
        (
            changed(procedures=[{"description": "CT", "modality": "CT", "priority": 7}]),
            "“priority” cannot be read",
        ),
        (
            changed(
                procedures=[{"description": "CT", "modality": "CT", "steps": [{"scheduled_at": "soon"}]}]
            ),
            "“scheduled_at” cannot be read",
        ),
        (changed(accession_number=5), "“accession_number” cannot be read"),
        (changed(patient_class="X"), "“patient_class” cannot be read"),
    ],
)
def test_a_faulty_order_is_refused_with_the_field_that_is_wrong(
    north: Facility, ris: Client, body: Any, said: str
):
    answer = post(ris, "/worklist/orders/", body)
    assert answer.status_code == 409
    assert said in answer.json()["detail"]
    assert not ImagingServiceRequest.objects.exists()


def test_an_order_for_another_facility_is_refused_and_one_of_it_not_found(
    north: Facility, south: Facility, ris: Client
):
    assert post(ris, "/worklist/orders/", changed(facility="SOUTH")).status_code == 403
    wanted = {"facility": "SOUTH", "accession_number": "RIS-1"}
    assert post(ris, "/worklist/orders/find/", wanted).status_code == 404


def test_a_token_for_reading_places_nothing(north: Facility, technologist: User):
    client = program(token_of(technologist, "read"))
    assert post(client, "/worklist/orders/", ORDER).status_code == 403


def test_a_radiologist_places_no_orders(north: Facility, radiologist: User):
    client = program(token_of(radiologist, "read", "write"))
    assert post(client, "/worklist/orders/", ORDER).status_code == 403
