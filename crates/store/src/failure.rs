//! What goes wrong inside the store, before it knows how to name its file.

use quorate_vault::store::StoreError;
use rusqlite::ErrorCode;

/// A [`StoreError`] that still lacks the place; rules and SQLite's own errors become one by `?`.
#[derive(Debug)]
pub(crate) enum Failure {
    Sql(rusqlite::Error),
    /// The last step of a transaction failed: whether it happened is not known until the file is opened again.
    InDoubt(rusqlite::Error),
    Refused(String),
    NotFound(String),
    Damaged(&'static str),
    WrongPassphrase,
    Foreign,
    Newer {
        found: u32,
        known: u32,
    },
    Io(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // The one way in which creating a directory or an empty file meets a full disk.
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Sql(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                    None,
                ))
            }
            _ => Self::Io(error.to_string()),
        }
    }
}

impl Failure {
    /// Whether the transaction that failed may have happened all the same.
    ///
    /// A full disk is met before the point of no return, so it never leaves a doubt.
    pub(crate) fn leaves_doubt(&self) -> bool {
        matches!(self, Self::InDoubt(error) if error.sqlite_error_code() != Some(ErrorCode::DiskFull))
    }

    /// The same, with the store's file named.
    pub(crate) fn at(self, place: &str) -> StoreError {
        let place = place.to_owned();
        match self {
            Self::Sql(error) | Self::InDoubt(error) => named(&error, place),
            Self::Refused(reason) => StoreError::Refused(reason),
            Self::NotFound(what) => StoreError::NotFound(what),
            Self::Damaged(what) => StoreError::Damaged { place, what: what.to_owned() },
            Self::WrongPassphrase => StoreError::WrongPassphrase { place },
            Self::Foreign => StoreError::Foreign { place },
            Self::Newer { found, known } => StoreError::Newer { place, found, known },
            Self::Io(what) => StoreError::Io { place, what },
        }
    }
}

fn named(error: &rusqlite::Error, place: String) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, text) = error else {
        // Every statement of this crate fits its schema: what does not read as expected was not written by it.
        return StoreError::Damaged { place, what: error.to_string() };
    };
    match code.code {
        ErrorCode::DiskFull => StoreError::Full { place },
        ErrorCode::NotADatabase => StoreError::Foreign { place },
        ErrorCode::ConstraintViolation => {
            let text = text.as_deref().unwrap_or("a rule of the store");
            let reason = text.strip_prefix("CHECK constraint failed: ").unwrap_or(text);
            StoreError::Refused(reason.to_owned())
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StoreError::Io { place, what: "in use by another quorate process".to_owned() }
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::Unknown => {
            StoreError::Damaged { place, what: error.to_string() }
        }
        _ if code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ => {
            StoreError::Damaged { place, what: "it ends too early".to_owned() }
        }
        _ => StoreError::Io { place, what: error.to_string() },
    }
}
