"""What comes back by the gateways: the only IMAP, the only polling. A file each way; all give `Arrival`."""
