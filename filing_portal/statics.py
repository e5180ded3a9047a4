"""Addresses of static files: each is worked out once in a process."""

from __future__ import annotations

from functools import lru_cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Files under names that carry their content's hash; which name, changes only with a new version of the portal."""

    def url(self, name: str | None, force: bool = False) -> str:  # type: ignore[override]
        return _address(self, name, force)


@lru_cache(maxsize=1024)
def _address(storage: StaticFiles, name: str | None, force: bool) -> str:
    return super(StaticFiles, storage).url(name, force)
