"""The next study of the list is rendered before it is opened, and nobody learns anything by it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Facility, User
from audit.models import AuditEvent
from common.tasks import Queue
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.test_tile_answers import waiting

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = f"/viewer/studies/{about(1).study_instance_uid}/ahead/"


@pytest.fixture
def _stored(north: Facility) -> None:
    """A study of two series."""
    store(image(about(1), series=1), image(about(1), series=2), facility=north)


def asked_for() -> list[str]:
    """Return the names of the tasks that wait, the render workers' first."""
    return sorted(name for queue in (Queue.RENDER, Queue.WARM) for name, _ in waiting(queue))


@pytest.mark.usefixtures("_stored")
def test_the_first_pictures_and_stacks_are_asked_for_once(reader: Client) -> None:
    before = asked_for()

    answers = [reader.post(ADDRESS).status_code for _ in range(2)]

    assert answers == [204, 204]
    added = asked_for()
    for name in before:
        added.remove(name)
    assert added == ["viewer.warm_series"] * 2 + ["viewer.warm_stack"] * 2


@pytest.mark.usefixtures("_stored")
def test_no_opening_is_recorded_and_nothing_is_said(reader: Client) -> None:
    answer = reader.post(ADDRESS)

    assert answer.content == b""
    assert not AuditEvent.objects.filter(event_type="study_opened").exists()


@pytest.mark.usefixtures("_stored")
def test_who_may_not_see_the_study_cannot_have_it_rendered(
    outsider: User, log_in: Callable[[User], Client]
) -> None:
    before = asked_for()

    assert log_in(outsider).post(ADDRESS).status_code == 404
    assert asked_for() == before


@pytest.mark.usefixtures("_stored", "no_broker")
def test_nobody_is_troubled_when_the_broker_is_away(reader: Client) -> None:
    assert reader.post(ADDRESS).status_code == 204
