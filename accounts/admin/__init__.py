"""Users, facilities, memberships and tokens in Django's admin. Every write goes through a service, so that it is recorded.

Superusers manage all; an administrator of a facility, who is also staff, manages the people of that facility
(``accounts.access``). Nothing here is ever deleted but memberships.
"""

from accounts.admin import people, tokens

__all__ = ["people", "tokens"]
