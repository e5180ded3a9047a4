"""The provider's programming interface."""
