-- How things stand, for a monitor: asked at every pass where metrics are configured.

-- name: running_by_status
-- How many incidents are open, and how many somebody has.
SELECT status, count(*) AS many FROM incidents WHERE status <> 'resolved' GROUP BY status;

-- name: unacknowledged_since
-- Since when the one that has been waiting longest has been waiting; NULL where none is.
SELECT min(unacknowledged_since) AS since FROM incidents WHERE status <> 'resolved' AND status = 'open';

-- name: count_waiting
-- How many notifications are due and not sent.
SELECT count(*) AS many FROM notifications WHERE status IN ('pending', 'retrying') AND due_at <= :now;

-- name: running_titles
-- What runs, to be told apart from what another database holds.
SELECT id, title FROM incidents WHERE status <> 'resolved';
