-- What the installation remembers besides incidents: facts, by name, and configurations that were valid.

-- name: find_fact
-- A remembered value.
SELECT value FROM facts WHERE name = :name;

-- name: find_number
-- A remembered number; 0 for text that is none, since no incident may wait for that.
SELECT CAST(value AS INTEGER) AS number FROM facts WHERE name = :name;

-- name: remember_fact
-- A value under a name, in place of the one before.
INSERT INTO facts (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: count_fact
-- One more of what a fact counts: where rows are a million, counting them at every pass would cost too much.
INSERT INTO facts (name, value) VALUES (:name, '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(facts.value AS INTEGER) + 1 AS TEXT);

-- name: move_incidents_back
-- The clock was set back: whatever of a running incident waits for a moment, or reckons from one, moves with
-- it.
UPDATE incidents
SET next_due_at = next_due_at - :span,
    open_since = open_since - :span,
    unacknowledged_since = unacknowledged_since - :span,
    message_since = message_since - :span,
    severity_since = severity_since - :span
WHERE status <> 'resolved';

-- name: move_escalations_back
-- The same for levels to come and snoozes.
UPDATE escalations SET next_at = next_at - :span, snoozed_until = snoozed_until - :span
WHERE status <> 'stopped';

-- name: move_notifications_back
-- The same for messages to come, and for the leases of those on their way.
UPDATE notifications SET due_at = due_at - :span, lease_until = lease_until - :span
WHERE status IN ('pending', 'retrying', 'sending');

-- name: move_nudges_back
-- The same for questions that wait for an answer.
UPDATE nudges SET expires_at = expires_at - :span WHERE status = 'open';

-- name: move_maintenance_back
-- The same for every maintenance.
UPDATE maintenance SET start_at = start_at - :span, until_at = until_at - :span;

-- name: move_alerts_back
-- The same for every alert that something waits for.
UPDATE alerts SET since = since - :span, heard_at = heard_at - :span, due_at = due_at - :span;

-- name: keep_configuration
-- A configuration that was valid, as the last one used. Its version is made of its content: it changes only
-- its time.
INSERT INTO configurations (version, used_at, document) VALUES (:version, :used_at, :document)
ON CONFLICT (version) DO UPDATE SET used_at = excluded.used_at;

-- name: last_version
-- Which valid configuration was used last.
SELECT version FROM configurations ORDER BY used_at DESC LIMIT 1;

-- name: find_configuration
-- A kept configuration: an incident is explained by the one it was declared with.
SELECT document FROM configurations WHERE version = :version;

-- name: facts_between
-- The facts whose names are from `first` up to `last`, not included: those of one kind begin alike.
SELECT name, value FROM facts WHERE name >= :first AND name < :last ORDER BY name;

-- name: forget_fact
-- A fact that is none any more.
DELETE FROM facts WHERE name = :name;
