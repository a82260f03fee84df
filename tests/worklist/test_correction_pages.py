"""The pages on which a study is put right."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Facility, User
from archive.models import Correction
from tests.archive.correcting import images_of, series_of, study, two_studies

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


def address(name: str, *more: object) -> str:
    """Return an address of the pages of study 1."""
    return reverse(f"worklist:{name}", args=[study(1).study_instance_uid, *more])


def test_series_are_rejected_after_a_preview_and_come_back_by_undo(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    client = log_in(technologist)
    filled = {"kind": "reject", "series": series_of(one)[1], "reason_code": "111210", "reason": "moved"}

    seen = client.post(address("correct_preview"), filled)
    assert "Motion blur" in seen.content.decode()
    assert not Correction.objects.exists()

    token = seen.context["preview"].token
    client.post(address("carry_out_correction"), filled | {"token": token})
    assert len(images_of(study(1))) == 2
    page = client.get(address("correct"))
    assert "moved" in page.content.decode()
    rejected = page.context["rejections"][0]["images"][0]["url"]
    assert rejected.startswith("/viewer/tiles/")

    client.post(address("undo_correction", Correction.objects.get().correction_uid))
    assert len(images_of(study(1))) == 3


def test_a_preview_that_was_overtaken_is_not_carried_out(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    client = log_in(technologist)
    first, second = series_of(one)
    filled = {"kind": "reject", "series": first, "reason_code": "111210", "reason": "moved"}
    token = client.post(address("correct_preview"), filled).context["preview"].token
    other = filled | {"series": second}
    client.post(address("carry_out_correction"), other)

    answer = client.post(address("carry_out_correction"), filled | {"token": token})

    assert answer.status_code == 422
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"kind": "split"}, "Choose series or images"),
        ({"kind": "move_series", "other_study": "nothing"}, "no such study"),
        ({"kind": "move_study", "other_patient_id": "P77"}, "give the name"),
        ({"kind": "merge_patients", "other_patient_id": "P77"}, "no such patient"),
        ({"kind": "edit_patient", "birth_date": "yesterday"}, "no date"),
        ({"kind": "restore"}, "what is to be restored"),
        ({"kind": "fly"}, "what is to be put right"),
    ],
)
def test_what_is_missing_is_said(
    north: Facility, technologist: User, log_in: LogIn, filled: dict[str, str], said: str
) -> None:
    two_studies(north)

    answer = log_in(technologist).post(address("correct_preview"), filled)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_study_is_moved_to_a_patient_who_is_new_here(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    two_studies(north)
    filled = {
        "kind": "move_study",
        "other_patient_id": "P77",
        "other_name": "New^Person",
        "reason": "swapped",
    }

    log_in(technologist).post(address("carry_out_correction"), filled)

    assert (study(1).patient_id, study(1).patient_name) == ("P77", "New^Person")


def test_the_pages_are_not_for_who_may_not_correct(
    north: Facility, radiologist: User, outsider: User, log_in: LogIn
) -> None:
    two_studies(north)

    assert log_in(radiologist).get(address("correct")).status_code == 403
    assert log_in(outsider).get(address("correct")).status_code in (403, 404)
    assert log_in(radiologist).post(address("carry_out_correction"), {"kind": "split"}).status_code == 403
