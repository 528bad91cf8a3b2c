-- Schema 4: a journal of transactions in place of what was broadcast: their bytes are written down before anybody gets
-- them, and how far each has come. What earlier versions kept is in it, without what they did not know.
CREATE TABLE journal (
    seq      INTEGER PRIMARY KEY,
    intent   BLOB NOT NULL CHECK (length(intent) = 32),
    txid     TEXT NOT NULL,
    vault    BLOB CHECK (length(vault) = 33),
    chain    TEXT,
    raw      BLOB,
    summary  TEXT,
    at       INTEGER NOT NULL CHECK (at >= 0),
    progress TEXT NOT NULL CHECK (progress IN ('signed', 'handed', 'included', 'failed', 'replaced')),
    UNIQUE (intent, txid),
    CONSTRAINT "what is known of a transaction is known as a whole"
        CHECK ((vault IS NULL) = (chain IS NULL) AND (chain IS NULL) = (raw IS NULL) AND (raw IS NULL) = (summary IS NULL))
) STRICT;

INSERT INTO journal (intent, txid, at, progress)
    SELECT intent, txid, at, 'handed' FROM broadcast WHERE true ORDER BY seq ON CONFLICT DO NOTHING;
DROP TABLE broadcast;

CREATE TRIGGER a_transaction_keeps_what_it_is BEFORE UPDATE OF seq, intent, txid, vault, chain, raw, summary, at ON journal
BEGIN SELECT RAISE(ABORT, 'a transaction keeps what it is'); END;

-- What a chain has taken back may come again; what has been handed over is never merely signed again.
CREATE TRIGGER a_transaction_goes_forward BEFORE UPDATE OF progress ON journal
WHEN NEW.progress = 'signed' AND OLD.progress <> 'signed'
BEGIN SELECT RAISE(ABORT, 'a transaction that was handed over stays so'); END;

CREATE TRIGGER a_transaction_is_kept BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'a transaction is kept'); END;
