"""Where the embedded services keep what they need.

Everything lies under PORTAL_DATA. A unix socket's path may have some 100 bytes only, and parts of
the software do not quote it, so that sockets of a long or unusual path go to a short folder of this
user in the system's temporary folder, named by a hash of PORTAL_DATA.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

#: sockaddr_un holds 104 bytes on macOS and 108 on Linux, of which one ends the text.
SOCKET_PATH_BYTES = 103
_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class Layout:
    """Folders and sockets of one PORTAL_DATA."""

    data: Path

    @property
    def pgdata(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def mail(self) -> Path:
        return self.data / "mail"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets, short and plain."""
        own = self.data / "sockets"
        longest = own / "postgres" / ".s.PGSQL.5432.lock"
        if _PLAIN.fullmatch(str(own)) and len(os.fsencode(longest)) <= SOCKET_PATH_BYTES:
            return own
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()).resolve() / f"filing-portal-{os.geteuid()}-{digest}"

    @property
    def pg_sockets(self) -> Path:
        return self.sockets / "postgres"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def make_folders(self) -> None:
        """Makes PORTAL_DATA and its private folders (0700)."""
        self.data.mkdir(parents=True, exist_ok=True)
        for folder in (self.secrets, self.files, self.mail, self.logs, self.valkey):
            folder.mkdir(mode=0o700, exist_ok=True)
