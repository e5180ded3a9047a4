"""Running PostgreSQL where the runner is root.

PostgreSQL refuses to run as root, so that it gets a system user of its own (``pgserver``). That user
must pass through the folders above its data and its programs. The wheel's launcher gives everybody
read access to all of them, up to ``/``; this module gives that one user the right to pass through (an
access-control entry, ``u:pgserver:--x``) and nobody anything else.
"""

from __future__ import annotations

import os
import pwd
import stat
import struct
import subprocess
from pathlib import Path

from filing_portal.embedded.errors import ServiceError

USER = "pgserver"
_ACL = "system.posix_acl_access"
_USER_OBJ, _NAMED_USER, _GROUP_OBJ, _NAMED_GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NOBODY = 0xFFFFFFFF
_PASS = 1  # the execute bit: a folder may be passed through, not listed


def server_user() -> tuple[int, int]:
    """User and group number that PostgreSQL runs as, the account made if need be."""
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        entry = _make_user()
    return entry.pw_uid, entry.pw_gid


def _make_user() -> pwd.struct_passwd:
    """A system account without a home and without a shell."""
    try:
        subprocess.run(
            ["useradd", "--system", "--shell", "/bin/false", USER], check=True, capture_output=True
        )
        return pwd.getpwnam(USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise ServiceError(
            f"PostgreSQL does not run as root, and the system user {USER} could not be made ({error}). "
            "Run as an ordinary user, or set DATABASE_URL."
        ) from None


def let_pass(path: Path, uid: int) -> None:
    """Lets the user pass through every folder above ``path`` that is closed to it."""
    for folder in path.parents:
        status = folder.stat()
        if status.st_mode & stat.S_IXOTH or (status.st_uid == uid and status.st_mode & stat.S_IXUSR):
            continue
        try:
            _add_entry(folder, uid, status.st_mode)
        except (OSError, AttributeError):
            raise ServiceError(
                f"The folder {folder} is closed to the system user {USER}, which PostgreSQL runs as when you are "
                "root, and this file system takes no access-control entry. Run as an ordinary user, or set "
                "PORTAL_DATA to a folder that others may pass through."
            ) from None


def _add_entry(folder: Path, uid: int, mode: int) -> None:
    """Adds ``u:uid:--x`` to the folder's access-control list, keeping what else stands there."""
    entries: list[tuple[int, int, int]]
    try:
        raw = os.getxattr(folder, _ACL)
        entries = [struct.unpack_from("<HHI", raw, at) for at in range(4, len(raw), 8)]
    except OSError:
        entries = [
            (_USER_OBJ, mode >> 6 & 7, _NOBODY),
            (_GROUP_OBJ, mode >> 3 & 7, _NOBODY),
            (_OTHER, mode & 7, _NOBODY),
        ]
    held = next((perm for tag, perm, who in entries if tag == _NAMED_USER and who == uid), 0)
    entries = [e for e in entries if e[0] != _MASK and not (e[0] == _NAMED_USER and e[2] == uid)]
    entries.append((_NAMED_USER, held | _PASS, uid))
    mask = 0
    for tag, perm, _who in entries:
        if tag in (_NAMED_USER, _GROUP_OBJ, _NAMED_GROUP):
            mask |= perm
    entries.append((_MASK, mask, _NOBODY))
    entries.sort(key=lambda entry: (entry[0], entry[2]))
    os.setxattr(
        folder, _ACL, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    )


def open_programs(folder: Path) -> None:
    """Makes the wheel's programs readable to all, for an installation under a strict umask."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        wanted = mode | stat.S_IRGRP | stat.S_IROTH
        if path.is_dir() or mode & stat.S_IXUSR:
            wanted |= stat.S_IXGRP | stat.S_IXOTH
        if wanted != mode:
            path.chmod(wanted)
