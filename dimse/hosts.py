"""Network addresses of peers: how they are written, and whether a caller is where it should be."""

import ipaddress
import re
import socket

from django.core.exceptions import ValidationError

_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")


def normal_address(text: str) -> str:
    """Return an IP address in its one spelling; an IPv4 address that came over an IPv6 socket as IPv4.

    Raises
    ------
    ValueError
        The text is no IP address.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def normal_host(text: str) -> str:
    """Return the one spelling of an IP address or host name."""
    text = text.strip().lower()
    try:
        return normal_address(text)
    except ValueError:
        return text


def validate_host(text: str) -> None:
    """Raise ValidationError unless the text is one IP address or one host name: never a pattern, never empty."""
    host = normal_host(text)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if len(host) > 253 or not _HOST_NAME.fullmatch(host) or host.replace(".", "").isdigit():
            raise ValidationError("Enter one IP address or one host name.", code="host") from None


def is_loopback(address: str) -> bool:
    """Tell whether an IP address is this machine's own."""
    return ipaddress.ip_address(normal_address(address)).is_loopback


def is_address_of(host: str, address: str) -> bool:
    """Tell whether a connection from an IP address comes from a registered host.

    A host of loopback stands for every loopback address, because which of them a local program uses is chance. A
    name is looked up now; while that fails, nothing comes from it.
    """
    address = normal_address(address)
    try:
        known = {normal_address(host)}
    except ValueError:
        known = _addresses_of_name(host)
    return address in known or (is_loopback(address) and any(map(is_loopback, known)))


def _addresses_of_name(name: str) -> set[str]:
    try:
        entries = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return set()
    return {normal_address(str(entry[4][0])) for entry in entries}
