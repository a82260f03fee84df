"""Show one file, ask every judge, and say how far apart the answers are."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.mosaic import read_mosaic
from dicomkit.pixels.display import DisplayFrame, default_inverse, default_voi, display_frame, render
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.modality_lut import ModalityLUT, Rescale, read_modality_transform
from dicomkit.pixels.packing import RealFrame
from dicomkit.pixels.voi_lut import VOI, VOIFunction, VOIWindow, read_vois
from dicomkit.transfer_syntax import Decoder
from tests.conformance.explanations import EXPLANATIONS
from tests.conformance.features import features_of
from tests.conformance.judges import (
    dcmtk_can_decode,
    dcmtk_picture,
    decoded_by_gdcm,
    openjpeg_frame,
    pydicom_colours,
    pydicom_frame,
    pydicom_picture,
)
from tests.conformance.slides import slide_difference

TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a judge's answer is from ours.

    `difference` is the largest one in grey levels of 255; for decoded values of lossless syntaxes and of images of at
    most 8 bits it is in stored values. `explanation` is empty where none is known.
    """

    path: Path
    features: str
    judge: str
    difference: float
    explanation: str = ""

    @property
    def is_agreement(self) -> bool:
        """Whether the answers are the same but for rounding."""
        return self.difference <= TOLERANCE


@dataclass(frozen=True, slots=True)
class _Shown:
    """One frame of ours, and what is needed to ask for the same one."""

    source: FrameSource
    frame_index: int
    stored: NDArray[Any]
    frame: DisplayFrame
    voi: VOI | None
    voi_number: int | None
    picture: NDArray[np.uint8]
    is_inverse: bool

    @property
    def judged_index(self) -> int:
        """0-based frame that a judge is asked for: judges see the slices of a mosaic as one."""
        return self.frame_index if read_mosaic(self.source.dataset) is None else 0

    def alike(self, other: NDArray[Any]) -> NDArray[Any]:
        """Return what the judge drew of the frame that we drew."""
        mosaic = read_mosaic(self.source.dataset)
        return other if mosaic is None else mosaic.part(other, self.frame_index)

    def difference(self, other: NDArray[Any] | None) -> float | None:
        """Compare a judge's picture outside of the padding, which judges draw like any other value."""
        if other is None:
            return None
        ours, other = self.picture, self.alike(other)
        if isinstance(self.frame, RealFrame) and self.frame.colour is not None:
            # The judges know no colours over grey; where the frame is in colour it counts as padding.
            ours = ours[..., 0]
        if other.shape != ours.shape:
            return float("inf")
        far = np.abs(other.astype(np.float64) - ours)
        mask = None if isinstance(self.frame, np.ndarray) else self.frame.padding_mask
        seen = far if mask is None else far[~mask]
        return float(seen.max()) if seen.size else 0.0


def verdicts(path: Path) -> list[Verdict]:
    """Show the middle frame of a file and return what each judge says that has an opinion.

    Raises
    ------
    DicomKitError
        When we do not show the file.
    """
    with FrameSource.open(path) as source:
        shown = _show(source)
        features = features_of(source.dataset, source.pixel_format, source.syntax)
        differences = dict(_differences(path, shown))
    return [
        Verdict(path, features, judge, difference, explanation_for(path, judge))
        for judge, difference in differences.items()
        if difference is not None
    ]


def explanation_for(path: Path, judge: str) -> str:
    """Return why a judge is known to disagree on a file, or "" ."""
    for pattern, who, text in EXPLANATIONS:
        if who == judge and fnmatch(path.name, pattern):
            return text
    return ""


def _show(source: FrameSource) -> _Shown:
    dataset, layout = source.dataset, source.pixel_format
    frame_index = layout.number_of_frames // 2
    stored = source.stored_frame(frame_index)
    frame = display_frame(source, frame_index)
    voi = default_voi(frame, dataset=dataset, layout=layout, frame_index=frame_index)
    inverse = default_inverse(dataset, layout=layout)
    picture = render(frame, voi=voi, inverse=inverse)
    number = None
    if voi is not None and "SharedFunctionalGroupsSequence" not in dataset:
        number = _number_in_file(voi, read_vois(dataset))
    return _Shown(source, frame_index, stored, frame, voi, number, picture, inverse)


def _number_in_file(voi: VOI, vois: tuple[VOI, ...]) -> int | None:
    alike = [other for other in vois if type(other) is type(voi)]
    return alike.index(voi) + 1 if voi in alike else None


def _differences(path: Path, shown: _Shown) -> Iterator[tuple[str, float | None]]:
    syntax, index = shown.source.syntax, shown.judged_index
    yield "pydicom, slide", slide_difference(path, shown.source)
    by_judge = pydicom_frame(path, frame_index=index)
    yield "pydicom, decoded values", _stored_difference(shown, by_judge)
    with decoded_by_gdcm(path) as decoded:
        by_gdcm = pydicom_frame(decoded, frame_index=index) if decoded is not None else None
        yield "GDCM, decoded values", _stored_difference(shown, by_gdcm)
        if dcmtk_can_decode(syntax.decoder):
            yield "DCMTK, display", shown.difference(_ask_dcmtk(path, syntax.decoder, shown))
        elif decoded is not None:
            picture = _ask_dcmtk(decoded, Decoder.NATIVE, shown)
            yield "DCMTK, display of what GDCM decoded", shown.difference(picture)
    if syntax.decoder is Decoder.HTJ2K:
        by_judge = openjpeg_frame(path, frame_index=index)
        yield "OpenJPEG, decoded values", _stored_difference(shown, by_judge)
    by_judge = by_judge if by_judge is not None else by_gdcm
    first = shown.source.pixel_format.first_coloured
    if by_judge is not None and first is not None:
        colours = pydicom_colours(by_judge, path)
        is_coloured = by_judge >= first
        yield (
            "pydicom, palette",
            float(np.abs(colours.astype(int) - shown.picture)[is_coloured].max(initial=0)),
        )
    if by_judge is not None and shown.voi is not None and _is_from_file(shown):
        grey = pydicom_picture(by_judge, path, frame_index=index, voi=shown.voi)
        yield (
            "pydicom, display",
            shown.difference(255 - grey if grey is not None and shown.is_inverse else grey),
        )


def _stored_difference(shown: _Shown, other: NDArray[Any] | None) -> float | None:
    if other is None:
        return None
    other = shown.alike(other)
    if other.shape != shown.stored.shape:
        return float("inf")
    return float(np.nanmax(np.abs(other.astype(np.float64) - shown.stored)))


def _is_from_file(shown: _Shown) -> bool:
    """Whether the window or table is the file's first one, which is the one that pydicom applies."""
    vois = read_vois(shown.source.dataset, frame_index=shown.frame_index)
    return shown.voi is not None and bool(vois) and vois[0] == shown.voi and shown.voi_number in (None, 1)


def _ask_dcmtk(path: Path, decoder: Decoder, shown: _Shown) -> NDArray[np.uint8] | None:
    voi, number = shown.voi, shown.voi_number
    transform = read_modality_transform(shown.source.dataset, frame_index=shown.frame_index)
    is_hidden = isinstance(voi, VOIWindow) and _is_hidden_from_dcmtk(transform, shown)
    if is_hidden and isinstance(voi, VOIWindow) and isinstance(transform, Rescale):
        voi, number = in_stored_values(voi, transform), None
    return dcmtk_picture(
        path,
        decoder=decoder,
        frame_number=shown.judged_index + 1,
        voi=voi,
        voi_number=number,
        is_in_stored_values=is_hidden,
    )


def _is_hidden_from_dcmtk(transform: Rescale | ModalityLUT, shown: _Shown) -> bool:
    """Whether DCMTK does not see the rescale (functional groups, dose), or rounds its results to integers."""
    if isinstance(transform, ModalityLUT) or transform == Rescale():
        return False
    dataset = shown.source.dataset
    is_elsewhere = dataset.get("RescaleSlope") is None or "SharedFunctionalGroupsSequence" in dataset
    return is_elsewhere or abs(transform.slope) < 1


def in_stored_values(voi: VOIWindow, rescale: Rescale) -> VOIWindow:
    """Return the window that selects the same stored values without the rescale."""
    shift, narrow = (0.5, 1.0) if voi.function is VOIFunction.LINEAR else (0.0, 0.0)
    center = (voi.center - shift - rescale.intercept) / rescale.slope
    width = (voi.width - narrow) / rescale.slope
    function = VOIFunction.SIGMOID if voi.function is VOIFunction.SIGMOID else VOIFunction.LINEAR_EXACT
    return VOIWindow(center, width, function)
