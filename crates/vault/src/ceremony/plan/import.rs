//! Starting an import: a vault of keys that existed before it, from a seed phrase (CEREMONY 11).

use quorate_chain::Chain;
use quorate_chain::chain::{self, CHAINS};
use quorate_wire::link::Link;
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::Suite;
use rand_core::CryptoRng;

use super::Plan;
use super::invite::{Route, unusable};
use super::keygen::{self, NewVault};
use crate::ceremony::context::Device;
use crate::ceremony::machine::Ceremony;
use crate::ceremony::proposal::Proposal;
use crate::ceremony::run::plan::{Protocol, RunPlan, batched, suite};
use crate::failure::{Failure, Kind};
use crate::phrase::{PathScheme, Phrase, PhraseError, PrivateKey, path};
use crate::store::Trust;

/// The private keys that a phrase brings into a vault. Only the initiator has them, and only until they are dealt.
#[derive(Debug)]
pub struct ImportedKeys {
    ecdsa: PrivateKey,
    chain_code: [u8; 32],
    eddsa: PrivateKey,
    chains: Vec<(&'static Chain, PrivateKey)>,
}

impl ImportedKeys {
    /// The vault's keys and those of `chains`, of which one stands for all with the same path.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] for a chain that cannot be imported, or a phrase without a key somewhere.
    pub fn of(
        phrase: &Phrase,
        chains: &[&'static Chain],
        scheme: PathScheme,
    ) -> Result<Self, Failure> {
        let (ecdsa, chain_code) = phrase.root_ecdsa().map_err(refused)?;
        let chains = one_for_each_path(chains, scheme)?
            .into_iter()
            .map(|chain| Ok((chain, phrase.of_chain(chain, scheme).map_err(refused)?)))
            .collect::<Result<_, Failure>>()?;
        Ok(Self { ecdsa, chain_code, eddsa: phrase.root_eddsa(), chains })
    }

    /// Gives each protocol its key: the vault's two, then the chains'.
    fn bring_to(self, runs: &mut [RunPlan], rng: &mut dyn CryptoRng) -> Result<(), Failure> {
        // Nothing is derived from the other keys: their chain codes are nobody's.
        let mut unused = || {
            let mut chain_code = [0; 32];
            rng.fill_bytes(&mut chain_code);
            chain_code
        };
        let mut keys = vec![(self.ecdsa, self.chain_code), (self.eddsa, unused())];
        keys.extend(self.chains.into_iter().map(|(_, key)| (key, unused())));
        for (run, (private, chain_code)) in runs.iter_mut().zip(keys) {
            if let Protocol::Import { key, public_key, .. } = &mut run.protocol {
                *public_key = Some(private.public().map_err(refused)?);
                *key = Some((private, chain_code));
            }
        }
        Ok(())
    }
}

/// Every chain that a phrase makes a key for.
pub fn importable() -> Vec<&'static Chain> {
    CHAINS.iter().filter(|chain| path(chain, PathScheme::default()).is_some()).collect()
}

/// The first of the chains of each path: two of one path have one key (CEREMONY 11.1).
fn one_for_each_path(
    chains: &[&'static Chain],
    scheme: PathScheme,
) -> Result<Vec<&'static Chain>, Failure> {
    let mut paths = Vec::new();
    let mut first = Vec::new();
    for &chain in chains {
        let path = path(chain, scheme).ok_or_else(|| refused(PhraseError::Chain(chain.name)))?;
        let place = (chain.curve(), path);
        if !paths.contains(&place) {
            paths.push(place);
            first.push(chain);
        }
    }
    Ok(first)
}

/// Opens the lobby for a vault of these keys, and makes the link for the others.
///
/// # Errors
///
/// As for [`keygen::initiate`].
pub fn initiate(
    device: &Device<'_>,
    name: &str,
    devices: u8,
    threshold: Option<u8>,
    keys: ImportedKeys,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let size = keygen::size(devices, threshold)?;
    keygen::check_new_name(device, name)?;
    let vault = NewVault {
        name: name.to_owned(),
        size: Some(size),
        trust: route.trust,
        batch: route.batch,
    };
    let chains: Vec<&'static Chain> = keys.chains.iter().map(|(chain, _)| *chain).collect();
    let mut plan = plan(&vault, &chains);
    keys.bring_to(&mut plan.runs, rng)?;
    let names = chains.iter().map(|chain| chain.name.to_owned()).collect();
    keygen::invite(device, plan, size, names, route, rng)
}

/// The vault's keys and those of `chains`, each shared by a protocol of its own (CEREMONY 11.3).
pub(super) fn plan(vault: &NewVault, chains: &[&'static Chain]) -> Plan {
    let threshold = vault.size.map(|size| size.threshold);
    let run = |suite, chain: Option<&Chain>, slot: Namespace| RunPlan {
        suite,
        chain: chain.map(|chain| chain.name.to_owned()),
        slots: vec![slot],
        mailbox: match chain {
            _ if !vault.batch => Namespace::default(),
            Some(chain) => Namespace::batch(chain.name).unwrap_or_default(),
            None => batched(suite),
        },
        protocol: Protocol::Import { threshold, key: None, public_key: None },
    };
    let roots = [
        run(Suite::Ecdsa, None, Namespace::default()),
        run(Suite::Eddsa, None, Namespace::eddsa_import()),
    ];
    let own = chains.iter().map(|chain| {
        run(suite(chain.curve()), Some(*chain), Namespace::parse(chain.name).unwrap_or_default())
    });
    let runs = roots.into_iter().chain(own).collect();
    let names = chains.iter().map(|chain| chain.name.to_owned()).collect();
    let mut plan = keygen::of_new_keys(vault, runs, Proposal::Import { chains: names });
    // CEREMONY 11.9
    plan.setups_may_be_late = vault.trust == Trust::Mixed && !vault.batch;
    plan
}

/// The chains as a link asks for them: CEREMONY 11.1.
///
/// # Errors
///
/// [`Kind::Invalid`], naming the chain that this version cannot import or that comes twice, or two with one key.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Chain>, Failure> {
    let scheme = PathScheme::default();
    let mut chains: Vec<&'static Chain> = Vec::new();
    for name in names {
        let chain = chain::find(name).filter(|chain| path(chain, scheme).is_some());
        let chain = chain.ok_or_else(|| {
            unusable(format!("it brings a key for {name}, which this version cannot take over"))
        })?;
        if chains.contains(&chain) {
            return Err(unusable(format!("it names {name} twice")));
        }
        let place = |chain: &Chain| (chain.curve(), path(chain, scheme));
        if let Some(other) = chains.iter().find(|other| place(other) == place(chain)) {
            return Err(unusable(format!(
                "it shares one key twice, for {} and for {name}, and does not say which of its shares is to be kept",
                other.name
            )));
        }
        chains.push(chain);
    }
    Ok(chains)
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
