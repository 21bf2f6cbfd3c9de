-- What the migration to schema 2 reads and writes, once: sentences of version 0.1.0 become events and
-- reasons.

-- name: old_sentences
-- Why somebody was written to, in each wording that there is.
SELECT DISTINCT because FROM notifications;

-- name: make_old_reasons
-- For the while of the migration: the reason that each sentence tells of.
CREATE TEMP TABLE old_reasons (because TEXT PRIMARY KEY, reason TEXT NOT NULL);

-- name: insert_old_reason
-- A sentence and its reason.
INSERT INTO old_reasons (because, reason) VALUES (:because, :reason);

-- name: give_reasons
-- Each notification is given the reason that its sentence tells of.
UPDATE notifications SET reason = (SELECT reason FROM old_reasons o WHERE o.because = notifications.because);

-- name: drop_old_reasons
-- It is not needed any more.
DROP TABLE old_reasons;

-- name: old_entries
-- The next entries of all timelines, some thousand at a time.
SELECT id, incident_id, kind, text, data FROM timeline WHERE id > :after ORDER BY id LIMIT :limit;

-- name: give_event
-- An entry's event, in place of its loose facts.
UPDATE timeline SET data = :data WHERE id = :id;

-- name: letters_at_declaration
-- The recipients of a letter that was written when their incident was declared.
SELECT n.incident_id, n.recipient
FROM notifications n JOIN incidents i ON i.id = n.incident_id
WHERE n.note = :note AND n.created_at = i.declared_at
ORDER BY n.id DESC;
