//! One change, applied inside an open transaction (STORE 5).
//!
//! What is allowed is decided by the constraints and triggers of the schema; here is what is done.

use std::collections::BTreeSet;

use quorate_vault::store::{
    Ban, Change, Entry, Fsid, Presignature, Progress, PublicKey, Secret, Shares, Sharing, State,
    Trust, VaultKey,
};
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension, Params};

use crate::failure::Failure;
use crate::key::{Belongs, Kind, StoreKey};
use crate::rows::{self, signed, write_progress, write_state};

pub(crate) fn apply(
    connection: &Connection,
    change: Change,
    key: &StoreKey,
    rng: &mut dyn CryptoRng,
) -> Result<(), Failure> {
    match change {
        Change::Stage { name, sharing, shares } => {
            stage(connection, &name, &sharing, &shares, key, rng)
        }
        Change::Vote(fsid) => enter(connection, fsid, State::Voted),
        Change::Activate { fsid, certificate } => activate(connection, fsid, Some(&certificate)),
        Change::Adopt(fsid) => activate(connection, fsid, None),
        Change::Discard(fsid) => discard(connection, fsid),
        Change::Ban(ban) => record_ban(connection, &ban),
        Change::Journal(entry) => journal(connection, &entry),
        Change::Progressed { txid, progress } => progressed(connection, &txid, progress),
        Change::Presigned { about, secret } => presigned(connection, &about, &secret, key, rng),
        Change::BackedUp(fsid) => {
            of_sharing(connection, fsid, "UPDATE sharing SET backed_up = 1 WHERE fsid = ?1")
        }
        Change::Erase(fsid) => {
            of_sharing(connection, fsid, "UPDATE sharing SET erased = 1 WHERE fsid = ?1")?;
            run(connection, "DELETE FROM share WHERE fsid = ?1", [fsid.0]).map(drop)
        }
        Change::Rename { vault, name } => {
            let sql = "UPDATE vault SET name = ?2 WHERE key = ?1";
            of_vault(run(connection, sql, (vault.0, name))?, vault)
        }
        Change::Forget(vault) => forget(connection, vault),
    }
}

/// STORE 5.1.
fn stage(
    connection: &Connection,
    name: &str,
    sharing: &Sharing,
    shares: &Shares,
    key: &StoreKey,
    rng: &mut dyn CryptoRng,
) -> Result<(), Failure> {
    let keys: BTreeSet<PublicKey> = sharing.keys.iter().map(|key| key.public).collect();
    if !shares.of.keys().eq(&keys) {
        return Err(Failure::Refused("keys and their shares are staged together".to_owned()));
    }
    let vault = sharing.vault.0;
    let known = "SELECT EXISTS (SELECT 1 FROM vault WHERE key = ?1)";
    if !connection.query_row(known, [vault], |row| row.get(0))? {
        run(connection, "INSERT INTO vault (key, name) VALUES (?1, ?2)", (vault, name))?;
    }
    // The sharing to replace goes only after the new one is known to be another one.
    let unknown = "SELECT NOT EXISTS (SELECT 1 FROM sharing WHERE fsid = ?1)";
    if connection.query_row(unknown, [sharing.fsid.0], |row| row.get(0))? {
        unstage(connection, sharing.vault)?;
    }
    insert_sharing(connection, sharing)?;
    let of_keys = shares.of.iter().map(|(key, share)| (Kind::of(sharing, *key), share));
    let rest = shares.rest.as_ref().map(|rest| (Kind::Rest, rest));
    for (kind, secret) in of_keys.chain(rest) {
        let belongs = Belongs { fsid: sharing.fsid, me: sharing.me, kind };
        insert_share(connection, key.seal(secret, belongs, rng)?, belongs)?;
    }
    Ok(())
}

/// Deletes the sharing of this vault that is still staged, if there is one and nobody can be using it.
fn unstage(connection: &Connection, vault: VaultKey) -> Result<(), Failure> {
    let staged: Option<([u8; 32], [u8; 32])> = connection
        .query_row(
            "SELECT fsid, digest FROM sharing WHERE vault = ?1 AND state = 'staged'",
            [vault.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((fsid, digest)) = staged {
        if digest == rows::NO_DIGEST {
            return Err(Failure::Refused(
                "this vault has a new sharing that other devices may be using already".to_owned(),
            ));
        }
        delete_staged(connection, fsid)?;
    }
    Ok(())
}

/// COMMIT 7.6: what signs goes on signing, and there must be something that does.
fn discard(connection: &Connection, fsid: Fsid) -> Result<(), Failure> {
    let sharing = rows::find(connection, fsid)?;
    let signs = "SELECT EXISTS (SELECT 1 FROM sharing WHERE vault = ?1 AND state = 'active')";
    if sharing.state != State::Staged
        || !connection.query_row(signs, [sharing.vault.0], |row| row.get(0))?
    {
        return Err(Failure::Refused(
            "only a staged sharing beside one that signs is discarded".to_owned(),
        ));
    }
    delete_staged(connection, fsid.0)
}

fn delete_staged(connection: &Connection, fsid: [u8; 32]) -> Result<(), Failure> {
    run(connection, "DELETE FROM share WHERE fsid = ?1", [fsid])?;
    run(connection, "DELETE FROM ban WHERE fsid = ?1", [fsid])?;
    run(connection, "DELETE FROM sharing WHERE fsid = ?1", [fsid]).map(drop)
}

fn insert_sharing(connection: &Connection, sharing: &Sharing) -> Result<(), Failure> {
    let parties = serde_json::to_string(&sharing.parties)
        .map_err(|error| Failure::Refused(error.to_string()))?;
    run(
        connection,
        "INSERT INTO sharing (fsid, vault, public_key_eddsa, chain_code, epoch, state, threshold, parties, me, digest,
             session, previous, certificate, created, backed_up, erased, imported, chain_keys)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        rusqlite::params![
            sharing.fsid.0,
            sharing.vault.0,
            sharing.keys.root_eddsa(),
            sharing.chain_code,
            signed(sharing.epoch)?,
            write_state(sharing.state),
            sharing.threshold,
            parties,
            sharing.me,
            sharing.digest.unwrap_or(rows::NO_DIGEST),
            sharing.session,
            sharing.previous.map(|fsid| fsid.0),
            sharing.certificate,
            signed(sharing.created.0)?,
            sharing.backed_up,
            sharing.erased,
            sharing.imported,
            rows::write_chain_keys(&sharing.keys).to_string(),
        ],
    )
    .map(drop)
}

fn insert_share(
    connection: &Connection,
    (nonce, sealed): ([u8; 24], Vec<u8>),
    belongs: Belongs,
) -> Result<(), Failure> {
    let sql = "INSERT INTO share (fsid, kind, nonce, sealed) VALUES (?1, ?2, ?3, ?4)";
    run(connection, sql, (belongs.fsid.0, belongs.kind.name(), nonce, sealed)).map(drop)
}

/// STORE 5.3.
fn activate(
    connection: &Connection,
    fsid: Fsid,
    certificate: Option<&[u8]>,
) -> Result<(), Failure> {
    let sharing = rows::find(connection, fsid)?;
    if sharing.state == State::Active {
        return Err(Failure::Refused("this sharing is active already".to_owned()));
    }
    if certificate.is_none() && sharing.trust() == Trust::Certified {
        return Err(Failure::Refused("only a certificate activates this sharing".to_owned()));
    }
    let retire = "UPDATE sharing SET state = 'retired' WHERE vault = ?1 AND state = 'active'";
    run(connection, retire, [sharing.vault.0])?;
    let wipe = "DELETE FROM presignature WHERE fsid IN
        (SELECT fsid FROM sharing WHERE vault = ?1 AND state = 'retired')";
    run(connection, wipe, [sharing.vault.0])?;
    let activate = "UPDATE sharing SET state = 'active', certificate = ?2 WHERE fsid = ?1";
    run(connection, activate, (fsid.0, certificate)).map(drop)
}

fn enter(connection: &Connection, fsid: Fsid, state: State) -> Result<(), Failure> {
    rows::find(connection, fsid)?;
    let sql = "UPDATE sharing SET state = ?2 WHERE fsid = ?1";
    run(connection, sql, (fsid.0, write_state(state))).map(drop)
}

/// STORE 5.4. The first reason stands.
fn record_ban(connection: &Connection, ban: &Ban) -> Result<(), Failure> {
    let sql = "INSERT INTO ban (fsid, party, check_id, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    run(connection, sql, (ban.fsid.0, &ban.party, &ban.check, signed(ban.at.0)?)).map(drop)
}

/// STORE 5.5. What is in the journal stays as it is.
fn journal(connection: &Connection, entry: &Entry) -> Result<(), Failure> {
    let Entry { intent, what, txid, at, progress } = entry;
    let what = what.as_ref();
    let sql = "INSERT INTO journal (intent, txid, vault, chain, raw, summary, at, progress)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    let params = (
        intent,
        txid,
        what.map(|what| what.vault.0),
        what.map(|what| &what.chain),
        what.map(|what| &what.raw),
        what.map(|what| &what.summary),
        signed(at.0)?,
        write_progress(*progress),
    );
    run(connection, sql, params).map(drop)
}

/// STORE 5.5.
fn progressed(connection: &Connection, txid: &str, progress: Progress) -> Result<(), Failure> {
    let sql = "UPDATE journal SET progress = ?2 WHERE txid = ?1";
    match run(connection, sql, (txid, write_progress(progress)))? {
        0 => Err(Failure::NotFound(format!("this device has signed no transaction {txid}"))),
        _ => Ok(()),
    }
}

/// STORE 5.8.
fn presigned(
    connection: &Connection,
    about: &Presignature,
    secret: &Secret<Vec<u8>>,
    key: &StoreKey,
    rng: &mut dyn CryptoRng,
) -> Result<(), Failure> {
    let Presignature { id, fsid, signers, path, made } = about;
    let sharing = rows::find(connection, *fsid)?;
    if let Some(stranger) = signers.iter().find(|signer| !sharing.parties.contains(signer)) {
        return Err(Failure::Refused(format!("{stranger} is no party of this sharing")));
    }
    let belongs = Belongs { fsid: *fsid, me: sharing.me, kind: Kind::Presignature(*id) };
    let (nonce, sealed) = key.seal(secret, belongs, rng)?;
    let signers =
        serde_json::to_string(signers).map_err(|error| Failure::Refused(error.to_string()))?;
    let sql = "INSERT INTO presignature (id, fsid, signers, path, made, nonce, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    run(connection, sql, (id, fsid.0, signers, path, signed(made.0)?, nonce, sealed)).map(drop)
}

/// STORE 5.9: what is handed out is gone from the file when the transaction is.
pub(crate) fn take_presignature(
    connection: &Connection,
    id: &[u8; 32],
    key: &StoreKey,
) -> Result<(Presignature, Secret<Vec<u8>>), Failure> {
    let (about, nonce, sealed) = rows::presignature(connection, id)?;
    let me = rows::find(connection, about.fsid)?.me;
    let belongs = Belongs { fsid: about.fsid, me, kind: Kind::Presignature(*id) };
    let secret = key.unseal(nonce, &sealed, belongs)?;
    run(connection, "UPDATE presignature SET sealed = NULL WHERE id = ?1", [id])?;
    Ok((about, secret))
}

/// STORE 5.7.
fn forget(connection: &Connection, vault: VaultKey) -> Result<(), Failure> {
    let mark = "UPDATE vault SET forgotten = 1 WHERE key = ?1";
    of_vault(run(connection, mark, [vault.0])?, vault)?;
    for sql in [
        "DELETE FROM presignature WHERE fsid IN (SELECT fsid FROM sharing WHERE vault = ?1)",
        "DELETE FROM share WHERE fsid IN (SELECT fsid FROM sharing WHERE vault = ?1)",
        "DELETE FROM ban WHERE fsid IN (SELECT fsid FROM sharing WHERE vault = ?1)",
        "DELETE FROM sharing WHERE vault = ?1",
        "DELETE FROM vault WHERE key = ?1",
    ] {
        run(connection, sql, [vault.0])?;
    }
    Ok(())
}

/// A statement about one sharing, which must be there.
fn of_sharing(connection: &Connection, fsid: Fsid, sql: &str) -> Result<(), Failure> {
    match run(connection, sql, [fsid.0])? {
        0 => Err(Failure::NotFound(format!("this device has no sharing {fsid}"))),
        _ => Ok(()),
    }
}

fn of_vault(rows: usize, vault: VaultKey) -> Result<(), Failure> {
    match rows {
        0 => Err(Failure::NotFound(format!("this device has no vault {vault}"))),
        _ => Ok(()),
    }
}

fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<usize, Failure> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}
