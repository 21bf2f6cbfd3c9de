-- Many incidents at once, for statistics: each statement is one scan between the first and the last number
-- that is asked for.
--
-- What went out in one message with another of the same incident is one message: its leader counts.
-- (bundled_with, three times below.)

-- name: declared_between
-- The incidents declared from `since` until `until` (half-open), oldest first.
SELECT id, title, message, severity, services, labels, status, declared_by, declared_at, resolved_at,
    config_version
FROM incidents
WHERE declared_at >= :since AND declared_at < :until
ORDER BY declared_at, id;

-- name: teams
-- The team of each escalation: a join for every message would take longer.
SELECT id, team FROM escalations WHERE incident_id BETWEEN :first AND :last;

-- name: pages
-- The pages that went out to persons, in the order of their sending.
SELECT n.incident_id, n.sent_at, substr(n.recipient, 8), n.gateway, n.escalation_id, n.level, n.page_round,
    n.created_at
FROM notifications n
WHERE n.incident_id BETWEEN :first AND :last AND n.kind = 'page'
    AND n.sent_at IS NOT NULL AND n.recipient LIKE 'person:%'
    AND (
        n.bundled_with IS NULL
        OR n.incident_id <> (SELECT l.incident_id FROM notifications l WHERE l.id = n.bundled_with)
    )
ORDER BY n.incident_id, n.sent_at, n.id;

-- name: deliveries
-- By gateway and escalation: how many messages were tried, were sent, and were tried more than once.
SELECT n.incident_id, n.gateway, n.escalation_id, count(*), sum(n.status = 'sent'), sum(n.attempts > 1)
FROM notifications n
WHERE n.incident_id BETWEEN :first AND :last AND n.kind <> 'test'
    AND (n.attempts > 0 OR n.sent_at IS NOT NULL)
    AND (
        n.bundled_with IS NULL
        OR n.incident_id <> (SELECT l.incident_id FROM notifications l WHERE l.id = n.bundled_with)
    )
GROUP BY n.incident_id, n.gateway, n.escalation_id;

-- name: failures
-- The messages that were given up, and why.
SELECT n.incident_id, n.gateway, n.escalation_id, n.recipient, n.error
FROM notifications n
WHERE n.incident_id BETWEEN :first AND :last AND n.kind <> 'test' AND n.status = 'failed'
    AND (
        n.bundled_with IS NULL
        OR n.incident_id <> (SELECT l.incident_id FROM notifications l WHERE l.id = n.bundled_with)
    )
ORDER BY n.incident_id, n.id;

-- name: events
-- The events that statistics are made of.
SELECT incident_id, at, by, data
FROM timeline
WHERE incident_id BETWEEN :first AND :last
    AND kind IN ('declared', 'escalation', 'level', 'acknowledged', 'snoozed', 'updated', 'exhausted')
ORDER BY incident_id, id;

-- name: nudges
-- What was asked, and how it was answered.
SELECT incident_id, rule, status, action, created_at, answered_at, answered_by, source, expires_at
FROM nudges
WHERE incident_id BETWEEN :first AND :last
ORDER BY incident_id, id;
