"""The authority's programming interface."""
