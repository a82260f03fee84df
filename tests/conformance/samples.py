"""Which files are shown to the judges, and where each of them comes from.

Two PyPI packages bring files with them; a larger collection of public sample sets may lie beside the checkout.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import data_store
from pydicom.data import get_testdata_file

COLLECTION = Path(__file__).parents[3] / "shared" / "data"
# Beside the DICOM files of a sample set lie its notes.
_NOT_DICOM = frozenset({".md", ".tsv"})


def bundled_files() -> list[Path]:
    """Return the files that the packages pydicom and pydicom-data install."""
    pydicom_files = Path(str(get_testdata_file("CT_small.dcm", download=False))).parent
    return sorted([*pydicom_files.glob("*.dcm"), *(Path(data_store.__path__[0]) / "data").glob("*.dcm")])


def collected_files() -> list[Path]:
    """Return the files of the collection; none where there is none."""
    return sorted(files_below(COLLECTION)) if COLLECTION.is_dir() else []


def files_below(folder: Path) -> Iterator[Path]:
    """Return the files that are, or claim to be, DICOM."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in _NOT_DICOM:
            yield path


def representatives(paths: Iterable[Path], *, count: int = 1) -> list[Path]:
    """Leave out copies of the bundled files, and all but `count` of those that differ in their numbers only."""
    bundled = {path.name for path in bundled_files()}
    kinds: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        if path.name not in bundled:
            kinds.setdefault((path.parent, re.sub(r"\d", "", path.name)), []).append(path)
    return [path for alike in kinds.values() for path in alike[:: -(-len(alike) // count)]]


def sources() -> dict[Path, str]:
    """Return the public origin of each file of the collection, as its manifest says."""
    manifest = COLLECTION / "MANIFEST.tsv"
    if not manifest.is_file():
        return {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return {COLLECTION / row["path"]: row["source"].partition("@")[0] for row in rows}
