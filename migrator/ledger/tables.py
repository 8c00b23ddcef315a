"""The tables and what they mean. What happens in them is in `steps.py`, `staging.py` and their like.

A new ledger is made the way an old one grows: the tables of the first version, then every change since,
so that both end up the same. The SQL keeps to what SQLite 3.31 understands, because Python uses the
system's.
"""

from __future__ import annotations

import sqlite3

BEGINNING = """
-- Small facts by name; the values are JSON, as is all text here that came from outside.
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One line a source row, lean: a report over a million of them must not drag ticket text along.
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY,
    key TEXT UNIQUE,                    -- NULL: no key of its own, so it can only be rejected or skipped
    file TEXT NOT NULL, sheet TEXT NOT NULL, source_row INTEGER NOT NULL, line INTEGER NOT NULL,
    staging INTEGER NOT NULL,           -- the staging that met it last
    status TEXT NOT NULL CHECK (status IN ('created', 'updated', 'unchanged', 'skipped', 'rejected',
                                           'failed', 'in_doubt', 'pending')),
    run INTEGER NOT NULL,               -- the run that gave it this status; 0: staging
    created_at_ms INTEGER,
    legacy_id TEXT,                     -- NULL: none is mapped
    fingerprint TEXT NOT NULL,
    skip_reason TEXT NOT NULL,
    problems TEXT NOT NULL, warnings TEXT NOT NULL, left_out TEXT NOT NULL,
    number INTEGER, object_id TEXT, url TEXT,
    adopted INTEGER NOT NULL DEFAULT 0,
    http_status INTEGER, code TEXT, message TEXT
);
CREATE INDEX rows_pending ON rows (created_at_ms, seq) WHERE status = 'pending';
CREATE INDEX rows_wrong ON rows (seq) WHERE status IN ('rejected', 'failed');
CREATE INDEX rows_dated ON rows (created_at_ms) WHERE created_at_ms IS NOT NULL;
CREATE INDEX rows_legacy ON rows (legacy_id) WHERE legacy_id IS NOT NULL;
CREATE INDEX rows_keyless ON rows (file, sheet, source_row) WHERE key IS NULL;

CREATE TABLE originals (row INTEGER PRIMARY KEY REFERENCES rows, original TEXT NOT NULL);

-- The bytes of a step never change; its state changes often, so the two are kept apart.
CREATE TABLE requests (
    row INTEGER NOT NULL REFERENCES rows, ordinal INTEGER NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, body BLOB NOT NULL, uploads TEXT NOT NULL,
    contact BLOB NOT NULL,
    PRIMARY KEY (row, ordinal)
);
CREATE TABLE steps (
    row INTEGER NOT NULL REFERENCES rows, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'done', 'refused', 'in_doubt')),
    attempts INTEGER NOT NULL DEFAULT 0,
    run INTEGER,                        -- the run that sent it last, or found out what became of it
    floor INTEGER, begun_at_s REAL, begun_server_s REAL, ended_server_s REAL,
    doubt_since_s REAL, reason TEXT,
    PRIMARY KEY (row, ordinal)
) WITHOUT ROWID;
CREATE INDEX steps_open ON steps (state, row, ordinal) WHERE state IN ('sending', 'in_doubt');

-- Which tickets are ours. Only taking a ticket back takes it out of here, into `deleted`.
CREATE TABLE owned (object_id TEXT PRIMARY KEY, row INTEGER NOT NULL UNIQUE REFERENCES rows,
                    number INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX owned_number ON owned (number);

CREATE TABLE runs (run INTEGER PRIMARY KEY, options TEXT NOT NULL, started_at_s REAL NOT NULL,
                   ended_at_s REAL, exit_code INTEGER, figures TEXT NOT NULL DEFAULT '{}');
CREATE TABLE events (seq INTEGER PRIMARY KEY, at_s REAL NOT NULL, run INTEGER NOT NULL,
                     kind TEXT NOT NULL, detail TEXT NOT NULL);

-- How many rows stand where, so that counting a million takes no time. Triggers keep it, because
-- then no statement can change a row and forget to count it.
CREATE TABLE tally (
    status TEXT NOT NULL, run INTEGER NOT NULL, skip_reason TEXT NOT NULL, adopted INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (status, run, skip_reason, adopted)
) WITHOUT ROWID;
-- How many steps each run has got done, kept in the same way.
CREATE TABLE step_tally (kind TEXT NOT NULL, run INTEGER NOT NULL, steps INTEGER NOT NULL,
                         PRIMARY KEY (kind, run)) WITHOUT ROWID;
CREATE TRIGGER steps_done AFTER UPDATE OF state ON steps WHEN new.state = 'done' AND old.state <> 'done' BEGIN
    INSERT INTO step_tally VALUES (new.kind, new.run, 1)
        ON CONFLICT (kind, run) DO UPDATE SET steps = steps + 1;
END;
-- What the tickets leave behind, added up by the stager for the same reason.
CREATE TABLE left_out (what TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER rows_come AFTER INSERT ON rows BEGIN
    INSERT INTO tally VALUES (new.status, new.run, new.skip_reason, new.adopted, 1)
        ON CONFLICT (status, run, skip_reason, adopted) DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER rows_change AFTER UPDATE OF status, run, skip_reason, adopted ON rows BEGIN
    UPDATE tally SET rows = rows - 1
        WHERE status = old.status AND run = old.run AND skip_reason = old.skip_reason
            AND adopted = old.adopted;
    INSERT INTO tally VALUES (new.status, new.run, new.skip_reason, new.adopted, 1)
        ON CONFLICT (status, run, skip_reason, adopted) DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER rows_go AFTER DELETE ON rows BEGIN
    UPDATE tally SET rows = rows - 1
        WHERE status = old.status AND run = old.run AND skip_reason = old.skip_reason
            AND adopted = old.adopted;
END;
"""
"""The first version."""

PROOF_AND_UNDO = """
-- What a row becomes when its last step is done: `updated` once it has been complete before.
ALTER TABLE rows ADD COLUMN ends_as TEXT NOT NULL DEFAULT 'created';

-- Reading everything back: each time one line, and of every row what was found last.
CREATE TABLE verifications (id INTEGER PRIMARY KEY, started_at_s REAL NOT NULL, ended_at_s REAL,
                            figures TEXT NOT NULL DEFAULT '{}');
CREATE TABLE verified (row INTEGER PRIMARY KEY REFERENCES rows, verification INTEGER NOT NULL,
                       verdict TEXT NOT NULL, compared INTEGER NOT NULL, differences TEXT NOT NULL);
CREATE INDEX verified_by ON verified (verification, row);

-- Tickets that were taken back; without a time, that is about to happen or may have happened.
CREATE TABLE deleted (object_id TEXT PRIMARY KEY, row INTEGER NOT NULL REFERENCES rows,
                      number INTEGER NOT NULL, gone_at_s REAL) WITHOUT ROWID;
CREATE INDEX deleted_number ON deleted (number) WHERE gone_at_s IS NOT NULL;
CREATE INDEX deleted_open ON deleted (row) WHERE gone_at_s IS NULL;
DROP INDEX owned_number;
CREATE INDEX owned_place ON owned (number, row);
CREATE TRIGGER steps_undone AFTER UPDATE OF state ON steps
    WHEN old.state = 'done' AND new.state <> 'done' BEGIN
    UPDATE step_tally SET steps = steps - 1 WHERE kind = old.kind AND run = old.run;
END;

-- Contacts whom we made, so that replies could be theirs.
CREATE TABLE contacts (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, email TEXT,
                       row INTEGER NOT NULL REFERENCES rows);
"""

PEOPLE = """
-- Contacts and companies that must be there before a ticket, and which rows need them.
CREATE TABLE parties (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('contact', 'company')),
    external_id TEXT, email TEXT,       -- what a party is known by; the address folded
    staging INTEGER NOT NULL,           -- the staging that met it last
    body BLOB NOT NULL,                 -- of the request that makes it
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'known', 'refused')),
    id TEXT, message TEXT NOT NULL DEFAULT '""',
    UNIQUE (kind, external_id), UNIQUE (kind, email)
);
CREATE INDEX parties_waiting ON parties (kind, seq) WHERE state = 'waiting';
CREATE INDEX parties_standing ON parties (kind, state, staging);
CREATE TABLE needs (row INTEGER NOT NULL REFERENCES rows, party INTEGER NOT NULL REFERENCES parties,
                    PRIMARY KEY (row, party)) WITHOUT ROWID;
CREATE INDEX needs_party ON needs (party);
"""

AT_A_MILLION = """
-- So that what waits is counted, and rows without a date are found, without a look at every row.
CREATE INDEX steps_waiting ON steps (state, row) WHERE state = 'waiting';
CREATE INDEX rows_undated ON rows (seq) WHERE created_at_ms IS NULL AND legacy_id IS NOT NULL;
"""

OLD_ADDRESSES = """
-- Where a ticket was to be found in the old helpdesk; NULL: nobody has said.
ALTER TABLE rows ADD COLUMN old_url TEXT;
"""

REOPENED = """
-- After how many settled steps a person was found to have opened a ticket that we had closed; 0: never.
ALTER TABLE rows ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
"""

ANSWERS = """
-- What was answered in each run, minute by minute, by HTTP status; 0: requests that got no answer.
CREATE TABLE answers (run INTEGER NOT NULL, began_s INTEGER NOT NULL, status INTEGER NOT NULL,
                      count INTEGER NOT NULL, PRIMARY KEY (run, began_s, status)) WITHOUT ROWID;
"""

CONTACTS_BEGUN = """
-- Contacts who are being made, by their address or their id in the source; what stays lost its answer.
CREATE TABLE contacts_begun (name TEXT PRIMARY KEY, row INTEGER NOT NULL REFERENCES rows);
"""

CHANGES = (PROOF_AND_UNDO, PEOPLE, AT_A_MILLION, OLD_ADDRESSES, REOPENED, ANSWERS, CONTACTS_BEGUN)
"""What each later version changed, the second one first."""

VERSION = 1 + len(CHANGES)
"""Of all this, in SQLite's `user_version`."""


def statements(script: str) -> list[str]:
    """The script in single statements: `executescript` would commit the transaction around it."""
    found, lines = [], ""
    for line in script.splitlines(keepends=True):
        lines += line
        if sqlite3.complete_statement(lines):
            found.append(lines)
            lines = ""
    return found
