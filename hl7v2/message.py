"""An HL7 v2 message as its fields are asked for.

References
----------
HL7 v2.5.1, chapter 2 (control), 2.16 (encoding), 2.A (data types)
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import hl7

from hl7v2.exceptions import MessageError, UnreadableMessageError

# Character sets of MSH-18 (table 0211) that are met; others are read as what most senders mean.
_ENCODINGS = {
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "8859/1": "latin-1",
    "8859/2": "iso8859-2",
    "ASCII": "ascii",
}


@dataclass(frozen=True)
class Message:
    """A parsed message. Fields are numbered as the standard numbers them, from 1."""

    parsed: hl7.Message
    text: str

    def field(
        self, segment: str, number: int, component: int = 1, *, of: int = 0, repetition: int = 0
    ) -> str:
        """Return one component of one repetition of a field, unescaped; empty where it is not there.

        Parameters
        ----------
        of, repetition
            Which segment of that kind, and which repetition of the field, from 0.
        """
        try:
            found = self.parsed.segments(segment)[of]
            text = self.parsed.extract_field(segment, of + 1, number, repetition + 1, component, 1)
        except (KeyError, IndexError, LookupError):
            return ""
        return str(self.parsed.unescape(str(text))).strip() if found and text else ""

    def repetitions(self, segment: str, number: int, *, of: int = 0) -> int:
        """Return how often a field is repeated."""
        try:
            return len(self.parsed.segments(segment)[of][number])
        except (KeyError, IndexError):
            return 0

    def count(self, segment: str) -> int:
        """Return how many segments of a kind there are."""
        try:
            return len(self.parsed.segments(segment))
        except KeyError:
            return 0

    @property
    def kind(self) -> str:
        """Message code and trigger event, such as ORM^O01."""
        return f"{self.field('MSH', 9)}^{self.field('MSH', 9, 2)}".rstrip("^")

    @property
    def control_id(self) -> str:
        """What the sender calls this message."""
        return self.field("MSH", 10)


def read_message(data: bytes) -> Message:
    """Return a message from its bytes.

    Raises
    ------
    UnreadableMessageError
        It does not begin like a message, or names no control id.
    """
    text = _decoded(data).replace("\r\n", "\r").replace("\n", "\r").strip("\r") + "\r"
    if not text.startswith("MSH"):
        raise UnreadableMessageError("It does not begin with MSH.")
    try:
        message = Message(hl7.parse(text), text)
        control_id = message.control_id
    except Exception as error:  # the library raises whatever its slices raise
        raise UnreadableMessageError("It cannot be parsed.") from error
    if not control_id:
        raise UnreadableMessageError("MSH-10 is empty.")
    return message


def read_date(text: str) -> date | None:
    """Return the day of a date or time; None where there is none or it is none."""
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date() if len(text) >= 8 else None
    except ValueError:
        return None


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment of a time stamp such as ``202603010930+0100``, which is the facility's where it has no zone.

    Raises
    ------
    MessageError
        It is there and cannot be read.
    """
    if not text:
        return None
    digits, sign, offset = _split_offset(text)
    layout = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        if layout is None:
            raise ValueError(text)
        if sign:
            return datetime.strptime(f"{digits}{sign}{offset}", f"{layout}%z")
        return datetime.strptime(digits, layout).replace(tzinfo=zone)
    except ValueError:
        raise MessageError("A time cannot be read.") from None


def _split_offset(text: str) -> tuple[str, str, str]:
    for sign in ("+", "-"):
        if sign in text:
            moment, offset = text.split(sign, 1)
            return moment.split(".")[0], sign, offset
    return text.split(".")[0], "", ""


def _decoded(data: bytes) -> str:
    header = data[:400].split(b"\r")[0].split(b"\n")[0].decode("latin-1")
    separator = header[3:4] or "|"
    fields = header.split(separator)
    # MSH-1 is the separator itself, so MSH-18 is the eighteenth piece.
    named = fields[17].split("~")[0].strip().upper() if len(fields) > 17 else ""
    encodings = [_ENCODINGS[named]] if named in _ENCODINGS else []
    for encoding in [*encodings, "utf-8"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
