"""C-ECHO: the caller checks the line.

References
----------
PS3.4 A (Verification), PS3.7 9.3.5
"""

from typing import Any

from dimse.associations import OpenAssociations
from dimse.status import Status


def handle_echo(event: Any, associations: OpenAssociations) -> int:
    """Answer an admitted caller. Nothing is recorded: no data is touched."""
    return int(Status.SUCCESS if associations.of(event.assoc) else Status.NOT_AUTHORIZED)
