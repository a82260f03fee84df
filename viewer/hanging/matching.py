"""Which protocol hangs a study. Pure: values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from dicomkit.body_regions import regions_of_parts, regions_of_words
from dicomkit.priors import StudyTraits, words_of
from viewer.hanging.protocol import Criteria, Protocol

# What a criterion that is met adds: what narrows the studies more counts more.
_MODALITY, _NARROW, _COUNT = 1, 4, 2


class Rank(IntEnum):
    """Whose protocol goes before whose; the greatest first."""

    BUILT_IN = 0
    FACILITY = 1
    ROLE = 2
    USER = 3


@dataclass(frozen=True)
class Subject:
    """What of a study decides how it is hung.

    Attributes
    ----------
    view_positions
        Of its images.
    number_of_priors
        Those that are relevant.
    number_of_pictures
        Images of projections, else series with images.
    """

    traits: StudyTraits
    view_positions: frozenset[str]
    number_of_priors: int
    number_of_pictures: int


@dataclass(frozen=True)
class Candidate:
    """A protocol with its name in addresses, and whose it is."""

    identifier: str
    rank: Rank
    protocol: Protocol
    changed_at: datetime | None = None


def matching_protocols(candidates: Iterable[Candidate], subject: Subject) -> list[Candidate]:
    """Return the protocols that fit a study, the one to hang first.

    The user's own go before those of the role, these before those of the facility, and the built-in ones are last.
    Within each, the one with the narrower criteria goes first, then the one that was changed last.
    """
    found = [
        (candidate.rank, specificity, _age_key(candidate), candidate)
        for candidate in candidates
        if (specificity := match(candidate.protocol.criteria, subject)) is not None
    ]
    found.sort(key=lambda one: one[:3], reverse=True)
    return [candidate for *_, candidate in found]


def match(criteria: Criteria, subject: Subject) -> int | None:
    """Return how narrowly criteria fit a study; None where they do not."""
    narrowness = 0
    for points in (
        _by_modality(criteria, subject),
        _by_body_part(criteria, subject),
        _by_words(criteria, subject),
        _by_laterality(criteria, subject),
        _by_views(criteria, subject),
        _by_count(criteria.least_priors, subject.number_of_priors),
        _by_count(criteria.least_pictures, subject.number_of_pictures),
    ):
        if points is None:
            return None
        narrowness += points
    return narrowness


def _by_modality(criteria: Criteria, subject: Subject) -> int | None:
    if not criteria.modalities:
        return 0
    wanted = [frozenset(entry.split("\\")) for entry in criteria.modalities]
    met = [len(modalities) for modalities in wanted if modalities <= subject.traits.modalities]
    return _MODALITY * max(met) if met else None


def _by_body_part(criteria: Criteria, subject: Subject) -> int | None:
    if not criteria.body_parts:
        return 0
    examined = regions_of_parts(subject.traits.body_parts) or regions_of_words(words_of(subject.traits.texts))
    return _NARROW if examined & regions_of_parts(criteria.body_parts) else None


def _by_words(criteria: Criteria, subject: Subject) -> int | None:
    wanted = words_of(criteria.words)
    return _NARROW * len(wanted) if wanted <= words_of(subject.traits.texts) else None


def _by_laterality(criteria: Criteria, subject: Subject) -> int | None:
    if not criteria.laterality:
        return 0
    sides = subject.traits.lateralities
    is_both = criteria.laterality == "B" and sides >= {"L", "R"}
    return _NARROW if is_both or criteria.laterality in sides else None


def _by_views(criteria: Criteria, subject: Subject) -> int | None:
    wanted = frozenset(criteria.view_positions)
    return _NARROW * bool(wanted) if wanted <= subject.view_positions else None


def _by_count(least: int, there: int) -> int | None:
    if there < least:
        return None
    # Three of something is narrower than two, but never as narrow as a word.
    return min(_COUNT, least) + (least > 2)


def _age_key(candidate: Candidate) -> float:
    return candidate.changed_at.timestamp() if candidate.changed_at else 0.0
