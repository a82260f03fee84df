"""Single images are chosen for a correction, and what was typed and chosen outlives a refusal."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Facility, User
from archive.models import Instance
from tests.archive.correcting import images_of, series_of, study, two_studies

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


def address(name: str, *more: object) -> str:
    """Return an address of the pages of study 1."""
    return reverse(f"worklist:{name}", args=[study(1).study_instance_uid, *more])


def test_single_images_of_several_series_are_rejected_together(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    first, second, third = images_of(one)
    filled = {"kind": "reject", "images": f"{first} {third}", "reason_code": "111210", "reason": "moved"}

    log_in(technologist).post(address("carry_out_correction"), filled)

    assert images_of(study(1)) == [second]


def test_single_images_and_a_whole_series_are_split_off_together(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    first, second, third = images_of(one)
    filled = {"kind": "split", "images": first, "series": series_of(one)[1], "reason": "two examinations"}

    log_in(technologist).post(address("carry_out_correction"), filled)

    assert images_of(study(1)) == [second]
    apart = Instance.objects.filter(sop_instance_uid__in=[first, third])
    assert len(set(apart.values_list("series__study", flat=True))) == 1


def test_the_images_of_a_series_are_listed_on_demand(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)

    listed = log_in(technologist).get(address("series_images", series_of(one)[0])).json()["images"]

    assert [(each["uid"], each["number"]) for each in listed] == list(
        zip(images_of(one)[:2], [1, 2], strict=True)
    )
    assert listed[0]["url"].startswith("/viewer/tiles/")


def test_images_are_listed_only_to_who_may_correct_their_study(
    north: Facility, technologist: User, radiologist: User, outsider: User, log_in: LogIn
) -> None:
    one, two = two_studies(north)
    elsewhere = series_of(two)[0]

    assert log_in(technologist).get(address("series_images", elsewhere)).status_code == 404
    assert log_in(radiologist).get(address("series_images", series_of(one)[0])).status_code == 403
    assert log_in(outsider).get(address("series_images", series_of(one)[0])).status_code in (403, 404)


@pytest.mark.parametrize("act", ["refused", "again"])
def test_the_form_comes_back_with_what_was_typed_and_chosen(
    north: Facility, technologist: User, log_in: LogIn, act: str
) -> None:
    one, _ = two_studies(north)
    first = images_of(one)[0]
    filled = {
        "kind": "move_series",
        "images": first,
        "series": series_of(one)[1],
        "reason": "wrong examination",
        "other_study": "A404",
        "new_description": "Typed already",
    }

    page = log_in(technologist).post(
        address("correct_preview"), filled if act == "refused" else filled | {"again": "yes"}
    )

    assert page.status_code == (422 if act == "refused" else 200)
    form = page.context["form"]
    assert [form[name].value() for name in ("reason", "other_study", "new_description", "images")] == [
        "wrong examination",
        "A404",
        "Typed already",
        first,
    ]
    assert form["patient_name"].value() == one.patient_name
    assert [(row.is_chosen, row.chosen_images) for row in page.context["series"]] == [(False, 1), (True, 0)]
    assert [group.is_open for group in form.groups()].index(True) == 3


def test_the_image_check_offers_rejection_only_to_who_may_correct(
    north: Facility, technologist: User, radiologist: User, log_in: LogIn
) -> None:
    two_studies(north)

    checked = log_in(technologist).get(address("image_check")).content.decode()
    read = log_in(radiologist).get(address("image_check")).content.decode()

    assert "data-images-url" in checked
    assert 'value="reject"' in checked
    assert "data-images-url" not in read


def test_one_of_several_rejected_images_is_restored(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    first, second, third = images_of(one)
    client = log_in(technologist)
    rejected = {"kind": "reject", "images": f"{first} {second}", "reason_code": "111210", "reason": "moved"}
    client.post(address("carry_out_correction"), rejected)
    rejection = Instance.kept.get(sop_instance_uid=first).rejection
    assert rejection is not None

    restored = {
        "kind": "restore",
        "rejection": rejection.correction_uid,
        "restored": second,
        "reason": "it will do",
    }
    client.post(address("carry_out_correction"), restored)

    assert images_of(study(1)) == [second, third]
