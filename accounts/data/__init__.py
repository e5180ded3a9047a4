"""Data that the portal starts with."""
