"""The programming interface of institutions."""
