"""The page of a patient: what it shows to whom, and what is put right on it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Facility, User
from accounts.roles import Codename, Role
from accounts.services.memberships import grant_membership
from accounts.services.shares import share_study
from archive.models import Correction, Patient, Study
from archive.services.corrections.identifying import plan_linking_patients
from audit.models import AuditEvent
from tests.archive.correcting import correct, study
from tests.conftest import TESTER
from tests.dicom_samples import about, image
from tests.factories import store
from tests.worklist.department import order
from worklist.same_person import likeness_of

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
BORN = {"PatientBirthDate": "19600102", "PatientSex": "F"}


def address(name: str, patient: Patient, *more: object) -> str:
    """Return an address of the page of a patient."""
    return reverse(f"worklist:{name}", args=[patient.pk, *more])


def text_of(client: Client, patient: Patient) -> str:
    """Return the page of a patient."""
    answer = client.get(address("patient", patient))
    assert answer.status_code == 200
    return answer.content.decode()


def give_south(user: User, south: Facility, role: Role = Role.RADIOLOGIST) -> User:
    """Let a user of the north work in the south, too."""
    grant_membership(user=user, facility=south, role=role, actor=TESTER)
    return user


@pytest.fixture
def at_two_sites(north: Facility, south: Facility) -> tuple[Patient, Patient]:
    """One person with a study at each site, spelled otherwise in the south, and not linked yet."""
    store(image(about(1, patient_name="Miller^Anna"), **BORN), facility=north)
    store(image(about(2, patient_name="Myller^Anna", patient_id="S-77"), **BORN), facility=south)
    return study(1).patient_record, study(2).patient_record


@pytest.fixture
def everywhere(technologist: User, south: Facility) -> User:
    """A technologist of both sites."""
    return give_south(technologist, south, Role.TECHNOLOGIST)


@pytest.fixture
def linked(at_two_sites: tuple[Patient, Patient], everywhere: User) -> tuple[Patient, Patient]:
    """The same person, linked."""
    one, other = at_two_sites
    correct(plan_linking_patients(patient=one, other=other), everywhere)
    return one, other


def test_a_reader_of_both_sites_sees_both_identities_and_what_differs(
    linked: tuple[Patient, Patient], radiologist: User, south: Facility, log_in: LogIn
) -> None:
    page = text_of(log_in(give_south(radiologist, south)), linked[0])

    assert "Miller, Anna" in page
    assert "Myller, Anna" in page
    assert page.count("compared__differs") == 3  # ID, issuer and name; born on one day
    assert {study(1).study_instance_uid, study(2).study_instance_uid} <= set(page.split("/"))


def test_a_reader_of_one_site_learns_nothing_of_the_other(
    linked: tuple[Patient, Patient], radiologist: User, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    page = text_of(client, linked[0])

    assert study(1).study_instance_uid in page
    for word in ("Myller", "S-77", "SOUTH", "South Clinic", study(2).study_instance_uid, "linked with"):
        assert word not in page
    assert client.get(address("patient", linked[1])).status_code == 404


def test_each_site_has_the_look_on_record_under_its_own_identity(
    linked: tuple[Patient, Patient], radiologist: User, south: Facility, log_in: LogIn
) -> None:
    text_of(log_in(give_south(radiologist, south)), linked[0])

    rows = AuditEvent.objects.filter(event_type="query", actor_identifier=radiologist.username)
    assert set(rows.values_list("facility_code", "patient_id")) == {("NORTH", "P1"), ("SOUTH", "S-77")}


def test_who_may_be_the_same_person_is_shown_only_where_the_reader_may_see_both(
    at_two_sites: tuple[Patient, Patient], radiologist: User, south: Facility, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    assert "Myller" not in text_of(client, at_two_sites[0])

    give_south(radiologist, south)
    page = text_of(client, at_two_sites[0])
    assert "Myller, Anna" in page
    assert "similar name" in page
    assert "same birth date" in page
    assert "Link…" not in page  # a radiologist corrects nothing


def test_a_person_at_two_sites_is_linked_and_parted_after_a_preview(
    at_two_sites: tuple[Patient, Patient], everywhere: User, log_in: LogIn
) -> None:
    one, other = at_two_sites
    client = log_in(everywhere)
    assert "Link…" in text_of(client, one)
    filled = {"kind": "link_patients", "other": other.pk, "reason": "asked her"}

    seen = client.post(address("patient_preview", one), filled)
    assert "the same person as" in seen.content.decode()
    assert not Correction.objects.exists()
    client.post(address("correct_patient", one), filled | {"token": seen.context["preview"].token})

    one.refresh_from_db()
    other.refresh_from_db()
    assert one.linkage == other.linkage is not None
    changed = AuditEvent.objects.filter(event_type="patient_changed")
    assert set(changed.values_list("facility_code", flat=True)) == {"NORTH", "SOUTH"}

    client.post(address("correct_patient", one), {"kind": "unlink_patients", "reason": "was her sister"})
    one.refresh_from_db()
    assert one.linkage is None


def test_a_wrong_double_is_merged_and_unmerged(north: Facility, technologist: User, log_in: LogIn) -> None:
    store(image(about(1, patient_name="Miller^Anna"), **BORN), facility=north)
    store(image(about(2, patient_name="Miller^Anna", patient_id="P1-X"), **BORN), facility=north)
    right, wrong = study(1).patient_record, study(2).patient_record
    client = log_in(technologist)
    assert "Merge…" in text_of(client, right)

    client.post(
        address("correct_patient", right),
        {"kind": "merge_patients", "other": wrong.pk, "reason": "registered twice"},
    )
    assert study(2).patient_record == right
    page = text_of(client, right)
    assert "P1-X" in page
    assert "merged; its studies are under the identity that survived" in page
    assert client.get(address("patient", wrong)).headers["Location"] == address("patient", right)

    client.post(address("undo_patient_correction", right, Correction.objects.get().correction_uid))
    assert study(2).patient_record == wrong
    assert AuditEvent.objects.filter(event_type="study_edited", facility_code="NORTH").count() == 2


def test_a_merge_can_be_turned_round(north: Facility, technologist: User, log_in: LogIn) -> None:
    store(image(about(1), **BORN), image(about(2), **BORN), facility=north)
    one, other = study(1).patient_record, study(2).patient_record

    log_in(technologist).post(
        address("correct_patient", one),
        {"kind": "merge_patients", "other": other.pk, "survivor": "other", "reason": "twice"},
    )

    assert study(1).patient_record == other


@pytest.mark.parametrize("kind", ["merge_patients", "link_patients"])
def test_two_issuers_are_linked_and_one_issuer_merged_and_never_the_other_way(
    at_two_sites: tuple[Patient, Patient], north: Facility, everywhere: User, log_in: LogIn, kind: str
) -> None:
    one, other = at_two_sites
    if kind == "link_patients":
        store(image(about(3)), facility=north)
        other = study(3).patient_record

    answer = log_in(everywhere).post(address("patient_preview", one), {"kind": kind, "other": other.pk})

    assert answer.status_code == 422
    assert "These two have" in answer.content.decode()


def test_nobody_corrects_a_patient_of_another_site_or_without_the_right(
    at_two_sites: tuple[Patient, Patient], technologist: User, radiologist: User, log_in: LogIn
) -> None:
    one, other = at_two_sites
    filled = {"kind": "link_patients", "other": other.pk, "reason": "because"}

    assert log_in(radiologist).post(address("correct_patient", one), filled).status_code == 403
    client = log_in(technologist)
    answer = client.post(address("correct_patient", one), filled)
    assert answer.status_code == 422
    assert "Myller" not in answer.content.decode()
    assert client.post(address("correct_patient", other), filled).status_code == 404
    assert not Correction.objects.exists()


def test_a_link_is_no_history_for_whoever_corrects_one_site_only(
    linked: tuple[Patient, Patient], south: Facility, log_in: LogIn, everywhere: User
) -> None:
    client = log_in(everywhere)
    assert "Link the same person" in text_of(client, linked[0])

    everywhere.memberships.filter(facility=south).delete()

    for page in (
        text_of(client, linked[0]),
        client.get(reverse("worklist:correct", args=[study(1).study_instance_uid])).content.decode(),
    ):
        assert "Myller" not in page
        assert "Link the same person" not in page
    undo = address("undo_patient_correction", linked[0], Correction.objects.get().correction_uid)
    assert client.post(undo).status_code == 404


def test_the_studies_of_a_row_lead_to_the_page_and_only_for_whoever_may_see_them(
    north: Facility, radiologist: User, outsider: User, log_in: LogIn
) -> None:
    store(image(about(1)), facility=north)
    forward = reverse("worklist:patient_of_study", args=[study(1).study_instance_uid])

    answer = log_in(radiologist).get(forward)
    assert answer.headers["Location"] == address("patient", study(1).patient_record)
    assert "P1" not in answer.headers["Location"]
    assert log_in(outsider).get(forward).status_code == 404


def test_who_was_shown_one_study_sees_that_one_and_no_more_of_the_patient(
    north: Facility, referrer: User, log_in: LogIn
) -> None:
    store(image(about(1, patient_id="P1"), **BORN), image(about(2, patient_id="P1"), **BORN), facility=north)
    patient = study(1).patient_record
    assert log_in(referrer).get(address("patient", patient)).status_code == 404

    share_study(study=study(1), user=referrer, codename=Codename.VIEW_STUDY, actor=TESTER)

    page = text_of(log_in(referrer), patient)
    assert study(1).study_instance_uid in page
    assert study(2).study_instance_uid not in page


def test_the_studies_of_one_site_or_modality_can_be_shown_alone(
    linked: tuple[Patient, Patient], everywhere: User, log_in: LogIn
) -> None:
    answer = log_in(everywhere).get(address("patient", linked[0]), {"site": "SOUTH"})

    shown = [entry.study.study_instance_uid for entry in answer.context["latest_first"]]
    assert shown == [study(2).study_instance_uid]


def test_the_page_costs_the_same_for_two_studies_as_for_six(
    north: Facility, radiologist: User, log_in: LogIn
) -> None:
    def store_study(number: int) -> None:
        store(image(about(number, patient_id="P1", patient_name="Miller^Anna"), **BORN), facility=north)
        order(facility=north, patient_id="P1", study_instance_uid=study(number).study_instance_uid)

    client = log_in(radiologist)
    for number in (1, 2):
        store_study(number)
    text_of(client, study(1).patient_record)
    with CaptureQueriesContext(connection) as few:
        text_of(client, study(1).patient_record)
    for number in (3, 4, 5, 6):
        store_study(number)

    with CaptureQueriesContext(connection) as many:
        text_of(client, study(1).patient_record)

    assert Study.objects.filter(patient_record=study(1).patient_record).count() == 6
    assert len(many) == len(few)


DAY = date(1960, 1, 2)


@pytest.mark.parametrize(
    ("other", "reasons", "doubts"),
    [
        (("P2", "Miller^Anna", DAY, "F"), ("same name", "same birth date"), ()),
        (("P2", "Anna^Miller", DAY, "F"), ("same name in another order", "same birth date"), ()),
        (("P2", "Miller^Anna", DAY, "M"), ("same name", "same birth date"), ("other sex",)),
        (
            ("P2", "Jones^Anna", DAY, "F"),
            ("same given name, other family name", "same birth date"),
            (),
        ),
        (
            ("P1", "Miller^Anna", date(1961, 1, 2), "F"),
            ("same name", "same Patient ID under another issuer"),
            ("other birth date",),
        ),
    ],
)
def test_what_speaks_for_one_person_is_said_with_what_speaks_against(
    other: tuple[str, str, date, str], reasons: tuple[str, ...], doubts: tuple[str, ...]
) -> None:
    found = likeness_of(_patient("NORTH", "P1", "Miller^Anna", DAY, "F"), _patient("SOUTH", *other))

    assert found is not None
    assert (found.reasons, found.doubts) == (reasons, doubts)


@pytest.mark.parametrize(
    "other",
    [
        ("P2", "Jones^Mary", DAY, "F"),
        ("P2", "Miller^Anna", date(1961, 1, 2), "F"),
        ("P1", "Jones^Mary", date(1961, 1, 2), "F"),
        ("P2", "Jones^Anna", DAY, "M"),
    ],
)
def test_people_who_share_too_little_are_not_put_forward(other: tuple[str, str, date, str]) -> None:
    assert likeness_of(_patient("NORTH", "P1", "Miller^Anna", DAY, "F"), _patient("SOUTH", *other)) is None


def _patient(issuer: str, patient_id: str, name: str, born: date, sex: str) -> Patient:
    return Patient(
        issuer_of_patient_id=issuer,
        patient_id=patient_id,
        patient_name=name,
        patient_birth_date=born,
        patient_sex=sex,
    )
