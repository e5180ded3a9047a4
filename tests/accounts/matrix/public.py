"""Pages for everybody: the house, the rulebook, the registry and its lists."""

from tests.accounts.matrix.cast import Row

_ENTRY = "public; needs a published entry: tests/registry"

ROWS: dict[str, Row] = {
    # --- the house
    "healthz": Row("public"),
    "set_language": Row("public", method="post"),
    "schema": Row("public", why="slow, and tested with the API"),
    "admin:*": Row("sysadmin"),
    # --- rulebook and public pages
    "articles": Row("public"),
    "article": Row("public", "article", why="needs the texts seeded: tests/rulebook"),
    "guide": Row("public"),
    "accessibility": Row("public"),
    "privacy": Row("public"),
    "opendata": Row("public"),
    "contact": Row("public"),
    # --- registry
    "home": Row("public"),
    "verify_form": Row("public"),
    "verify": Row("public", "number", why=_ENTRY),
    "entry": Row("public", "number", why=_ENTRY),
    "badge": Row("public", "number", why=_ENTRY),
    "qr": Row("public", "number", why=_ENTRY),
    "display_kit": Row("public", "number", why=_ENTRY),
    "lists": Row("public"),
    "list_revoked": Row("public"),
    "list": Row("public", "list"),
    "list_file": Row("public", why="the same rows as a file: tests/registry"),
    "institutions_public": Row("public"),
    "institution_public": Row("public", "school", why="needs a confirmed use: tests/users"),
    "entry_users": Row("public", "number", why=_ENTRY),
    "complain": Row("public"),
    "complain_new": Row("public"),
    "complain_follow": Row("public"),
    "complain_answer": Row("public", method="post"),
    "complain_replies": Row("public"),
    "blacklist": Row("public"),
    "blacklist_file": Row("public", why="the same rows as a file: tests/supervision/test_public_pages.py"),
    "negative_list": Row("public"),
    "exit_list": Row("public"),
    "editions": Row("public"),
    "edition": Row("public", why="needs a published edition: tests/supervision/test_public_pages.py"),
    "edition_file": Row("public", why="needs a published edition: tests/supervision/test_public_pages.py"),
    "circulars": Row("public"),
    "progress_reports": Row("public"),
    "progress_report": Row("public", why="needs a published report: tests/supervision/test_public_pages.py"),
    "circular": Row("public", why="needs a circular: tests/supervision/test_public_pages.py"),
    "api_registry_*": Row("public", why="public reading, without sign-in: tests/api"),
}
