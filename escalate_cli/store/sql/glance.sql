-- A glance at what is open, for the completion of a shell: read only, and not through `Database`.

-- name: open_incidents
-- What is not resolved: what nobody has taken first, of these the newest.
SELECT id, title, severity, status, key FROM incidents WHERE status <> 'resolved'
ORDER BY status <> 'open', id DESC LIMIT 200;

-- name: latest_incidents
-- The last ones, open or over.
SELECT id, title, severity, status, key FROM incidents ORDER BY id DESC LIMIT 30;

-- name: open_nudges
-- The questions that wait for an answer.
SELECT id, incident_id, action FROM nudges WHERE status = 'open' ORDER BY id LIMIT 200;
