"""People, the facilities they work at, what they are there, and the tokens of their programs."""

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import UserDeletionError
from accounts.roles import Role
from accounts.scopes import Scope

DELETION_REFUSAL = "Users are deactivated, never deleted: the name in old records must stay theirs."


class AccountQuerySet(models.QuerySet["User"]):
    """Users in bulk; they cannot be deleted."""

    def delete(self) -> NoReturn:
        """Refuse."""
        raise UserDeletionError(DELETION_REFUSAL)


class AccountManager(UserManager["User"]):
    """Finds a user by name, whatever the case it is typed in."""

    def get_queryset(self) -> AccountQuerySet:
        """Return users that cannot be deleted in bulk."""
        return AccountQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of that name."""
        return self.get(username=User.normalize_username(username or ""))


class User(AbstractUser):  # type: ignore[django-manager-missing]  # guardian has no types
    """A person who signs in. The name to sign in with is kept in lower case, so that case never tells two apart."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        help_text=_("Letters, digits and @ . + - _; upper and lower case are the same."),
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": _("A user with that name already exists.")},
    )
    display_name = models.CharField(_("name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        help_text=_("Of the pages; left blank, what the browser asks for."),
    )
    session_generation = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Counted up to end every session of the user at once.")
    )

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["username"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_name_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Return the form in which the name is stored and looked up."""
        return super().normalize_username(username).lower()

    def clean(self) -> None:
        """Bring the name into its stored form."""
        super().clean()
        self.username = self.normalize_username(self.username)

    def get_full_name(self) -> str:
        """Return the name to show."""
        return self.display_name or self.username

    def get_short_name(self) -> str:
        """Return the name to show where there is little room."""
        return self.get_full_name()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the password and to the generation; a change of either ends them."""
        salt = "accounts.models.User.session_generation"
        return salted_hmac(
            salt, f"{self.password}:{self.session_generation}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise UserDeletionError(DELETION_REFUSAL)


class Facility(models.Model):
    """A hospital, clinic or department whose studies are kept apart from those of the others."""

    code = models.CharField(
        max_length=16,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[A-Z0-9][A-Z0-9_-]*\Z", _("Use capital letters, digits, hyphen and underscore.")
            )
        ],
        help_text=_("Short name in capital letters, used in commands, logs and devices' settings."),
    )
    name = models.CharField(max_length=150)
    issuer_of_patient_id = models.CharField(
        _("issuer of patient ID"),
        max_length=64,
        blank=True,
        help_text=_("Who gave the patient IDs that arrive without an issuer; the code where left blank."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("An inactive facility shows its studies to nobody.")
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        verbose_name_plural = _("facilities")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(code=Upper("code")), name="facility_code_in_capitals"),
            models.CheckConstraint(condition=~models.Q(code=""), name="facility_code_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the facility; its code stands in for an issuer that was left blank."""
        self.issuer_of_patient_id = self.issuer_of_patient_id or self.code
        super().save(*args, **kwargs)


class Membership(models.Model):
    """One role of one user at one facility."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        ordering: ClassVar[list[str]] = ["user", "facility", "role"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "facility", "role"], name="membership_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "role", "facility"], name="membership_by_user_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user.username}: {self.role} at {self.facility.code}"


class ApiToken(models.Model):
    """Lets a program act for a user at the HTTP interfaces. Its secret is shown once; only a hash of it is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    public_id = models.CharField(
        _("token"),
        max_length=12,
        unique=True,
        help_text=_("Names it in lists and in the audit log; opens nothing."),
    )
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    purpose = models.CharField(max_length=100, blank=True, help_text=_("Which program uses it, and where."))
    scopes = models.CharField(max_length=60, help_text=_("What it is good for, separated by spaces."))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(
        _("last used"), null=True, blank=True, editable=False, help_text=_("To the minute.")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        verbose_name = _("API token")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="api_token_expires_later"
            ),
            models.CheckConstraint(condition=~models.Q(scopes=""), name="api_token_has_a_scope"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def has_scope(self, scope: Scope) -> bool:
        """Return whether the token is good for that."""
        return scope in self.scopes.split()


class RightsStamp(models.Model):
    """One row with a number that grows whenever somebody may have lost a right; see ``services.rights_stamp``."""

    value = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.value)
