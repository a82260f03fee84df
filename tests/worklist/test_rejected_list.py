"""The department's rejected images: the list, its filters, bringing back, the rates of devices, and the tables."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from archive.models import Correction, Series, Study
from archive.services.corrections.rejecting import plan_rejection
from tests.archive.correcting import correct, images_of, study, two_studies
from worklist.rejected import RejectedCriteria, reject_rates, rejected_series

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
LIST = "worklist:rejected"


def these_days(**asked: str) -> RejectedCriteria:
    """Return the criteria of all days on which studies were made and rejected here."""
    return RejectedCriteria(date(2000, 1, 1), timezone.localdate() + timedelta(days=1), **asked)


def reject(
    row: Study, images: list[str], technologist: User, *, code: str, reason: str = "moved"
) -> Correction:
    """Reject images of a study."""
    plan = plan_rejection(study=row, sop_instance_uids=images, reason_code=code)
    return correct(plan, technologist, reason=reason, reason_code=code)


def test_rejections_are_listed_by_series_with_reason_person_and_number(
    north: Facility, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    reject(one, images_of(one), technologist, code="111210")

    page = log_in(technologist).get(reverse(LIST))

    rows = page.context["rows"]
    assert sorted((row.images, row.is_whole, reason) for row, reason in rows) == [
        (1, True, "Motion blur"),
        (2, True, "Motion blur"),
    ]
    assert technologist.get_full_name() in page.content.decode()


def test_the_list_is_narrowed_by_reason_modality_and_days(north: Facility, technologist: User) -> None:
    one, two = two_studies(north)
    reject(one, images_of(one)[:1], technologist, code="111210")
    reject(two, images_of(two), technologist, code="113038")
    modality = Series.objects.filter(study=one)[0].modality

    def found(criteria: RejectedCriteria) -> int:
        return len(rejected_series(technologist, criteria))

    assert found(these_days()) == 2
    assert found(these_days(reason_code="113038")) == 1
    assert (found(these_days(modality=modality)), found(these_days(modality="MG"))) == (2, 0)
    assert found(RejectedCriteria(date(2000, 1, 1), date(2000, 1, 2))) == 0


def test_nobody_sees_what_another_facility_rejected(
    north: Facility, technologist: User, radiologist: User, outsider: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    reject(one, images_of(one), technologist, code="111210")

    assert rejected_series(outsider, these_days()) == []
    assert reject_rates(outsider, these_days()) == []
    assert log_in(radiologist).get(reverse(LIST)).status_code == 403


def test_a_rejection_is_undone_from_the_list(north: Facility, technologist: User, log_in: LogIn) -> None:
    one, _ = two_studies(north)
    correction = reject(one, images_of(one), technologist, code="111210")
    address = reverse("worklist:undo_correction", args=[one.study_instance_uid, correction.correction_uid])

    answer = log_in(technologist).post(address, {"next": reverse(LIST), "reason": "good enough"})

    assert answer.url == reverse(LIST)  # type: ignore[attr-defined]
    assert len(images_of(study(1))) == 3
    assert rejected_series(technologist, these_days()) == []


def test_the_rates_count_what_each_device_made_and_what_was_repeated(
    north: Facility, technologist: User
) -> None:
    one, two = two_studies(north)
    Series.objects.filter(study=one).update(station_name="ROOM 1")
    Series.objects.filter(study=two).update(station_name="ROOM 2")
    first, second, _third = images_of(one)
    reject(study(1), [first], technologist, code="111210")
    reject(study(1), [second], technologist, code="113038")

    rates = {one.device: one for one in reject_rates(technologist, these_days())}

    assert (rates["ROOM 1"].made, rates["ROOM 1"].rejected, rates["ROOM 1"].repeats) == (3, 2, 1)
    assert round(rates["ROOM 1"].percent, 1) == 66.7
    assert (rates["ROOM 2"].made, rates["ROOM 2"].rejected) == (1, 0)


def test_what_was_old_enough_to_go_is_no_reject_of_its_device(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    reject(one, images_of(one), technologist, code="113039")

    made = sum(rate.made for rate in reject_rates(technologist, these_days()))
    assert (made, sum(rate.rejected for rate in reject_rates(technologist, these_days()))) == (4, 0)


def test_the_tables_hold_no_formula(north: Facility, administrator: User, log_in: LogIn) -> None:
    one, _ = two_studies(north)
    Series.objects.filter(study=one).update(station_name="=cmd()")
    Study.objects.update(study_moment=timezone.now())
    reject(study(1), images_of(one)[:1], administrator, code="111210", reason="=HYPERLINK(1)")

    client = log_in(administrator)
    for name in ("rejected_table", "reject_rates_table"):
        text = client.get(reverse(f"worklist:{name}")).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) >= 2
        assert not [cell for row in rows for cell in row if cell.startswith("=")]


def test_who_may_not_take_studies_away_gets_no_table_of_them(
    north: Facility, technologist: User, radiologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    reject(one, images_of(one), technologist, code="111210")

    assert log_in(technologist).get(reverse("worklist:rejected_table")).status_code == 403
    # He may take studies away and correct none.
    table = log_in(radiologist).get(reverse("worklist:rejected_table")).content.decode()
    assert len(table.strip().splitlines()) == 1
