//! A source of randomness that is none: the recorded values of one party, in the order in which our rounds draw them.
//!
//! Rounds draw scalars and byte strings as they are encoded, and a point of unknown logarithm as its 33 bytes; the
//! vectors name values and say nothing of order. The order is written down where each round draws; here it is once
//! more, by name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{ProjectivePoint, Scalar};
use quorate_core::PartyIndex;
use quorate_wire::setup::{Body, Setup};
use rand_core::{Infallible, TryCryptoRng, TryRng};

use crate::Result;

/// How many OTs a base-OT batch holds.
const OTS: usize = 256;

/// Recorded values as a source of randomness.
pub(super) struct Script {
    bytes: VecDeque<u8>,
    /// More was drawn than was recorded.
    overdrawn: bool,
}

impl Script {
    /// The script of the party at `me`.
    pub(super) fn write(
        setup: &Setup,
        me: PartyIndex,
        recorded: &[(String, String)],
    ) -> Result<Self> {
        let recorded = recorded.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut script = Writer { recorded: recorded.collect(), bytes: VecDeque::new() };
        script.draw("x25519_secret")?;
        match setup.body() {
            Body::Dkg { threshold, .. } => script.dkg(*threshold, others(setup, me))?,
            Body::Dsg { .. } => script.dsg(&others(setup, me).collect::<Vec<_>>())?,
            Body::Qc { old, new, threshold, .. } => {
                let is_old = old.contains(&me);
                let new_others: Vec<u8> =
                    others(setup, me).filter(|j| new.contains(&PartyIndex::new(*j))).collect();
                script.qc(*threshold, is_old, new.contains(&me), &new_others)?;
            }
            Body::Fsg { .. } | Body::Export { .. } => return Err("not replayed here".into()),
        }
        let left: BTreeSet<&str> = script.recorded.keys().copied().collect();
        match left.first() {
            None => Ok(Self { bytes: script.bytes, overdrawn: false }),
            Some(name) => {
                Err(format!("{} recorded values are drawn by no round, such as {name}", left.len())
                    .into())
            }
        }
    }

    /// Says so unless exactly what was recorded has been drawn.
    pub(super) fn is_played_out(&self) -> Result<()> {
        match (self.overdrawn, self.bytes.len()) {
            (false, 0) => Ok(()),
            (false, left) => Err(format!("{left} recorded bytes were not drawn").into()),
            (true, _) => Err("more was drawn than was recorded".into()),
        }
    }
}

fn others(setup: &Setup, me: PartyIndex) -> impl Iterator<Item = u8> {
    PartyIndex::first(setup.size()).filter(move |j| *j != me).map(PartyIndex::get)
}

struct Writer<'a> {
    recorded: BTreeMap<&'a str, &'a str>,
    bytes: VecDeque<u8>,
}

impl Writer<'_> {
    fn take(&mut self, name: &str) -> Result<Vec<u8>> {
        let value = self.recorded.remove(name).ok_or_else(|| format!("{name} is not recorded"))?;
        Ok(hex::decode(value)?)
    }

    fn draw(&mut self, name: &str) -> Result<()> {
        let value = self.take(name)?;
        self.bytes.extend(value);
        Ok(())
    }

    /// A point that our rounds draw, and of which the vectors record the logarithm.
    fn draw_point(&mut self, name: &str) -> Result<()> {
        let bytes: [u8; 32] = self.take(name)?.as_slice().try_into()?;
        let scalar: Option<Scalar> = Scalar::from_repr(bytes.into()).into();
        let scalar = scalar.ok_or_else(|| format!("{name} is no scalar"))?;
        self.bytes.extend(ProjectivePoint::mul_by_generator(&scalar).to_bytes());
        Ok(())
    }

    fn dkg(&mut self, threshold: u8, others: impl Iterator<Item = u8>) -> Result<()> {
        let others: Vec<u8> = others.collect();
        self.draw("session_id")?;
        self.draw("r_i")?;
        (0..threshold).try_for_each(|k| self.draw(&format!("poly[{k}]")))?;
        self.draw("x_i")?;
        self.offers(&others)?;
        self.draw("chain_code_sid")?;
        self.draw("r_i_2")?;
        for k in 0..threshold {
            self.draw(&format!("dlog1_nonce[{k}]"))?;
        }
        self.answers(&others, "seed_i_j")?;
        self.draw("dlog2_nonce")
    }

    fn dsg(&mut self, others: &[u8]) -> Result<()> {
        for name in ["phi_i", "r_i", "blind_factor", "session_id"] {
            self.draw(name)?;
        }
        for j in others {
            self.draw(&format!("rvole[{j}].beta"))?;
            self.draw(&format!("rvole[{j}].ssot_pad"))?;
        }
        others.iter().try_for_each(|j| self.draw(&format!("rvole_s[{j}].eta")))
    }

    fn qc(&mut self, threshold: u8, is_old: bool, is_new: bool, new_others: &[u8]) -> Result<()> {
        self.draw("session_id")?;
        // The constant term is not drawn, and a party without an old share has no polynomial: other values than these
        // are recorded for nothing.
        self.take("poly[0]")?;
        for name in (1..threshold).map(|k| format!("poly[{k}]")).chain(["r1_i".to_owned()]) {
            if is_old { self.draw(&name)? } else { self.take(&name).map(drop)? }
        }
        if is_old {
            new_others.iter().try_for_each(|j| self.draw(&format!("r2[{j}]")))?;
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
            for i in 0..OTS {
                self.draw(&format!("ot_recv[{j}].t_a[{i}]"))?;
                self.draw_point(&format!("ot_recv[{j}].r_other_dlog[{i}]"))?;
            }
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
            if self.recorded.contains_key(seed.as_str()) {
                self.draw(&seed)?;
            }
        }
        Ok(())
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> std::result::Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> std::result::Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, filled: &mut [u8]) -> std::result::Result<(), Infallible> {
        for byte in filled {
            // Past the end of the script anything will do that is a scalar: the replay has failed already.
            let scripted = self.bytes.pop_front();
            self.overdrawn |= scripted.is_none();
            *byte = scripted.unwrap_or(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Script {}
