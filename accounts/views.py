"""Login, logout, change and reset of the password."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts import forms
from accounts.decorators import public, requires
from accounts.middleware import CLEAR_SITE_DATA
from accounts.models import User
from accounts.services.users import choose_language
from audit.decorators import not_audited


class LoginView(auth_views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = forms.LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say why the page came up where a session has ended."""
        return super().get_context_data(has_expired="expired" in self.request.GET, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, and go on in the language that the user chose, on whatever machine it was."""
        response = super().form_valid(form)
        user = form.get_user()
        if isinstance(user, User) and check_for_language(user.language):
            remember_language(response, user.language)
        return response


class LogoutView(auth_views.LogoutView):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out and have the browser forget the images and pages that it kept."""
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = CLEAR_SITE_DATA
        # The next person at this machine may speak another.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response


class PasswordChangeView(auth_views.PasswordChangeView):
    template_name = "accounts/password_change.html"
    form_class = forms.PasswordChangeForm
    success_url = reverse_lazy("accounts:password_change_done")


class PasswordResetView(auth_views.PasswordResetView):
    template_name = "accounts/password_reset.html"
    form_class = forms.PasswordResetForm
    email_template_name = "accounts/password_reset_email.txt"
    subject_template_name = "accounts/password_reset_subject.txt"
    success_url = reverse_lazy("accounts:password_reset_done")


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    form_class = forms.PasswordSetForm
    success_url = reverse_lazy("accounts:password_reset_complete")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the page, whose address is a key, out of every cache."""
        response = super().dispatch(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Have the browser ask for the language from now on; the user's row is not looked up for every image."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


@require_POST
@not_audited("In which language the pages speak is no matter of record.")
@public("The login page speaks every language too.")
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, here and, to a user who has signed in, everywhere.

    The way back is the Referer, which the policy of our pages sends to ourselves only.
    """
    if isinstance(request.user, User):
        choose_language(request.user, language=request.POST.get("language", ""))
    return set_language(request)


_by_signal = not_audited("The signals of login and logout record success, refusal and lock.")
_by_service = not_audited("The service that sets a password, and the form that asks for a reset, record it.")
_shows_text = not_audited("A page of fixed text.")
_before_login = public("Who has forgotten the password cannot sign in.")

login = public("Everybody signs in here.")(_by_signal(LoginView.as_view()))
logout = public("Signing out twice is no mistake.")(_by_signal(LogoutView.as_view()))
password_change = requires(None)(_by_service(PasswordChangeView.as_view()))
password_change_done = requires(None)(
    _shows_text(auth_views.PasswordChangeDoneView.as_view(template_name="accounts/password_change_done.html"))
)
password_reset = _before_login(_by_service(PasswordResetView.as_view()))
password_reset_done = _before_login(
    _shows_text(auth_views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html"))
)
password_reset_confirm = _before_login(_by_service(PasswordResetConfirmView.as_view()))
password_reset_complete = _before_login(
    _shows_text(
        auth_views.PasswordResetCompleteView.as_view(template_name="accounts/password_reset_complete.html")
    )
)
