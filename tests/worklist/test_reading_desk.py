"""What the viewer shows and does of the reading of a study, at its addresses."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import ReceptionStatus, Study
from tests import people
from tests.worklist.department import arrived, at_once, order, task_of
from worklist.models import Priority, Reader, ReadingTask
from worklist.services import reading
from worklist.services.assignment import assign
from worklist.services.next_study import claim_next
from worklist.states import ReadingAction


@pytest.fixture
def page(radiologist: User) -> Client:
    client = Client()
    client.force_login(radiologist)
    return client


def address(study: Study, action: str = "") -> str:
    return f"/worklist/studies/{study.study_instance_uid}/reading/" + (f"{action}/" if action else "")


def desk(client: Client, study: Study) -> dict:
    answer = client.get(address(study))
    assert answer.status_code == 200
    return answer.json()


def do(client: Client, study: Study, action: str, **body: object) -> int:
    return client.post(address(study, action), json.dumps(body), content_type="application/json").status_code


def test_the_desk_shows_the_order_and_the_note_beside_the_images(north: Facility, page: Client):
    order(
        facility=north,
        accession_number="A1",
        reason="Growth?",
        patient_alerts="No contrast",
        requesting_physician_name="Berg^Ingrid",
    )
    study = arrived(facility=north, accession_number="A1")
    ReadingTask.objects.update(technologist_note="Moved")
    found = desk(page, study)
    assert (found["order"]["reason"], found["order"]["alerts"]) == ("Growth?", "No contrast")
    assert (found["order"]["requesting_physician_name"], found["technologist_note"]) == (
        "Berg, Ingrid",
        "Moved",
    )


def test_the_desk_offers_what_is_possible_at_each_step(north: Facility, page: Client, radiologist: User):
    study = arrived(facility=north)
    assert desk(page, study)["actions"] == ["claim", "skip"]
    assert do(page, study, "claim") == 200
    assert desk(page, study)["actions"] == ["final", "preliminary", "suspend", "release"]
    assert do(page, study, "suspend", layout={"layout": "1x1"}) == 200
    found = desk(page, study)
    assert (found["actions"], found["layout"]) == (["claim", "release"], {"layout": "1x1"})
    assert do(page, study, "claim") == 200
    assert do(page, study, "final") == 200
    assert task_of(study).final_by == radiologist
    assert do(page, study, "claim") == 200
    assert desk(page, study)["actions"] == ["addend", "suspend", "release"]


def test_every_action_that_the_desk_offers_has_an_address(north: Facility, page: Client):
    study = arrived(facility=north)
    for action in ("claim", "suspend", "claim", "preliminary", "claim", "release", "skip", "claim", "final"):
        assert action in desk(page, study)["actions"]
        assert do(page, study, action) == 200


def test_a_colleague_sees_who_reads_and_may_take_over(north: Facility, page: Client):
    study = arrived(facility=north)
    colleague = people.person("colleague", Role.RADIOLOGIST, display_name="Dr. Colleague")
    reading.claim(study=study, user=colleague)
    found = desk(page, study)
    assert (found["claimed_by"], found["is_own"], found["actions"]) == ("Dr. Colleague", False, ["take-over"])
    assert do(page, study, "final") == 409
    assert do(page, study, "take-over") == 409
    assert do(page, study, "take-over", reason="On call") == 200
    assert desk(page, study)["is_own"] is True


def test_the_layout_of_another_reader_is_not_given_out(north: Facility, page: Client):
    study = arrived(facility=north)
    colleague = people.person("colleague", Role.RADIOLOGIST)
    reading.claim(study=study, user=colleague)
    reading.suspend(study=study, user=colleague, layout={"layout": "2x2"})
    assert desk(page, study)["layout"] is None


def test_a_layout_that_is_too_large_is_refused_and_the_study_goes_on(north: Facility, page: Client):
    study = arrived(facility=north)
    do(page, study, "claim")
    assert do(page, study, "suspend", layout={"cells": ["x" * 70_000]}) == 409
    assert task_of(study).is_suspended is False


def test_the_viewer_hears_when_the_study_is_no_longer_the_readers(
    north: Facility, page: Client, radiologist: User
):
    study = arrived(facility=north)
    do(page, study, "claim")
    still = page.post(address(study, "still-reading"), "{}", content_type="application/json")
    assert still.json() == {"is_own": True}
    reading.take_over(study=study, user=people.person("colleague", Role.RADIOLOGIST), reason="On call")
    still = page.post(address(study, "still-reading"), "{}", content_type="application/json")
    assert still.json() == {"is_own": False}


def test_a_technologist_looks_and_reads_nothing(north: Facility, technologist: User):
    study = arrived(facility=north)
    client = Client()
    client.force_login(technologist)
    assert desk(client, study)["actions"] == []
    assert client.post("/worklist/reading/next/", "{}", content_type="application/json").status_code == 403


def test_a_study_of_another_facility_has_no_desk(south: Facility, page: Client):
    assert page.get(address(arrived(facility=south))).status_code == 404


def test_the_cost_of_a_desk_is_small(north: Facility, page: Client, django_assert_max_num_queries):
    order(facility=north, accession_number="A1")
    study = arrived(facility=north, accession_number="A1")
    with django_assert_max_num_queries(12):
        desk(page, study)


def numbered(number: int, facility: Facility, **values: object) -> Study:
    study = arrived(number, facility=facility)
    ReadingTask.objects.filter(pk=study.pk).update(**values)
    return study


def test_what_comes_next_is_stat_then_ones_own_then_ones_subspecialty_then_the_rest(
    north: Facility, radiologist: User
):
    Reader.objects.create(user=radiologist, facility=north, subspecialties=["chest"])
    routine = numbered(1, north)
    stat = numbered(2, north, priority=Priority.STAT)
    chest = numbered(3, north, subspecialty="chest")
    assigned = numbered(4, north, assigned_to=radiologist)
    found = [claim_next(user=radiologist) for _ in range(4)]
    assert found == [stat, assigned, chest, routine]
    assert claim_next(user=radiologist) is None
    assert {task_of(one).claimed_by for one in found} == {radiologist}


def test_what_is_assigned_to_a_colleague_or_arriving_or_final_is_not_next(north: Facility, radiologist: User):
    colleague = people.person("colleague", Role.RADIOLOGIST)
    assign(study=numbered(1, north), reader=colleague, user=radiologist)
    numbered(2, north, status="final")
    arrived(3, facility=north, status=ReceptionStatus.RECEIVING)
    assert claim_next(user=radiologist) is None


def test_a_stat_study_is_next_while_its_images_arrive(north: Facility, radiologist: User):
    study = arrived(1, facility=north, status=ReceptionStatus.RECEIVING)
    ReadingTask.objects.update(priority=Priority.STAT)
    assert claim_next(user=radiologist) == study


def test_what_was_skipped_comes_last_and_is_not_forgotten(north: Facility, radiologist: User):
    first, second = numbered(1, north), numbered(2, north)
    reading.skip(study=first, user=radiologist)
    assert [claim_next(user=radiologist), claim_next(user=radiologist)] == [second, first]


def test_a_study_of_which_nothing_is_left_to_show_is_not_next(north: Facility, radiologist: User):
    study = numbered(1, north)
    Study.objects.filter(pk=study.pk).update(is_withdrawn=True)
    assert claim_next(user=radiologist) is None


def test_the_study_that_one_comes_from_is_not_next(north: Facility, radiologist: User):
    study = numbered(1, north)
    assert claim_next(user=radiologist, except_uid=study.study_instance_uid) is None


def test_the_address_of_next_leads_to_the_viewer(north: Facility, page: Client):
    study = arrived(facility=north)
    answer = page.post("/worklist/reading/next/", "{}", content_type="application/json")
    assert answer.json() == {"viewer_url": f"/viewer/studies/{study.study_instance_uid}/"}


@pytest.mark.django_db(transaction=True)
def test_readers_who_ask_for_the_next_at_once_get_different_studies(north: Facility):
    for number in range(1, 9):
        arrived(number, facility=north)
    readers = [people.person(f"reader{number}", Role.RADIOLOGIST) for number in range(6)]
    found = at_once([lambda reader=reader: claim_next(user=reader) for reader in readers])
    assert len({study.pk for study in found if study}) == 6


def test_an_addendum_is_signed_by_its_address(north: Facility, page: Client, radiologist: User):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_FINAL)
    do(page, study, "claim")
    assert do(page, study, "addend") == 200
    assert (task_of(study).status, task_of(study).status_since <= timezone.now()) == ("addended", True)
