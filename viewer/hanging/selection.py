"""The protocols that fit a study, for its manifest: the page hangs the first one before it has a pixel."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict

from archive.models import Study
from archive.selectors import study_traits
from viewer.hanging.builtin import BUILT_IN, in_words_of_the_reader
from viewer.hanging.matching import Candidate, Rank, Subject, matching_protocols
from viewer.patient_studies import PatientStudyBody

if TYPE_CHECKING:
    from viewer.manifest import SeriesBody

# A prior that only shares a region or a modality is listed, but not hung by itself.
RELEVANT = 0.6
_PROJECTIONS = frozenset({"CR", "DX", "MG"})


class HangingBody(TypedDict):
    """A protocol as the page knows it."""

    id: str
    scope: str
    protocol: dict[str, Any]


def hanging_of(
    study: Study,
    series: list["SeriesBody"],
    patient_studies: list[PatientStudyBody],
    own: Iterable[Candidate] = (),
) -> list[HangingBody]:
    """Return the protocols that fit a study, the one to hang first.

    Parameters
    ----------
    series, patient_studies
        Of the study's manifest.
    own
        Protocols of the user, the roles and the facility; the built-in ones are added.
    """
    views = frozenset(image["view_position"] for one in series for image in one["images"])
    pictures = sum(len(one["images"]) if one["modality"] in _PROJECTIONS else 1 for one in series)
    subject = Subject(
        traits=study_traits([study])[study.study_instance_uid],
        view_positions=views,
        number_of_priors=sum((one["relevance"] or 0) >= RELEVANT for one in patient_studies),
        number_of_pictures=pictures,
    )
    return [hanging_body(candidate) for candidate in matching_protocols([*own, *BUILT_IN], subject)]


def hanging_body(candidate: Candidate) -> HangingBody:
    """Return a protocol as the page reads it."""
    body = candidate.protocol.as_json()
    return {
        "id": candidate.identifier,
        "scope": candidate.rank.name.lower(),
        "protocol": in_words_of_the_reader(body) if candidate.rank is Rank.BUILT_IN else body,
    }
