"""How a complaint comes in from the public, and what its author may do under the query code (Measures Art. 22)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.queries import NoAuthority, authority_for_province, ministry
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append
from notices.domain import serve
from providers.materials import Inspected
from registry.models import Entry
from rulebook.enums import ClockKind
from rulebook.time import local_date
from supervision.domain.common import needed, next_case_no
from supervision.domain.complaints import act, message, params, start_target
from supervision.domain.errors import Invalid
from supervision.enums import OPEN_COMPLAINTS, ComplaintKind, ComplaintState, MessageKind
from supervision.models import ComplainantIdentity, Complaint, ComplaintAttachment, ComplaintCategory
from supervision.queries import code_digest

MOST_SCREENSHOTS = 5
#: letters and digits that nobody confuses; 16 of them are 79 bits
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Received:
    """A complaint that was taken in, and the code to follow it, which is shown once and stored nowhere."""

    complaint: Complaint
    query_code: str


def receive(
    *,
    kind: str,
    category: ComplaintCategory,
    text: str,
    now: datetime,
    by: Actor | None = None,
    app_name: str = "",
    entry: Entry | None = None,
    provider_name: str = "",
    where_found: str = "",
    province: str = "",
    happened_on: date | None = None,
    asked_operator: bool | None = None,
    name: str = "",
    phone: str = "",
    email: str = "",
    screenshots: Sequence[tuple[Inspected, File[bytes]]] = (),
    language: str = "zh-hans",
) -> Received:
    """Takes in a complaint, a suggestion (R131) or a report of an unfiled app (R32); nobody has to sign in.

    It goes to the authority with which the app is filed, else to that of ``province``, else to the ministry.
    ``screenshots`` have been inspected. Name and ways to reach are kept apart, and need not be given.
    Effects: the complaint with its files and query code, the service target for its acceptance, a notice to
    the authority (without text and name), a ledger record for authorities. Raises ``Invalid``.
    """
    clean = _read(kind, category, text, app_name, entry, name, phone, email, screenshots, happened_on, now)
    code = "".join(secrets.choice(_ALPHABET) for _place in range(16))
    with transaction.atomic():
        authority = _authority(entry, province)
        row = Complaint.objects.create(
            case_no=next_case_no("TS", authority, now),
            kind=kind,
            category=category,
            authority=authority,
            province_code=entry.province_code if entry is not None else province,
            entry=entry,
            app_name=clean["app_name"],
            provider_name=(entry.provider_name if entry is not None else provider_name.strip())[:120],
            where_found=where_found.strip()[:300],
            text=clean["text"],
            happened_on=happened_on,
            asked_operator=asked_operator,
            language=language,
            query_code_digest=code_digest(code),
            anonymous=not (name.strip() or phone.strip() or email.strip()),
            received_at=now,
        )
        if not row.anonymous:
            ComplainantIdentity.objects.create(
                complaint=row, name=name.strip()[:80], phone=phone.strip()[:40], email=email.strip(), created_at=now
            )
        _keep(row, screenshots, now)
        append(
            verb="receive", subject=row, by=by or Actor.system(), now=now, to_state=ComplaintState.RECEIVED,
            basis=["me-22"], payload={"case_no": row.case_no, "kind": str(kind), "category": category.key},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
        start_target(row, ClockKind.ACCEPTANCE, "complaint_accept_days", now)
        serve(
            kind="complaint_received", to_unit=authority, subject=row, params=params(row), now=now,
            dedupe=f"complaint_received:{row.pk}",
        )
    return Received(row, "-".join(code[place : place + 4] for place in range(0, 16, 4)))


def answer_question(*, query_code: str, text: str, now: datetime) -> Complaint:
    """The complainant answers, known by the query code alone.

    Effects: the answer, the mark goes, a notice to the authority. Raises ``Invalid``, ``Refused`` (unknown
    code, nothing was asked, case closed).
    """
    said = needed({"text": text}, "text")["text"]
    found = Complaint.objects.filter(query_code_digest=code_digest(query_code)).first()
    if found is None:
        raise Refused(Reasons.of(Reason("unknown_code", _("There is no case with this code."))))

    def rule(actor: Actor, row: Complaint) -> Reasons:
        if row.state in OPEN_COMPLAINTS and row.waiting_for_answer:
            return Reasons()
        return Reasons.of(Reason("nothing_asked", _("There is no open question in this case.")))

    def change(row: Complaint) -> None:
        row.waiting_for_answer = False

    def effects(row: Complaint, record: Appended) -> None:
        message(row, MessageKind.ANSWER, said, None, now)
        serve(
            kind="complaint_answered", to_unit=row.authority, subject=row, params=params(row), now=now,
            dedupe=f"complaint_answered:{row.pk}:{record.seq}",
        )

    return act(found, "answer_question", Actor.system(), now, rule=rule, change=change, effects=effects, moves=False)


def _read(
    kind: str, category: ComplaintCategory, text: str, app_name: str, entry: Entry | None, name: str, phone: str,
    email: str, screenshots: Sequence[Any], happened_on: date | None, now: datetime,
) -> dict[str, str]:  # fmt: skip
    """What was typed, checked all at once."""
    errors: dict[str, Any] = {}
    clean = {"app_name": entry.app_name if entry is not None else app_name.replace("\x00", "").strip()[:120]}
    try:
        clean |= needed({"text": text}, "text")
    except Invalid as error:
        errors |= error.errors
    if kind not in ComplaintKind.values:
        errors["kind"] = _("Choose what it is.")
    if not category.active or category.kind != kind:
        errors["category"] = _("Choose a category.")
    elif category.elsewhere_zh:
        errors["category"] = category.elsewhere
    if not clean["app_name"] and kind != ComplaintKind.SUGGESTION:
        errors["app_name"] = _("Name the app.")
    if len(screenshots) > MOST_SCREENSHOTS:
        errors["screenshots"] = _("At most %(most)s pictures.") % {"most": MOST_SCREENSHOTS}
    if happened_on is not None and happened_on > local_date(now):
        errors["happened_on"] = _("This day lies ahead.")
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError:
            errors["email"] = _("This is no e-mail address.")
    if errors:
        raise Invalid(errors)
    return clean


def _authority(entry: Entry | None, province: str) -> Unit:
    if entry is not None:
        return entry.authority
    try:
        return authority_for_province(province)
    except NoAuthority:
        return ministry()


def _keep(row: Complaint, screenshots: Sequence[tuple[Inspected, File[bytes]]], now: datetime) -> None:
    """Stores the files under names of our own: a file's name may tell whose it was."""
    for place, (inspected, upload) in enumerate(screenshots, 1):
        ending = {"image/png": "png", "image/jpeg": "jpg"}.get(inspected.type, "pdf")
        attachment = ComplaintAttachment(
            complaint=row, name=f"{row.case_no}-{place}.{ending}", content_type=inspected.type, size=inspected.size,
            sha256=inspected.sha256, uploaded_at=now,
        )  # fmt: skip
        attachment.file.save(f"{secrets.token_hex(16)}", upload, save=False)
        attachment.save()
