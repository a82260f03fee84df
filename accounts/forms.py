"""Forms that set passwords; each writes through the service, which records it."""

from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.users import set_password
from audit.context import current_actor
from audit.services import record_event
from audit.vocabulary import EventType


class PasswordThroughService(forms.BaseForm):
    """Replaces the saving of Django's forms for passwords."""

    def set_password_and_save(
        self,
        user: AbstractBaseUser,
        password_field_name: str = "password1",  # noqa: S107 -- the name of a field
        commit: bool = True,
    ) -> AbstractBaseUser:
        """Set the new password of a validated form, or none where the form says so."""
        assert isinstance(user, User)
        usable = self.cleaned_data.get("set_usable_password", True)
        password = self.cleaned_data[password_field_name] if usable else None
        set_password(user, password=password, actor=current_actor())
        return user


class LoginForm(auth_forms.AuthenticationForm):
    """Name and password."""

    error_messages = {
        **auth_forms.AuthenticationForm.error_messages,
        "invalid_login": _(
            "That name and password do not belong together. Upper and lower case count in the password."
        ),
    }


class PasswordChangeForm(PasswordThroughService, auth_forms.PasswordChangeForm):  # type: ignore[misc]
    """Old and new password of the user who is signed in."""


class PasswordSetForm(PasswordThroughService, auth_forms.SetPasswordForm):  # type: ignore[type-arg]
    """New password of somebody who followed the link in the e-mail."""


class AdminPasswordForm(PasswordThroughService, auth_forms.AdminPasswordChangeForm):  # type: ignore[type-arg]
    """New password that an administrator gives."""


class PasswordResetForm(auth_forms.PasswordResetForm):
    """E-mail address; whether an account has it is not told."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Record PASSWORD_RESET_ASKED for every account of that address and send the link to it."""
        for user in self.get_users(self.cleaned_data["email"]):
            details = {"username": user.get_username(), "user_pk": user.pk}
            record_event(EventType.PASSWORD_RESET_ASKED, details=details)
        super().save(*args, **kwargs)
