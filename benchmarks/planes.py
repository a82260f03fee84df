"""Planes through a CT of 300 slices: what one core needs for each, and how long a reader waits for them.

The second table comes from a running system over HTTP, where slices are decoded and planes rendered by its workers.
"""

import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from pydicom.dataset import Dataset

from benchmarks.timing import print_table, times_ms
from dicomkit.geometry import ImagePlane
from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.pixels.automatic_window import SOFT_TISSUE
from dicomkit.pixels.colour_palettes import ColourPalette
from dicomkit.pixels.display import display_frame, render
from dicomkit.pixels.encode import encode_png_grey, encode_png_packed, encode_png_rgb
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.fusion import fuse
from dicomkit.pixels.packing import PackedFrame, Packing
from dicomkit.reformat import PlaneName, PlaneStack, ReformatPlane, plane_stacks, slab_offsets_mm
from dicomkit.reformat_sampling import reformat
from dicomkit.reformat_voxels import Projection, Voxels
from dicomkit.synth import StudyAttributes, ct_chest_series
from dicomkit.uid import new_uid
from dicomkit.volume import VolumeImage, volume_of
from dicomkit.volume_geometry import VolumeGeometry
from dicomkit.volume_packing import to_packed_frame, to_voxels
from tests.running_system import HTTPSession, RunningSystem, running_system

SLICES, DISTINCT = 300, 30
SLAB_MM = 10.0
READER, FACILITY = "radiologist.north", "NORTH"


def main() -> None:
    """Time planes on one core, then through a running system."""
    folder = Path(tempfile.mkdtemp(prefix="rr-planes-"))
    files = _write_series(folder / "source")
    _time_one_core(files, folder / "voxels")
    with running_system() as system:
        _time_system(system, folder / "source")


def _write_series(folder: Path) -> list[Path]:
    """Write 300 slices a millimetre apart; each of 30 synthetic ones serves ten times, moved and under other UIDs."""
    folder.mkdir()
    made = list(ct_chest_series(StudyAttributes(patient_id="PLANES"), slices=DISTINCT))
    paths = []
    for number in range(SLICES):
        dataset: Dataset = made[number * DISTINCT // SLICES]
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = new_uid()
        dataset.InstanceNumber = number + 1
        x, y, _ = dataset.ImagePositionPatient
        dataset.ImagePositionPatient = [x, y, f"{300 - number}"]
        dataset.SliceThickness = dataset.SpacingBetweenSlices = "1"
        paths.append(folder / f"{number:03}.dcm")
        dataset.save_as(paths[-1], enforce_file_format=True)
    return paths


def _time_one_core(files: list[Path], voxels_file: Path) -> None:
    sources = [FrameSource.open(io.BytesIO(path.read_bytes())) for path in files]
    start = time.perf_counter()
    attributes = [frame_attributes(display_attributes(source.dataset), 0) for source in sources]
    stack = volume_of([_volume_image(one) for one in attributes])
    described_ms = (time.perf_counter() - start) * 1000
    packing = Packing(**attributes[0]["packing"])
    voxels = np.memmap(voxels_file, np.uint16, "w+", shape=stack.geometry.shape)
    start = time.perf_counter()
    for place, index in enumerate(stack.image_indexes):
        frame = display_frame(FrameSource.open(io.BytesIO(files[index].read_bytes())), 0)
        assert isinstance(frame, PackedFrame)
        voxels[place] = to_voxels(frame, packing)
    decoded_ms = (time.perf_counter() - start) * 1000
    print(f"one core: volume described in {described_ms:.0f} ms, 300 slices decoded in {decoded_ms:.0f} ms")
    rows = []
    for name, take in _planes(np.asarray(voxels), stack.geometry).items():
        rows += [
            (f"{name}: values", times_ms(_each(take), rounds=60)),
            (f"{name}: 16-bit tile", times_ms(_each(take, packing=packing), rounds=60)),
        ]
    print_table(rows)
    _time_fused(np.asarray(voxels), stack.geometry, packing)


def _time_fused(voxels: Voxels, geometry: VolumeGeometry, packing: Packing) -> None:
    """Compare an 8-bit tile of the CT with one that has a coarser volume in colours over it."""
    over_geometry = replace(
        geometry,
        spacing_mm=(geometry.spacing_mm[0] * 4, geometry.spacing_mm[1] * 4),
        rows=geometry.rows // 4,
        columns=geometry.columns // 4,
        positions_mm=geometry.positions_mm[::4],
        slice_spacing_mm=geometry.slice_spacing_mm * 4,
    )
    over = np.ascontiguousarray(voxels[::4, ::4, ::4])
    rows = []
    for name, stack in plane_stacks(geometry).items():

        def tile(number: int, stack: PlaneStack = stack, *, is_fused: bool) -> bytes:
            plane = stack.plane(number % stack.count)
            below = to_packed_frame(reformat(voxels, geometry=geometry, plane=plane), packing)
            grey = render(below, voi=SOFT_TISSUE)
            if not is_fused:
                return encode_png_grey(grey)
            above = to_packed_frame(reformat(over, geometry=over_geometry, plane=plane), packing)
            return encode_png_rgb(
                fuse(grey, above, window=SOFT_TISSUE, palette=ColourPalette.HOT_IRON, opacity_percent=50)
            )

        alone = times_ms(_each(partial(tile, is_fused=False)), rounds=60)
        fused = times_ms(_each(partial(tile, is_fused=True)), rounds=60)
        rows += [(f"{name}: grey tile", alone), (f"{name}: fused tile", fused)]
        print(f"{name}: a fused tile takes {np.median(fused) / np.median(alone):.1f} times a grey one")
    print_table(rows)


def _volume_image(attributes: dict[str, object]) -> VolumeImage:
    orientation: list[float] = attributes["image_orientation_patient"]  # type: ignore[assignment]
    position: list[float] = attributes["image_position_patient"]  # type: ignore[assignment]
    down, across = attributes["pixel_spacing_mm"]  # type: ignore[misc]
    plane = ImagePlane(tuple(position), tuple(orientation[:3]), tuple(orientation[3:]))  # type: ignore[arg-type]
    return VolumeImage(plane, (down, across), attributes["rows"], attributes["columns"])  # type: ignore[arg-type]


def _planes(voxels: Voxels, geometry: VolumeGeometry) -> dict[str, Callable[[int], Voxels]]:
    """Return by name what makes the plane of a number."""
    stacks = plane_stacks(geometry)

    def stacked(name: PlaneName, slab_mm: float, projection: Projection) -> Callable[[int], Voxels]:
        stack = stacks[name]
        offsets_mm = slab_offsets_mm(slab_mm, step_mm=stack.step_mm)
        return lambda number: reformat(
            voxels,
            geometry=geometry,
            plane=stack.plane(number % stack.count),
            offsets_mm=offsets_mm,
            projection=projection,
        )

    made = {str(name): stacked(name, 0, Projection.MAXIMUM) for name in PlaneName}
    made |= {
        f"{name}, {SLAB_MM:.0f} mm {projection}": stacked(name, SLAB_MM, projection)
        for name in (PlaneName.CORONAL, PlaneName.SAGITTAL)
        for projection in (Projection.MAXIMUM, Projection.MEAN)
    }
    made["oblique 512 x 512"] = lambda number: reformat(
        voxels, geometry=geometry, plane=_oblique(geometry, number)
    )
    return made


def _oblique(geometry: VolumeGeometry, number: int) -> ReformatPlane:
    """Return a plane turned about all three axes, and moved with its number."""
    turned = np.linalg.qr(np.array([[1.0, 0.3, 0.2], [-0.2, 1.0, 0.4], [0.1, -0.3, 1.0]]))[0]
    row, column, normal = turned.T
    middle = geometry.corners_patient.mean(axis=0) + (number % 200 - 100) * 0.5 * normal
    corner = middle - 256 * 0.74 * (row + column)
    plane = ImagePlane(tuple(corner.tolist()), tuple(row.tolist()), tuple(column.tolist()))
    return ReformatPlane(plane, (0.74, 0.74), 512, 512)


def _each(take: Callable[[int], Any], *, packing: Packing | None = None) -> Callable[[], object]:
    """Return an action that makes another plane each time, and its tile where a packing is given."""
    numbers = iter(range(7, 1_000_000, 17))

    def action() -> object:
        values = take(next(numbers))
        return values if packing is None else encode_png_packed(to_packed_frame(values, packing))

    return action


def _time_system(system: RunningSystem, folder: Path) -> None:
    system.manage("import_dicom", str(folder), "--facility", FACILITY, "--json")
    with HTTPSession(system, READER) as session:
        uid = _series_uid(session)
        time.sleep(8)
        start = time.perf_counter()
        status, body = session.get(f"/viewer/series/{uid}/volume.json")
        print(
            f"through HTTP: volume.json {(time.perf_counter() - start) * 1000:.0f} ms, {len(body)} bytes, {status}"
        )
        rows = []
        for name in ("axial", "coronal", "sagittal"):
            count = json.loads(body)["planes"][name]["count"]
            rows.append((f"{name}, first", [_fetched_ms(session, uid, name, count // 2)]))
            following = [_fetched_ms(session, uid, name, number) for number in range(3, count, 41)]
            rows.append((f"{name}, elsewhere, cold", following))
            time.sleep(3)
            middle = count // 2
            ahead = [_fetched_ms(session, uid, name, middle + number) for number in range(1, 30)]
            rows.append((f"{name}, next to the first", ahead))
        print_table(rows)


def _series_uid(session: HTTPSession) -> str:
    _, page = session.get("/worklist/?q=PLANES&date_preset=all")
    uids = [part.split(b'"')[0].decode() for part in page.split(b'data-study-instance-uid="')[1:]]
    for uid in uids:
        _, body = session.get(f"/viewer/studies/{uid}/manifest.json")
        for series in json.loads(body)["series"]:
            if len(series["images"]) == SLICES:
                return str(series["series_instance_uid"])
    raise AssertionError("the series is not in the list")


def _fetched_ms(session: HTTPSession, uid: str, name: str, index: int) -> float:
    start = time.perf_counter()
    while (answer := session.get(f"/viewer/planes/{uid}/{name}/{index}/0/0/0.png?depth=16"))[0] == 202:
        pass
    assert answer[0] == 200, answer
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
