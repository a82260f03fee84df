"""In which order the frames of one object are read.

References
----------
PS3.3 C.7.6.17 (Multi-frame Dimension: the recommended order of frames), C.7.6.16.2.2 (Frame Content: Stack ID, In-Stack
Position Number, Temporal Position Index).
"""

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item, functional_group
from dicomkit.identity import clean_text, whole_number

# Beyond this the order of the file counts: so many frames are those of a video or a slide.
_MOST_FRAMES = 20_000


def frame_order(dataset: Dataset, number_of_frames: int) -> list[int]:
    """Return the 0-based frames in the order in which they are read; empty where that is the order of the file.

    Dimension Index Values decide, the first dimension slowest, as the standard recommends; without them Stack ID,
    In-Stack Position Number and Temporal Position Index. Where one frame says neither, the file's order stays.
    """
    if not dataset.get("PerFrameFunctionalGroupsSequence") or not 2 <= number_of_frames <= _MOST_FRAMES:
        return []
    for key_of in (_dimension_indexes, _stack_position):
        keys = [key_of(dataset, index) for index in range(number_of_frames)]
        if all(keys) and len({len(key) for key in keys}) == 1:
            order = sorted(range(number_of_frames), key=lambda index: (*keys[index], index))
            return [] if order == list(range(number_of_frames)) else order
    return []


def _dimension_indexes(dataset: Dataset, frame_index: int) -> tuple[int, ...]:
    content = functional_group(dataset, "FrameContentSequence", frame_index=frame_index)
    if content is None or first_item(dataset, "DimensionIndexSequence") is None:
        return ()
    values = content.get("DimensionIndexValues")
    items = [values] if isinstance(values, int) else list(values or ())
    return tuple(items) if all(isinstance(item, int) for item in items) else ()


def _stack_position(dataset: Dataset, frame_index: int) -> tuple[str | int, ...]:
    content = functional_group(dataset, "FrameContentSequence", frame_index=frame_index)
    place = whole_number(content, "InStackPositionNumber") if content is not None else None
    if content is None or place is None:
        return ()
    return clean_text(content, "StackID", 16), place, whole_number(content, "TemporalPositionIndex") or 0
