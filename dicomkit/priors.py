"""How much an earlier study of a patient helps to read the current one. Pure: values in, values out.

A prior is relevant when it shows the same part of the body on the same side, best by the same kind of machine and for
the same question, and lately. The part of the body counts most: a CT of the chest is read beside a chest film, but not
beside a CT of the knee.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dicomkit.body_regions import regions_of_parts, regions_of_words

# Objects about images say nothing of what was examined.
_NOT_EXAMINATIONS = frozenset({"PR", "KO", "SR", "SEG", "RTSTRUCT", "DOC", "REG", "FID", "AU"})
_FAMILIES = (
    frozenset({"CR", "DX", "RG", "RF", "XA"}),
    frozenset({"CT", "MR", "PT", "NM"}),
    frozenset({"MG", "US"}),
)
_SAME_MODALITY, _SAME_FAMILY = 0.30, 0.12
_SAME_REGION = 0.40
_SAME_SIDE, _OTHER_SIDE = 0.08, -0.25
_WORDS = 0.12
_RECENT = 0.10
# After this time a prior has lost two thirds of what it gains by being recent.
_RECENT_DAYS = 730.0
_LEAST_WORD = 3
_NO_WORDS = frozenset(
    {"and", "the", "mit", "und", "with", "without", "ohne", "der", "des", "for", "von", "followup"}
)
_SIDES = {"left": "L", "links": "L", "gauche": "L", "right": "R", "rechts": "R", "droite": "R"}
_BOTH_SIDES = frozenset({"bilateral", "both", "beidseits"})


@dataclass(frozen=True)
class StudyTraits:
    """What of a study tells whether it is relevant to another.

    Attributes
    ----------
    moment
        When it was made; None where that is unknown.
    texts
        Study description, series descriptions and protocol names, in any language.
    """

    study_instance_uid: str
    moment: datetime | None
    modalities: frozenset[str]
    body_parts: frozenset[str] = frozenset()
    lateralities: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relevance:
    """How relevant a study is, 0 to 1, and the reasons in words."""

    study_instance_uid: str
    score: float
    reasons: tuple[str, ...]


def rank_priors(current: StudyTraits, others: Iterable[StudyTraits]) -> list[Relevance]:
    """Return the studies made before the current one, the most relevant first; of equals, the latest first.

    A study without a date counts as made before: it is shown, at the end of its equals.
    """
    earlier = [other for other in others if is_earlier(current, other)]
    earlier.sort(key=lambda other: (other.moment is not None, other.moment or datetime.min), reverse=True)
    ranked = [relevance(current, other) for other in earlier]
    return sorted(ranked, key=lambda one: -one.score)


def is_earlier(current: StudyTraits, other: StudyTraits) -> bool:
    """Return whether a study was made before the current one, or may have been."""
    if other.study_instance_uid == current.study_instance_uid:
        return False
    return current.moment is None or other.moment is None or other.moment <= current.moment


def relevance(current: StudyTraits, other: StudyTraits) -> Relevance:
    """Return how relevant another study is to the current one."""
    score = 0.0
    reasons = []
    for points, reason in (
        _by_modality(current, other),
        _by_region(current, other),
        _by_side(current, other),
        _by_words(current, other),
        (_RECENT * _recency(current, other), ""),
    ):
        score += points
        if reason:
            reasons.append(reason)
    return Relevance(other.study_instance_uid, round(min(1.0, max(0.0, score)), 4), tuple(reasons))


def _by_modality(current: StudyTraits, other: StudyTraits) -> tuple[float, str]:
    mine, theirs = current.modalities - _NOT_EXAMINATIONS, other.modalities - _NOT_EXAMINATIONS
    shared = mine & theirs
    if mine == theirs and shared:
        return _SAME_MODALITY, "same modality"
    if shared:
        # The CT of a PET/CT is there to correct it: it is no match for a CT by itself.
        share = len(shared) / len(mine | theirs)
        return _SAME_FAMILY + (_SAME_MODALITY - _SAME_FAMILY) * share, "shares a modality"
    if any(mine & family and theirs & family for family in _FAMILIES):
        return _SAME_FAMILY, "similar modality"
    return 0.0, ""


def _by_region(current: StudyTraits, other: StudyTraits) -> tuple[float, str]:
    mine, theirs = _regions(current), _regions(other)
    if not mine or not theirs:
        # Nothing known speaks neither for nor against it.
        return _SAME_REGION / 4, ""
    shared = mine & theirs
    if not shared:
        return 0.0, ""
    share = len(shared) / len(mine)
    return _SAME_REGION * (0.6 + 0.4 * share), "same body part" if share == 1 else "overlapping body part"


def _by_side(current: StudyTraits, other: StudyTraits) -> tuple[float, str]:
    mine, theirs = _sides(current), _sides(other)
    if not mine or not theirs:
        return 0.0, ""
    return (_SAME_SIDE, "same side") if mine & theirs else (_OTHER_SIDE, "other side")


def _by_words(current: StudyTraits, other: StudyTraits) -> tuple[float, str]:
    mine, theirs = _words(current), _words(other)
    if not mine or not theirs:
        return 0.0, ""
    share = len(mine & theirs) / len(mine | theirs)
    return _WORDS * math.sqrt(share), "same procedure" if share >= 0.5 else ""


def _recency(current: StudyTraits, other: StudyTraits) -> float:
    if current.moment is None or other.moment is None:
        return 0.0
    days = max(0.0, (current.moment - other.moment).total_seconds() / 86400)
    return math.exp(-days / _RECENT_DAYS)


def _regions(traits: StudyTraits) -> frozenset[str]:
    return regions_of_parts(traits.body_parts) or regions_of_words(words_of(traits.texts))


def _sides(traits: StudyTraits) -> frozenset[str]:
    coded = {side for side in traits.lateralities if side in {"L", "R"}}
    if "B" in traits.lateralities:
        coded |= {"L", "R"}
    if coded:
        return frozenset(coded)
    words = words_of(traits.texts)
    named = {_SIDES[word] for word in words if word in _SIDES}
    return frozenset({"L", "R"} if words & _BOTH_SIDES else named)


def _words(traits: StudyTraits) -> frozenset[str]:
    return frozenset(word for word in words_of(traits.texts) if len(word) >= _LEAST_WORD) - _NO_WORDS


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of texts in lower case, whatever stands between them."""
    return frozenset(word for text in texts for word in re.findall(r"[^\W_]+", text.lower()))
