"""The backend of the portal, which first sees to it that the embedded services run."""

from __future__ import annotations

from typing import Any

from filing_portal.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        from filing_portal.embedded.services import hold

        hold()
        return super().get_new_connection(conn_params)
