"""What the law and the authorities have set: articles, working days, clocks, policies (floor 1)."""
