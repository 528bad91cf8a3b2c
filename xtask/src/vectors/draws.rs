//! The recorded values of one party, in the order in which our rounds draw them.
//!
//! Rounds draw scalars and byte strings as they are encoded, and a point of unknown logarithm as its 33 bytes; the
//! vectors name values and say nothing of order. The order is written down where each round draws; here it is once
//! more, by name.

use std::collections::BTreeMap;

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{ProjectivePoint, Scalar};
use quorate_core::PartyIndex;
use quorate_wire::setup::{Body, Setup, Suite};

use crate::Result;
use crate::script::Script;
use crate::seat::Task;

/// How many OTs a base-OT batch holds.
const OTS: usize = 256;

/// The script of the party at `me`. An error if a value is recorded that no round draws.
pub(super) fn script(
    setup: &Setup,
    me: PartyIndex,
    task: &Task,
    recorded: &BTreeMap<String, Vec<u8>>,
) -> Result<Script> {
    let mut writer = Writer { recorded: recorded.clone(), bytes: Vec::new() };
    match setup.suite() {
        Suite::Ecdsa => writer.ecdsa(setup, me, task)?,
        Suite::Eddsa => writer.eddsa(setup, me, task)?,
    }
    match writer.recorded.keys().next() {
        None => Ok(Script::of(writer.bytes)),
        Some(name) => {
            let left = writer.recorded.len();
            Err(format!("{left} recorded values are drawn by no round, such as {name}").into())
        }
    }
}

fn others(setup: &Setup, me: PartyIndex) -> Vec<u8> {
    PartyIndex::first(setup.size()).filter(|j| *j != me).map(PartyIndex::get).collect()
}

struct Writer {
    recorded: BTreeMap<String, Vec<u8>>,
    bytes: Vec<u8>,
}

impl Writer {
    fn take(&mut self, name: &str) -> Result<Vec<u8>> {
        self.recorded.remove(name).ok_or_else(|| format!("{name} is not recorded").into())
    }

    fn draw(&mut self, name: &str) -> Result<()> {
        let value = self.take(name)?;
        self.bytes.extend(value);
        Ok(())
    }

    fn draw_all(&mut self, names: &[&str]) -> Result<()> {
        names.iter().try_for_each(|name| self.draw(name))
    }

    /// `name[k]` for every k.
    fn draw_each(&mut self, name: &str, ks: impl IntoIterator<Item = u8>) -> Result<()> {
        ks.into_iter().try_for_each(|k| self.draw(&format!("{name}[{k}]")))
    }

    /// A key that is drawn and not used: nothing is recorded of it.
    fn draw_unused_key(&mut self) {
        self.bytes.extend([0; 32]);
    }

    /// A point that our rounds draw, and of which the vectors record the logarithm.
    fn draw_point(&mut self, name: &str) -> Result<()> {
        let bytes: [u8; 32] = self.take(name)?.as_slice().try_into()?;
        let scalar: Option<Scalar> = Scalar::from_repr(bytes.into()).into();
        let scalar = scalar.ok_or_else(|| format!("{name} is no scalar"))?;
        self.bytes.extend(ProjectivePoint::mul_by_generator(&scalar).to_bytes());
        Ok(())
    }

    fn ecdsa(&mut self, setup: &Setup, me: PartyIndex, task: &Task) -> Result<()> {
        let others = others(setup, me);
        match (setup.body(), task) {
            (Body::Dkg { threshold, .. }, Task::Keygen) => {
                self.draw("x25519_secret")?;
                self.dkg(*threshold, &others, false)
            }
            (Body::Dkg { threshold, .. }, Task::Refresh { .. } | Task::Migrate { .. }) => {
                self.draw("x25519_secret")?;
                self.dkg(*threshold, &others, true)
            }
            (Body::Dkg { threshold, .. }, Task::ImportKey { .. }) => {
                self.draw_all(&["x25519_secret", "import_x25519_secret"])?;
                self.draw_each("import_poly", 1..*threshold)?;
                self.dkg(*threshold, &others, true)
            }
            (Body::Dkg { threshold, .. }, Task::Import) => {
                self.draw_all(&["x25519_secret", "import_x25519_secret"])?;
                self.dkg(*threshold, &others, true)
            }
            (Body::Dsg { .. }, _) => self.dsg(&others),
            (Body::Fsg { .. }, _) => {
                self.draw_unused_key();
                Ok(())
            }
            (Body::Qc { old, new, threshold, .. }, _) => {
                let new_others: Vec<u8> =
                    others.into_iter().filter(|j| new.contains(&PartyIndex::new(*j))).collect();
                self.qc(*threshold, old.contains(&me), new.contains(&me), &new_others)
            }
            (Body::Export { .. }, Task::ExportKey { .. }) => {
                // It is in the setup already, and not drawn again.
                self.take("export_receiver_x25519_secret")?;
                self.draw_unused_key();
                Ok(())
            }
            (Body::Export { .. }, _) => {
                self.draw_unused_key();
                self.draw("export_x25519_secret")
            }
            (Body::Dkg { .. }, _) => Err("no key is generated so".into()),
        }
    }

    fn dkg(&mut self, threshold: u8, others: &[u8], given: bool) -> Result<()> {
        self.draw_all(&["session_id", "r_i"])?;
        if given {
            // The constant term is not drawn: another value than it is recorded for nothing.
            self.take("poly[0]")?;
        }
        self.draw_each("poly", u8::from(given)..threshold)?;
        self.draw("x_i")?;
        self.offers(others)?;
        if !given {
            self.draw("chain_code_sid")?;
        }
        self.draw("r_i_2")?;
        self.draw_each("dlog1_nonce", 0..threshold)?;
        self.answers(others, "seed_i_j")?;
        self.draw("dlog2_nonce")
    }

    fn dsg(&mut self, others: &[u8]) -> Result<()> {
        self.draw_all(&["x25519_secret", "phi_i", "r_i", "blind_factor", "session_id"])?;
        for j in others {
            self.draw(&format!("rvole[{j}].beta"))?;
            self.draw(&format!("rvole[{j}].ssot_pad"))?;
        }
        others.iter().try_for_each(|j| self.draw(&format!("rvole_s[{j}].eta")))
    }

    fn qc(&mut self, threshold: u8, is_old: bool, is_new: bool, new_others: &[u8]) -> Result<()> {
        self.draw_all(&["x25519_secret", "session_id"])?;
        // The constant term is not drawn, and a party without an old share has no polynomial: other values than these
        // are recorded for nothing.
        self.take("poly[0]")?;
        for name in (1..threshold).map(|k| format!("poly[{k}]")).chain(["r1_i".to_owned()]) {
            if is_old { self.draw(&name)? } else { self.take(&name).map(drop)? }
        }
        if is_old {
            self.draw_each("r2", new_others.iter().copied())?;
        }
        if is_new {
            self.offers(new_others)?;
            self.answers(new_others, "seed")?;
        }
        Ok(())
    }

    /// What a party draws to make its base-OT offers to each other party.
    fn offers(&mut self, others: &[u8]) -> Result<()> {
        for j in others {
            self.draw(&format!("ot_recv[{j}].choice_bits"))?;
            (0..OTS).try_for_each(|i| self.draw(&format!("ot_recv[{j}].t_a[{i}]")))?;
            (0..OTS)
                .try_for_each(|i| self.draw_point(&format!("ot_recv[{j}].r_other_dlog[{i}]")))?;
        }
        Ok(())
    }

    /// What a party draws to answer each other party's offers; the seed for a pair is drawn by one of the two.
    fn answers(&mut self, others: &[u8], seed: &str) -> Result<()> {
        for j in others {
            for i in 0..OTS {
                self.draw(&format!("ot_send[{j}].t_b0[{i}]"))?;
                self.draw(&format!("ot_send[{j}].t_b1[{i}]"))?;
            }
            let seed = format!("{seed}[{j}]");
            if self.recorded.contains_key(&seed) {
                self.draw(&seed)?;
            }
        }
        Ok(())
    }

    fn eddsa(&mut self, setup: &Setup, me: PartyIndex, task: &Task) -> Result<()> {
        match (setup.body(), task) {
            (Body::Qc { old, new, threshold, .. }, _) => {
                self.draw_all(&["x25519", "sid"])?;
                // As on the other curve; and the values for new parties are by new id, and drawn by index.
                let is_old = old.contains(&me);
                self.take("poly[0]")?;
                for name in (1..*threshold).map(|k| format!("poly[{k}]")).chain(["r1".to_owned()]) {
                    if is_old { self.draw(&name)? } else { self.take(&name).map(drop)? }
                }
                let ids: BTreeMap<_, usize> = new.iter().copied().zip(0..).collect();
                for (j, id) in ids {
                    let name = format!("r2[{id}]");
                    let is_drawn = is_old && j != me;
                    if is_drawn { self.draw(&name)? } else { self.take(&name).map(drop)? }
                }
                Ok(())
            }
            // No message of the others is encrypted with the exchange's key.
            (Body::Dkg { threshold, .. }, task) => {
                self.draw_unused_key();
                if matches!(task, Task::Import) {
                    self.draw("imp_x25519")?;
                }
                let given = !matches!(task, Task::Keygen);
                self.draw_all(&["box_sk", "sid"])?;
                if given {
                    self.take("poly[0]")?;
                    self.take("cc")?;
                }
                self.draw_each("poly", u8::from(given)..*threshold)?;
                self.draw("r_i")?;
                if !given {
                    self.draw("cc")?;
                }
                self.draw_each("nonces", 0..setup.size())?;
                self.draw_each("dlog_r", 0..*threshold)
            }
            (Body::Dsg { .. }, _) => {
                self.draw_unused_key();
                self.draw_all(&["sid", "k", "blind", "dlog_r"])
            }
            (Body::Export { .. }, _) => {
                self.draw_unused_key();
                Ok(())
            }
            (Body::Fsg { .. }, _) => Err("nothing is finished on this curve".into()),
        }
    }
}
