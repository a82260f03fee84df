"""How many studies each list of a user holds, counted anew every few seconds at most."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import redis
from django.core.cache import cache

from accounts.models import User
from accounts.permissions import facilities_with
from accounts.roles import Codename
from worklist.criteria import Criteria
from worklist.list_settings import Tab
from worklist.selectors import count_of

# Each open list asks again after events; of several that a user has open one counts.
_KEPT_SECONDS = 4
_MANY = -1


def counts_of(user: User, tabs: Sequence[Tab], *, today: date) -> dict[str, int | None]:
    """Return the number of studies by key of the list; None where there are more than are counted.

    What is kept belongs to one user with the facilities of this moment: who loses one gets no number of before.
    """
    facilities = facilities_with(user, Codename.VIEW_STUDY).values_list("pk", flat=True)
    reach = "-".join(map(str, sorted(facilities)))
    key_of = {tab.key: f"worklist-count:{user.pk}:{reach}:{tab.key}" for tab in tabs}
    kept = _kept(list(key_of.values()))
    fresh = {
        key_of[tab.key]: _count(user, tab.criteria, today) for tab in tabs if key_of[tab.key] not in kept
    }
    _keep(fresh)
    numbers = {**kept, **fresh}
    return {key: None if numbers[name] == _MANY else numbers[name] for key, name in key_of.items()}


def _kept(keys: list[str]) -> dict[str, int]:
    """Return the numbers of moments ago; none while the broker is away, which costs only the counting."""
    try:
        return cache.get_many(keys)
    except redis.RedisError:
        return {}


def _keep(numbers: dict[str, int]) -> None:
    with suppress(redis.RedisError):
        cache.set_many(numbers, _KEPT_SECONDS)


def _count(user: User, criteria: Criteria, today: date) -> int:
    count = count_of(user, criteria, today=today)
    return _MANY if count is None else count
