"""Several doors at once: every instance is stored once and every count is true."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Facility
from archive.models import Blob, Instance, Patient, Series, Study
from archive.services.ingest import ingest_instances
from archive.services.received import Outcome
from archive.storage import blob_store
from tests.dicom_samples import about, image_bytes
from tests.factories import arrival, ingest, received

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], list[Outcome]]) -> list[Outcome]:
    """Run calls in threads of their own, each with its own connection, and return all their outcomes."""

    def run(call: Callable[[], list[Outcome]]) -> list[Outcome]:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [outcome for outcomes in threads.map(run, calls) for outcome in outcomes]


def _sending(contents: Sequence[bytes], facility: Facility) -> Callable[[], list[Outcome]]:
    def send() -> list[Outcome]:
        session = arrival(facility=facility)
        return [ingest(content, facility=facility, session=session).outcome for content in contents]

    return send


def test_a_study_that_comes_through_four_doors_is_one_study(north: Facility) -> None:
    contents = [image_bytes(series=number % 2 + 1, number=number) for number in range(16)]

    outcomes = at_once(*(_sending(contents[start::4], north) for start in range(4)))

    study = Study.objects.get()
    assert outcomes == [Outcome.STORED] * 16
    assert (study.number_of_study_related_series, study.number_of_study_related_instances) == (2, 16)
    assert sorted(Series.objects.values_list("number_of_series_related_instances", flat=True)) == [8, 8]
    assert (Patient.objects.count(), Instance.objects.count()) == (1, 16)


def test_the_same_instance_through_four_doors_is_stored_once(north: Facility) -> None:
    content = image_bytes()

    outcomes = at_once(*[_sending([content] * 2, north)] * 4)

    assert sorted(outcomes) == sorted([Outcome.STORED] + [Outcome.DUPLICATE] * 7)
    assert (Instance.objects.count(), Blob.objects.count()) == (1, 1)
    assert list(blob_store().iter_keys()) == [Blob.objects.get().sha256]


def test_batches_of_the_same_patients_in_opposite_orders_do_not_hold_each_other(north: Facility) -> None:
    def sending(numbers: Sequence[int], instance: int) -> Callable[[], list[Outcome]]:
        def send() -> list[Outcome]:
            batch = [received(image_bytes(about(number), number=instance)) for number in numbers]
            return [
                result.outcome for result in ingest_instances(received=batch, session=arrival(facility=north))
            ]

        return send

    outcomes = at_once(sending(range(1, 13), 1), sending(range(12, 0, -1), 2))

    assert outcomes == [Outcome.STORED] * 24
    assert set(Study.objects.values_list("number_of_study_related_instances", flat=True)) == {2}
