"""Each role sees what is theirs, and somebody who belongs nowhere sees nothing."""

import re

import pytest

from tests.e2e.conftest import OUTSIDER, open_study

pytestmark = pytest.mark.browser


def _listed(page) -> int:
    return page.locator("tr[data-study-instance-uid]").count()


@pytest.mark.parametrize("role", ["radiologist", "technologist", "administrator"])
def test_staff_of_a_facility_see_its_studies_and_open_them(visit, role):
    page = visit(f"{role}.north").page

    assert _listed(page) >= 8
    assert "Okonkwo" not in page.content()
    assert open_study(page, "Lindqvist, Astrid")["sopInstanceUid"]


def test_a_referrer_sees_the_one_study_that_was_shared(visit):
    page = visit("referrer.north").page

    assert _listed(page) == 1
    assert open_study(page, "CT chest, follow-up")["quality"] == "full"


def test_an_auditor_sees_the_log_and_no_study(visit):
    page = visit("auditor.north").page

    assert _listed(page) == 0
    page.goto("/audit/")
    assert page.locator("table tbody tr").count() > 0
    columns = page.locator("table thead th").all_inner_texts()
    newest = dict(
        zip(columns, page.locator("table tbody tr").first.locator("td").all_inner_texts(), strict=True)
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", newest["Time"])
    assert newest["Who"] == "auditor.north"


def test_an_outsider_sees_no_study_and_cannot_open_one_by_its_address(visit):
    reader = visit("radiologist.north").page
    uid = reader.locator("tr[data-study-instance-uid]").first.get_attribute("data-study-instance-uid")
    state = open_study(reader, "CT chest, follow-up")
    outsider = visit(OUTSIDER).page

    assert _listed(outsider) == 0
    for address in (
        f"/viewer/studies/{uid}/",
        f"/viewer/studies/{uid}/manifest.json",
        f"/viewer/tiles/{state['sopInstanceUid']}/1/0/0/0.png",
        f"/worklist/studies/{uid}/series/",
    ):
        assert outsider.request.get(address).status == 404, address
    row = outsider.request.get(f"/worklist/rows/{uid}/")
    assert (row.status, row.body()) == (204, b"")
    assert outsider.request.get("/audit/").status == 403
    assert outsider.request.get("/archive/upload/").status == 403


def test_after_logging_out_nothing_can_be_seen_any_more(visit):
    page = visit("radiologist.north").page
    uid = page.locator("tr[data-study-instance-uid]").first.get_attribute("data-study-instance-uid")

    page.locator("summary, button", has_text="Radiologist").first.click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")

    assert "/accounts/login/" in page.request.get(f"/viewer/studies/{uid}/").url
    page.go_back()
    page.wait_for_load_state()
    assert "Lindqvist" not in page.content()


def test_an_administrator_manages_users_in_the_admin_pages(visit):
    page = visit("administrator.north").page

    page.goto("/admin/accounts/user/")

    assert "radiologist.north" in page.content()
