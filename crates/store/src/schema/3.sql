-- Schema 3: keys of single chains, which existed before their vault, and what a restored backup says besides.
ALTER TABLE sharing ADD COLUMN imported INTEGER NOT NULL DEFAULT 0 CHECK (imported IN (0, 1));
-- Pairs of a chain's name and its key in hex.
ALTER TABLE sharing ADD COLUMN chain_keys TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(chain_keys));

CREATE TRIGGER a_sharing_keeps_its_chain_keys BEFORE UPDATE OF imported, chain_keys ON sharing
BEGIN SELECT RAISE(ABORT, 'a sharing keeps what it is'); END;

-- The table of schema 1, with more kinds of secrets; and its triggers, which go with the table they are on.
CREATE TABLE secret (
    fsid   BLOB NOT NULL REFERENCES sharing (fsid),
    kind   TEXT NOT NULL CHECK (kind IN ('ecdsa', 'eddsa', 'rest') OR kind GLOB 'chain [0-9a-f]*'),
    nonce  BLOB NOT NULL UNIQUE CHECK (length(nonce) = 24),
    sealed BLOB NOT NULL,
    PRIMARY KEY (fsid, kind)
) STRICT;

INSERT INTO secret (fsid, kind, nonce, sealed) SELECT fsid, kind, nonce, sealed FROM share;
DROP TABLE share;
ALTER TABLE secret RENAME TO share;

CREATE TRIGGER a_share_comes_with_its_sharing BEFORE INSERT ON share
WHEN (SELECT state FROM sharing WHERE fsid = NEW.fsid) IS NOT 'staged'
BEGIN SELECT RAISE(ABORT, 'a share is written when its sharing is staged'); END;

CREATE TRIGGER a_share_is_never_overwritten BEFORE UPDATE ON share
BEGIN SELECT RAISE(ABORT, 'a share is never overwritten'); END;

CREATE TRIGGER a_share_is_kept BEFORE DELETE ON share
WHEN EXISTS (
    SELECT 1 FROM sharing JOIN vault ON vault.key = sharing.vault
    WHERE sharing.fsid = OLD.fsid AND sharing.state <> 'staged' AND NOT sharing.erased AND NOT vault.forgotten)
BEGIN SELECT RAISE(ABORT, 'a share is deleted only when its sharing is erased, or its vault forgotten'); END;
