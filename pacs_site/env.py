"""Typed readers of the PACS_* environment variables. A value that cannot be used stops the start with one clear line."""

import os
import secrets
import stat
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MINIMUM_SECRET_LENGTH = 50


def env_str(name: str, default: str = "") -> str:
    """Return the variable without surrounding blanks, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """Return the variable as a truth value; accepts 1/0, true/false, yes/no, on/off."""
    text = env_str(name).lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {text!r}.")


def env_int(name: str, default: int, *, minimum: int = 0, maximum: int = 2**63 - 1) -> int:
    """Return the variable as a whole number between the two bounds."""
    text = env_str(name)
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None
    if not minimum <= value <= maximum:
        raise ImproperlyConfigured(f"{name} must lie between {minimum} and {maximum}, not {value}.")
    return value


def env_path(name: str, default: Path) -> Path:
    """Return the variable as an absolute path."""
    return Path(env_str(name) or default).expanduser().absolute()


def made_folder(path: Path) -> Path:
    """Create a folder with its parents and return it.

    Raises
    ------
    ImproperlyConfigured
        It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"cannot make the folder {path} ({error.strerror}).") from error
    return path


def env_list(name: str, default: list[str]) -> list[str]:
    """Return the comma-separated variable as a list."""
    text = env_str(name)
    return [part.strip() for part in text.split(",") if part.strip()] if text else default


def env_storage_path(name: str, default: Path) -> Path:
    """Return the folder of a ``file://`` storage address."""
    url = env_str(name)
    if not url:
        return default
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise ImproperlyConfigured(f"{name} must look like file:///folder, not {url!r}.")
    return Path(parts.path)


def secret_from_file(path: Path) -> str:
    """Return the secret kept in a file that only its owner can read; make it on the first start.

    Raises
    ------
    ImproperlyConfigured
        The file cannot be made, can be read by others, or holds a secret that is too short to be random.
    """
    if not path.exists():
        try:
            _make_secret(path)
        except OSError as error:
            raise ImproperlyConfigured(f"cannot write {path} ({error.strerror}).") from error
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ImproperlyConfigured(f"{path} can be read by others; run: chmod 600 '{path}'")
    secret = path.read_text().strip()
    if len(secret) < MINIMUM_SECRET_LENGTH or len(set(secret)) < 10:
        raise ImproperlyConfigured(
            f"{path} holds a weak secret; put {MINIMUM_SECRET_LENGTH} random characters in it."
        )
    return secret


def _make_secret(path: Path) -> None:
    """Write a new secret, unless another process of the same start was first; never leave half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    except OSError:
        path.unlink()
        raise
