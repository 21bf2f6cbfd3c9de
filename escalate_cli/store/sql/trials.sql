-- Test messages that wait for an answer: `test-page --wait`.

-- name: insert_trial
-- A test message is about to go out.
INSERT INTO trials (code, recipient, gateway, address, created_at, until)
VALUES (:code, :recipient, :gateway, :address, :created_at, :until)
RETURNING id;

-- name: forget_trials
-- Those that nobody waits for any more, since long.
DELETE FROM trials WHERE until < :before;

-- name: note_trial_sent
-- What became of sending it: when it was taken, and the provider's id of it.
UPDATE trials SET sent_at = :sent_at, external_id = :external_id, until = :until WHERE id = :id;

-- name: note_trial_heard
-- What came back to it. Once it was answered, nothing else counts.
UPDATE trials SET answered_at = :answered_at, line = :line, heard = :heard
WHERE id = :id AND answered_at IS NULL;

-- name: end_trial
-- Nobody waits for it any more.
UPDATE trials SET until = :now WHERE id = :id AND until > :now;

-- name: find_trials
-- These (a JSON list of numbers), as they stand.
SELECT * FROM trials WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: trials_by_codes
-- Those with one of these long codes (a JSON list).
SELECT * FROM asked_trials WHERE code IN (SELECT value FROM json_each(:codes)) ORDER BY trial;

-- name: trials_by_short_codes
-- Those that went by this gateway with a code that begins so (a JSON list of four characters each).
SELECT * FROM asked_trials
WHERE gateway = :gateway AND substr(code, 1, 4) IN (SELECT value FROM json_each(:codes))
ORDER BY trial;

-- name: trials_by_external_ids
-- Those that went by this gateway and that its provider knows by one of these ids (a JSON list).
SELECT * FROM asked_trials
WHERE gateway = :gateway AND external_ids IN (SELECT value FROM json_each(:ids))
ORDER BY trial;

-- name: trials_of_people
-- The ones by this gateway to one of these recipients (a JSON list) that still wait.
SELECT * FROM asked_trials
WHERE until > :now AND standing = 'open' AND gateway = :gateway
    AND recipient IN (SELECT value FROM json_each(:recipients))
ORDER BY trial;
