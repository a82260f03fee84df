"""The preferences that are kept of a user."""

import logging

from accounts.models import User
from viewer.exceptions import InvalidPreferencesError
from viewer.models import ViewerPreferences
from viewer.preferences import Preferences, read_preferences

logger = logging.getLogger(__name__)


def preferences_of(user: User) -> Preferences:
    """Return the preferences of a user; the standard where nothing was changed.

    What cannot be read, such as the document of a newer version, must not keep anybody from the images: it counts as
    the standard.
    """
    row = ViewerPreferences.objects.filter(user=user).first()
    if row is None:
        return Preferences()
    try:
        return read_preferences(row.body)
    except InvalidPreferencesError as error:
        logger.warning("preferences of user %d are not readable: %s", user.pk, error)
        return Preferences()
