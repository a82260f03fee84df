"""A study is lent to a reader of another facility by assigning it, for as long as it is his to read, and no more of it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Facility, User
from accounts.permissions import may_on
from accounts.roles import RIGHTS_OF, Codename, Role
from accounts.services.shares import share_study
from archive.models import ReceptionStatus, Study
from audit.models import AuditEvent
from tests import people
from tests.conftest import TESTER
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.conftest import address, render
from tests.worklist.department import task_of
from tests.worklist.test_live_events import listen, studies_in
from worklist.exceptions import WorklistError
from worklist.live import StudyNotice, publish
from worklist.models import Department, ReadingGrant, ReadingTask
from worklist.services import assignment, reading
from worklist.services.handover import hand_over
from worklist.services.taking_in import take_in
from worklist.states import ReadingAction

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(south: Facility) -> User:
    """A radiologist of SOUTH, who has no right at NORTH."""
    return people.person("guest", Role.RADIOLOGIST, at="SOUTH", display_name="Dr. Guest")


@pytest.fixture
def partners(north: Facility, south: Facility) -> Department:
    department = Department.objects.create(facility=north)
    department.readers_from.add(south)
    return department


@pytest.fixture
def images(north: Facility) -> list:
    """A study of NORTH and an earlier one of the same patient."""
    datasets = [image(about(1)), image(about(2, patient_id="P1"))]
    for dataset in datasets:
        store(dataset, facility=north)
    Study.objects.update(status=ReceptionStatus.COMPLETE)
    for study in Study.objects.all():
        take_in(study.study_instance_uid)
    return datasets


@pytest.fixture
def study(images: list) -> Study:
    return Study.objects.get(study_instance_uid=images[0].StudyInstanceUID)


@pytest.fixture
def lent(partners, study, guest, administrator) -> Study:
    assignment.assign(study=study, reader=guest, user=administrator)
    return study


def places(dataset) -> list[str]:
    """Return the addresses of a study: viewer, manifest, desk, row of the list, and a rendered tile."""
    uid = dataset.StudyInstanceUID
    tile = address(dataset.SOPInstanceUID)
    render(tile)
    return [
        reverse("viewer:study", args=[uid]),
        reverse("viewer:manifest", args=[uid]),
        reverse("worklist:desk", args=[uid]),
        tile,
    ]


def answers(client, dataset) -> list[int]:
    return [client.get(place).status_code for place in places(dataset)]


def test_the_assignment_opens_the_study_and_its_end_closes_it_down_to_the_tile(
    partners, study, images, guest, administrator, log_in
):
    client = log_in(guest)
    assert answers(client, images[0]) == [404] * 4

    assignment.assign(study=study, reader=guest, user=administrator)
    assert answers(client, images[0]) == [200] * 4
    assert answers(client, images[0]) == [200] * 4
    assert study.study_instance_uid in client.get("/worklist/?list=mine").content.decode()

    reading.claim(study=study, user=guest)
    assert answers(client, images[0]) == [200] * 4
    reading.release(study=study, user=guest)

    assert answers(client, images[0]) == [404] * 4
    assert study.study_instance_uid not in client.get("/worklist/").content.decode()
    task = task_of(study)
    assert (task.status, task.assigned_to, task.assignment) == ("checked", None, "")


def _release(study, guest, administrator):
    reading.claim(study=study, user=guest)
    reading.put_back_for(study=study, user=administrator, reason="Somebody here reads it")


def _final(study, guest, administrator):
    reading.claim(study=study, user=guest)
    reading.sign(study=study, user=guest, action=ReadingAction.SIGN_FINAL)


def _cancel(study, guest, administrator):
    hand_over(study=study, user=administrator, action=ReadingAction.CANCEL, reason="Not needed")


def _another(study, guest, administrator):
    other = people.person("other", Role.RADIOLOGIST)
    assignment.assign(study=study, reader=other, user=administrator)


def _nobody(study, guest, administrator):
    assignment.assign(study=study, reader=None, user=administrator)


def _himself(study, guest, administrator):
    assignment.assign(study=study, reader=None, user=guest)


@pytest.mark.parametrize("end", [_release, _final, _cancel, _another, _nobody, _himself])
def test_sight_ends_with_the_assignment_however_it_ends(end, lent, images, guest, administrator, log_in):
    client = log_in(guest)
    assert answers(client, images[0]) == [200] * 4

    end(lent, guest, administrator)

    assert answers(client, images[0]) == [404] * 4
    assert not ReadingGrant.objects.exists()
    shared = AuditEvent.objects.filter(event_type="study_shared").count()
    assert (shared, AuditEvent.objects.filter(event_type="study_unshared").count()) == (3, 3)


def test_who_reads_a_lent_study_keeps_it_through_a_preliminary_report(lent, images, guest, log_in):
    reading.claim(study=lent, user=guest)
    reading.sign(study=lent, user=guest, action=ReadingAction.SIGN_PRELIMINARY)
    assert answers(log_in(guest), images[0]) == [200] * 4


def test_a_viewer_that_falls_silent_does_not_end_the_assignment(lent, guest):
    reading.claim(study=lent, user=guest)
    ReadingTask.objects.update(claim_seen_at="2020-01-01T00:00Z")
    assert reading.release_stale_claims() == 1
    assert (task_of(lent).assigned_to, may_on(guest, Codename.REPORT_STUDY, lent)) == (guest, True)


def test_only_the_study_is_lent_no_prior_and_no_image_to_take_away(lent, images, guest, log_in):
    client = log_in(guest)
    assert answers(client, images[1]) == [404] * 4
    manifest = client.get(reverse("viewer:manifest", args=[lent.study_instance_uid])).content.decode()
    assert images[1].StudyInstanceUID not in manifest
    assert not may_on(guest, Codename.DOWNLOAD_STUDY, lent)
    assert may_on(guest, Codename.ANNOTATE_STUDY, lent)


def test_a_share_that_was_there_before_outlasts_the_assignment(partners, study, guest, administrator):
    share_study(study=study, user=guest, codename=Codename.VIEW_STUDY, actor=TESTER)
    assignment.assign(study=study, reader=guest, user=administrator)
    assignment.assign(study=study, reader=None, user=administrator)
    assert may_on(guest, Codename.VIEW_STUDY, study)
    assert not may_on(guest, Codename.REPORT_STUDY, study)


def test_nobody_is_lent_a_study_where_the_department_does_not_take_readers_from_there(
    study, guest, administrator, partners, north
):
    partners.readers_from.clear()
    with pytest.raises(WorklistError, match=r"Dr\. Guest may not report"):
        assignment.assign(study=study, reader=guest, user=administrator)
    technologist = people.person("far", Role.TECHNOLOGIST, at="SOUTH")
    partners.readers_from.add(guest.memberships.get().facility)
    with pytest.raises(WorklistError, match="may not report"):
        assignment.assign(study=study, reader=technologist, user=administrator)
    assert not ReadingGrant.objects.exists()


def test_a_guest_gives_himself_nothing_and_passes_nothing_on(partners, study, lent, guest, north):
    with pytest.raises(PermissionDenied):
        assignment.assign(study=Study.objects.exclude(pk=study.pk).get(), reader=guest, user=guest)
    with pytest.raises(PermissionDenied):
        assignment.assign(study=study, reader=people.person("friend", Role.RADIOLOGIST), user=guest)


def test_a_final_study_is_lent_to_nobody(partners, study, guest, radiologist, administrator):
    reading.claim(study=study, user=radiologist)
    reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_FINAL)
    with pytest.raises(WorklistError):
        assignment.assign(study=study, reader=guest, user=administrator)
    assert not may_on(guest, Codename.VIEW_STUDY, study)


def test_readers_of_partners_are_offered_in_the_list(
    partners, study, guest, administrator, radiologist, log_in
):
    assert "Dr. Guest" in log_in(administrator).get("/worklist/").content.decode()
    partners.readers_from.clear()
    assert "Dr. Guest" not in log_in(administrator).get("/worklist/").content.decode()


def test_who_reads_for_another_site_sees_which_site_a_study_is_of(lent, guest, log_in):
    page = log_in(guest).get("/worklist/?list=mine").content.decode()
    assert 'class="cell--facility"' in page
    assert "NORTH" in page


def test_an_open_list_hears_of_a_study_that_is_lent_to_its_reader(study, guest, north, radiologist):
    def announce() -> None:
        publish(StudyNotice("1.1", north.pk, [radiologist.pk]))
        publish(StudyNotice("2.2", north.pk, [guest.pk]))

    assert studies_in(listen(guest, announce, until="2.2")) == ["2.2"]


def test_everything_that_a_role_may_do_with_shared_studies_can_be_shared(study, guest):
    for codename in {right for rights in RIGHTS_OF.values() for right in rights.over_shares}:
        share_study(study=study, user=guest, codename=codename, actor=TESTER)
        assert may_on(guest, codename, study)
