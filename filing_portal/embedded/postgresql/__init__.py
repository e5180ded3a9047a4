"""Django's PostgreSQL backend on the embedded server, started on first use."""
