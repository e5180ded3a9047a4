"""Words for what the ledger records (verbs) and for how an article is cited."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

# The last part of a verb: (words, family of the dot in the timeline)
VERBS: dict[str, tuple[str | Promise, str]] = {
    "create": (pgettext_lazy("act", "Filing begun"), ""),
    "start": (pgettext_lazy("act", "Filing begun"), ""),
    "submit": (pgettext_lazy("act", "Submitted; the feedback period begins"), ""),
    "resubmit": (pgettext_lazy("act", "Submitted again; the feedback period begins"), ""),
    "return_for_correction": (pgettext_lazy("act", "Returned for correction"), "act"),
    "approve": (pgettext_lazy("act", "Approved"), "ok"),
    "forward": (pgettext_lazy("act", "Verified and forwarded to the ministry"), "auth"),
    "forward_to_ministry": (pgettext_lazy("act", "Verified and forwarded to the ministry"), "auth"),
    "decline": (pgettext_lazy("act", "Declined"), ""),
    "withdraw": (pgettext_lazy("act", "Withdrawn by the provider"), ""),
    "lapse": (pgettext_lazy("act", "Lapsed: no correction arrived in time"), "law"),
    "publish": (pgettext_lazy("act", "Published, number issued"), "ok"),
    "republish": (pgettext_lazy("act", "Change filed, published anew"), "ok"),
    "assign": (pgettext_lazy("act", "Assigned"), "auth"),
    "claim": (pgettext_lazy("act", "Taken over"), "auth"),
    "reassign": (pgettext_lazy("act", "Assigned to another person"), "auth"),
    "escalate": (pgettext_lazy("act", "Feedback overdue, superior authority told"), "law"),
    "override_check": (pgettext_lazy("act", "Automatic check set aside with a reason"), "auth"),
    "request_check": (pgettext_lazy("act", "External check requested"), "auth"),
    "record_check": (pgettext_lazy("act", "External check answered"), "auth"),
    "serve": (pgettext_lazy("act", "Notice served"), ""),
    "order_rectification": (pgettext_lazy("act", "Rectification ordered"), "act"),
    "clear": (pgettext_lazy("act", "Rectified, order lifted"), "ok"),
    "take_offline": (pgettext_lazy("act", "Temporarily offline"), ""),
    "resume": (pgettext_lazy("act", "Online again"), "ok"),
    "revoke": (pgettext_lazy("act", "Revoked"), "law"),
    "cancel": (pgettext_lazy("act", "Cancelled at the provider’s request"), ""),
    "remind": (pgettext_lazy("act", "Reminder sent"), ""),
}

_DIGITS = "〇一二三四五六七八九"


def verb_words(verb: str) -> tuple[str, str]:
    """Words and family for a verb such as ``review.approve``; an unknown verb is shown as it is."""
    words, family = VERBS.get(verb.rsplit(".", 1)[-1], (verb.rsplit(".", 1)[-1].replace("_", " "), ""))
    return str(words), family


def chinese_numeral(number: int) -> str:
    """1–99 in Chinese: 13 → 十三, 24 → 二十四."""
    tens, ones = divmod(number, 10)
    text = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return text + (_DIGITS[ones] if ones or not tens else "")


def citation(key: str) -> str:
    """How an article is cited: ``me-13`` → 《管理办法》第十三条 / Measures, Art. 13."""
    found = re.fullmatch(r"(me|op|bj)-(\d+)(?:-(\d+))?", key)
    if not found:
        return key
    source, first, second = found[1], int(found[2]), int(found[3]) if found[3] else None
    if (get_language() or "zh").startswith("zh"):
        number = chinese_numeral(first)
        if source == "me":
            return f"《管理办法》第{number}条"
        if source == "op":
            return f"《意见》（{number}）"
        return f"《北京通知》{number}" + (f"（{chinese_numeral(second)}）" if second else "")
    if source == "me":
        return f"Measures, Art. {first}"
    if source == "op":
        return f"Opinions ({first})"
    return f"Beijing notice {first}" + (f" ({second})" if second else "")
