"""Verbs of the ledger: checkpoints and verification."""

from ledger.domain.checkpoints import checkpoint
from ledger.domain.verify import Finding, verify

__all__ = ["Finding", "checkpoint", "verify"]
