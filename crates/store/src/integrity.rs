//! The integrity record: one digest over every row, and its tag (STORE 4.3, 4.4).

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::key::StoreKey;
use crate::schema::{self, Step};

const LABEL: &[u8] = b"quorate/store/v1/rows";

/// The digest that the rows have, which is also the one recorded: no row changed by accident. Needs no key.
pub(crate) fn undamaged(connection: &Connection, step: &Step) -> Result<[u8; 32], Failure> {
    let structure: String =
        connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if structure != "ok" {
        return Err(Failure::Damaged("its pages do not fit together"));
    }
    let digest = digest(connection, step)?;
    let recorded: [u8; 32] =
        connection.query_row("SELECT digest FROM integrity", (), |row| row.get(0))?;
    if digest != recorded {
        return Err(Failure::Damaged("its rows are not those that were written"));
    }
    Ok(digest)
}

/// The recorded tag is that of `digest`: no row was changed by someone without the key.
pub(crate) fn verify(
    connection: &Connection,
    key: &StoreKey,
    digest: &[u8; 32],
) -> Result<(), Failure> {
    let tag: [u8; 32] = connection.query_row("SELECT tag FROM integrity", (), |row| row.get(0))?;
    if key.verifies(digest, &tag) {
        Ok(())
    } else {
        Err(Failure::Damaged("its rows are not those that this program wrote"))
    }
}

/// Records the rows as they are now.
pub(crate) fn record(connection: &Connection, key: &StoreKey, step: &Step) -> Result<(), Failure> {
    let digest = digest(connection, step)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO integrity (one, digest, tag) VALUES (1, ?1, ?2)")?
        .execute((digest, key.tag(&digest)))?;
    Ok(())
}

/// STORE 4.3. Every query is announced by its text, every row and value by its type, texts and blobs by their length.
pub(crate) fn digest(connection: &Connection, step: &Step) -> Result<[u8; 32], Failure> {
    let mut hash = Sha256::new_with_prefix(LABEL);
    hash.update(schema::version(connection)?.to_be_bytes());
    for query in step.covered {
        framed(&mut hash, b'q', query.as_bytes());
        // Not a cached statement: it would count the columns of the schema it was compiled for.
        let mut statement = connection.prepare(query)?;
        let columns = statement.column_count();
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            hash.update(b"r");
            for column in 0..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => hash.update(b"n"),
                    ValueRef::Integer(value) => framed(&mut hash, b'i', &value.to_be_bytes()),
                    ValueRef::Real(value) => framed(&mut hash, b'f', &value.to_be_bytes()),
                    ValueRef::Text(value) => framed(&mut hash, b't', value),
                    ValueRef::Blob(value) => framed(&mut hash, b'b', value),
                }
            }
        }
    }
    Ok(hash.finalize().into())
}

fn framed(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    // A length always fits 64 bits.
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(bytes);
}
