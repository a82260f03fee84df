"""Permission rows for single studies: the exceptions to facility membership, such as a share with a referrer.

The foreign keys are direct, at study level only; series and instances inherit.
"""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from archive.models.study import Study


class StudyUserObjectPermission(UserObjectPermissionBase):  # type: ignore[misc]
    content_object = models.ForeignKey(Study, on_delete=models.CASCADE)


class StudyGroupObjectPermission(GroupObjectPermissionBase):  # type: ignore[misc]
    content_object = models.ForeignKey(Study, on_delete=models.CASCADE)
