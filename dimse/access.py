"""Who may call us, and what a caller may do. Every operation asks here."""

from dimse.exceptions import InactiveCallerError, UnknownCallerError, WrongAddressError
from dimse.hosts import is_address_of
from dimse.models import COLUMN_OF, ApplicationEntity, Right, is_ae_title


def admitted_caller(calling_ae_title: str, *, address: str) -> ApplicationEntity:
    """Return the application entity that may associate under a title from an address.

    Parameters
    ----------
    calling_ae_title
        As the caller sent it.
    address
        IP address that the connection comes from.

    Raises
    ------
    UnknownCallerError, InactiveCallerError, WrongAddressError
        The association must be rejected.
    """
    title = calling_ae_title.strip(" ")
    if not is_ae_title(title):
        raise UnknownCallerError
    entity = ApplicationEntity.objects.select_related("facility").filter(ae_title=title).first()
    if entity is None:
        raise UnknownCallerError
    if not (entity.is_active and entity.facility.is_active):
        raise InactiveCallerError
    if not is_address_of(entity.host, address):
        raise WrongAddressError
    return entity


def may(entity_pk: int, right: Right) -> bool:
    """Tell whether an entity holds a right now; what is withdrawn counts from the next operation on."""
    return ApplicationEntity.objects.filter(
        pk=entity_pk, is_active=True, facility__is_active=True, **{COLUMN_OF[right]: True}
    ).exists()


def is_known_address(address: str) -> bool:
    """Tell whether any active entity calls from an address."""
    hosts = ApplicationEntity.objects.filter(is_active=True).values_list("host", flat=True).distinct()
    return any(is_address_of(host, address) for host in hosts)
