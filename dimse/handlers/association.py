"""Whether an association is accepted, and for which SOP classes and transfer syntaxes.

References
----------
PS3.8 9.3.2 to 9.3.4 (A-ASSOCIATE), 7.1.1.9 (reasons of a rejection); PS3.7 D.3.3.6 (SOP Class Common Extended)
"""

import logging
import uuid
from collections.abc import Iterable
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseFailure
from pynetdicom import build_context
from pynetdicom.pdu_primitives import SOPClassCommonExtendedNegotiation
from pynetdicom.service_class import ServiceClass, StorageServiceClass
from pynetdicom.sop_class import uid_to_service_class

from common.logging import request_id
from dicomkit.transfer_syntax import TRANSFER_SYNTAXES
from dimse.access import admitted_caller
from dimse.associations import OpenAssociations, drop_broken_connections
from dimse.exceptions import CallerRefusedError
from dimse.gate import ConnectionGate
from dimse.refusals import Refusals
from dimse.services.peers import note_call

logger = logging.getLogger(__name__)

# Whatever can be shown. Deflated data sets are left out: a small one can unfold to more than the memory.
STORAGE_TRANSFER_SYNTAXES = frozenset(
    uid for uid, syntax in TRANSFER_SYNTAXES.items() if syntax.is_decodable and not syntax.deflated
)


class Rejection(Enum):
    """Result, source and diagnostic of an A-ASSOCIATE-RJ.

    References
    ----------
    PS3.8 table 9-21
    """

    CALLING_AE_TITLE_NOT_RECOGNIZED = (1, 1, 3)
    CALLED_AE_TITLE_NOT_RECOGNIZED = (1, 1, 7)
    # Transient: the caller may try again.
    TEMPORARY_CONGESTION = (2, 3, 1)
    LOCAL_LIMIT_EXCEEDED = (2, 3, 2)


def handle_requested(
    event: Any, associations: OpenAssociations, gate: ConnectionGate, refusals: Refusals
) -> None:
    """Admit a caller or reject it; when in doubt, reject it.

    pynetdicom goes on to accept the association unless this has rejected it, also after an error in here.
    """
    request_id.set(uuid.uuid4().hex)
    association = event.assoc
    try:
        rejection = _rejection_of(association, associations, gate, refusals)
        if rejection is None:
            association.acceptor.supported_contexts = [
                *association.acceptor.supported_contexts,
                *_storage_contexts(association.requestor.primitive.presentation_context_definition_list),
            ]
    except Exception as error:  # noqa: BLE001 -- a failure must not admit anybody
        logger.error("an association could not be decided (%s)", type(error).__name__)
        rejection = Rejection.TEMPORARY_CONGESTION
    if rejection is not None:
        association.acse.send_reject(*rejection.value)
        # Waits until the rejection is on its way.
        association.kill()


def handle_common_extended(event: Any) -> dict[str, SOPClassCommonExtendedNegotiation]:
    """Say of every proposed SOP class that we take for one of storage that it is, private and future ones too."""
    items = {}
    proposed = event.assoc.requestor.primitive.presentation_context_definition_list
    for uid in {context.abstract_syntax for context in proposed}:
        if _may_be_storage(uid):
            item = SOPClassCommonExtendedNegotiation()
            item.sop_class_uid = uid
            item.service_class_uid = StorageServiceClass.uid
            items[uid] = item
    return items


def _rejection_of(
    association: Any, associations: OpenAssociations, gate: ConnectionGate, refusals: Refusals
) -> Rejection | None:
    """Return why a caller is rejected; None where it was admitted and is counted."""
    request = association.requestor.primitive
    address = association.requestor.address
    title = request.calling_ae_title.strip(" ")
    if request.called_ae_title.strip(" ") != settings.PACS_AE_TITLE:
        refusals.record(
            address=address, ae_title=title, reason=f"It called us {request.called_ae_title.strip(' ')!r}."
        )
        return Rejection.CALLED_AE_TITLE_NOT_RECOGNIZED
    drop_broken_connections()
    try:
        entity = admitted_caller(title, address=address)
    except CallerRefusedError as error:
        refusals.record(address=address, ae_title=title, reason=str(error))
        return Rejection.CALLING_AE_TITLE_NOT_RECOGNIZED
    if not gate.promote(association.connection):
        logger.warning("%s at %s must wait: too many associations are open", title, address)
        return Rejection.LOCAL_LIMIT_EXCEEDED
    associations.open(association, entity, address=address)
    _note(entity, address)
    return None


def _note(entity: Any, address: str) -> None:
    logger.info("%s at %s is admitted", entity.ae_title, address)
    try:
        note_call(entity)
    except DatabaseFailure as error:
        logger.warning("the time of a call could not be kept (%s)", type(error).__name__)


def _storage_contexts(proposed: Iterable[Any]) -> list[Any]:
    """Return a supported context for each proposed SOP class of storage, in the order of transfer syntaxes we prefer."""
    syntaxes: dict[str, list[str]] = {}
    for context in proposed:
        if _may_be_storage(context.abstract_syntax):
            syntaxes.setdefault(context.abstract_syntax, []).extend(context.transfer_syntax)
    return [
        build_context(uid, ordered)
        for uid, offered in syntaxes.items()
        if (ordered := in_order_of_preference(offered))
    ]


def in_order_of_preference(offered: Iterable[str]) -> list[str]:
    """Return the transfer syntaxes that are taken, the one to choose first.

    The sender's order stands, because asking for a compression that it would have to make may lose information.
    Among the native ones explicit goes before implicit, which would lose the types of private attributes.
    """
    taken = [uid for uid in dict.fromkeys(map(str, offered)) if uid in STORAGE_TRANSFER_SYNTAXES]
    natives = iter(
        sorted((uid for uid in taken if not TRANSFER_SYNTAXES[uid].encapsulated), key=_native_rank)
    )
    return [uid if TRANSFER_SYNTAXES[uid].encapsulated else next(natives) for uid in taken]


def _native_rank(uid: str) -> tuple[bool, bool]:
    syntax = TRANSFER_SYNTAXES[uid]
    return syntax.implicit_vr, not syntax.little_endian


def _may_be_storage(uid: str) -> bool:
    """Tell whether a SOP class is one of storage, or one that nobody here knows and that may be."""
    return uid_to_service_class(uid) in (StorageServiceClass, ServiceClass)
