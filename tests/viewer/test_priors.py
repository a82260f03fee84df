"""Which earlier studies of a patient are shown beside the current one, and who is told of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Study
from audit.models import AuditEvent
from dicomkit.priors import StudyTraits, rank_priors, relevance
from tests.dicom_samples import about, image
from tests.factories import store, study
from tests.people import person


def traits(modality: str, when: str | None, text: str = "", *, part: str = "", side: str = "") -> StudyTraits:
    """Return the traits of a study; it is named by what it is."""
    return StudyTraits(
        study_instance_uid=f"{modality} {when} {text}".strip(),
        moment=datetime.fromisoformat(when).replace(tzinfo=UTC) if when else None,
        modalities=frozenset(modality.split("\\")),
        body_parts=frozenset({part} - {""}),
        lateralities=frozenset({side} - {""}),
        texts=(text,),
    )


# What a radiologist would hang first, beside what the archive offers: current, candidates in the order expected.
CASES = {
    "same modality and part, before a newer film of the part": (
        traits("CT", "2026-11-18", "CT chest, follow-up", part="CHEST"),
        [
            traits("CT", "2025-06-03", "CT chest", part="CHEST"),
            traits("DX", "2026-11-12", "Chest PA and lateral", part="CHEST"),
            traits("CT", "2026-10-01", "CT knee", part="KNEE"),
        ],
    ),
    "a CT by itself before a newer PET/CT": (
        traits("CT\\KO\\PR", "2026-11-18", "CT chest, follow-up", part="CHEST"),
        [
            traits("CT", "2025-06-03", "CT chest", part="CHEST"),
            traits("CT\\PT", "2026-11-10", "PET/CT chest, FDG", part="CHEST"),
        ],
    ),
    "the newer of two equal ones": (
        traits("DX", "2026-11-12", "Chest PA", part="CHEST"),
        [
            traits("DX", "2026-11-02", "Chest PA", part="CHEST"),
            traits("DX", "2023-01-02", "Chest PA", part="CHEST"),
        ],
    ),
    "the same side of a joint, though older": (
        traits("MR", "2026-05-01", "MRI knee", part="KNEE", side="L"),
        [
            traits("MR", "2020-05-01", "MRI knee", part="KNEE", side="L"),
            traits("MR", "2026-04-01", "MRI knee", part="KNEE", side="R"),
        ],
    ),
    "a side that only the description names": (
        traits("DX", "2026-05-01", "Knie links in zwei Ebenen"),
        [
            traits("DX", "2024-05-01", "Knee left 2 views"),
            traits("DX", "2026-04-01", "Knee right 2 views"),
        ],
    ),
    "a part under another name": (
        traits("CT", "2026-05-01", "Thorax nativ", part="THORAX"),
        [
            traits("CT", "2024-05-01", "Lung low dose", part="CHEST"),
            traits("CT", "2026-04-01", "Abdomen", part="ABDOMEN"),
        ],
    ),
    "a part inside a larger examination": (
        traits("CT", "2026-05-01", "Liver 3 phases", part="LIVER"),
        [
            traits("CT", "2026-02-01", "Staging", part="CHESTABDPELVIS"),
            traits("CT", "2026-04-01", "CT brain", part="BRAIN"),
        ],
    ),
    "mammograms before the ultrasound of the breast, before the chest film": (
        traits("MG", "2026-05-01", "Screening mammogram", part="BREAST"),
        [
            traits("MG", "2024-05-01", "Screening mammogram", part="BREAST"),
            traits("US", "2026-04-01", "Breast ultrasound", part="BREAST"),
            traits("DX", "2026-04-20", "Chest", part="CHEST"),
        ],
    ),
    "PET/CT beside PET/CT, with the presentation states of others not counting": (
        traits("CT\\PT", "2026-05-01", "PET/CT whole body"),
        [
            traits("CT\\PT\\SR", "2025-05-01", "PET/CT whole body"),
            traits("MR\\PR", "2026-04-01", "MR brain", part="BRAIN"),
        ],
    ),
    "the same question about the same part": (
        traits("MR", "2026-05-01", "MR brain epilepsy", part="BRAIN"),
        [
            traits("MR", "2025-05-01", "MR brain epilepsy", part="BRAIN"),
            traits("MR", "2025-06-01", "MR skull base", part="BRAIN"),
        ],
    ),
    "a study without a date is listed, last of its equals": (
        traits("CT", "2026-05-01", "CT chest", part="CHEST"),
        [
            traits("CT", "2020-05-01", "CT chest", part="CHEST"),
            traits("CT", None, "CT chest", part="CHEST"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("backwards", [False, True], ids=["as listed", "backwards"])
def test_priors_are_ranked_as_a_radiologist_would(name: str, backwards: bool) -> None:
    current, expected = CASES[name]

    ranked = rank_priors(current, reversed(expected) if backwards else expected)

    assert [one.study_instance_uid for one in ranked] == [one.study_instance_uid for one in expected]
    assert all(0 <= one.score <= 1 for one in ranked)


def test_the_study_itself_and_what_was_made_after_it_are_no_priors() -> None:
    current = traits("CT", "2026-05-01", "CT chest")

    ranked = rank_priors(current, [current, traits("CT", "2026-05-02", "CT chest")])

    assert ranked == []


def test_reasons_are_said_in_words() -> None:
    found = relevance(
        traits("MR", "2026-05-01", "MRI knee", part="KNEE", side="L"),
        traits("MR", "2026-04-01", "MRI knee", part="KNEE", side="R"),
    )

    assert found.reasons == ("same modality", "same body part", "other side", "same procedure")


ADDRESS = "/viewer/studies/{}/manifest.json"


@pytest.fixture
def visits(db: None, north: Facility) -> list[Study]:
    """Three studies of one patient in the north, the oldest first."""
    return [
        study(
            number,
            facility=north,
            patient_id="P7",
            study_date=date(2020 + number, 1, 1),
            study_description=text,
            modalities_in_study=modality,
            body_parts_examined=part,
        )
        for number, (modality, part, text) in enumerate(
            [("CT", "CHEST", "CT chest"), ("MR", "KNEE", "MRI knee"), ("CT", "CHEST", "CT chest")], start=1
        )
    ]


def test_the_manifest_lists_all_studies_of_the_patient_with_their_relevance(
    visits: list[Study], reader: Client
) -> None:
    oldest, middle, latest = visits

    listed = reader.get(ADDRESS.format(latest.study_instance_uid)).json()["patient_studies"]

    assert [one["study_instance_uid"] for one in listed] == [
        one.study_instance_uid for one in (latest, middle, oldest)
    ]
    assert [one["is_current"] for one in listed] == [True, False, False]
    assert listed[0]["relevance"] is None
    assert listed[2]["relevance"] > listed[1]["relevance"]
    assert listed[2]["facility"]["code"] == "NORTH"


def test_a_later_study_is_listed_and_is_no_prior(visits: list[Study], reader: Client) -> None:
    listed = reader.get(ADDRESS.format(visits[0].study_instance_uid)).json()["patient_studies"]

    assert [one["relevance"] for one in listed] == [None, None, None]


def test_another_issuers_patient_of_the_same_id_is_not_listed(
    visits: list[Study], south: Facility, log_in: Callable[[User], Client]
) -> None:
    both = person("both", Role.RADIOLOGIST)
    person_of_south = study(9, facility=south, patient_id="P7")
    both.memberships.create(facility=south, role=Role.RADIOLOGIST)

    listed = log_in(both).get(ADDRESS.format(visits[2].study_instance_uid)).json()["patient_studies"]

    assert len(listed) == 3
    assert person_of_south.study_instance_uid not in {one["study_instance_uid"] for one in listed}


def test_studies_that_the_user_may_not_see_are_not_named(
    visits: list[Study], south: Facility, reader: Client
) -> None:
    hidden = visits[0]
    hidden.facility = south
    hidden.save()

    answer = reader.get(ADDRESS.format(visits[2].study_instance_uid))

    assert len(answer.json()["patient_studies"]) == 2
    assert hidden.study_instance_uid not in answer.content.decode()


def test_an_outsider_learns_of_no_study(visits: list[Study], log_in: Callable[[User], Client]) -> None:
    outsider = log_in(person("outsider"))

    for one in visits:
        assert outsider.get(ADDRESS.format(one.study_instance_uid)).status_code == 404


def test_listing_priors_opens_none_of_them_and_fetching_one_is_recorded_once(
    north: Facility, reader: Client
) -> None:
    patient = {"patient_id": "P1", "patient_name": "Sample^Number 1"}
    store(image(about(1)), image(about(2, **patient)), facility=north)
    current, prior = about(1).study_instance_uid, about(2).study_instance_uid

    listed = reader.get(ADDRESS.format(current)).json()["patient_studies"]
    assert set(AuditEvent.objects.values_list("study_instance_uid", flat=True)) >= {current}
    assert opened(prior) == 0
    (address,) = [one["manifest_url"] for one in listed if one["study_instance_uid"] == prior]
    bodies = [reader.get(address).json() for _ in range(2)]

    assert opened(prior) == 1
    assert all("patient_studies" not in body for body in bodies)
    assert bodies[0]["series"]


def opened(study_instance_uid: str) -> int:
    """Return how often the opening of a study is on record."""
    return AuditEvent.objects.filter(event_type="study_opened", study_instance_uid=study_instance_uid).count()
