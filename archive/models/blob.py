from django.db import models


class Blob(models.Model):
    """Bytes in the blob store, found by what they are: the key is made from their SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256
