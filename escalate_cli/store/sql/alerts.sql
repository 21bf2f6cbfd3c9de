-- Alerts of monitors, each by its source and the monitor's own key.

-- name: find_alert
-- What is known of one alert.
SELECT * FROM alerts WHERE source = :source AND key = :key;

-- name: keep_alert
-- An alert as it stands now.
INSERT INTO alerts (
    source, key, standing, alert, since, heard_at, began_at, due_at, incident_id, joined
) VALUES (
    :source, :key, :standing, :alert, :since, :heard_at, :began_at, :due_at, :incident_id, :joined
)
ON CONFLICT (source, key) DO UPDATE SET
    standing = excluded.standing, alert = excluded.alert, since = excluded.since,
    heard_at = excluded.heard_at, began_at = excluded.began_at, due_at = excluded.due_at,
    incident_id = excluded.incident_id, joined = excluded.joined;

-- name: due_alerts
-- Those about which something is to be done by now, the longest due first.
SELECT * FROM alerts WHERE due_at <= :now ORDER BY due_at LIMIT :limit;

-- name: firing_alerts
-- How many alerts of an incident still fire.
SELECT count(*) AS number FROM alerts WHERE incident_id = :incident_id AND standing = 'firing';

-- name: alerts_of
-- The alerts of an incident, in the order in which they began.
SELECT * FROM alerts WHERE incident_id = :incident_id ORDER BY since, key;

-- name: firing_of_source
-- The alerts of a source that fire or settle.
SELECT * FROM alerts WHERE source = :source AND standing <> 'over';

-- name: forget_alerts
-- Those that have been over for long: their keys mean nothing any more.
DELETE FROM alerts WHERE standing = 'over' AND since < :before;

-- name: forget_alert
-- Nothing more is known of it.
DELETE FROM alerts WHERE source = :source AND key = :key;

-- name: open_about
-- The incidents that are open about one of these services (a JSON list), the oldest first. One whose services
-- are damaged is about none.
SELECT DISTINCT i.id
FROM incidents i, json_each(CASE WHEN json_valid(i.services) THEN i.services ELSE '[]' END) s
WHERE i.status <> 'resolved' AND s.value IN (SELECT value FROM json_each(:services))
ORDER BY i.id LIMIT 20;
