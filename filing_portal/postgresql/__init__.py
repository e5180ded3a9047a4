"""The database backend of the portal: Django's own, with a cheaper question whether a connection still lives."""
