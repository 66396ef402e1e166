"""Where this installation keeps its sealed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sealed.objects import Objects
from storage.vault import Vault

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.sealed.keyring import Keyring


def vault(settings: Settings, keys: Keyring) -> Vault:
    """In the data folder, or in the bucket that the settings name."""
    return Vault(settings.vault_dir, keys, bucket(settings))


def bucket(settings: Settings) -> Objects | None:
    """None: the data folder is enough."""
    if not settings.store_url:
        return None
    return Objects.bucket(settings.store_url, endpoint=settings.store_endpoint, region=settings.store_region)
