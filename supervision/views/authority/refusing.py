"""What a verb says against a form that was sent, put where it is read, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from ledger.acts import Refused
from supervision.domain.errors import Invalid
from supervision.rules import CHANGED_SINCE


def add_errors(form: forms.Form, invalid: Invalid) -> None:
    """Puts what a verb found wrong beside the fields."""
    for name, message in invalid.errors.items():
        form.add_error(name if name in form.fields else None, str(message))


def add_reasons(form: forms.Form, refused: Refused) -> None:
    """Puts why a verb refused above the fields."""
    for reason in refused.reasons:
        form.add_error(None, ValidationError(str(reason.message), code=reason.code))


def attempt(form: forms.Form, do: Callable[[], Any]) -> Any:
    """What the verb gives, or None with its complaints in the form."""
    try:
        return do()
    except Invalid as invalid:
        add_errors(form, invalid)
    except Refused as refused:
        add_reasons(form, refused)
    return None


def stale(form: forms.Form) -> bool:
    """Whether what the form was opened on has been changed since."""
    return form.has_error(NON_FIELD_ERRORS, CHANGED_SINCE.code)


def renew(form: forms.Form, row: Any) -> None:
    """A form that was refused for its age is told of the change: sent again, it replaces what stands now."""
    if stale(form):
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["seen"] = row.seen  # type: ignore[index]
