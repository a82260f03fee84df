"""What a radiation dose report says of a whole examination and of each irradiation.

References
----------
PS3.16 TID 10001 and 10003 (projection X-ray), TID 10011 and 10013 (CT), TID 10021 (radiopharmaceutical)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pydicom.dataset import Dataset

DOSE_REPORT_CLASSES = frozenset(
    {
        # X-Ray, Enhanced X-Ray and Radiopharmaceutical Radiation Dose SR
        "1.2.840.10008.5.1.4.1.1.88.67",
        "1.2.840.10008.5.1.4.1.1.88.76",
        "1.2.840.10008.5.1.4.1.1.88.68",
    }
)
# A report of a long intervention has some thousand items; more is no report.
_MOST_ITEMS = 100_000
_DEEPEST = 32

_TOTALS: dict[str, str] = {
    "113813": "CT dose length product, total",
    "113812": "Irradiations",
    "113722": "Dose area product, total",
    "113725": "Dose at the reference point, total",
    "113726": "Fluoroscopy dose area product, total",
    "113730": "Fluoroscopy time, total",
    "113731": "Images",
    "113855": "Acquisition time, total",
    "113507": "Administered activity",
    "113839": "Effective dose",
}
_OF_EVENT: dict[str, str] = {
    "113830": "CTDIvol",
    "113838": "DLP",
    "122130": "Dose area product",
    "113738": "Dose at the reference point",
    "111631": "Average glandular dose",
}
_EVENTS = frozenset({"113819", "113706", "113502"})
_PROTOCOL, _TARGET = "125203", "123014"
# As units are printed on consoles; others stand as the report has them (UCUM).
_UNITS = {"1": "", "{events}": "", "{images}": "", "Gy.m2": "Gy·m²", "mGy.cm": "mGy·cm", "dGy.cm2": "dGy·cm²"}


@dataclass(frozen=True)
class DoseValue:
    """One value with its unit as it is shown."""

    label: str
    value: float
    unit: str


@dataclass(frozen=True)
class Irradiation:
    """One irradiation event."""

    protocol: str
    target_region: str
    values: tuple[DoseValue, ...]


@dataclass(frozen=True)
class DoseReport:
    """The totals of an examination, in the order of the report, and its irradiation events."""

    totals: tuple[DoseValue, ...]
    irradiations: tuple[Irradiation, ...]


def read_dose_report(dataset: Dataset) -> DoseReport:
    """Return what a dose report says; empty where it says nothing that is known here.

    Parameters
    ----------
    dataset
        Of one of ``DOSE_REPORT_CLASSES``. Items that cannot be read are left out.
    """
    items = list(islice(_items(dataset, 0), _MOST_ITEMS))
    totals = [value for item in items if (value := _value(item, _TOTALS))]
    events = [_irradiation(item) for item in items if _code(item) in _EVENTS and _children(item)]
    return DoseReport(tuple(dict.fromkeys(totals)), tuple(one for one in events if one.values))


def _irradiation(container: Dataset) -> Irradiation:
    items = list(islice(_items(container, 0), _MOST_ITEMS))
    words = {code: _words(item) for item in items if (code := _code(item)) in (_PROTOCOL, _TARGET)}
    values = [value for item in items if (value := _value(item, _OF_EVENT))]
    return Irradiation(words.get(_PROTOCOL, ""), words.get(_TARGET, ""), tuple(values))


def _items(parent: Dataset, depth: int) -> Iterator[Dataset]:
    for item in _children(parent):
        yield item
        if depth < _DEEPEST:
            yield from _items(item, depth + 1)


def _children(item: Dataset) -> list[Dataset]:
    return list(item.get("ContentSequence") or [])


def _code(item: Dataset) -> str:
    names = item.get("ConceptNameCodeSequence") or []
    return str(names[0].get("CodeValue", "")) if names else ""


def _words(item: Dataset) -> str:
    coded = item.get("ConceptCodeSequence") or []
    return str(coded[0].get("CodeMeaning", "")) if coded else str(item.get("TextValue", ""))


def _value(item: Dataset, labels: dict[str, str]) -> DoseValue | None:
    label = labels.get(_code(item))
    measured = (item.get("MeasuredValueSequence") or []) if label else []
    if label is None or not measured or item.get("ValueType") != "NUM":
        return None
    try:
        value = float(measured[0].NumericValue)
    except (AttributeError, TypeError, ValueError):
        return None
    units = measured[0].get("MeasurementUnitsCodeSequence") or []
    unit = str(units[0].get("CodeValue", "")) if units else ""
    return DoseValue(label, value, _UNITS.get(unit, unit))
