//! Starting an import: a vault of keys that existed before it, from a seed phrase (CEREMONY 11).

use quorate_chain::Chain;
use quorate_chain::chain::CHAINS;
use quorate_wire::link::Link;
use rand_core::CryptoRng;

use super::Ceremony;
use super::invite::{Device, Route};
use super::keygen;
use super::task::Import;
use crate::failure::{Failure, Kind};
use crate::phrase::{Habit, Phrase, PhraseError, PrivateKey, path};
use crate::store::PublicKey;

/// The private keys that a phrase brings into a vault. Only the initiator has them, and only until they are dealt.
#[derive(Debug)]
pub struct Brought {
    pub(super) ecdsa: PrivateKey,
    pub(super) chain_code: [u8; 32],
    pub(super) eddsa: PrivateKey,
    pub(super) chains: Vec<(&'static Chain, PrivateKey)>,
}

impl Brought {
    /// The vault's keys and those of `chains`, of which one stands for all with the same path.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] for a chain that cannot be imported, or a phrase without a key somewhere.
    pub fn of(phrase: &Phrase, chains: &[&'static Chain], habit: Habit) -> Result<Self, Failure> {
        let (ecdsa, chain_code) = phrase.root_ecdsa().map_err(refused)?;
        let chains = one_for_each_path(chains, habit)?
            .into_iter()
            .map(|chain| Ok((chain, phrase.of_chain(chain, habit).map_err(refused)?)))
            .collect::<Result<_, Failure>>()?;
        Ok(Self { ecdsa, chain_code, eddsa: phrase.root_eddsa(), chains })
    }

    /// The public keys: the vault's two, then the chains'.
    pub(super) fn public(&self) -> Result<Vec<PublicKey>, Failure> {
        let roots = [&self.ecdsa, &self.eddsa].into_iter();
        let keys = roots.chain(self.chains.iter().map(|(_, key)| key));
        keys.map(|key| key.public().map_err(refused)).collect()
    }
}

/// Every chain that a phrase makes a key for.
pub fn importable() -> Vec<&'static Chain> {
    CHAINS.iter().filter(|chain| path(chain, Habit::default()).is_some()).collect()
}

/// The first of the chains of each path: two of one path have one key (CEREMONY 11.1).
fn one_for_each_path(
    chains: &[&'static Chain],
    habit: Habit,
) -> Result<Vec<&'static Chain>, Failure> {
    let mut paths = Vec::new();
    let mut first = Vec::new();
    for &chain in chains {
        let path = path(chain, habit).ok_or_else(|| refused(PhraseError::Chain(chain.name)))?;
        let place = (chain.curve(), path);
        if !paths.contains(&place) {
            paths.push(place);
            first.push(chain);
        }
    }
    Ok(first)
}

/// Opens the lobby for a vault of the keys brought, and makes the link for the others.
///
/// # Errors
///
/// As for [`keygen::initiate`].
pub fn initiate(
    device: &Device<'_>,
    name: &str,
    devices: u8,
    threshold: Option<u8>,
    brought: Brought,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let import = Import {
        chains: brought.chains.iter().map(|(chain, _)| *chain).collect(),
        expected: Some(brought.public()?),
        brought: Some(brought),
    };
    keygen::open(device, name, devices, threshold, Some(import), route, rng)
}

fn refused(why: PhraseError) -> Failure {
    let hint = match why {
        PhraseError::Chain(_) => "leave that chain out, and move its coins by a payment",
        PhraseError::NoKey => "use another phrase",
        _ => "compare the phrase with what you wrote down, word by word",
    };
    Failure::new(Kind::Invalid, why.to_string(), hint)
}

impl From<PhraseError> for Failure {
    fn from(why: PhraseError) -> Self {
        refused(why)
    }
}
