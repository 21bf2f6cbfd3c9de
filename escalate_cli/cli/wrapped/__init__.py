"""A command of somebody else's, run as if `escalate` were not there (`escalate run`)."""
