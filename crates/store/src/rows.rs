//! Rows, read back as the types of the vault.

use quorate_vault::store::{
    Ban, Entry, Fsid, Keyring, Presignature, Progress, PublicKey, Sharing, State, Timestamp, Vault,
    VaultKey, What,
};
use rusqlite::{Connection, Row};

use crate::failure::Failure;

/// The digest of a sharing whose members compare nothing, as rows have it (COMMIT 7).
pub(crate) const NO_DIGEST: [u8; 32] = [0; 32];

const SHARING: &str = "SELECT fsid, vault, public_key_eddsa, chain_code, epoch, state, threshold, parties, me, digest,
    session, previous, certificate, created, backed_up, erased, imported, chain_keys FROM sharing";

pub(crate) fn device_suffix(connection: &Connection) -> Result<String, Failure> {
    Ok(connection.query_row("SELECT device_suffix FROM home", (), |row| row.get(0))?)
}

pub(crate) fn vaults(connection: &Connection) -> Result<Vec<Vault>, Failure> {
    let mut statement = connection.prepare_cached("SELECT key, name FROM vault ORDER BY name")?;
    let mut rows = statement.query(())?;
    let mut vaults = Vec::new();
    while let Some(row) = rows.next()? {
        let key = VaultKey(row.get(0)?);
        vaults.push(Vault { name: row.get(1)?, key, sharings: sharings(connection, key)? });
    }
    Ok(vaults)
}

/// The sharings of one vault, oldest first.
fn sharings(connection: &Connection, vault: VaultKey) -> Result<Vec<Sharing>, Failure> {
    let mut statement =
        connection.prepare_cached(&format!("{SHARING} WHERE vault = ?1 ORDER BY seq"))?;
    let mut rows = statement.query([vault.0])?;
    let mut sharings = Vec::new();
    while let Some(row) = rows.next()? {
        sharings.push(sharing(row)?);
    }
    Ok(sharings)
}

/// The sharing with this name.
pub(crate) fn find(connection: &Connection, fsid: Fsid) -> Result<Sharing, Failure> {
    let mut statement = connection.prepare_cached(&format!("{SHARING} WHERE fsid = ?1"))?;
    let mut rows = statement.query([fsid.0])?;
    match rows.next()? {
        Some(row) => sharing(row),
        None => Err(Failure::NotFound(format!("this device has no sharing {fsid}"))),
    }
}

fn sharing(row: &Row<'_>) -> Result<Sharing, Failure> {
    let parties: String = row.get("parties")?;
    let state: String = row.get("state")?;
    let vault = VaultKey(row.get("vault")?);
    let chains = read_chain_keys(&row.get::<_, String>("chain_keys")?)
        .ok_or(Failure::Damaged("a list of chain keys does not read"))?;
    Ok(Sharing {
        fsid: Fsid(row.get("fsid")?),
        vault,
        keys: Keyring::of_roots(vault, row.get("public_key_eddsa")?).with_chains(chains),
        chain_code: row.get("chain_code")?,
        epoch: unsigned(row.get("epoch")?)?,
        state: read_state(&state)?,
        threshold: row.get("threshold")?,
        parties: serde_json::from_str(&parties)
            .map_err(|_| Failure::Damaged("a list of parties does not read"))?,
        me: row.get("me")?,
        digest: Some(row.get("digest")?).filter(|digest| *digest != NO_DIGEST),
        session: row.get("session")?,
        previous: row.get::<_, Option<[u8; 32]>>("previous")?.map(Fsid),
        certificate: row.get("certificate")?,
        created: Timestamp(unsigned(row.get("created")?)?),
        backed_up: row.get("backed_up")?,
        erased: row.get("erased")?,
        imported: row.get("imported")?,
    })
}

/// As the schema writes them.
pub(crate) fn write_chain_keys(keys: &Keyring) -> serde_json::Value {
    keys.chains().map(|(chain, key)| serde_json::json!([chain, key.to_string()])).collect()
}

fn read_chain_keys(text: &str) -> Option<Vec<(String, PublicKey)>> {
    let pairs: Vec<(String, String)> = serde_json::from_str(text).ok()?;
    let read = |(chain, key): (String, String)| {
        Some((chain, PublicKey::from_bytes(&hex::decode(key).ok()?)?))
    };
    pairs.into_iter().map(read).collect()
}

pub(crate) fn bans(connection: &Connection, fsid: Fsid) -> Result<Vec<Ban>, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT party, check_id, at FROM ban WHERE fsid = ?1 ORDER BY party")?;
    let mut rows = statement.query([fsid.0])?;
    let mut bans = Vec::new();
    while let Some(row) = rows.next()? {
        bans.push(Ban {
            fsid,
            party: row.get(0)?,
            check: row.get(1)?,
            at: Timestamp(unsigned(row.get(2)?)?),
        });
    }
    Ok(bans)
}

/// The journal, oldest first.
pub(crate) fn journal(connection: &Connection) -> Result<Vec<Entry>, Failure> {
    let sql =
        "SELECT intent, txid, vault, chain, raw, summary, at, progress FROM journal ORDER BY seq";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let progress: String = row.get("progress")?;
        let what = match row.get::<_, Option<[u8; 33]>>("vault")? {
            None => None,
            Some(vault) => Some(What {
                vault: VaultKey(vault),
                chain: row.get("chain")?,
                raw: row.get("raw")?,
                summary: row.get("summary")?,
            }),
        };
        entries.push(Entry {
            intent: row.get("intent")?,
            what,
            txid: row.get("txid")?,
            at: Timestamp(unsigned(row.get("at")?)?),
            progress: read_progress(&progress)?,
        });
    }
    Ok(entries)
}

/// As the schema writes it.
pub(crate) fn write_progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Signed => "signed",
        Progress::Handed => "handed",
        Progress::Included => "included",
        Progress::Failed => "failed",
        Progress::Replaced => "replaced",
    }
}

fn read_progress(name: &str) -> Result<Progress, Failure> {
    [Progress::Signed, Progress::Handed, Progress::Included, Progress::Failed, Progress::Replaced]
        .into_iter()
        .find(|progress| write_progress(*progress) == name)
        .ok_or(Failure::Damaged("a transaction has come to no known place"))
}

const PRESIGNATURE: &str = "SELECT id, fsid, signers, path, made, nonce, sealed FROM presignature";

/// Those of a sharing that have not been taken.
pub(crate) fn presignatures(
    connection: &Connection,
    fsid: Fsid,
) -> Result<Vec<Presignature>, Failure> {
    let sql = format!("{PRESIGNATURE} WHERE fsid = ?1 AND sealed IS NOT NULL ORDER BY made, id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([fsid.0])?;
    let mut left = Vec::new();
    while let Some(row) = rows.next()? {
        left.push(about(row)?);
    }
    Ok(left)
}

/// One that has not been taken, with its nonce and its sealed bytes.
pub(crate) fn presignature(
    connection: &Connection,
    id: &[u8; 32],
) -> Result<(Presignature, [u8; 24], Vec<u8>), Failure> {
    let sql = format!("{PRESIGNATURE} WHERE id = ?1 AND sealed IS NOT NULL");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    match rows.next()? {
        Some(row) => Ok((about(row)?, row.get("nonce")?, row.get("sealed")?)),
        None => Err(Failure::NotFound(
            "this device has no such presignature; each can be used once".to_owned(),
        )),
    }
}

fn about(row: &Row<'_>) -> Result<Presignature, Failure> {
    let signers: String = row.get("signers")?;
    Ok(Presignature {
        id: row.get("id")?,
        fsid: Fsid(row.get("fsid")?),
        signers: serde_json::from_str(&signers)
            .map_err(|_| Failure::Damaged("a list of signers does not read"))?,
        path: row.get("path")?,
        made: Timestamp(unsigned(row.get("made")?)?),
    })
}

/// As the schema writes it.
pub(crate) fn write_state(state: State) -> &'static str {
    match state {
        State::Staged => "staged",
        State::Voted => "voted",
        State::Active => "active",
        State::Retired => "retired",
    }
}

fn read_state(name: &str) -> Result<State, Failure> {
    [State::Staged, State::Voted, State::Active, State::Retired]
        .into_iter()
        .find(|state| write_state(*state) == name)
        .ok_or(Failure::Damaged("a sharing is in no known state"))
}

/// A count or a time as SQLite holds it: 63 bits.
pub(crate) fn signed(value: u64) -> Result<i64, Failure> {
    i64::try_from(value).map_err(|_| Failure::Refused(format!("{value} is too large to store")))
}

fn unsigned(value: i64) -> Result<u64, Failure> {
    u64::try_from(value).map_err(|_| Failure::Damaged("a count is negative"))
}
