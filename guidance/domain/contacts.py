"""Contacts of the authorities: who may be asked, and how (R174)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guidance import rules
from guidance.domain.errors import Invalid
from guidance.models import Contact
from ledger.acts import Actor, Audience, Refused, append, perform

EDITABLE = frozenset({
    "authority", "name_zh", "name_en", "duty_zh", "duty_en", "phone", "email", "hours_zh", "hours_en", "order",
    "active",
})  # fmt: skip


def save_contact(*, contact: Contact | None, by: Actor, now: datetime, **fields: Any) -> Contact:
    """Writes a new contact (``None``) or changes one. The ledger keeps which fields changed, not the person's data.

    Raises ``Invalid`` where neither telephone nor e-mail is given, ``Refused`` for another authority's contact.
    """
    unknown = set(fields) - EDITABLE
    if unknown:
        raise ValueError(sorted(unknown))
    after = {name: fields.get(name, getattr(contact, name, "")) for name in ("phone", "email")}
    if not any(str(value or "").strip() for value in after.values()):
        raise Invalid({"phone": _("Give a telephone number or an e-mail address.")})
    payload = {"fields": sorted(fields)}
    if contact is None:
        row = Contact(edited_at=now, **fields)
        reasons = rules.may_keep_contact(by, row)
        if reasons:
            raise Refused(reasons)
        with transaction.atomic():
            row.save()
            append(verb="add_contact", subject=row, by=by, now=now, payload=payload, audience=Audience.PUBLIC)
        return row

    def change(row: Contact) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.edited_at = now

    return perform(
        verb="change_contact", subject=contact, by=by, now=now, rule=rules.may_keep_contact, change=change,
        payload=payload, audience=Audience.PUBLIC,
    )  # fmt: skip
