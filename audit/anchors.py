"""Anchors: the newest place of the chain, written down every few minutes outside of the database.

A chain cannot show that its end was cut off; an anchor beyond the end can. One line per anchor: time, seq, hash, HMAC.
The HMAC covers the one of the line before, so that lines cannot be taken out of the middle either.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from audit.chain import keyed_digest


@dataclass(frozen=True)
class Anchor:
    """One line of the file of anchors."""

    time: str
    seq: int
    hash: str
    seal: str

    @property
    def line(self) -> str:
        """The anchor as it stands in the file."""
        return f"{self.time} {self.seq} {self.hash} {self.seal}\n"


@dataclass(frozen=True)
class AnchorFile:
    """What was read.

    Parameters
    ----------
    anchors
        Those whose seal holds.
    broken_lines
        Numbers, from 1, of the lines whose seal does not hold.
    last_seal
        The seal that the next anchor covers: that of the last line, also where it does not hold, so that one changed
        line does not break all that follow.
    """

    anchors: tuple[Anchor, ...]
    broken_lines: tuple[int, ...]
    last_seal: str


def anchor_path() -> Path:
    """Return where the anchors are kept."""
    return Path(settings.PACS_AUDIT_ANCHOR_FILE)


def sealed_anchor(*, time: str, seq: int, chain_hash: str, previous_seal: str) -> Anchor:
    """Return the anchor that follows the one with the previous seal."""
    seal = keyed_digest(f"anchor {previous_seal} {time} {seq} {chain_hash}".encode())
    return Anchor(time, seq, chain_hash, seal)


def read_anchors() -> AnchorFile:
    """Return all anchors; a line that was changed, or that follows one taken out, is reported as broken."""
    path = anchor_path()
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    anchors: list[Anchor] = []
    broken: list[int] = []
    previous_seal = ""
    for number, line in enumerate(lines, start=1):
        anchor = _parsed(line)
        if anchor is None:
            broken.append(number)
            continue
        expected = sealed_anchor(
            time=anchor.time, seq=anchor.seq, chain_hash=anchor.hash, previous_seal=previous_seal
        )
        if expected == anchor:
            anchors.append(anchor)
        else:
            broken.append(number)
        previous_seal = anchor.seal
    return AnchorFile(tuple(anchors), tuple(broken), previous_seal)


def _parsed(line: str) -> Anchor | None:
    match line.split(" "):
        case [time, seq, chain_hash, seal] if seq.isascii() and seq.isdigit():
            return Anchor(time, int(seq), chain_hash, seal)
        case _:
            return None
