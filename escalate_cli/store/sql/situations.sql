-- Incidents with everything around them: escalations, notifications, nudges, the timeline, turns and
-- maintenance.
--
-- What is inserted or changed as a whole names each field of its type: a test compares.

-- name: find_incident
-- One incident, to be acted on.
SELECT * FROM incidents WHERE id = :id;

-- name: escalations_of
-- Its escalations, in the order in which they began.
SELECT * FROM escalations WHERE incident_id = :incident_id ORDER BY id;

-- name: notifications_of
-- Its notifications, in the order in which they were planned.
SELECT * FROM notifications WHERE incident_id = :incident_id ORDER BY id;

-- name: nudges_of
-- Its nudges, in the order in which they were asked.
SELECT * FROM nudges WHERE incident_id = :incident_id ORDER BY id;

-- name: turns_of
-- The turn that it took in each team that takes turns.
SELECT team, turn FROM turns WHERE incident_id = :incident_id;

-- name: next_turns
-- Round robin: each team's next turn, for whatever is declared next.
SELECT team, max(turn) + 1 AS turn FROM turns GROUP BY team;

-- name: insert_incident
-- A new incident. Its number is given by us, above every one that people may still remember, and not by the
-- database.
INSERT INTO incidents (
    id, title, severity, declared_at, updated_at, key, message, status, services, labels, lead, declared_by,
    acknowledged_at, acknowledged_by, resolved_at, next_due_at, config_version, routing, open_since,
    unacknowledged_since, message_since, severity_since, raised_at, scope_grew_at, latest_update,
    suggestion, tell, rules
) VALUES (
    :id, :title, :severity, :declared_at, :updated_at, :key, :message, :status, :services, :labels, :lead,
    :declared_by, :acknowledged_at, :acknowledged_by, :resolved_at, :next_due_at, :config_version, :routing,
    :open_since, :unacknowledged_since, :message_since, :severity_since, :raised_at, :scope_grew_at,
    :latest_update, :suggestion, :tell, :rules
)
RETURNING id;

-- name: update_incident
-- An incident, as it is now.
UPDATE incidents
SET
    title = :title, severity = :severity, declared_at = :declared_at, updated_at = :updated_at, key = :key,
    message = :message, status = :status, services = :services, labels = :labels, lead = :lead,
    declared_by = :declared_by, acknowledged_at = :acknowledged_at, acknowledged_by = :acknowledged_by,
    resolved_at = :resolved_at, next_due_at = :next_due_at, config_version = :config_version,
    routing = :routing, open_since = :open_since, unacknowledged_since = :unacknowledged_since,
    message_since = :message_since, severity_since = :severity_since, raised_at = :raised_at,
    scope_grew_at = :scope_grew_at, latest_update = :latest_update, suggestion = :suggestion, tell = :tell,
    rules = :rules
WHERE id = :id;

-- name: insert_escalation
-- A new escalation.
INSERT INTO escalations (
    incident_id, team, policy, status, level, cycle, next_at, because, services, urgency, paged, owed, held,
    acked_by, passed, page_round, involved_by, acknowledged_at, acknowledged_by, snoozed_until, muted
) VALUES (
    :incident_id, :team, :policy, :status, :level, :cycle, :next_at, :because, :services, :urgency, :paged,
    :owed, :held, :acked_by, :passed, :page_round, :involved_by, :acknowledged_at, :acknowledged_by,
    :snoozed_until, :muted
)
RETURNING id;

-- name: update_escalation
-- An escalation, as it is now.
UPDATE escalations
SET
    team = :team, policy = :policy, status = :status, level = :level, cycle = :cycle, next_at = :next_at,
    because = :because, services = :services, urgency = :urgency, paged = :paged, owed = :owed,
    held = :held, acked_by = :acked_by, passed = :passed, page_round = :page_round,
    involved_by = :involved_by,
    acknowledged_at = :acknowledged_at, acknowledged_by = :acknowledged_by, snoozed_until = :snoozed_until,
    muted = :muted
WHERE id = :id;

-- name: insert_nudge
-- A new nudge; its number is given by us, like an incident's.
INSERT INTO nudges (
    id, incident_id, rule, proposal, action, asked, created_at, status, expires_at, answered_by,
    answered_at, source
) VALUES (
    :id, :incident_id, :rule, :proposal, :action, :asked, :created_at, :status, :expires_at, :answered_by,
    :answered_at, :source
)
RETURNING id;

-- name: update_nudge
-- A nudge, as it is now.
UPDATE nudges
SET
    rule = :rule, proposal = :proposal, action = :action, asked = :asked, created_at = :created_at,
    status = :status, expires_at = :expires_at, answered_by = :answered_by, answered_at = :answered_at,
    source = :source
WHERE id = :id;

-- name: insert_notification
-- A new notification.
INSERT INTO notifications (
    incident_id, kind, recipient, gateway, address, because, due_at, urgency, status, attempts,
    escalation_id, nudge_id, level, page_round, step, late, note, sent_at, error, unsure, held_back,
    bundled_with, stopped, source, created_at, reason, code
) VALUES (
    :incident_id, :kind, :recipient, :gateway, :address, :because, :due_at, :urgency, :status, :attempts,
    :escalation_id, :nudge_id, :level, :page_round, :step, :late, :note, :sent_at, :error, :unsure,
    :held_back, :bundled_with, :stopped, :source, :created_at, :reason, :code
)
RETURNING id;

-- name: change_notification
-- Of a stored notification a plan changes only whether and when it is wanted, and only where it still stands
-- as it was when the plan was made: what has been claimed meanwhile is its sender's.
UPDATE notifications SET status = :status, due_at = :due_at, stopped = :stopped
WHERE id = :id AND status = :status_before;

-- name: insert_turn
-- The turn that an incident takes in a team; two at once cannot take the same.
INSERT INTO turns (team, turn, incident_id) VALUES (:team, :turn, :incident_id);

-- name: highest_incident
-- The highest number of an incident that is here.
SELECT max(id) AS highest FROM incidents;

-- name: highest_nudge
-- The highest number of a nudge that is here.
SELECT max(id) AS highest FROM nudges;

-- name: append_entry
-- One more entry of the timeline, which is only ever appended to.
INSERT INTO timeline (incident_id, at, kind, by, text, data)
VALUES (:incident_id, :at, :kind, :by, :text, :data);

-- name: timeline_of
-- The timeline of an incident, oldest first.
SELECT at, by, text, data FROM timeline WHERE incident_id = :incident_id ORDER BY id;

-- name: acted_besides
-- Who has answered what they were paged for besides the escalations, since it is open, and when last.
SELECT t.by, max(t.at) AS at
FROM timeline t JOIN incidents i ON i.id = t.incident_id
WHERE t.incident_id = :incident_id AND t.kind IN ('acknowledged', 'passed') AND t.at >= i.open_since
  AND t.by IS NOT NULL
  AND json_extract(t.data, '$.event') IN ('acknowledged-besides', 'passed-besides')
  AND NOT EXISTS (
      SELECT 1 FROM timeline b
      WHERE b.incident_id = t.incident_id AND b.by = t.by AND b.kind = 'passed' AND b.id > t.id
          AND json_extract(b.data, '$.event') = 'besides-taken-back'
  )
GROUP BY t.by;

-- name: has_entry
-- Whether its timeline has this event, so that nothing is said twice.
SELECT 1 FROM timeline WHERE incident_id = :incident_id AND data = :data LIMIT 1;

-- name: latest_entries
-- The last things that happened anywhere, the latest first.
SELECT incident_id, at, by, text, data FROM timeline ORDER BY id DESC LIMIT :limit;

-- name: resolvers
-- Who ended each of these incidents, the last time last.
SELECT incident_id, by FROM timeline
WHERE incident_id IN (SELECT value FROM json_each(:ids)) AND kind = 'resolved' ORDER BY id;

-- name: exists
-- Whether there is such an incident.
SELECT 1 FROM incidents WHERE id = :id;

-- name: open_with_key
-- The incident that a monitor's key leads to: the one that is not resolved.
SELECT id FROM incidents WHERE key = :key AND status <> 'resolved';

-- name: latest_with_key
-- The same; where none is open, the last one that had the key.
SELECT id FROM incidents WHERE key = :key ORDER BY status = 'resolved', id DESC LIMIT 1;

-- name: labels_like
-- The labels of the incidents whose labels have this text: what has been imported before is found by its
-- label.
SELECT labels FROM incidents WHERE labels LIKE :pattern;

-- name: due
-- What asks to be looked at, the longest due first.
SELECT id FROM incidents WHERE next_due_at <= :now ORDER BY next_due_at, id LIMIT :limit;

-- name: push_ahead
-- Look at this one no earlier than this: it could not be dealt with, and must not stop the others.
UPDATE incidents SET next_due_at = :until WHERE id = :id;

-- name: look_at_all
-- Have every running incident looked at by then, as when maintenance begins.
UPDATE incidents SET next_due_at = min(coalesce(next_due_at, :at), :at) WHERE status <> 'resolved';

-- name: next_due_at
-- When anything is due next: an incident to look at, a notification to send, a lease that
-- ends, an alert that has fired for long enough.
SELECT min(at) AS at FROM (
    SELECT min(next_due_at) AS at FROM incidents WHERE next_due_at IS NOT NULL
    UNION ALL SELECT min(due_at) FROM notifications WHERE status IN ('pending', 'retrying')
    UNION ALL SELECT min(lease_until) FROM notifications WHERE status = 'sending'
    UNION ALL SELECT min(due_at) FROM alerts WHERE due_at IS NOT NULL
);

-- name: running_ids
-- The numbers of what runs, to find those that cannot be read.
SELECT id FROM incidents WHERE status <> 'resolved' ORDER BY id;

-- name: list_running
-- What runs, the latest number first, but for those of a JSON list (they cannot be read).
SELECT * FROM incidents
WHERE status <> 'resolved' AND id NOT IN (SELECT value FROM json_each(:without))
ORDER BY id DESC;

-- name: list_of_status
-- The same for one status.
SELECT * FROM incidents
WHERE status = :status AND id NOT IN (SELECT value FROM json_each(:without))
ORDER BY id DESC;

-- name: list_all
-- Everything, or everything of one status, declared last first: what was imported is older than its number.
SELECT * FROM incidents
WHERE (:status IS NULL OR status = :status) AND id NOT IN (SELECT value FROM json_each(:without))
ORDER BY declared_at DESC, id DESC;

-- name: running
-- Of everything that runs, what an order looks at: there may be thousands, of which few have a line.
SELECT id, severity, status, declared_at FROM incidents WHERE status <> 'resolved';

-- name: find_incidents
-- The incidents of a JSON list, in the order of their numbers.
SELECT * FROM incidents WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: escalations_of_several
-- The escalations of the incidents of a JSON list.
SELECT * FROM escalations WHERE incident_id IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: nudges_of_several
-- The nudges of the incidents of a JSON list.
SELECT * FROM nudges WHERE incident_id IN (SELECT value FROM json_each(:ids)) ORDER BY id;

-- name: waiting
-- What is still to be sent, of all incidents, the soonest first: later notification steps and retries.
SELECT * FROM notifications WHERE status IN ('pending', 'retrying') ORDER BY due_at, id;

-- name: incident_of_nudge
-- The incident that a nudge belongs to: people answer by the nudge's number.
SELECT incident_id FROM nudges WHERE id = :id;

-- name: open_nudges
-- The nudges that wait for an answer, oldest first.
SELECT * FROM nudges WHERE status = 'open' ORDER BY id;

-- name: latest_maintenance
-- Maintenance, what was recorded last first: the latest thousand, and those that last longest, so that
-- however many there were, no pass reads them all.
SELECT * FROM maintenance
WHERE id IN (SELECT id FROM maintenance ORDER BY id DESC LIMIT 1000)
    OR id IN (SELECT id FROM maintenance ORDER BY until_at DESC LIMIT 100)
ORDER BY id DESC;

-- name: insert_maintenance
-- A maintenance of a service.
INSERT INTO maintenance (
    service, start_at, until_at, reason, by
) VALUES (
    :service, :start_at, :until_at, :reason, :by
)
RETURNING id;

-- name: known_incidents
-- What a copy of the database and the database itself are compared by, before the copy is put back.
SELECT id, title, status FROM incidents ORDER BY id;
