"""Who sees which studies of the archive: whole sets, for everybody."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Facility, User
from accounts.roles import Codename
from accounts.services.shares import share_study
from archive.access import upload_facilities, visible_studies
from archive.models import Study
from archive.selectors import find_series, find_study
from tests.conftest import TESTER
from tests.factories import series, study

pytestmark = pytest.mark.django_db

SEES_ALL_OF_THE_OWN_FACILITY = {"radiologist", "technologist", "administrator"}
SEES_WHAT_IS_SHARED = SEES_ALL_OF_THE_OWN_FACILITY | {"referrer"}
EVERYBODY = ["radiologist", "technologist", "referrer", "administrator", "auditor", "outsider"]


@pytest.fixture
def studies(north: Facility, south: Facility) -> dict[str, Study]:
    """Two studies at each facility, each with a series."""
    made = {
        "N1": study(1, facility=north),
        "N2": study(2, facility=north),
        "S1": study(3, facility=south),
        "S2": study(4, facility=south),
    }
    for one in made.values():
        series(1, of=one)
    return made


def seen_by(user: User | AnonymousUser, studies: dict[str, Study]) -> set[str]:
    """Return the names of all that a user sees, by each of the three ways to ask."""
    listed = {one.study_instance_uid for one in visible_studies(user)}
    by_study = {name for name, one in studies.items() if find_study(user, one.study_instance_uid)}
    by_series = {name for name, one in studies.items() if find_series(user, f"{one.study_instance_uid}.1")}
    assert (
        by_study == by_series == {name for name, one in studies.items() if one.study_instance_uid in listed}
    )
    assert len(listed) == len(by_study)
    return by_study


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_role_sees_its_whole_facility_or_nothing(
    who: str, request: pytest.FixtureRequest, studies: dict[str, Study]
) -> None:
    user = request.getfixturevalue(who)

    assert seen_by(user, studies) == ({"N1", "N2"} if who in SEES_ALL_OF_THE_OWN_FACILITY else set())


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_share_shows_that_study_and_no_other(
    who: str, request: pytest.FixtureRequest, studies: dict[str, Study]
) -> None:
    user = request.getfixturevalue(who)
    share_study(study=studies["S1"], user=user, codename=Codename.VIEW_STUDY, actor=TESTER)

    own = {"N1", "N2"} if who in SEES_ALL_OF_THE_OWN_FACILITY else set()
    assert seen_by(user, studies) == own | ({"S1"} if who in SEES_WHAT_IS_SHARED else set())


def test_who_has_not_logged_in_sees_nothing(studies: dict[str, Study]) -> None:
    assert seen_by(AnonymousUser(), studies) == set()


@pytest.mark.parametrize("who", EVERYBODY)
def test_studies_are_brought_in_for_the_own_facility_only(
    who: str, request: pytest.FixtureRequest, north: Facility, south: Facility
) -> None:
    user = request.getfixturevalue(who)

    assert list(upload_facilities(user)) == ([north] if who in SEES_ALL_OF_THE_OWN_FACILITY else [])
