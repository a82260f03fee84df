"""Synthetic DICOM objects: small ones with known pixels, and demo studies that look like anatomy."""

from dicomkit.synth.chest_phantom import Nodule
from dicomkit.synth.chest_radiograph import dx_chest_pair
from dicomkit.synth.ct_chest import CURRENT_NODULE, PRIOR_NODULE, ct_chest_series
from dicomkit.synth.known import (
    multiframe_dataset,
    palette_dataset,
    ramp_dataset,
    rgb_dataset,
    supplemental_palette_dataset,
)
from dicomkit.synth.mammogram import mammogram_four_view
from dicomkit.synth.modules import StudyAttributes
from dicomkit.synth.overlays import add_overlay, hide_overlay_in_pixels
from dicomkit.synth.pet_ct import pet_ct_study

__all__ = [
    "CURRENT_NODULE",
    "PRIOR_NODULE",
    "Nodule",
    "StudyAttributes",
    "add_overlay",
    "ct_chest_series",
    "dx_chest_pair",
    "hide_overlay_in_pixels",
    "mammogram_four_view",
    "multiframe_dataset",
    "palette_dataset",
    "pet_ct_study",
    "ramp_dataset",
    "rgb_dataset",
    "supplemental_palette_dataset",
]
