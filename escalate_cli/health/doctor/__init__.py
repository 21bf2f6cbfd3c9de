"""Every finding of `doctor`."""
