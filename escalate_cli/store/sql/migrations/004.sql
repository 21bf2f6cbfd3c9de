-- Answers from where the page arrived. Every message to a person that asks something has a code
-- (core/answers/codes.py); an attempt keeps the provider's id of the message, since people answer by it; whoever
-- was paged may pass their part of a level on.

ALTER TABLE escalations ADD COLUMN passed TEXT NOT NULL DEFAULT '[]';
ALTER TABLE notifications ADD COLUMN code TEXT;
ALTER TABLE attempts ADD COLUMN external_id TEXT;

CREATE INDEX notifications_code ON notifications (code) WHERE code IS NOT NULL;
CREATE INDEX notifications_short_code ON notifications (gateway, substr(code, 1, 4)) WHERE code IS NOT NULL;
-- Answers may come for an hour after the end of an incident.
CREATE INDEX incidents_ended ON incidents (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX attempts_external_id ON attempts (external_id) WHERE external_id IS NOT NULL;

-- What came back, each once. What was not for us is not here. `line` is what was written, at most 200
-- characters; `outcome` is of
-- core/answers/outcomes.py, `reply` the sentence that was sent back.
CREATE TABLE answers (
    id              INTEGER PRIMARY KEY,
    gateway         TEXT    NOT NULL,
    external_id     TEXT    NOT NULL,
    sender          TEXT    NOT NULL,
    sent_at         INTEGER,
    read_at         INTEGER NOT NULL,
    line            TEXT    NOT NULL,
    person          TEXT,
    notification_id INTEGER REFERENCES notifications (id),
    incident_id     INTEGER REFERENCES incidents (id),
    word            TEXT,
    action          TEXT,
    outcome         TEXT    NOT NULL,
    reply           TEXT    NOT NULL DEFAULT '',
    undone          INTEGER NOT NULL DEFAULT 0,
    UNIQUE (gateway, external_id)
);
CREATE INDEX answers_of_incident ON answers (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX answers_of_sender ON answers (gateway, sender, read_at);

-- Where each gateway's reader is, and who reads now.
CREATE TABLE readers (
    gateway         TEXT    PRIMARY KEY,
    source          TEXT    NOT NULL,
    place           TEXT,
    looked_at       INTEGER,
    read_at         INTEGER,
    failing_since   INTEGER,
    trouble         TEXT,
    told            INTEGER NOT NULL DEFAULT 0,
    token           TEXT,
    lease_until     INTEGER
);

-- A message that somebody may answer, with what has to be known about it then.
CREATE VIEW asked AS
SELECT NULL AS trial, n.id AS notification, n.incident_id AS incident, n.recipient, n.gateway, n.address, n.kind, n.code,
    n.nudge_id AS nudge, n.attempts, n.created_at, n.sent_at, i.title, i.status AS standing,
    u.status AS nudge_standing,
    (SELECT group_concat(a.external_id, char(10)) FROM attempts a
     WHERE a.notification_id = n.id AND a.external_id IS NOT NULL) AS external_ids,
    EXISTS (
        SELECT 1 FROM notifications b WHERE b.bundled_with = n.id AND b.incident_id <> n.incident_id
    ) AS digest
FROM notifications n JOIN incidents i ON i.id = n.incident_id LEFT JOIN nudges u ON u.id = n.nudge_id;

-- Test messages that wait for an answer (test-page --wait), until when, and what was heard. `answered_at` is set
-- once an answer was understood, `line` is what was written, `heard` how it was recognised or why it was none.
CREATE TABLE trials (
    id              INTEGER PRIMARY KEY,
    code            TEXT    NOT NULL,
    recipient       TEXT    NOT NULL,
    gateway         TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    until           INTEGER NOT NULL,
    sent_at         INTEGER,
    external_id     TEXT,
    answered_at     INTEGER,
    line            TEXT    NOT NULL DEFAULT '',
    heard           TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX trials_code ON trials (code);
CREATE INDEX trials_until ON trials (until);
CREATE INDEX trials_external_id ON trials (external_id) WHERE external_id IS NOT NULL;

-- A test message, with what has to be known about it when an answer comes; as in `asked`.
CREATE VIEW asked_trials AS
SELECT id AS trial, 0 AS notification, 0 AS incident, 'Test message from escalate' AS title, recipient, gateway,
    address, 'test' AS kind, CASE WHEN answered_at IS NULL THEN 'open' ELSE 'acknowledged' END AS standing,
    NULL AS nudge, NULL AS nudge_standing, created_at, sent_at, code, external_id AS external_ids, 0 AS digest, until
FROM trials;
