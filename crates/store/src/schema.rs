//! The schema, as the steps that build it (STORE 3).

use rusqlite::Connection;

/// `QUOR`, in the header of every store.
pub(crate) const APPLICATION_ID: i32 = 0x5155_4f52;

/// One version of the schema: how the one before becomes it, and what its integrity record covers.
pub(crate) struct Step {
    pub(crate) sql: &'static str,
    /// Queries; every value of every row of them enters the digest of STORE 4.3, in this order.
    pub(crate) covered: &'static [&'static str],
}

/// Every version. For a new one, `newest` moves to the end of `earlier`, unchanged: homes written by it exist.
pub(crate) struct Schema {
    pub(crate) earlier: &'static [Step],
    pub(crate) newest: Step,
}

/// What this program reads and writes.
pub(crate) static SCHEMA: Schema = Schema { earlier: &[V1, V2, V3], newest: V4 };

/// The first version.
pub(crate) const V1: Step = Step {
    sql: include_str!("schema/1.sql"),
    covered: &[
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
        "SELECT * FROM home",
        "SELECT * FROM vault ORDER BY key",
        "SELECT * FROM sharing ORDER BY seq",
        "SELECT fsid, kind, nonce FROM share ORDER BY fsid, kind",
        "SELECT * FROM ban ORDER BY fsid, party",
        "SELECT * FROM broadcast ORDER BY seq",
    ],
};

/// Keeps presignatures too.
pub(crate) const V2: Step = Step {
    sql: include_str!("schema/2.sql"),
    covered: &[
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
        "SELECT * FROM home",
        "SELECT * FROM vault ORDER BY key",
        "SELECT * FROM sharing ORDER BY seq",
        "SELECT fsid, kind, nonce FROM share ORDER BY fsid, kind",
        "SELECT * FROM ban ORDER BY fsid, party",
        "SELECT * FROM broadcast ORDER BY seq",
        "SELECT id, fsid, signers, path, made, nonce, sealed IS NULL FROM presignature ORDER BY id",
    ],
};

/// Keeps keys of single chains, and what a restored backup says besides.
pub(crate) const V3: Step = Step { sql: include_str!("schema/3.sql"), covered: V2.covered };

/// Keeps a journal of transactions.
pub(crate) const V4: Step = Step {
    sql: include_str!("schema/4.sql"),
    covered: &[
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
        "SELECT * FROM home",
        "SELECT * FROM vault ORDER BY key",
        "SELECT * FROM sharing ORDER BY seq",
        "SELECT fsid, kind, nonce FROM share ORDER BY fsid, kind",
        "SELECT * FROM ban ORDER BY fsid, party",
        "SELECT * FROM journal ORDER BY seq",
        "SELECT id, fsid, signers, path, made, nonce, sealed IS NULL FROM presignature ORDER BY id",
    ],
};

impl Schema {
    /// The newest version; they count from 1.
    pub(crate) fn version(&self) -> u32 {
        u32::try_from(self.earlier.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The step that makes a version, if there is such a version.
    pub(crate) fn step(&self, version: u32) -> Option<&Step> {
        let index = usize::try_from(version.checked_sub(1)?).ok()?;
        self.earlier.iter().chain([&self.newest]).nth(index)
    }

    /// Brings an open transaction from `version`, 0 for an empty file, to the newest one.
    pub(crate) fn upgrade(&self, connection: &Connection, version: u32) -> rusqlite::Result<()> {
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        for step in self.earlier.iter().chain([&self.newest]).skip(done) {
            connection.execute_batch(step.sql)?;
        }
        connection.pragma_update(None, "user_version", self.version())
    }
}

/// The version that a file says it has; 0 for none.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
