"""What we show is what DCMTK, GDCM and pydicom show, or it is known why not."""

from pathlib import Path

import pytest

from dicomkit.errors import DicomKitError
from tests.conformance.samples import bundled_files, collected_files, representatives
from tests.conformance.verdicts import verdicts

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("path", bundled_files(), ids=lambda path: path.name)
def test_bundled_images_look_as_the_judges_draw_them(path: Path) -> None:
    assert unexplained(path) == []


@pytest.mark.parametrize(
    "path", representatives(collected_files()), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_images_of_sample_sets_look_as_the_judges_draw_them(path: Path) -> None:
    assert unexplained(path) == []


def unexplained(path: Path) -> list[tuple[str, float]]:
    """Return the judges, and their differences, that disagree for no known reason."""
    try:
        said = verdicts(path)
    except DicomKitError:
        # Whether a refusal is right is the survey's question.
        return []
    return [(one.judge, one.difference) for one in said if not (one.is_agreement or one.explanation)]
