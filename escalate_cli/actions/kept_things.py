"""What is kept in the spool: declarations, and deliveries of alerts, which this tells apart."""

from __future__ import annotations

KEPT_ALERTS = "alerts_of"
"""the field that a kept delivery of alerts has, and a kept declaration has not"""
