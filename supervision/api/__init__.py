"""The interfaces of supervision: authorities, partner departments, providers, and the public lists."""
