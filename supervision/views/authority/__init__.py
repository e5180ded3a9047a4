"""Pages of the authorities, the ministry and the partner departments."""
