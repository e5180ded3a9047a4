"""Keyset pages, under the name by which the pages of supervision know them."""

from review.keyset import Page
from supervision.keyset import keyset

__all__ = ["Page", "keyset"]
