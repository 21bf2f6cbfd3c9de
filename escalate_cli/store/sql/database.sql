-- The file itself: what is in it when it is opened, and the space that it keeps free.

-- name: count_tables
-- How many tables and indexes there are: an SQLite file that has some, and not our mark, is something else's.
SELECT count(*) FROM sqlite_schema;

-- name: fill_reserve
-- One page of the reserve. Filled, changed and emptied, it leaves free pages for when the disk is full.
INSERT INTO reserve (filler) VALUES (zeroblob(3900));

-- name: change_reserve
-- Every page of the reserve is changed in one transaction: that makes the journal long enough for all of
-- them.
UPDATE reserve SET filler = randomblob(3900);

-- name: empty_reserve
-- Its pages become free pages of the file.
DELETE FROM reserve;
