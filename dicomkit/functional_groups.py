"""Find a functional group of one frame in an enhanced multi-frame object.

References
----------
PS3.3 C.7.6.16 (Multi-frame Functional Groups module).
"""

from pydicom.dataset import Dataset


def functional_group(dataset: Dataset, keyword: str, *, frame_index: int = 0) -> Dataset | None:
    """Return the item of a functional group for a frame: its own, else the shared one, else None.

    Parameters
    ----------
    dataset
        The image; one without functional groups gives None.
    keyword
        Keyword of the group's sequence, for example "PlanePositionSequence".
    frame_index
        0-based.
    """
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence")
    if per_frame and frame_index < len(per_frame):
        item = first_item(per_frame[frame_index], keyword)
        if item is not None:
            return item
    shared = first_item(dataset, "SharedFunctionalGroupsSequence")
    return first_item(shared, keyword) if shared is not None else None


def first_item(dataset: Dataset, keyword: str) -> Dataset | None:
    """Return the first item of a sequence, or None when it is absent, empty or not a sequence."""
    value = dataset.get(keyword)
    if not value or isinstance(value, (str, bytes)):
        return None
    item = value[0]
    return item if isinstance(item, Dataset) else None
