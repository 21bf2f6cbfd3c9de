-- The auditor's questions. They are asked at every pass, so each finds its rows by an index: a million past
-- notifications must cost nothing. But not by the index alone that the engine finds its work by: what that
-- one hides nobody would ever see. What is running is found by its own index, which SQLite takes only for "<>
-- 'resolved'" in so many words.
--
-- In vain is a page that was given up, or tried so often that whoever waits for it should not wait any
-- longer: 'failed', or 'retrying' after four attempts. (What only this machine keeps back is never given up.)

-- name: nothing_due
-- Open, acknowledged by nobody, and never looked at again.
SELECT id FROM incidents INDEXED BY incidents_running
WHERE status <> 'resolved' AND status = 'open' AND next_due_at IS NULL
ORDER BY id
LIMIT 100;

-- name: overdue
-- Due, and not looked at. (`late`: what was due before then should have been dealt with.)
SELECT id, next_due_at FROM incidents INDEXED BY incidents_running
WHERE status <> 'resolved' AND next_due_at < :late
ORDER BY next_due_at
LIMIT 100;

-- name: stuck
-- Claimed, and the lease is long over. By the index of what is claimed, which may be damaged, and by that of
-- the incident, as far as that is running.
SELECT id, incident_id, kind, lease_until AS at FROM notifications
WHERE status = 'sending' AND lease_until < :late
UNION
SELECT id, incident_id, kind, lease_until AS at FROM notifications INDEXED BY notifications_of
WHERE incident_id IN (SELECT id FROM incidents INDEXED BY incidents_running WHERE status <> 'resolved')
    AND status = 'sending' AND lease_until < :late
ORDER BY at, id
LIMIT 100;

-- name: is_stuck
-- The same of one, by the table itself: an index may show what is no more.
SELECT 1 FROM notifications WHERE id = :id AND status = 'sending' AND lease_until < :late;

-- name: unsent
-- Due, and not sent. By the index of what is due, and by that of the incident, like `stuck`.
SELECT id, incident_id, kind, due_at AS at FROM notifications
WHERE status IN ('pending', 'retrying') AND due_at < :late
UNION
SELECT id, incident_id, kind, due_at AS at FROM notifications INDEXED BY notifications_of
WHERE incident_id IN (SELECT id FROM incidents INDEXED BY incidents_running WHERE status <> 'resolved')
    AND status IN ('pending', 'retrying') AND due_at < :late
ORDER BY at, id
LIMIT 100;

-- name: is_unsent
-- The same of one, by the table itself.
SELECT 1 FROM notifications WHERE id = :id AND status IN ('pending', 'retrying') AND due_at < :late;

-- name: unreached
-- Its policy leads nowhere: pages were in vain, none has arrived, and none is on its way.
SELECT i.id FROM incidents i
WHERE i.status <> 'resolved' AND i.status = 'open' AND i.declared_at < :late
    AND NOT EXISTS (
        SELECT 1 FROM notifications n
        WHERE n.incident_id = i.id AND n.kind = 'page' AND n.status <> 'cancelled'
            AND NOT (n.status = 'failed' OR (n.status = 'retrying' AND n.attempts >= 4))
    )
    AND EXISTS (
        SELECT 1 FROM notifications n
        WHERE n.incident_id = i.id AND n.kind = 'page'
            AND (n.status = 'failed' OR (n.status = 'retrying' AND n.attempts >= 4))
    )
ORDER BY i.id
LIMIT 100;

-- name: is_any_in_vain
-- Whether anything that runs was paged in vain. Usually not, and this is all that is asked. (A cross join, so
-- that SQLite begins with what is running.)
SELECT 1 FROM incidents i CROSS JOIN notifications n ON n.incident_id = i.id
WHERE i.status <> 'resolved' AND n.kind = 'page'
    AND (n.status = 'failed' OR (n.status = 'retrying' AND n.attempts >= 4))
LIMIT 1;

-- name: paged_in_vain
-- The recipients whose addresses lead nowhere: everything that running incidents sent them was in vain, or
-- called off before it was sent. With the incident that the finding is about, if possible one that is open.
SELECT vain.recipient, about.id, about.declared_at
FROM (
    SELECT n.recipient, min(iif(i.status = 'open', i.id, NULL)) AS open, min(i.id) AS running
    FROM incidents i CROSS JOIN notifications n ON n.incident_id = i.id
    WHERE i.status <> 'resolved' AND n.kind = 'page' AND n.status <> 'cancelled'
    GROUP BY n.recipient
    HAVING min(n.status = 'failed' OR (n.status = 'retrying' AND n.attempts >= 4)) = 1
) vain JOIN incidents about ON about.id = coalesce(vain.open, vain.running)
ORDER BY vain.recipient
LIMIT 100;
