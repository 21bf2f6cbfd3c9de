-- Who reads answers by each gateway, how far, and whether that can be done.

-- name: what_waits
-- The gateways by which somebody was asked of whom an answer may still come, of incidents that run or have
-- ended since `ended`; those of mail (a JSON list) by which anybody was written to since `mailed`; and those
-- by which test messages wait.
SELECT gateway, min(since) AS since, max(paging) AS paging
FROM (
    SELECT n.gateway, n.created_at AS since,
        CASE WHEN r.status = 'open' AND n.kind = 'page' THEN r.id ELSE 0 END AS paging
    FROM (
        SELECT id, status FROM incidents WHERE status <> 'resolved'
        UNION ALL
        SELECT id, status FROM incidents WHERE resolved_at > :ended AND status = 'resolved'
    ) r JOIN notifications n ON n.incident_id = r.id
    WHERE n.attempts > 0 AND (
        (n.kind IN ('page', 'nudge') AND n.recipient LIKE 'person:%')
        OR (n.sent_at > :mailed AND n.gateway IN (SELECT value FROM json_each(:mail)))
    )
    UNION ALL
    SELECT gateway, created_at, 0 FROM trials WHERE until > :now
)
GROUP BY gateway
ORDER BY gateway;

-- name: waiting_incidents
-- The running incidents of which somebody was asked by this gateway.
SELECT DISTINCT n.incident_id AS id FROM incidents i JOIN notifications n ON n.incident_id = i.id
WHERE i.status <> 'resolved' AND n.gateway = :gateway AND n.attempts > 0 AND n.kind IN ('page', 'nudge')
ORDER BY n.incident_id;

-- name: unanswered
-- The provider's ids of what asks people by this gateway and has no answer yet, of incidents that run or have
-- ended since `ended`; the latest first. Before them those of test messages.
SELECT external_id AS id FROM trials
WHERE until > :ended AND answered_at IS NULL AND gateway = :gateway AND external_id IS NOT NULL
UNION ALL
SELECT id FROM (
    SELECT a.external_id AS id
    FROM (
        SELECT id FROM incidents WHERE status <> 'resolved'
        UNION ALL
        SELECT id FROM incidents WHERE resolved_at > :ended AND status = 'resolved'
    ) r JOIN notifications n ON n.incident_id = r.id JOIN attempts a ON a.notification_id = n.id
    WHERE n.gateway = :gateway AND n.kind IN ('page', 'nudge') AND n.recipient LIKE 'person:%'
        AND a.external_id IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM answers w WHERE w.gateway = :gateway AND w.external_id = a.external_id
        )
    ORDER BY a.id DESC
    LIMIT 100
);

-- name: lease_reader
-- Read by a gateway until then, where nobody else does: one reader a gateway. A lease that is longer than any
-- is of a clock that was set back.
INSERT INTO readers (gateway, source, token, lease_until) VALUES (:gateway, '', :token, :until)
ON CONFLICT (gateway) DO UPDATE SET token = excluded.token, lease_until = excluded.lease_until
WHERE readers.token IS NULL OR readers.token = excluded.token
    OR readers.lease_until <= :now OR readers.lease_until > :longest
RETURNING *;

-- name: release_reader
-- Whoever has read lets others.
UPDATE readers SET token = NULL, lease_until = NULL WHERE gateway = :gateway AND token = :token;

-- name: find_reader
-- How far a gateway has been read.
SELECT * FROM readers WHERE gateway = :gateway;

-- name: note_look
-- A look was good: from here the next one goes on.
UPDATE readers
SET source = :source, place = :place, looked_at = :now, read_at = :now,
    failing_since = NULL, trouble = NULL, told = 0
WHERE gateway = :gateway AND token = :token;

-- name: note_failing
-- A look was not.
UPDATE readers SET looked_at = :now, failing_since = coalesce(failing_since, :now), trouble = :trouble
WHERE gateway = :gateway AND token = :token;

-- name: note_told
-- The fallback has heard of it.
UPDATE readers SET told = 1 WHERE gateway = :gateway;
