//! Runs the matrix, case by case.

use std::collections::BTreeMap;

use getrandom::SysRng;
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_ecdsa::{KeyShare, verify};
use quorate_wire::setup::{Body, PublicKey, Suite, ToSign, build};
use rand_core::{Rng, UnwrapErr};
use serde_json::json;

use super::Report;
use super::driver::Driver;
use super::matrix::{CHANGES, Change, KEYGENS, NAMES, PATHS};
use super::table::{Player, Protocol, Side, run as play};
use crate::Result;
use crate::seat::Outcome;
use Side::{Ours, Theirs};

/// A vault: whose implementation holds each share, and the shares.
#[derive(Clone)]
struct Vault {
    threshold: u8,
    /// In the order of the party ids.
    members: Vec<(String, Player)>,
}

pub(super) fn run(engine: &mut Driver, report: &mut Report) {
    let mut bench = Bench { engine, report, made: BTreeMap::new() };
    for &(threshold, sides) in KEYGENS {
        let seats: Vec<(&str, Side)> = NAMES.into_iter().zip(sides.iter().copied()).collect();
        if let Some(vault) = bench.keygen(threshold, &seats) {
            bench.shares(&vault);
            bench.signatures(&vault);
        }
    }
    for change in CHANGES {
        let Some(vault) = bench.keygen(change.thresholds.0, change.before) else { continue };
        if let Some(vault) = bench.change(change, &vault) {
            bench.shares(&vault);
            bench.signatures(&vault);
        }
    }
}

struct Bench<'a> {
    engine: &'a mut Driver,
    report: &'a mut Report,
    /// Who made the last setup of each protocol: each side makes every other one.
    made: BTreeMap<Protocol, Side>,
}

impl Bench<'_> {
    fn keygen(&mut self, threshold: u8, seats: &[(&str, Side)]) -> Option<Vault> {
        let title = format!("keygen {threshold}-of-{}: {}", seats.len(), told(seats));
        let (maker, engine) = (self.next_maker(Protocol::Keygen), &mut *self.engine);
        self.report.case(&format!("{title}, setup {}", side(maker)), || {
            let mut rng = UnwrapErr(SysRng);
            let names: Vec<String> = seats.iter().map(|(name, _)| (*name).to_owned()).collect();
            let setup = match maker {
                Ours => build(Suite::Ecdsa, Body::Dkg { threshold, key_id: None }, &names, &mut rng)?,
                Theirs => engine
                    .setup(&json!({ "op": "dkg_setup", "curve": "ecdsa", "names": names, "threshold": threshold }))?,
            };
            let players = seats
                .iter()
                .map(|&(name, side)| (name.to_owned(), Player { side, share: None }))
                .collect();
            let outcomes = play(engine, &mut rng, Protocol::Keygen, &setup, &players)?;
            vault(threshold, seats, &outcomes)
        })
    }

    fn change(&mut self, change: &Change, before: &Vault) -> Option<Vault> {
        let Change { title, thresholds: (_, threshold), seats, old, new, .. } = *change;
        let (maker, engine) = (self.next_maker(Protocol::QuorumChange), &mut *self.engine);
        self.report.case(&format!("quorum change: {title}, setup {}", side(maker)), || {
            let mut rng = UnwrapErr(SysRng);
            let names: Vec<String> = seats.iter().map(|(name, _)| (*name).to_owned()).collect();
            let players = seats.iter().map(|&(name, side)| {
                let share = before.members.iter().find(|(member, _)| member == name);
                (
                    name.to_owned(),
                    Player { side, share: share.and_then(|(_, player)| player.share.clone()) },
                )
            });
            let players: BTreeMap<String, Player> = players.collect();
            let share = before.any_share()?;
            let setup = match maker {
                Ours => {
                    let positions = |list: &[u8]| {
                        list.iter().copied().map(quorate_core::PartyIndex::new).collect()
                    };
                    let share = KeyShare::from_bytes(share)?;
                    let (key_id, public_key) = (share.key_id(), share.public_key());
                    build(
                        Suite::Ecdsa,
                        Body::Qc {
                            key_id,
                            public_key: PublicKey::Ecdsa(public_key),
                            old: positions(old),
                            new: positions(new),
                            threshold,
                        },
                        &names,
                        &mut rng,
                    )?
                }
                Theirs => engine.setup(&json!({
                    "op": "qc_setup", "curve": "ecdsa", "share": hex::encode(share), "names": names,
                    "old": old, "threshold": threshold, "new": new,
                }))?,
            };
            let mut outcomes = play(engine, &mut rng, Protocol::QuorumChange, &setup, &players)?;
            for (position, name) in (0..).zip(&names) {
                let leaves = outcomes.get(name) == Some(&Outcome::Left);
                if leaves == new.contains(&position) {
                    return Err(format!(
                        "{name} has a share and should not, or has none and should"
                    )
                    .into());
                }
            }
            outcomes.retain(|_, outcome| *outcome != Outcome::Left);
            let members =
                new.iter().filter_map(|&position| seats.get(usize::from(position)).copied());
            let after = vault(threshold, &members.collect::<Vec<_>>(), &outcomes)?;
            let (then, now) =
                (KeyShare::from_bytes(share)?, KeyShare::from_bytes(after.any_share()?)?);
            if then.public_key() != now.public_key() || then.chain_code() != now.chain_code() {
                return Err("the key has changed".into());
            }
            Ok(after)
        })
    }

    /// Each side reads every share, says the same of it, and writes it back as it was.
    fn shares(&mut self, vault: &Vault) {
        let engine = &mut *self.engine;
        self.report.case("    both sides read all shares", || {
            for (name, player) in &vault.members {
                let bytes =
                    player.share.as_deref().ok_or_else(|| format!("{name} has no share"))?;
                let ours = KeyShare::from_bytes(bytes)?;
                let theirs = engine.read_share(bytes)?;
                let ours = [
                    &ours.public_key()[..],
                    &ours.chain_code()[..],
                    &ours.key_id()[..],
                    ours.to_bytes().expose(),
                ]
                .map(<[u8]>::to_vec);
                if ours != theirs || ours.last().is_none_or(|written| written != bytes) {
                    return Err(format!("the share of {name} reads differently").into());
                }
            }
            Ok(())
        });
    }

    /// Everybody in reverse, then a smallest quorum led by each, over all paths; then one with every share in the
    /// other side's hands. Quorums of one side only have nothing to show here.
    fn signatures(&mut self, vault: &Vault) {
        let Vault { threshold, members } = vault;
        let mut quorums = vec![members.iter().rev().cloned().collect::<Vec<_>>()];
        for leader in 0..members.len() {
            let turned = members.iter().cycle().skip(leader).take(usize::from(*threshold));
            quorums.push(turned.cloned().collect());
        }
        quorums.retain(|signers| {
            [Ours, Theirs].iter().all(|side| signers.iter().any(|(_, p)| p.side == *side))
        });
        for (signers, path) in quorums.iter().zip(PATHS.iter().cycle()) {
            self.sign(signers, path, "");
        }
        if let Some(mut signers) = quorums.pop() {
            for (_, player) in &mut signers {
                player.side = player.side.other();
            }
            self.sign(&signers, "m/44/60/0/0/1", ", shares exchanged");
        }
    }

    fn sign(&mut self, signers: &[(String, Player)], path: &str, how: &str) {
        let seats: Vec<(&str, Side)> =
            signers.iter().map(|(name, player)| (name.as_str(), player.side)).collect();
        let (maker, engine) = (self.next_maker(Protocol::Sign), &mut *self.engine);
        let title = format!("    sign: {} at {path}{how}, setup {}", told(&seats), side(maker));
        self.report.case(&title, || {
            let mut rng = UnwrapErr(SysRng);
            let mut hash = [0; 32];
            rng.fill_bytes(&mut hash);
            let share = signers
                .iter()
                .find_map(|(_, player)| player.share.as_deref())
                .ok_or("nobody has a share")?;
            let share = KeyShare::from_bytes(share)?;
            let key_id = share.key_id();
            let names: Vec<String> = signers.iter().map(|(name, _)| name.clone()).collect();
            let setup = match maker {
                Ours => build(
                    Suite::Ecdsa,
                    Body::Dsg { key_id, path: path.to_owned(), to_sign: ToSign::Hash(hash) },
                    &names,
                    &mut rng,
                )?,
                Theirs => engine.setup(&json!({
                    "op": "sign_setup", "curve": "ecdsa", "key_id": hex::encode(key_id), "path": path,
                    "message": hex::encode(hash), "names": names,
                }))?,
            };
            let players = signers.iter().cloned().collect();
            let outcomes = play(engine, &mut rng, Protocol::Sign, &setup, &players)?;
            let key =
                derive(&share.public_key(), &share.chain_code(), &DerivationPath::parse(path)?)?;
            let signatures: Vec<&Outcome> = outcomes.values().collect();
            let Some(Outcome::Signature(first)) = signatures.first() else {
                return Err("no signature".into());
            };
            if signatures.iter().any(|other| *other != &Outcome::Signature(*first)) {
                return Err("the signers end with different signatures".into());
            }
            if !verify(&key, &hash, first) {
                return Err("the signature does not verify under the derived key".into());
            }
            Ok(())
        });
    }

    fn next_maker(&mut self, protocol: Protocol) -> Side {
        let maker = self.made.get(&protocol).map_or(Ours, |last| last.other());
        self.made.insert(protocol, maker);
        maker
    }
}

impl Vault {
    fn any_share(&self) -> Result<&[u8]> {
        let share = self.members.first().and_then(|(_, player)| player.share.as_deref());
        share.ok_or_else(|| "an empty vault".into())
    }
}

fn vault(
    threshold: u8,
    seats: &[(&str, Side)],
    outcomes: &BTreeMap<String, Outcome>,
) -> Result<Vault> {
    let member = |&(name, side): &(&str, Side)| match outcomes.get(name) {
        Some(Outcome::Share(share)) => {
            Ok((name.to_owned(), Player { side, share: Some(share.clone()) }))
        }
        _ => Err(format!("{name} has no share")),
    };
    let members = seats.iter().map(member).collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(Vault { threshold, members })
}

/// "alice ours, bobby theirs".
fn told(seats: &[(&str, Side)]) -> String {
    let told: Vec<String> =
        seats.iter().map(|(name, played)| format!("{name} {}", side(*played))).collect();
    told.join(", ")
}

fn side(side: Side) -> &'static str {
    match side {
        Ours => "ours",
        Theirs => "theirs",
    }
}
