"""DCMTK renders images under presentation states as we do."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.synth.references import presentation_state
from tests.dicom_samples import part10
from tests.dicomkit.test_presentation import STUDY, presented, ramp_dataset, table, window

JUDGE = shutil.which("dcmp2pgm")

pytestmark = pytest.mark.skipif(JUDGE is None, reason="DCMTK is not installed")


def by_dcmtk(folder: Path, image: Dataset, state: Dataset) -> NDArray[np.uint8]:
    """Return the picture that dcmp2pgm makes."""
    (folder / "image").write_bytes(part10(image))
    (folder / "state").write_bytes(part10(state))
    command = [JUDGE or "", "--pstate", "state", "image", "picture"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return np.asarray(Image.open(io.BytesIO((folder / "picture").read_bytes())))


def voi_table(*entries_and_bits: Any) -> dict[str, Any]:
    """Return the attributes of a state with one window table."""
    entries, bits = entries_and_bits
    item = Dataset()
    item.VOILUTSequence = Sequence([table(entries, bits=bits)])
    return {"SoftcopyVOILUTSequence": Sequence([item])}


RANDOM_CURVE = np.sort(np.random.default_rng(3).integers(0, 4096, 4096))
RESCALE = {"RescaleSlope": "1", "RescaleIntercept": "-1024"}
NO_SHAPE = {"PresentationLUTShape": None}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{
        f"{photometric} {shape}": (
            {"photometric_interpretation": photometric},
            {"PresentationLUTShape": shape, **window(2048, 1000)},
        )
        for photometric in ("MONOCHROME1", "MONOCHROME2")
        for shape in ("IDENTITY", "INVERSE")
    },
    "no window": ({}, {}),
    "signed": ({"is_signed": True}, window(0, 1000)),
    "rescale in both": (RESCALE, {**RESCALE, "RescaleType": "HU", **window(40, 400)}),
    "rescale in the image only": (RESCALE, window(1064, 400)),
    "rescale in the state only": ({}, {**RESCALE, "RescaleType": "HU", **window(40, 400)}),
    "window table": ({}, voi_table(RANDOM_CURVE, 12)),
    "modality table": (
        {},
        {
            "ModalityLUTSequence": Sequence([table(np.arange(4096) * 16, bits=16, ModalityLUTType="US")]),
            **window(30000, 20000),
        },
    ),
    "window table and presentation table": (
        {},
        {
            **voi_table(RANDOM_CURVE, 12),
            **NO_SHAPE,
            "PresentationLUTSequence": Sequence([table(4095 - np.arange(4096), bits=12)]),
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_dcmtk_agrees_within_one_grey_level(case: str, tmp_path: Path) -> None:
    own, asked = CASES[case]
    image = ramp_dataset(study=STUDY, **own)

    theirs = by_dcmtk(tmp_path, image, presentation_state(STUDY, [image], **asked))

    assert np.abs(theirs.astype(int) - presented(image, **asked)).max() <= 1
