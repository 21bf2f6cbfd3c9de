"""What comes back by the gateways: the only IMAP and the only polling. A file each way; all give `Arrived`."""
