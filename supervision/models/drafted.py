"""What drafts share: a mark of what they say, against a change on top of a change that nobody saw."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar


class Drafted:
    """A row whose ``texts`` are replaced as a whole while it is a draft."""

    texts: ClassVar[tuple[str, ...]] = ("title_zh", "title_en", "body_zh", "body_en")

    @property
    def seen(self) -> str:
        """A mark of what the draft says now: the same for the same words, 32 hex digits."""
        said = json.dumps([getattr(self, name) for name in self.texts], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:32]
