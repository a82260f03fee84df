"""Who acts: a person, a DICOM device, the system itself or a command; and how each is named in the record."""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from audit.models import ActorKind


@dataclass(frozen=True)
class Actor:
    """Who did something, as plain values that outlive the account or device.

    Parameters
    ----------
    kind
        Person, device, system or command.
    identifier
        User name, AE title, or the name of the process or command; empty for somebody who has not signed in.
    user_pk
        Key of the user's account at that time.
    address
        Network address that the request came from; empty when it did not come over a network.
    token_id
        Public id of the token by which a program acted for the person; empty for the person themselves.
    """

    kind: ActorKind
    identifier: str
    user_pk: int | None = None
    address: str = ""
    token_id: str = ""

    @classmethod
    def for_user(
        cls, user: AbstractBaseUser | AnonymousUser, address: str = "", *, token_id: str = ""
    ) -> Self:
        """Return the actor for a signed-in user, or for somebody who has not signed in."""
        return cls(
            kind=ActorKind.USER,
            identifier=user.get_username(),
            user_pk=user.pk,
            address=address,
            token_id=token_id,
        )

    @classmethod
    def for_application_entity(cls, ae_title: str, address: str = "") -> Self:
        """Return the actor for a DICOM device."""
        return cls(kind=ActorKind.APPLICATION_ENTITY, identifier=ae_title, address=address)

    @classmethod
    def system(cls, name: str) -> Self:
        """Return the actor for work that nobody asked for, by the name of the process."""
        return cls(kind=ActorKind.SYSTEM, identifier=name)

    @classmethod
    def command(cls, name: str) -> Self:
        """Return the actor for a management command."""
        return cls(kind=ActorKind.COMMAND, identifier=name)
