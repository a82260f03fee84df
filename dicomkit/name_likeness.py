"""Whether two names may be of one person: spelled otherwise, turned round, abbreviated, or changed by marriage."""

import re
from difflib import SequenceMatcher
from enum import IntEnum

from dicomkit.person_name import NameComponents, fold, parse_person_name

# Below this share of letters in common two words are two words: "smyth" and "smith" have 0.8, "ann" and "dan" of
# twins 0.67.
_LEAST_RATIO = 0.75


class NameLikeness(IntEnum):
    """How much two names are alike; the more, the higher."""

    UNKNOWN = 0
    """One of the two is empty."""
    DIFFERENT = 1
    SAME_GIVEN_NAME = 2
    """The family name is another one, as after a marriage."""
    SIMILAR = 3
    """A letter or two, a middle name or an abbreviation apart."""
    SAME_WORDS = 4
    """The same words in another order."""
    SAME = 5


def name_likeness(one: str, other: str) -> NameLikeness:
    """Return how much two values of Person Name are alike, whatever their case, accents and punctuation.

    Of each the alphabetic group counts; where there is none, the ideographic or phonetic one.
    """
    first, second = _components(one), _components(other)
    mine, theirs = _words(first), _words(second)
    if not mine or not theirs:
        return NameLikeness.UNKNOWN
    if mine == theirs:
        return NameLikeness.SAME
    if sorted(mine) == sorted(theirs):
        return NameLikeness.SAME_WORDS
    if _is_short_for(mine, theirs) or _is_short_for(theirs, mine) or _is_near(mine, theirs):
        return NameLikeness.SIMILAR
    given = fold(first.given)
    same_given = bool(given) and given == fold(second.given)
    return NameLikeness.SAME_GIVEN_NAME if same_given else NameLikeness.DIFFERENT


def _components(value: str) -> NameComponents:
    name = parse_person_name(value)
    groups = (name.alphabetic, name.ideographic, name.phonetic)
    return next((group for group in groups if group.display()), name.alphabetic)


def _words(name: NameComponents) -> list[str]:
    return re.findall(r"[^\W_]+", fold(" ".join((name.family, name.given, name.middle))))


def _is_short_for(short: list[str], long: list[str]) -> bool:
    """Return whether each word of a name begins the word in its place: "doe j" of "doe jane maria"."""
    return (
        2 <= len(short) <= len(long)
        and short[0] == long[0]
        and all(whole.startswith(part) for part, whole in zip(short, long, strict=False))
    )


def _is_near(mine: list[str], theirs: list[str]) -> bool:
    """Return whether each word resembles the one in its place, or the whole does where words were joined or parted."""
    if len(mine) == len(theirs):
        return all(_ratio(one, other) >= _LEAST_RATIO for one, other in zip(mine, theirs, strict=True))
    return "".join(mine) == "".join(theirs)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
