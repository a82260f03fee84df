"""Synthetic DICOM objects: small ones with known pixels, and demo studies that look like anatomy."""

from dicomkit.synth.known import multiframe_dataset, palette_dataset, ramp_dataset, rgb_dataset
from dicomkit.synth.modules import StudyAttributes

__all__ = ["StudyAttributes", "multiframe_dataset", "palette_dataset", "ramp_dataset", "rgb_dataset"]
