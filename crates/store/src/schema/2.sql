-- Schema 2: presignatures, encrypted. Whoever learns what two hashes made of one computes the key, so each is put once
-- and taken once; what has been taken leaves its row behind, and nothing that was in it (STORE 5.8, 5.9).
CREATE TABLE presignature (
    id      BLOB PRIMARY KEY CHECK (length(id) = 32),
    fsid    BLOB NOT NULL REFERENCES sharing (fsid),
    signers TEXT NOT NULL CHECK (json_valid(signers)),
    path    TEXT NOT NULL,
    made    INTEGER NOT NULL CHECK (made >= 0),
    nonce   BLOB NOT NULL UNIQUE CHECK (length(nonce) = 24),
    sealed  BLOB
) STRICT, WITHOUT ROWID;

CREATE TRIGGER a_presignature_is_put_once BEFORE INSERT ON presignature
WHEN EXISTS (SELECT 1 FROM presignature WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this device has had this presignature already'); END;

CREATE TRIGGER a_presignature_is_of_the_sharing_that_signs BEFORE INSERT ON presignature
WHEN (SELECT state FROM sharing WHERE fsid = NEW.fsid) IS NOT 'active' OR NEW.sealed IS NULL
BEGIN SELECT RAISE(ABORT, 'a presignature is of the sharing that signs'); END;

CREATE TRIGGER a_presignature_keeps_what_it_is BEFORE UPDATE OF id, fsid, signers, path, made, nonce ON presignature
BEGIN SELECT RAISE(ABORT, 'a presignature keeps what it is'); END;

CREATE TRIGGER a_presignature_is_taken_once BEFORE UPDATE OF sealed ON presignature
WHEN OLD.sealed IS NULL OR NEW.sealed IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a presignature is taken once'); END;

CREATE TRIGGER a_presignature_is_remembered BEFORE DELETE ON presignature
WHEN (SELECT state FROM sharing WHERE fsid = OLD.fsid) IS NOT 'retired'
    AND NOT (SELECT forgotten FROM vault WHERE key = (SELECT vault FROM sharing WHERE fsid = OLD.fsid))
BEGIN SELECT RAISE(ABORT, 'a presignature is forgotten when its sharing signs no more'); END;
