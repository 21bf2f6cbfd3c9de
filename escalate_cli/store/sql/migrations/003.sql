-- Whoever reports an incident may give an address at which to hear what becomes of it (core/incident/situation.py,
-- ReporterAddress): a list of gateway and address.

ALTER TABLE incidents ADD COLUMN tell TEXT NOT NULL DEFAULT '[]';
