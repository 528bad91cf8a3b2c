//! Recorded transactions, replayed: payload → what is signed → with the recorded signatures the signed transactions,
//! every byte compared; and payload → request → the same payload.
//!
//! A folder holds JSON files in one of the forms that `transactions/case.rs` names: payloads with all that comes of
//! them, or payloads with the hashes that are signed. Families whose transactions are not built are skipped, by name.

mod case;
mod json;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use quorate_chain::payload::PayloadError;
use quorate_chain::{Intent, PublicKey, Request, Signature, Signer, ToSign, intent};

use self::case::{Case, Recorded};
use crate::Result;

/// What became of a folder's cases.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many were as recorded.
    pub passed: usize,
    /// What was not, and how.
    pub failed: Vec<String>,
    /// What was not tried, by the family that is not built.
    pub skipped: BTreeMap<&'static str, Vec<String>>,
}

impl fmt::Display for Report {
    /// The counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped: usize = self.skipped.values().map(Vec::len).sum();
        write!(f, "{} passed, {} failed, {skipped} skipped", self.passed, self.failed.len())
    }
}

/// Replays a folder, or one family's cases in it, and prints what became of them.
///
/// # Errors
///
/// A folder that cannot be read or holds no such cases; anything that is not as recorded.
pub fn run(folder: &Path, family: Option<&str>) -> Result<()> {
    let report = replay(folder, family)?;
    for (family, cases) in &report.skipped {
        println!("skipped, for {family} is not built: {}", cases.join(", "));
    }
    for failure in &report.failed {
        println!("FAILED {failure}");
    }
    println!("{report}");
    if report.failed.is_empty() { Ok(()) } else { Err("not all is as recorded".into()) }
}

/// Replays a folder, or one family's cases in it.
///
/// # Errors
///
/// A folder that cannot be read or holds no such cases.
pub fn replay(folder: &Path, family: Option<&str>) -> Result<Report> {
    let mut report = Report::default();
    let cases = case::cases(folder)?;
    let wanted = |case: &&Case| family.is_none_or(|family| case.family == family);
    for case in cases.iter().filter(wanted) {
        match judge(case) {
            Ok(Outcome::Same) => report.passed += 1,
            Ok(Outcome::NotBuilt) => {
                report.skipped.entry(case.family).or_default().push(case.name.clone());
            }
            Err(error) => report.failed.push(format!("{}: {error}", case.name)),
        }
    }
    if report.passed == 0 && report.failed.is_empty() && report.skipped.is_empty() {
        return Err(format!("{} holds no such transactions", folder.display()).into());
    }
    Ok(report)
}

enum Outcome {
    Same,
    NotBuilt,
}

fn judge(case: &Case) -> Result<Outcome> {
    // A family that is not built is not read either.
    let Some(payload) = &case.payload else { return Ok(Outcome::NotBuilt) };
    let to_sign = match intent::to_sign(payload) {
        Err(PayloadError::NotBuilt(_)) => return Ok(Outcome::NotBuilt),
        other => other?,
    };
    let hashes: Vec<String> = to_sign.iter().map(|it| hex::encode(it.as_bytes())).collect();
    match &case.recorded {
        Recorded::Hashes(expected) => same("the hashes", &sorted(&hashes), &sorted(expected))?,
        Recorded::Ids(expected) => same("the message ids", &ids(&to_sign), expected)?,
        Recorded::Transactions { ids: expected, transactions } => {
            same("the message ids", &ids(&to_sign), expected)?;
            let request = request(case)?;
            let mut signatures = Vec::new();
            let mut hashes = Vec::new();
            for transaction in transactions {
                hashes.extend(transaction.hashes.iter().cloned());
                for signature in &transaction.signatures {
                    signatures.push(read(signature)?);
                }
            }
            let signed: Vec<String> =
                request.signings.iter().map(|it| hex::encode(it.bytes.as_bytes())).collect();
            same("what is signed", &signed, &hashes)?;
            if request.reading.lines().is_empty() {
                return Err("nothing is shown".into());
            }
            let signed = request.assemble(&signatures)?;
            let pairs = |(raw, txid): (&[u8], &str)| (hex::encode(raw), txid.to_owned());
            let found: Vec<_> =
                signed.transactions.iter().map(|it| pairs((&it.raw, &it.txid))).collect();
            let expected: Vec<_> =
                transactions.iter().map(|it| pairs((&it.raw, &it.txid))).collect();
            same("the transactions", &found, &expected)?;
        }
    }
    same("the payload", &payload.bytes(), &case.bytes.as_slice())?;
    Ok(Outcome::Same)
}

/// What the payload's own sender is asked.
fn request(case: &Case) -> Result<Request> {
    let payload = case.payload.clone().ok_or("no payload")?;
    let key = payload.coin.as_ref().ok_or("no coin")?.hex_public_key.clone();
    let key = hex::decode(key)?;
    let key = match key.len() {
        33 => PublicKey::Ecdsa(key.try_into().map_err(|_| "no key")?),
        _ => PublicKey::Eddsa(key.try_into().map_err(|_| "no key")?),
    };
    let intent = Intent::Transaction(payload);
    let path = intent.path()?.to_owned();
    Ok(intent.request(&Signer { key, path })?)
}

fn read(signature: &[u8]) -> Result<Signature> {
    match (<[u8; 65]>::try_from(signature), <[u8; 64]>::try_from(signature)) {
        (Ok(signature), _) => Ok(Signature::Ecdsa(signature)),
        (_, Ok(signature)) => Ok(Signature::Eddsa(signature)),
        _ => Err("a signature of another length".into()),
    }
}

/// md5 of the hex text of what is signed, in the order in which devices sign: that of the text.
fn ids(to_sign: &[ToSign]) -> Vec<String> {
    let mut texts: Vec<&[u8]> = to_sign.iter().map(ToSign::as_bytes).collect();
    texts.sort_unstable();
    texts
        .iter()
        .map(|bytes| quorate_wire::relay_api::Namespace::of_message(bytes).to_string())
        .collect()
}

fn sorted(texts: &[String]) -> Vec<String> {
    let mut texts = texts.to_vec();
    texts.sort();
    texts
}

fn same<T: PartialEq + fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?} instead of {expected:?}").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::root;

    #[test]
    fn the_projects_own_folder_passes() {
        let report = replay(&root().join("vectors/app/signings"), None).unwrap();
        assert_eq!(report.to_string(), "19 passed, 0 failed, 0 skipped");
        assert!(replay(&root().join("vectors/app/signings"), Some("ton")).is_err());
    }
}
