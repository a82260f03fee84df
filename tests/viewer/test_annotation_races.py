"""Of many who write one annotation at the same moment one wins, and nothing of it is half written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Facility, User
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.annotation_samples import put
from viewer.models import Annotation, AnnotationRevision

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def stored(north: Facility) -> None:
    """A study with two images."""
    store(image(), image(number=2), facility=north)


def test_of_many_who_change_one_revision_at_once_one_does(radiologist: User, reader: Client) -> None:
    put(reader)

    answers = _at_once([lambda number=number: _change(radiologist, f"by {number}", 1) for number in range(8)])

    assert sorted(answers) == [200] + [409] * 7
    assert list(AnnotationRevision.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]
    assert Annotation.objects.get().text == AnnotationRevision.objects.get(revision=2).text


def test_of_many_who_make_one_annotation_at_once_one_does(radiologist: User) -> None:
    answers = _at_once([lambda number=number: _change(radiologist, f"by {number}", 0) for number in range(8)])

    assert sorted(answers) == [201] + [409] * 7
    assert (Annotation.objects.count(), AnnotationRevision.objects.count()) == (1, 1)


def _change(user: User, text: str, revision: int) -> int:
    client = Client()
    client.force_login(user)
    return put(client, text=text, revision=revision).status_code


def _at_once(calls: list[Callable[[], int]]) -> list[int]:
    """Run calls in threads, each with a connection of its own."""

    def run(call: Callable[[], int]) -> int:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
