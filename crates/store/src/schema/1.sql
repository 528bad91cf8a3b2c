-- Schema 1 (STORE 3). The rules of STORE 5 are triggers and constraints here, so that no code path avoids them;
-- their texts are what a person reads when one of them refuses. Any SQLite since 3.38 reads this file.

-- One row: what is needed before the passphrase, and the store's key, sealed under it.
CREATE TABLE home (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    device_suffix TEXT NOT NULL,
    memory_kib    INTEGER NOT NULL,
    passes        INTEGER NOT NULL,
    lanes         INTEGER NOT NULL,
    salt          BLOB NOT NULL CHECK (length(salt) = 16),
    nonce         BLOB NOT NULL CHECK (length(nonce) = 24),
    sealed_key    BLOB NOT NULL CHECK (length(sealed_key) = 48)
) STRICT;

-- One row: the digest of every other row, and its tag under the store's key.
CREATE TABLE integrity (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    tag    BLOB NOT NULL CHECK (length(tag) = 32)
) STRICT;

-- `forgotten` is set only inside the transaction that deletes the row.
CREATE TABLE vault (
    key       BLOB PRIMARY KEY CHECK (length(key) = 33),
    name      TEXT NOT NULL UNIQUE CONSTRAINT "a vault's name is not empty" CHECK (trim(name) <> ''),
    forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1))
) STRICT;

CREATE TABLE sharing (
    seq              INTEGER PRIMARY KEY,
    fsid             BLOB NOT NULL UNIQUE CHECK (length(fsid) = 32),
    vault            BLOB NOT NULL REFERENCES vault (key),
    public_key_eddsa BLOB CHECK (length(public_key_eddsa) = 32),
    chain_code       BLOB NOT NULL CHECK (length(chain_code) = 32),
    epoch            INTEGER NOT NULL CHECK (epoch >= 0),
    state            TEXT NOT NULL CHECK (state IN ('staged', 'voted', 'active', 'retired')),
    threshold        INTEGER NOT NULL,
    parties          TEXT NOT NULL CHECK (json_valid(parties)),
    me               INTEGER NOT NULL,
    digest           BLOB NOT NULL CHECK (length(digest) = 32),
    session          TEXT NOT NULL,
    previous         BLOB CHECK (length(previous) = 32),
    certificate      BLOB CONSTRAINT "a certificate is 65 bytes long" CHECK (length(certificate) = 65),
    created          INTEGER NOT NULL CHECK (created >= 0),
    backed_up        INTEGER NOT NULL CHECK (backed_up IN (0, 1)),
    erased           INTEGER NOT NULL CHECK (erased IN (0, 1)),
    CONSTRAINT "a threshold lies between 1 and the number of parties"
        CHECK (threshold BETWEEN 1 AND json_array_length(parties)),
    CONSTRAINT "this device's position lies within the parties"
        CHECK (me BETWEEN 0 AND json_array_length(parties) - 1)
) STRICT;

CREATE UNIQUE INDEX one_active_sharing ON sharing (vault) WHERE state = 'active';
CREATE UNIQUE INDEX one_coming_sharing ON sharing (vault) WHERE state IN ('staged', 'voted');

-- The secret side, encrypted; wiped when its sharing is erased or forgotten.
CREATE TABLE share (
    fsid   BLOB NOT NULL REFERENCES sharing (fsid),
    kind   TEXT NOT NULL CHECK (kind IN ('ecdsa', 'eddsa')),
    nonce  BLOB NOT NULL UNIQUE CHECK (length(nonce) = 24),
    sealed BLOB NOT NULL,
    PRIMARY KEY (fsid, kind)
) STRICT;

-- Not bound to a known sharing: a ban is never refused.
CREATE TABLE ban (
    fsid     BLOB NOT NULL CHECK (length(fsid) = 32),
    party    TEXT NOT NULL,
    check_id TEXT NOT NULL,
    at       INTEGER NOT NULL CHECK (at >= 0),
    PRIMARY KEY (fsid, party)
) STRICT, WITHOUT ROWID;

CREATE TABLE broadcast (
    seq    INTEGER PRIMARY KEY,
    intent BLOB NOT NULL CHECK (length(intent) = 32),
    txid   TEXT NOT NULL,
    at     INTEGER NOT NULL CHECK (at >= 0),
    UNIQUE (intent, txid)
) STRICT;

CREATE TRIGGER a_name_is_taken_once BEFORE INSERT ON vault
WHEN EXISTS (SELECT 1 FROM vault WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'another vault on this device has this name'); END;

CREATE TRIGGER a_new_name_is_free BEFORE UPDATE OF name ON vault
WHEN EXISTS (SELECT 1 FROM vault WHERE name = NEW.name AND key <> NEW.key)
BEGIN SELECT RAISE(ABORT, 'another vault on this device has this name'); END;

CREATE TRIGGER a_vault_keeps_its_key BEFORE UPDATE OF key ON vault
BEGIN SELECT RAISE(ABORT, 'a vault keeps its key'); END;

CREATE TRIGGER a_vault_is_kept BEFORE DELETE ON vault WHEN NOT OLD.forgotten
BEGIN SELECT RAISE(ABORT, 'a vault is deleted only when it is forgotten'); END;

CREATE TRIGGER a_sharing_is_staged_first BEFORE INSERT ON sharing
WHEN NEW.state <> 'staged' OR NEW.certificate IS NOT NULL OR NEW.backed_up OR NEW.erased
BEGIN SELECT RAISE(ABORT, 'a new sharing is staged before anything else'); END;

CREATE TRIGGER a_sharing_is_held_once BEFORE INSERT ON sharing
WHEN EXISTS (SELECT 1 FROM sharing WHERE fsid = NEW.fsid AND me = NEW.me)
BEGIN SELECT RAISE(ABORT, 'this device holds this sharing already'); END;

CREATE TRIGGER a_sharing_is_held_by_one_party BEFORE INSERT ON sharing
WHEN EXISTS (SELECT 1 FROM sharing WHERE fsid = NEW.fsid AND me <> NEW.me)
BEGIN SELECT RAISE(ABORT, 'this device already holds another party of this sharing'); END;

CREATE TRIGGER a_voted_sharing_stands BEFORE INSERT ON sharing
WHEN EXISTS (SELECT 1 FROM sharing WHERE vault = NEW.vault AND state = 'voted')
BEGIN SELECT RAISE(ABORT, 'this device has voted for another new sharing of this vault; resume that one first'); END;

CREATE TRIGGER parties_have_different_names BEFORE INSERT ON sharing
WHEN (SELECT count(DISTINCT value) FROM json_each(NEW.parties)) <> json_array_length(NEW.parties)
BEGIN SELECT RAISE(ABORT, 'the parties of a sharing have different names'); END;

CREATE TRIGGER a_sharing_goes_forward BEFORE UPDATE OF state ON sharing
WHEN (OLD.state, NEW.state) NOT IN (VALUES
    ('staged', 'voted'), ('staged', 'active'), ('voted', 'active'), ('active', 'retired'))
BEGIN SELECT RAISE(ABORT, 'only a staged sharing is voted, a staged or voted one activated, an active one retired'); END;

CREATE TRIGGER a_sharing_keeps_what_it_is BEFORE UPDATE OF
    seq, fsid, vault, public_key_eddsa, chain_code, epoch, threshold, parties, me, digest, session, previous, created
ON sharing
BEGIN SELECT RAISE(ABORT, 'a sharing keeps what it is'); END;

CREATE TRIGGER a_certificate_activates BEFORE UPDATE OF certificate ON sharing
WHEN OLD.certificate IS NOT NULL OR OLD.state NOT IN ('staged', 'voted') OR NEW.state <> 'active'
BEGIN SELECT RAISE(ABORT, 'a certificate is written once, when its sharing becomes active'); END;

CREATE TRIGGER a_backup_stays_known BEFORE UPDATE OF backed_up ON sharing
WHEN NEW.backed_up < OLD.backed_up OR OLD.erased
BEGIN SELECT RAISE(ABORT, 'only a share that is here is backed up, and the backup stays known'); END;

CREATE TRIGGER only_a_retired_sharing_is_erased BEFORE UPDATE OF erased ON sharing
WHEN NEW.erased < OLD.erased OR OLD.state <> 'retired'
BEGIN SELECT RAISE(ABORT, 'only a retired sharing is erased'); END;

CREATE TRIGGER a_sharing_is_kept BEFORE DELETE ON sharing
WHEN OLD.state <> 'staged' AND NOT (SELECT forgotten FROM vault WHERE key = OLD.vault)
BEGIN SELECT RAISE(ABORT, 'a sharing is deleted while it is staged, or with its vault'); END;

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

CREATE TRIGGER a_ban_stands BEFORE UPDATE ON ban
BEGIN SELECT RAISE(ABORT, 'a ban stands'); END;

CREATE TRIGGER a_ban_is_kept BEFORE DELETE ON ban
WHEN EXISTS (
    SELECT 1 FROM sharing JOIN vault ON vault.key = sharing.vault
    WHERE sharing.fsid = OLD.fsid AND sharing.state <> 'staged' AND NOT vault.forgotten)
BEGIN SELECT RAISE(ABORT, 'a ban is kept as long as its sharing'); END;

CREATE TRIGGER a_broadcast_stands BEFORE UPDATE ON broadcast
BEGIN SELECT RAISE(ABORT, 'a broadcast stands'); END;

CREATE TRIGGER a_broadcast_is_kept BEFORE DELETE ON broadcast
BEGIN SELECT RAISE(ABORT, 'a broadcast is kept'); END;
