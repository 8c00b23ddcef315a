-- A ledger as the first version of its tables made it, killed while row 3 was being sent; as text, so that
-- nothing of today has a hand in it.
BEGIN TRANSACTION;
CREATE TABLE events (seq INTEGER PRIMARY KEY, at_s REAL NOT NULL, run INTEGER NOT NULL,
                     kind TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "facts" VALUES('base_url','"https://example.com"');
INSERT INTO "facts" VALUES('floor','"100"');
INSERT INTO "facts" VALUES('id','"67e180f2e23844c195056abb4769c8f9"');
INSERT INTO "facts" VALUES('phase','"staged"');
INSERT INTO "facts" VALUES('staging','"2"');
CREATE TABLE left_out (what TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE originals (row INTEGER PRIMARY KEY REFERENCES rows, original TEXT NOT NULL);
INSERT INTO "originals" VALUES(1,'["a","original"]');
INSERT INTO "originals" VALUES(2,'["b","original"]');
INSERT INTO "originals" VALUES(3,'["c","original"]');
INSERT INTO "originals" VALUES(4,'["d","original"]');
INSERT INTO "originals" VALUES(5,'["e","original"]');
CREATE TABLE owned (object_id TEXT PRIMARY KEY, row INTEGER NOT NULL UNIQUE REFERENCES rows,
                    number INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "owned" VALUES('"id-101"',1,101);
INSERT INTO "owned" VALUES('"id-103"',3,103);
CREATE TABLE requests (
    row INTEGER NOT NULL REFERENCES rows, ordinal INTEGER NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, body BLOB NOT NULL, uploads TEXT NOT NULL,
    contact BLOB NOT NULL,
    PRIMARY KEY (row, ordinal)
);
INSERT INTO "requests" VALUES(1,0,'POST','/v2/tickets',X'7B227469746C65223A226120C39C227D','[]',X'');
INSERT INTO "requests" VALUES(1,1,'POST','/v2/tickets/{number}/reply',X'7B22626F6479223A2231227D','[]',X'');
INSERT INTO "requests" VALUES(2,0,'POST','/v2/tickets',X'7B227469746C65223A2262227D','[]',X'');
INSERT INTO "requests" VALUES(3,0,'POST','/v2/tickets',X'7B227469746C65223A2263227D','[]',X'');
INSERT INTO "requests" VALUES(3,1,'POST','/v2/tickets/{number}/reply',X'7B22626F6479223A2231227D','[]',X'');
INSERT INTO "requests" VALUES(4,0,'POST','/v2/tickets',X'7B227469746C65223A2264227D','[]',X'');
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
INSERT INTO "rows" VALUES(1,'"a"','"t.csv"','""',2,0,1,'created',1,NULL,NULL,'8363a1c75401abf1c008d809537dc0e7c696c7b21223a7c38a86b5c162fac52e','""','[]','[]','[]',101,'"id-101"','"https://example.com/101"',0,NULL,NULL,NULL);
INSERT INTO "rows" VALUES(2,'"b"','"t.csv"','""',3,0,1,'failed',1,NULL,NULL,'ab7a52c2b6e7470d3e1e27b215affa734c94eeb32109b0a536ee6113e75eac26','""','[]','[]','[]',NULL,NULL,NULL,0,422,'"c"','"m"');
INSERT INTO "rows" VALUES(3,'"c"','"t.csv"','""',4,0,1,'pending',1,NULL,NULL,'328d2859d6b39cdbdfa5c148018c6a51655704fc483f51d5c628ae3e1d7064c4','""','[]','[]','[]',103,'"id-103"','"https://example.com/103"',0,NULL,NULL,NULL);
INSERT INTO "rows" VALUES(4,'"d"','"t.csv"','""',5,0,1,'pending',0,NULL,NULL,'e9bdf14af236cb83fb5b80663d70715f8ec01855ba16cc8b39227e4984f1785d','""','[]','[]','[]',NULL,NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "rows" VALUES(5,'"e"','"t.csv"','""',6,0,2,'rejected',0,NULL,NULL,'','""','[{"code":"author-missing","message":"nobody","hint":"","severity":"error","ref":null,"column":"","value":"","at":""}]','[]','[]',NULL,NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "rows" VALUES(6,'"f"','"t.csv"','""',7,0,2,'skipped',0,NULL,NULL,'','"spam"','[]','[]','[]',NULL,NULL,NULL,0,NULL,NULL,NULL);
CREATE TABLE runs (run INTEGER PRIMARY KEY, options TEXT NOT NULL, started_at_s REAL NOT NULL,
                   ended_at_s REAL, exit_code INTEGER, figures TEXT NOT NULL DEFAULT '{}');
INSERT INTO "runs" VALUES(1,'{}',1.79539369670306420329e+09,NULL,NULL,'{}');
CREATE TABLE step_tally (kind TEXT NOT NULL, run INTEGER NOT NULL, steps INTEGER NOT NULL,
                         PRIMARY KEY (kind, run)) WITHOUT ROWID;
INSERT INTO "step_tally" VALUES('create',1,2);
INSERT INTO "step_tally" VALUES('reply',1,1);
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
INSERT INTO "steps" VALUES(1,0,'create','done',1,1,100,1.79539369670498681064e+09,1000.0,1001.0,NULL,NULL);
INSERT INTO "steps" VALUES(1,1,'reply','done',1,1,100,1.795393696705842495e+09,1000.0,1001.0,NULL,NULL);
INSERT INTO "steps" VALUES(2,0,'create','refused',1,1,100,1.79539369670678615573e+09,1000.0,1001.0,NULL,NULL);
INSERT INTO "steps" VALUES(3,0,'create','done',1,1,100,1.7953936967076790333e+09,1000.0,1001.0,NULL,NULL);
INSERT INTO "steps" VALUES(3,1,'reply','sending',1,1,100,1.79539369670933437344e+09,5.0,NULL,NULL,NULL);
INSERT INTO "steps" VALUES(4,0,'create','waiting',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE tally (
    status TEXT NOT NULL, run INTEGER NOT NULL, skip_reason TEXT NOT NULL, adopted INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (status, run, skip_reason, adopted)
) WITHOUT ROWID;
INSERT INTO "tally" VALUES('created',1,'""',0,1);
INSERT INTO "tally" VALUES('failed',1,'""',0,1);
INSERT INTO "tally" VALUES('pending',0,'""',0,1);
INSERT INTO "tally" VALUES('pending',1,'""',0,1);
INSERT INTO "tally" VALUES('rejected',0,'""',0,1);
INSERT INTO "tally" VALUES('skipped',0,'"spam"',0,1);
CREATE INDEX rows_pending ON rows (created_at_ms, seq) WHERE status = 'pending';
CREATE INDEX rows_wrong ON rows (seq) WHERE status IN ('rejected', 'failed');
CREATE INDEX rows_dated ON rows (created_at_ms) WHERE created_at_ms IS NOT NULL;
CREATE INDEX rows_legacy ON rows (legacy_id) WHERE legacy_id IS NOT NULL;
CREATE INDEX rows_keyless ON rows (file, sheet, source_row) WHERE key IS NULL;
CREATE INDEX steps_open ON steps (state, row, ordinal) WHERE state IN ('sending', 'in_doubt');
CREATE INDEX owned_number ON owned (number);
CREATE TRIGGER steps_done AFTER UPDATE OF state ON steps WHEN new.state = 'done' AND old.state <> 'done' BEGIN
    INSERT INTO step_tally VALUES (new.kind, new.run, 1)
        ON CONFLICT (kind, run) DO UPDATE SET steps = steps + 1;
END;
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
COMMIT;