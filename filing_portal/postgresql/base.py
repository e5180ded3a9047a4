"""The backend: Django's own for PostgreSQL, which asks the socket before it asks the server.

Django proves a kept connection before each request with a statement of its own (``CONN_HEALTH_CHECKS``): a round
trip, a fifth of the time of a search. A server that went away closes its connections, which the socket shows at
once; and a server has nothing to say on an idle connection otherwise.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection still lives; one whose socket has something to say is asked by a statement."""
        if self.connection is None or self.connection.closed:
            return False
        try:
            told, _none, _errors = select.select([self.connection], [], [], 0)
        except (OSError, ValueError):  # the descriptor is gone, or too high for select
            told = [self.connection]
        return super().is_usable() if told else True
