"""Pages and calls of institutions."""

from tests.accounts.matrix.cast import Row

_API = "needs a token: tests/api"

ROWS: dict[str, Row] = {
    # --- uses: the institution's people, and the lead of an authority for its own uses
    "institution_home": Row("own_use"),
    "institution_uses": Row("own_use"),
    "institution_search": Row("own_use"),
    "institution_unit": Row("own_use"),
    "institution_responsible": Row("own_use", method="post"),
    "institution_system": Row("own_use", method="post"),
    "api_institution_*": Row("institutions", why=_API),
    "use_start": Row("own_use", "number", why="needs a published entry: tests/users"),
    "use_start_own": Row("own_use"),
    "use": Row("institutions", "use"),
    "use_check": Row("institutions", "use"),
    "use_submit": Row("institutions", "use", method="post"),
    "use_done": Row("institutions", "use"),
    "use_receipt": Row("institutions", "use"),
    "use_versions": Row("institutions", "use"),
    "use_change": Row("institutions", "use", method="post"),
    "use_review": Row("institutions", "use"),
    "use_checked": Row("institutions", "use", method="post"),
    "use_withdraw": Row("institutions", "use"),
    "use_autosave": Row("institutions", "use_section", method="post"),
    "use_upload": Row("institutions", "use_section", method="post"),
    "use_section": Row("institutions", "use_section"),
    "use_material": Row("institutions", "use_material"),
}
