"""What a content item says, in words.

References
----------
PS3.3 C.18.1 (numbers), C.18.2 (codes), C.18.6 to C.18.9 (coordinates); PS3.3 8.8 (code meanings).
"""

import re

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item
from dicomkit.identity import clean_text
from dicomkit.person_name import display_name
from dicomkit.pixels.numbers import finite_float, floats
from dicomkit.temporal import parse_date, parse_date_time, parse_time

MOST_CHARACTERS = 32_768
# No measurement is as exact as a number of more characters.
_MOST_DIGITS = 9
_PLAIN_UNITS = {
    "[hnsf'U]": "HU",
    "{SUVbw}g/ml": "SUV",
    "mm2": "mm²",
    "cm2": "cm²",
    "deg": "°",
    "no units": "",
}
# UCUM writes counts of things as an annotation in braces, such as {ratio} or {counts}.
_ANNOTATION = re.compile(r"\{([^{}]*)\}")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def meaning_of(item: Dataset, keyword: str) -> str:
    """Return the meaning of a coded concept, its code where it has none; empty without a concept."""
    concept = first_item(item, keyword)
    if concept is None:
        return ""
    keywords = ("CodeMeaning", "CodeValue", "LongCodeValue", "URNCodeValue")
    return next(filter(None, (clean_text(concept, one, 256) for one in keywords)), "")


def unit_words(measured: Dataset) -> str:
    """Return a unit as it is read aloud: the code where it is short and plain, else its meaning."""
    unit = first_item(measured, "MeasurementUnitsCodeSequence")
    if unit is None:
        return ""
    code, meaning = clean_text(unit, "CodeValue", 16), clean_text(unit, "CodeMeaning", 64)
    if code == "1":
        return "" if meaning == "no units" else meaning
    return _PLAIN_UNITS.get(code, _ANNOTATION.sub(r"\1", code))


def number_words(item: Dataset) -> str:
    """Return a measured number with its unit, or why there is none. As written, unless computers wrote its digits."""
    measured = first_item(item, "MeasuredValueSequence")
    value = ""
    if measured is not None:
        value = clean_text(measured, "NumericValue", 32) or clean_text(measured, "FloatingPointValue", 32)
    if measured is None or not value:
        return meaning_of(item, "NumericValueQualifierCodeSequence") or "no value"
    unit = unit_words(measured)
    number = finite_float(value)
    if number is not None and "." in value and len(value) > _MOST_DIGITS:
        value = f"{number:.6g}"
    return f"{value}{'' if unit == '°' else ' '}{unit}".strip()


def text_words(item: Dataset) -> str:
    """Return the words of a text item with its line ends."""
    value = item.get("TextValue")
    text = "" if value is None else str(value)[:MOST_CHARACTERS]
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def value_words(item: Dataset) -> str:
    """Return what a content item says, whatever its value type; empty for a heading or a mere reference."""
    match clean_text(item, "ValueType", 16):
        case "TEXT":
            return text_words(item)
        case "NUM":
            return number_words(item)
        case "CODE":
            return meaning_of(item, "ConceptCodeSequence")
        case "PNAME":
            return display_name(clean_text(item, "PersonName", 256))
        case "UIDREF":
            return clean_text(item, "UID", 64)
        case "DATE":
            return moment_words(clean_text(item, "Date", 16))
        case "TIME":
            return _clock(clean_text(item, "Time", 16))
        case "DATETIME":
            return moment_words(clean_text(item, "DateTime", 32))
        case "SCOORD" | "SCOORD3D":
            return _place_words(item)
        case "TCOORD":
            return clean_text(item, "TemporalRangeType", 16).capitalize()
        case _:
            return ""


def moment_words(value: str) -> str:
    """Return a date, or a date and time, as "2026-11-18 10:15"; the value itself where it is none."""
    moment = parse_date_time(value)
    if moment is not None and len(value) > 8:
        return moment.isoformat(" ", "minutes")
    day = parse_date(value)
    return day.isoformat() if day is not None else value


def _clock(value: str) -> str:
    moment = parse_time(value)
    return value if moment is None else moment.isoformat("seconds")


def _place_words(item: Dataset) -> str:
    shape = clean_text(item, "GraphicType", 16).capitalize()
    per_point = 3 if clean_text(item, "ValueType", 16) == "SCOORD3D" else 2
    count = len(floats(item.get("GraphicData")) or []) // per_point
    if shape in ("Polyline", "Polygon", "Multipoint"):
        return f"{shape} of {count} points"
    return shape
