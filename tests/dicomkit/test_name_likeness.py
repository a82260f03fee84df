"""Which names may be of one person."""

import pytest

from dicomkit.name_likeness import NameLikeness, name_likeness


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Müller^Anne", "MULLER^ANNE", NameLikeness.SAME),
        ("Doe^Jane", "Jane^Doe", NameLikeness.SAME_WORDS),
        ("Doe^Jane", "DOE JANE", NameLikeness.SAME),
        ("Müller^Anne", "Mueller^Anne", NameLikeness.SIMILAR),
        ("Smith^John", "Smyth^Jon", NameLikeness.SIMILAR),
        ("Doe^J", "Doe^Jane^Maria", NameLikeness.SIMILAR),
        ("van der Berg^Eva", "Vanderberg^Eva", NameLikeness.SIMILAR),
        ("Yamada^Tarou=山田^太郎", "Yamada^Taro", NameLikeness.SIMILAR),
        ("Smith^Mary", "Jones^Mary", NameLikeness.SAME_GIVEN_NAME),
        ("Lee^Ann", "Lee^Dan", NameLikeness.DIFFERENT),
        ("Smith^John", "Jones^Mary", NameLikeness.DIFFERENT),
        ("", "Jones^Mary", NameLikeness.UNKNOWN),
    ],
)
def test_names_are_compared_as_a_person_would(one: str, other: str, expected: NameLikeness) -> None:
    assert name_likeness(one, other) is expected
    assert name_likeness(other, one) is expected
