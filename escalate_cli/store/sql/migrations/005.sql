-- Alerts from monitors: how each of them stands, by the monitor's own name for it (core/alerts/heard.py).
-- `alert` is what was last said of it; `due_at` is when something is to be done about it without a further
-- word: it has fired for long enough, or a heartbeat is late.
CREATE TABLE alerts (
    source          TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    standing        TEXT    NOT NULL,
    alert           TEXT    NOT NULL,
    since           INTEGER NOT NULL,
    heard_at        INTEGER NOT NULL,
    began_at        INTEGER,
    due_at          INTEGER,
    incident_id     INTEGER REFERENCES incidents (id),
    joined          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alerts_of_incident ON alerts (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alerts_over ON alerts (since) WHERE standing = 'over';
