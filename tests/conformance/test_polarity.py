"""Black and white are the same way round for DCMTK, but for files that contradict themselves."""

from pathlib import Path

import pytest

from dicomkit.synth import ramp_dataset
from tests.conformance.judges import is_installed
from tests.conformance.verdicts import verdicts


@pytest.mark.skipif(not is_installed("dcm2pnm"), reason="DCMTK is not installed")
@pytest.mark.parametrize("shape", [None, "IDENTITY", "INVERSE", "LIN OD"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_dcmtk_turns_the_same_images_round(photometric: str, shape: str | None, tmp_path: Path) -> None:
    dataset = ramp_dataset(photometric_interpretation=photometric, WindowCenter="2048", WindowWidth="4096")
    if shape is not None:
        dataset.PresentationLUTShape = shape
    path = tmp_path / "ramp.dcm"
    dataset.save_as(path, enforce_file_format=True)

    (difference,) = (one.difference for one in verdicts(path) if one.judge == "DCMTK, display")

    # PS3.3 C.8.11.3.1.2 forbids MONOCHROME1 with IDENTITY. DCMTK believes the shape, we the photometric
    # interpretation, as viewers do that know no shape.
    is_contradiction = (photometric, shape) == ("MONOCHROME1", "IDENTITY")
    assert difference == 255 if is_contradiction else difference <= 1
