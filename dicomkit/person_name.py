"""Person names: groups, components, how they are shown and found.

References
----------
PS3.5 6.2.1 (Person Name value representation).
"""

import re
import unicodedata
from dataclasses import dataclass

_SPACES = re.compile(r"\s+")
# Letters that Unicode does not decompose into a base letter and a mark.
_FOLDED = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


@dataclass(frozen=True, slots=True)
class NameComponents:
    """One component group of a name."""

    family: str = ""
    given: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""

    def display(self) -> str:
        """Return "Family, Given Middle" with prefix and suffix left out; parts that are empty leave no trace."""
        given = " ".join(part for part in (self.given, self.middle) if part)
        return ", ".join(part for part in (self.family, given) if part)


@dataclass(frozen=True, slots=True)
class PersonName:
    """The three component groups of a name."""

    alphabetic: NameComponents
    ideographic: NameComponents
    phonetic: NameComponents

    def display(self) -> str:
        """Return the alphabetic name, and the ideographic one in brackets; whichever exists when only one does."""
        first, second = self.alphabetic.display(), self.ideographic.display()
        if first and second:
            return f"{first} ({second})"
        return first or second or self.phonetic.display()


def parse_person_name(value: object) -> PersonName:
    """Split a name into groups and components; never fails.

    A name without "^" but with a comma is read as "Family, Given", as some systems write it.
    """
    groups = [*str(value or "").split("="), "", "", ""]
    return PersonName(*(_parse_group(group) for group in groups[:3]))


def display_name(value: object) -> str:
    """Return a name as people read it, "Family, Given Middle"; the empty text when there is none."""
    return parse_person_name(value).display()


def search_key(value: object) -> str:
    """Return all groups and components, folded for searching: lower case, without diacritics, single spaces.

    References
    ----------
    PS3.4 C.2.2.2.1: matching of names may ignore case and accents.
    """
    name = parse_person_name(value)
    parts = [
        part
        for group in (name.alphabetic, name.ideographic, name.phonetic)
        for part in (group.family, group.given, group.middle, group.prefix, group.suffix)
        if part
    ]
    return fold(" ".join(parts))


def fold(text: str) -> str:
    """Return text in lower case without diacritics and with single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    # Only marks over Latin, Greek and Cyrillic letters are decoration; a voiced kana without its mark is another.
    letters = "".join(
        character for character in decomposed if not "\u0300" <= character <= "\u036f"
    ).translate(_FOLDED)
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", letters)).strip()


def _parse_group(group: str) -> NameComponents:
    if "^" not in group and "," in group:
        group = group.replace(",", "^", 1)
    parts = [_SPACES.sub(" ", part).strip() for part in group.replace("\0", "").split("^")]
    return NameComponents(*parts[:5])
