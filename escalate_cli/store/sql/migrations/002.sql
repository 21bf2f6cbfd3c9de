-- What a timeline entry tells of was a sentence and some loose facts; now its facts are an event with a type
-- (core/events). Why somebody was written to was a sentence; now it is a value, too (core/events/reasons.py). The
-- sentences stay as they are, and are read by nobody: what makes events and reasons of what version 0.1.0
-- wrote is in store/migrations/old_timelines.py and old_reasons.py, which run after this.

ALTER TABLE notifications ADD COLUMN reason TEXT NOT NULL DEFAULT '{}';
