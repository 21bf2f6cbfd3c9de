-- Notifications on their way out, and attempts. Who may send is decided here alone: by the WHERE of `claim`,
-- and of `record_outcome`.

-- name: waiting
-- What may be sent now, by turns: each gateway's first one first, so that a gateway's backlog never hides
-- what another could send. Of one gateway the gravest incident's first, then the longest due. `gravest_first`
-- is "|critical|major|minor|"; a severity that is not in it (the configuration has lost it) counts as the
-- gravest, since its rank is 0.
SELECT *, row_number() OVER (PARTITION BY gateway ORDER BY rank, due_at, id) AS turn
FROM (
    SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, n.due_at, i.severity,
           coalesce(instr(:gravest_first, '|' || i.severity || '|'), 0) AS rank
    FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id
    WHERE n.status IN ('pending', 'retrying') AND due_at <= :now
)
ORDER BY turn, rank, due_at, id
LIMIT :limit;

-- name: waiting_of_incident
-- The same of one incident. Another statement, so that each takes the index that it needs: here that of the
-- incident.
SELECT *, row_number() OVER (PARTITION BY gateway ORDER BY rank, due_at, id) AS turn
FROM (
    SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, n.due_at, i.severity,
           coalesce(instr(:gravest_first, '|' || i.severity || '|'), 0) AS rank
    FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id
    WHERE n.status IN ('pending', 'retrying') AND due_at <= :now AND n.incident_id = :incident_id
)
ORDER BY turn, rank, due_at, id
LIMIT :limit;

-- name: still_waits
-- Whether one may still be sent: only a look, so that a process that was too slow need not ask for the
-- database to write.
SELECT 1 FROM notifications WHERE id = :id AND status IN ('pending', 'retrying') AND due_at <= :now;

-- name: claim
-- Take one for the process that has this token, until the lease ends. The attempt is counted before anything
-- is sent: a crash can repeat a message but never lose one, and never repeat it more often than attempts are
-- allowed. No row: another was quicker, or it is no longer wanted.
UPDATE notifications
SET status = 'sending', attempts = attempts + 1, claim = :token,
    lease_until = :lease_until, bundled_with = NULL, code = coalesce(code, :code)
WHERE id = :id AND status IN ('pending', 'retrying') AND due_at <= :now
RETURNING *;

-- name: begin_attempt
-- The row of an attempt, in the same transaction as its claim.
INSERT INTO attempts (notification_id, number, began_at) VALUES (:notification_id, :number, :now)
RETURNING id;

-- name: still_claimed
-- The last look before the first byte, by the process that sends: whether any of these (a JSON list) is
-- claimed with this token and not called off.
SELECT 1 FROM notifications
WHERE claim = :token AND status = 'sending' AND stopped = 0 AND id IN (SELECT value FROM json_each(:ids))
LIMIT 1;

-- name: push_ahead_unclaimed
-- Its record cannot be read: it is tried no earlier than this, and does not stop the others.
UPDATE notifications SET due_at = :until WHERE id = :id AND status <> 'sending';

-- name: push_ahead_claimed
-- The same for one whose sender has not come back.
UPDATE notifications SET lease_until = :until WHERE id = :id AND status = 'sending';

-- name: end_attempt
-- How an attempt ended. What was recorded of it first stays: it is the reason for a repeat, if there was one.
UPDATE attempts SET ended_at = :now, outcome = :outcome, detail = :detail, external_id = :external_id
WHERE id = :id AND ended_at IS NULL;

-- name: record_outcome
-- What follows from an attempt, once, and only by the holder of the token: no row where the claim was lost to
-- another process. What was called off meanwhile is not tried again. What is once in doubt stays so.
UPDATE notifications
SET status = CASE WHEN stopped = 1 AND :status = 'retrying' THEN 'cancelled' ELSE :status END,
    due_at = coalesce(:due_at, due_at),
    sent_at = :sent_at,
    error = :error,
    unsure = max(unsure, :unsure)
WHERE id = :id AND claim = :token AND status = 'sending'
RETURNING status, incident_id;

-- name: look_again
-- Have a running incident looked at now, and never later than it would have been: what failed for good may
-- call for the next level.
UPDATE incidents SET next_due_at = :now
WHERE id = :id AND status <> 'resolved' AND (next_due_at IS NULL OR next_due_at > :now);

-- name: abandoned
-- Claimed by a sender that has not come back within its lease, with the attempt under way: it may have sent
-- them or not.
SELECT n.*, a.id AS attempt_id
FROM notifications n JOIN attempts a ON a.notification_id = n.id AND a.number = n.attempts
WHERE n.status = 'sending' AND n.lease_until <= :now
ORDER BY n.lease_until, n.id
LIMIT :limit;

-- name: count_sent
-- How many messages a recipient got through a gateway, and when the oldest went. What was sent "later than
-- now", before the clock was set back, does not count, or things would be held back until then; nor does what
-- nobody here has sent, but an import tells of.
SELECT count(*) AS many, min(sent_at) AS oldest FROM notifications
WHERE recipient = :recipient AND gateway = :gateway AND status = 'sent' AND bundled_with IS NULL
    AND sent_at > :since AND sent_at <= :now AND claim IS NOT NULL
    AND (:pages_only = 0 OR kind = 'page');

-- name: count_under_way
-- How many are just being sent there: they count, or two processes at once would send twice as much as is
-- allowed.
SELECT count(*) AS many FROM notifications
WHERE status = 'sending' AND recipient = :recipient AND gateway = :gateway AND bundled_with IS NULL
    AND (:pages_only = 0 OR kind = 'page');

-- name: severities_sent
-- The incidents' severities of the pages that were sent there, whether each led a digest, and the incident's
-- first change of severity after each message, if there was one: it says what the severity was before.
SELECT i.severity, n.held_back AS in_digest, (
    SELECT t.data FROM timeline t
    WHERE t.incident_id = n.incident_id AND t.kind = 'updated'
        AND json_valid(t.data) AND t.data ->> '$.change' = 'severity'
        AND t.id > coalesce((
            SELECT max(s.id) FROM timeline s
            WHERE s.incident_id = n.incident_id AND s.kind = 'sent' AND json_valid(s.data)
                AND s.data ->> '$.notification' = n.id
        ), 0)
    ORDER BY t.id LIMIT 1
) AS change
FROM (
    SELECT id, incident_id, held_back FROM notifications
    WHERE recipient = :recipient AND gateway = :gateway AND status = 'sent' AND bundled_with IS NULL
        AND sent_at > :since AND sent_at <= :now AND claim IS NOT NULL AND kind = 'page'
) n JOIN incidents i ON i.id = n.incident_id;

-- name: severities_under_way
-- The severities of the incidents whose pages are just being sent there, and whether each leads a digest.
SELECT i.severity, n.held_back AS in_digest
FROM notifications n JOIN incidents i ON i.id = n.incident_id
WHERE n.status = 'sending' AND recipient = :recipient AND gateway = :gateway
    AND bundled_with IS NULL AND kind = 'page';

-- name: digest_is_due
-- Whether what was held back for this address has waited long enough: then it goes out with the rest now.
SELECT 1 FROM notifications
WHERE recipient = :recipient AND gateway = :gateway AND status = 'pending' AND held_back = 1
    AND due_at <= :now AND (:pages_only = 0 OR kind = 'page')
LIMIT 1;

-- name: due_for_address
-- What is due for one recipient and gateway: over the limit, it may have to wait for a digest.
SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, i.severity
FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id
WHERE recipient = :recipient AND gateway = :gateway AND n.status IN ('pending', 'retrying') AND due_at <= :now
ORDER BY n.id;

-- name: hold_back
-- Over the limit: it waits until then, for a digest.
UPDATE notifications SET held_back = 1, due_at = :until WHERE id = :id;

-- name: held_back_pages
-- The pages that wait for a digest there.
SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, i.severity
FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id
WHERE recipient = :recipient AND gateway = :gateway AND n.status = 'pending' AND held_back = 1
    AND kind = 'page' AND due_at > :now;

-- name: release
-- It waits no longer.
UPDATE notifications SET due_at = :now WHERE id = :id;

-- name: due_beside
-- What else of the same incident is due for the same address: it goes out in the same message.
SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, i.severity
FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id
WHERE n.incident_id = :incident_id AND recipient = :recipient AND gateway = :gateway AND n.id <> :id
    AND n.status IN ('pending', 'retrying') AND due_at <= :now
ORDER BY n.id;

-- name: release_companions
-- A digest goes out now, with everything that waits for it. Not what is to be tried again: attempts that
-- follow at once would be used up before the provider is back.
UPDATE notifications SET due_at = :now
WHERE recipient = :recipient AND gateway = :gateway AND held_back = 1 AND due_at > :now
    AND status = 'pending';

-- name: companions
-- What is due for the address of a digest, and goes out in it. Nudges never do: each has an answer of its
-- own.
SELECT n.id, n.incident_id, n.gateway, n.recipient, n.kind, n.held_back, i.severity
FROM notifications n LEFT JOIN incidents i ON i.id = n.incident_id
WHERE recipient = :recipient AND gateway = :gateway AND kind <> 'nudge' AND n.id <> :id
    AND n.status IN ('pending', 'retrying') AND due_at <= :now
ORDER BY n.id;

-- name: bundle
-- It goes out in one message with another, which leads it.
UPDATE notifications SET bundled_with = :leader WHERE id = :id;

-- name: lead_digest
-- It leads a digest: whatever becomes of it, it is one of those that `[limits]` held back.
UPDATE notifications SET held_back = 1 WHERE id = :id AND held_back = 0;

-- name: incidents_paged_for
-- Of these incidents, those that somebody was paged for.
SELECT DISTINCT incident_id FROM notifications
WHERE incident_id IN (SELECT value FROM json_each(:ids)) AND kind = 'page' AND recipient = :recipient;

-- name: came_back
-- What its provider had taken could not be delivered: it failed for good, with all that went in one message.
UPDATE notifications SET status = 'failed', error = :error
WHERE (id = :id OR bundled_with = :id) AND status = 'sent'
RETURNING id, incident_id;
