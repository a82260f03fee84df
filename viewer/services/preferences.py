"""Keep how a user wants the viewer."""

from django.db import transaction

from accounts.models import User
from viewer.models import ViewerPreferences
from viewer.preferences import Preferences


@transaction.atomic
def save_preferences(*, user: User, preferences: Preferences) -> None:
    """Keep the preferences of a user in place of those before."""
    ViewerPreferences.objects.update_or_create(user=user, defaults={"body": preferences.as_json()})
