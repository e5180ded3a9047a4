"""The reviewer's work before the decision: verdicts on fields and the checklist. Saved as typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.acts import Actor, AlreadyMoved, Reasons, Refused
from providers.models import Filing
from review.desks import Case, desk_of
from review.models import ChecklistAnswer


def _locked(filing: Case, by: Actor, version: int | None) -> Case:
    """The locked row, if the actor may work on the version that he saw."""
    desk = desk_of(filing)
    row = desk.model.objects.select_for_update(of=("self",), no_key=True).get(pk=filing.pk)
    reasons: Reasons = desk.may_work_on(by, row)
    if reasons:
        raise Refused(reasons)
    if str(row.state) not in desk.decidable or (version is not None and version != row.version):
        raise AlreadyMoved(state=str(row.state))
    return row


def give_verdict(
    *,
    filing: Case,
    field_key: str,
    ok: bool,
    by: Actor,
    now: datetime,
    note: str = "",
    article: str = "",
    version: int | None = None,
    place: dict[str, Any] | None = None,
) -> Any:
    """Says that a field is in order, or what is wrong with it (Measures Art. 13: itemised feedback).

    Notes are drafts until the filing is returned; the applicant does not see them before.
    ``place`` says where in a file to look (provider filings): ``{"material", "name", "page"}``.
    A verdict against a field needs a note: raises ``ValueError``. Returns the row of the filing's desk.
    """
    if not ok and not note.strip():
        msg = "a note says what is wrong"
        raise ValueError(msg)
    with transaction.atomic():
        row = _locked(filing, by, version)
        verdict, _created = desk_of(row).verdicts.objects.update_or_create(
            filing=row,
            version=row.version,
            field_key=field_key[:80],
            defaults={
                "ok": ok,
                "note": "" if ok else note.strip(),
                "article": article[:20],
                "author_id": by.person_id,
                "updated_at": now,
                **({"place": None if ok else place} if isinstance(row, Filing) else {}),
            },
        )
    return verdict


def clear_verdict(*, filing: Case, field_key: str, by: Actor, version: int | None = None) -> None:
    """Takes a verdict back."""
    with transaction.atomic():
        row = _locked(filing, by, version)
        desk_of(row).verdicts.objects.filter(filing=row, version=row.version, field_key=field_key).delete()


def answer_checklist(
    *, filing: Filing, key: str, ok: bool, by: Actor, now: datetime, comment: str = "", version: int | None = None
) -> ChecklistAnswer:
    """Answers one item of the policy's checklist for this version."""
    with transaction.atomic():
        row = _locked(filing, by, version)
        answer, _created = ChecklistAnswer.objects.update_or_create(
            filing=row,
            version=row.version,
            key=key[:40],
            defaults={"ok": ok, "comment": comment.strip(), "author_id": by.person_id, "updated_at": now},
        )
    return answer
