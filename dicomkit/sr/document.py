"""Read a structured report, or a key object selection, as a document: a bounded tree in plain words.

What a reader needs of a content item is its name, what it says, and which images it speaks of. Templates differ in
their headings only, so one reader serves them all, from a Basic Text report to a radiation dose report.

References
----------
PS3.3 A.35 (the objects), C.17.2 (SR Document General), C.17.3 (SR Document Content), C.18 (content item macros).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item
from dicomkit.identity import clean_text
from dicomkit.image_references import ImageReference, items_of, read_image_references
from dicomkit.malformed import refuse_malformed_values
from dicomkit.person_name import display_name
from dicomkit.sr.values import meaning_of, moment_words, value_words

MOST_ITEMS = 5_000
MOST_DEPTH = 24
_MOST_CHARACTERS = 1_000_000
_MOST_REFERENCES = 200
_LANGUAGE = "121049"


class ItemKind(StrEnum):
    """How a content item is laid out."""

    HEADING = "heading"
    VALUE = "value"
    TEXT = "text"
    REFERENCE = "reference"


@dataclass(slots=True)
class ContentItem:
    """A content item with what stands under it.

    Attributes
    ----------
    name
        Meaning of its concept name; empty where it has none.
    value
        What it says, a number with its unit.
    qualifiers
        Its concept modifiers, such as "Mean" of a number.
    references
        Objects that it speaks of.
    is_context
        It says who observed, or what, and belongs beside the text.
    """

    kind: ItemKind
    name: str
    value: str
    qualifiers: tuple[str, ...] = ()
    references: tuple[ImageReference, ...] = ()
    is_context: bool = False
    children: list["ContentItem"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verification:
    """Who vouches for a report, and when."""

    observer: str
    organization: str
    moment: str


@dataclass(frozen=True, slots=True)
class StructuredReport:
    """A report as it is read.

    Attributes
    ----------
    completion, verification
        Completion Flag and Verification Flag as they stand; empty where the object has none.
    omitted
        Content items beyond what is read of one report.
    """

    title: str
    completion: str
    completion_description: str
    verification: str
    preliminary: str
    verified_by: tuple[Verification, ...]
    authors: tuple[str, ...]
    language: str
    created: str
    institution: str
    manufacturer: str
    is_superseding: bool
    items: tuple[ContentItem, ...]
    omitted: int


def read_report(dataset: Dataset) -> StructuredReport:
    """Return a structured report or a key object selection as a document.

    Raises
    ------
    MalformedAttributeError
        A value does not follow its value representation.

    References
    ----------
    PS3.3 C.17.2 (flags, verifying and authoring observers), C.17.6.1 (Key Object Document).
    """
    with refuse_malformed_values():
        reader = _Reader(dataset)
        items = reader.children_of(dataset, 0)
        return StructuredReport(
            title=meaning_of(dataset, "ConceptNameCodeSequence") or "Structured report",
            completion=clean_text(dataset, "CompletionFlag", 16),
            completion_description=clean_text(dataset, "CompletionFlagDescription", 64),
            verification=clean_text(dataset, "VerificationFlag", 16),
            preliminary=clean_text(dataset, "PreliminaryFlag", 16),
            verified_by=tuple(_verifications(dataset)),
            authors=tuple(_authors(dataset)),
            language=_language(dataset),
            created=moment_words(
                clean_text(dataset, "ContentDate", 16) + clean_text(dataset, "ContentTime", 16)
            ),
            institution=clean_text(dataset, "InstitutionName", 64),
            manufacturer=clean_text(dataset, "Manufacturer", 64),
            is_superseding=bool(items_of(dataset, "PredecessorDocumentsSequence")),
            items=tuple(items),
            omitted=reader.omitted,
        )


class _Reader:
    """Walks a tree once, and stops where it is larger than anybody reads."""

    def __init__(self, root: Dataset) -> None:
        self._root = root
        self._items_left = MOST_ITEMS
        self._characters_left = _MOST_CHARACTERS
        self.omitted = 0

    def children_of(self, item: Dataset, depth: int) -> list[ContentItem]:
        """Return what stands under an item, concept modifiers left out."""
        found = []
        for child in items_of(item, "ContentSequence"):
            if depth >= MOST_DEPTH or self._items_left <= 0 or self._characters_left <= 0:
                self.omitted += 1
                continue
            if _is_modifier(child) or _code(child) == _LANGUAGE:
                continue
            self._items_left -= 1
            found.append(self._item(child, depth))
        return found

    def _item(self, item: Dataset, depth: int) -> ContentItem:
        target = _referenced(item, self._root)
        if target is not None:
            # Its content stands where it is defined: following it would never end in a tree that refers to itself.
            said = f"See {meaning_of(target, 'ConceptNameCodeSequence') or 'above'}: {value_words(target)}"
            return ContentItem(ItemKind.REFERENCE, "", said.removesuffix(": "))
        kind = clean_text(item, "ValueType", 16)
        name = meaning_of(item, "ConceptNameCodeSequence")
        value = value_words(item)
        self._characters_left -= len(value) + len(name)
        references = read_image_references(item, "ReferencedSOPSequence")[:_MOST_REFERENCES]
        children = self.children_of(item, depth + 1)
        if kind in _PLACES and all(_is_mere_reference(child) for child in children):
            # A place on an image says with it which image is meant.
            references, children = tuple(one for child in children for one in child.references), []
        return ContentItem(
            kind=_KINDS.get(kind, ItemKind.VALUE),
            name=name,
            value=value,
            qualifiers=tuple(_qualifiers(item)),
            references=references,
            is_context=clean_text(item, "RelationshipType", 16) in ("HAS OBS CONTEXT", "HAS ACQ CONTEXT"),
            children=children,
        )


_KINDS = {
    "CONTAINER": ItemKind.HEADING,
    "TEXT": ItemKind.TEXT,
    "IMAGE": ItemKind.REFERENCE,
    "WAVEFORM": ItemKind.REFERENCE,
    "COMPOSITE": ItemKind.REFERENCE,
}


_PLACES = frozenset({"SCOORD", "SCOORD3D", "TCOORD"})


def _is_mere_reference(item: ContentItem) -> bool:
    return item.kind is ItemKind.REFERENCE and not (item.name or item.value or item.children)


def _is_modifier(item: Dataset) -> bool:
    return clean_text(item, "RelationshipType", 16) == "HAS CONCEPT MOD" and not items_of(
        item, "ContentSequence"
    )


def _qualifiers(item: Dataset) -> Iterator[str]:
    for child in items_of(item, "ContentSequence"):
        if _is_modifier(child) and _code(child) != _LANGUAGE and (words := value_words(child)):
            yield words


def _referenced(item: Dataset, root: Dataset) -> Dataset | None:
    """Return the item that this one refers to by its place in the tree; None for one that has its own content.

    References
    ----------
    PS3.3 C.17.3.2.5 (Referenced Content Item Identifier).
    """
    value = item.get("ReferencedContentItemIdentifier")
    if value is None:
        return None
    steps = [int(step) for step in (value if hasattr(value, "__iter__") else [value])]
    found = root
    for step in steps[1 : MOST_DEPTH + 1]:
        children = items_of(found, "ContentSequence")
        if not 1 <= step <= len(children):
            return Dataset()
        found = children[step - 1]
    return found


def _language(dataset: Dataset) -> str:
    for child in items_of(dataset, "ContentSequence"):
        if _code(child) == _LANGUAGE:
            return meaning_of(child, "ConceptCodeSequence")
    return ""


def _verifications(dataset: Dataset) -> Iterator[Verification]:
    for item in items_of(dataset, "VerifyingObserverSequence")[:20]:
        yield Verification(
            observer=display_name(clean_text(item, "VerifyingObserverName", 64)),
            organization=clean_text(item, "VerifyingOrganization", 64),
            moment=moment_words(clean_text(item, "VerificationDateTime", 32)),
        )


def _authors(dataset: Dataset) -> Iterator[str]:
    for item in items_of(dataset, "AuthorObserverSequence")[:20]:
        name = clean_text(item, "PersonName", 64)
        yield display_name(name) if name else clean_text(item, "ManufacturerModelName", 64)


def _code(item: Dataset) -> str:
    name = first_item(item, "ConceptNameCodeSequence")
    return clean_text(name, "CodeValue", 16) if name is not None else ""
