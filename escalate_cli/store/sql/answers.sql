-- What came back by the gateways: which of our messages it is about, and what became of it.

-- name: asked_by_codes
-- Our messages with one of these long codes (a JSON list).
SELECT * FROM asked
WHERE code IN (SELECT value FROM json_each(:codes))
ORDER BY notification;

-- name: asked_by_short_codes
-- Those that went by this gateway with a code that begins so (a JSON list of four characters each).
SELECT * FROM asked
WHERE gateway = :gateway AND code IS NOT NULL
    AND substr(code, 1, 4) IN (SELECT value FROM json_each(:codes))
ORDER BY notification;

-- name: asked_by_external_ids
-- Those that went by this gateway and that its provider knows by one of these ids (a JSON list).
SELECT * FROM asked
WHERE gateway = :gateway AND notification IN (
    SELECT notification_id FROM attempts
    WHERE external_id IS NOT NULL AND external_id IN (SELECT value FROM json_each(:ids))
)
ORDER BY notification;

-- name: asked_of_people
-- What asks one of these recipients (a JSON list) by this gateway, of incidents that are not over.
SELECT * FROM asked
WHERE standing <> 'resolved' AND gateway = :gateway AND kind IN ('page', 'nudge') AND attempts > 0
    AND recipient IN (SELECT value FROM json_each(:recipients))
ORDER BY notification;

-- name: asked_lately
-- What asked one of these recipients (a JSON list) by this gateway since then, whatever has become of it.
SELECT * FROM asked
WHERE notification IN (
    SELECT id FROM notifications
    WHERE recipient IN (SELECT value FROM json_each(:recipients)) AND gateway = :gateway AND status = 'sent'
        AND bundled_with IS NULL AND sent_at > :since AND kind IN ('page', 'nudge')
)
ORDER BY notification;

-- name: short_code_in_use
-- Whether a short code may not be given to an address now: it has one that begins so, of an incident that
-- runs or has ended less than 30 days ago.
SELECT 1 FROM notifications n JOIN incidents i ON i.id = n.incident_id
WHERE n.gateway = :gateway AND n.code IS NOT NULL AND substr(n.code, 1, 4) = :short
    AND n.recipient = :recipient AND (i.status <> 'resolved' OR i.resolved_at > :since)
LIMIT 1;

-- name: bundled_incidents
-- The incidents that went out in one message with this notification.
SELECT DISTINCT incident_id FROM notifications WHERE id = :id OR bundled_with = :id ORDER BY incident_id;

-- name: find_answer
-- What became of something that has been read before.
SELECT * FROM answers WHERE gateway = :gateway AND external_id = :external_id;

-- name: insert_answer
-- Something was read; once.
INSERT INTO answers (
    gateway, external_id, sender, sent_at, read_at, line, person, notification_id, incident_id, word,
    action, outcome, reply, undone
) VALUES (
    :gateway, :external_id, :sender, :sent_at, :read_at, :line, :person, :notification_id, :incident_id,
    :word, :action, :outcome, :reply, :undone
)
RETURNING id;

-- name: latest_answer_of
-- The last thing that a person did by answering, since then, and that has not been taken back.
SELECT * FROM answers
WHERE person = :person AND outcome IN ('done', 'in-part') AND undone = 0 AND read_at >= :since
    AND action IN ('acknowledge', 'pass', 'resolve', 'snooze', 'yes', 'no')
ORDER BY id DESC LIMIT 1;

-- name: undo_answer
-- It was taken back.
UPDATE answers SET undone = 1 WHERE id = :id;

-- name: many_replies
-- How many sentences have been sent back to a sender since then: two robots must not go on talking.
SELECT count(*) AS many FROM answers
WHERE gateway = :gateway AND sender = :sender AND read_at > :since AND reply <> '';

-- name: was_told
-- Whether a sentence has gone out since then of what a sender sent about an incident, with this outcome and,
-- where a line is given, in these words.
SELECT 1 FROM answers
WHERE gateway = :gateway AND sender = :sender AND outcome = :outcome AND incident_id IS :incident_id
    AND read_at >= :since AND reply <> '' AND (:line IS NULL OR line = :line)
LIMIT 1;

-- name: answers_of_incident
-- The answers about an incident, oldest first.
SELECT * FROM answers WHERE incident_id = :incident_id ORDER BY id;

-- name: reader_states
-- What is remembered of every reader.
SELECT gateway, looked_at, read_at, failing_since, trouble FROM readers ORDER BY gateway;

-- name: who_answered
-- When the last answer of each person by each gateway was read.
SELECT gateway, person, max(read_at) AS at FROM answers WHERE person IS NOT NULL GROUP BY gateway, person;
