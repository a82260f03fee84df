"""Which hanging protocol fits a study, and what a protocol may look like."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Facility
from dicomkit.priors import StudyTraits
from tests.dicom_samples import about, image
from tests.factories import store
from viewer.exceptions import InvalidProtocolError
from viewer.hanging.builtin import BUILT_IN
from viewer.hanging.matching import Candidate, Rank, Subject, match, matching_protocols
from viewer.hanging.protocol import Criteria
from viewer.hanging.reading import read_protocol

STAGE = {"layout": "1x1", "viewports": [{}]}


def subject(
    *modalities: str,
    part: str = "",
    text: str = "",
    sides: str = "",
    views: tuple[str, ...] = (),
    priors: int = 0,
    pictures: int = 1,
) -> Subject:
    """Return what is known of a study."""
    traits = StudyTraits(
        study_instance_uid="1.2.3",
        moment=None,
        modalities=frozenset(modalities),
        body_parts=frozenset({part} - {""}),
        lateralities=frozenset(sides),
        texts=(text,),
    )
    return Subject(traits, frozenset(views), priors, pictures)


CHEST_CT = subject("CT", part="CHEST", text="CT chest, low dose", priors=1)


def candidate(name: str, rank: Rank, **criteria: Any) -> Candidate:
    """Return a protocol of that name."""
    return Candidate(name, rank, read_protocol({"name": name, "criteria": criteria, "stages": [STAGE]}))


@pytest.mark.parametrize(
    ("criteria", "fits"),
    [
        ({}, True),
        ({"modalities": ["MR", "CT"]}, True),
        ({"modalities": ["CT\\PT"]}, False),
        ({"body_parts": ["THORAX"]}, True),
        ({"body_parts": ["KNEE"]}, False),
        ({"words": ["Low", "dose"]}, True),
        ({"words": ["low", "contrast"]}, False),
        ({"laterality": "L"}, False),
        ({"least_priors": 1}, True),
        ({"least_priors": 2}, False),
        ({"least_pictures": 2}, False),
        ({"view_positions": ["PA"]}, False),
    ],
)
def test_every_criterion_must_be_met(criteria: dict[str, Any], fits: bool) -> None:
    parsed = read_protocol({"name": "x", "criteria": criteria, "stages": [STAGE]}).criteria

    assert (match(parsed, CHEST_CT) is not None) is fits


def test_both_sides_are_asked_for_by_b() -> None:
    assert match(Criteria(laterality="B"), subject("MG", sides="LR")) is not None
    assert match(Criteria(laterality="B"), subject("MG", sides="L")) is None
    assert match(Criteria(laterality="R"), subject("MG", sides="LR")) is not None


def test_ones_own_protocol_goes_before_the_roles_the_facilitys_and_the_built_in() -> None:
    candidates = [candidate(rank.name, rank, modalities=["CT"]) for rank in Rank]

    found = matching_protocols(candidates, CHEST_CT)

    assert [one.identifier for one in found] == ["USER", "ROLE", "FACILITY", "BUILT_IN"]


def test_a_wide_protocol_of_ones_own_goes_before_a_narrow_one_of_the_facility() -> None:
    found = matching_protocols(
        [
            candidate("narrow", Rank.FACILITY, modalities=["CT"], body_parts=["CHEST"], words=["dose"]),
            candidate("wide", Rank.USER, modalities=["CT"]),
        ],
        CHEST_CT,
    )

    assert [one.identifier for one in found] == ["wide", "narrow"]


def test_among_equals_the_narrower_goes_first() -> None:
    found = matching_protocols(
        [
            candidate("any", Rank.USER),
            candidate("chest", Rank.USER, modalities=["CT"], body_parts=["CHEST"]),
            candidate("ct", Rank.USER, modalities=["CT"]),
        ],
        CHEST_CT,
    )

    assert [one.identifier for one in found] == ["chest", "ct", "any"]


@pytest.mark.parametrize(
    ("study", "expected"),
    [
        (CHEST_CT, "builtin-ct-prior"),
        (subject("CT", "KO", "SR"), None),
        (subject("MR", pictures=6, priors=2), "builtin-mr-planes"),
        (subject("MR", pictures=2, priors=1), "builtin-mr-prior"),
        (subject("DX", pictures=2), "builtin-film-two-views"),
        (subject("CR", pictures=1, priors=1), "builtin-film-prior"),
        (subject("DX", pictures=2, priors=1), "builtin-film-two-views-prior"),
        (subject("MG", pictures=4), "builtin-mammography"),
        (subject("MG", pictures=4, priors=1), "builtin-mammography-prior"),
        (subject("US"), "builtin-ultrasound"),
        (subject("XA", pictures=3), "builtin-angiography"),
        (subject("CT", "PT", pictures=3, priors=1), "builtin-pet-ct"),
    ],
)
def test_the_built_in_protocol_of_each_kind_of_study(study: Subject, expected: str | None) -> None:
    found = matching_protocols(BUILT_IN, study)

    assert (found[0].identifier if found else None) == expected


@pytest.mark.parametrize("built_in", BUILT_IN, ids=lambda one: one.identifier)
def test_a_protocol_written_as_json_reads_back_as_the_same(built_in: Candidate) -> None:
    written = json.loads(json.dumps(built_in.protocol.as_json()))

    assert read_protocol(written) == built_in.protocol


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": ""}, "name must be text of 1 to 80 characters."),
        ({"name": None}, "name must be text of 1 to 80 characters."),
        ({"owner": 1}, "owner is not known; there are criteria, name, stages."),
        ({"stages": []}, "stages must be a list of 1 to 12 entries."),
        ({"criteria": []}, "criteria must be an object."),
        ({"criteria": {"laterality": "left"}}, 'criteria.laterality must be one of "", "L", "R", "B".'),
        ({"criteria": {"least_priors": True}}, "criteria.least_priors must be a whole number from 0 to 9."),
        (
            {"stages": [{**STAGE, "layout": "5x5"}]},
            'stages[0].layout must be rows x columns up to "4x5", or a named layout.',
        ),
        (
            {"stages": [STAGE, {"layout": "1x1", "viewports": [{}, {}]}]},
            "stages[1].viewports has 2 entries, but 1x1 has 1.",
        ),
        (
            {"stages": [{"layout": "1x1", "viewports": [{"window": {"center": 40, "width": 0}}]}]},
            "stages[0].viewports[0].window.width must be greater than 0.",
        ),
        (
            {"stages": [{"layout": "1x1", "viewports": [{"window": {"center": 1e300, "width": 1}}]}]},
            "stages[0].viewports[0].window.center must be a number up to 1000000.",
        ),
        ({"stages": [{**STAGE, "rows": [0]}]}, "stages[0].rows must be numbers greater than 0."),
        ({"stages": [{**STAGE, "link": {"scroll": 1}}]}, "stages[0].link.scroll must be true or false."),
    ],
)
def test_what_is_wrong_with_a_protocol_is_said_with_its_place(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidProtocolError) as raised:
        read_protocol({"name": "CT", "criteria": {}, "stages": [STAGE], **change})

    assert str(raised.value) == problem


@pytest.mark.parametrize("value", [None, [], "CT", 3])
def test_what_is_no_object_is_no_protocol(value: object) -> None:
    with pytest.raises(InvalidProtocolError, match="must be an object"):
        read_protocol(value)


@pytest.mark.django_db
def test_the_manifest_names_the_protocols_that_fit(north: Facility, reader: Client) -> None:
    views = [
        image(number=number, Modality="DX", ViewPosition=view) for number, view in ((1, "PA"), (2, "LL"))
    ]
    store(*views, facility=north)

    body = reader.get(f"/viewer/studies/{about(1).study_instance_uid}/manifest.json").json()

    assert [one["id"] for one in body["hanging"]] == ["builtin-film-two-views"]
