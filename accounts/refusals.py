"""How often tokens were refused of late, so that a stream of guesses does not fill the audit log."""

import ipaddress
import logging

import redis

from common.redis_client import redis_client

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 15 * 60
RECORDED_EACH = 5
# One customer of a provider has at least this many leading bits of an IPv6 address, and all addresses below them.
_IPV6_NETWORK_BITS = 64


def count_refusal(address: str, *, token_id: str = "") -> int:
    """Count one more refusal and return how many there were within a quarter of an hour, from 1.

    Parameters
    ----------
    address
        Where the request came from.
    token_id
        The token, where it is one of ours: a forgotten script that asks on with an old token hides no guesses.
    """
    key = f"token-refusals:{_network_of(address)}:{token_id}"
    try:
        with redis_client().pipeline() as pipeline:
            pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
            pipeline.incr(key)
            counted: int = pipeline.execute()[-1]
    except redis.RedisError:
        # Rather one record too many than a refusal that nobody hears of.
        logger.warning("cache is away; refused tokens are recorded one by one")
        return 1
    return counted


def is_worth_recording(count: int) -> bool:
    """Return whether the refusal of that number is recorded: the first five, then the 10th, 100th, 1000th."""
    return count <= RECORDED_EACH or str(count).rstrip("0") == "1"


def _network_of(address: str) -> str:
    try:
        network = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if network.version == 4:
        return str(network)
    return str(ipaddress.ip_network((network, _IPV6_NETWORK_BITS), strict=False))
