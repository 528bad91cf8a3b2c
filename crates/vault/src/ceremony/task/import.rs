//! What an import asks for besides (CEREMONY 11): its chains, their protocols and setups, what its person reads.

use quorate_chain::Curve;
use quorate_chain::chain::{self, Chain};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, Suite};
use rand_core::CryptoRng;

use super::{Import, Size};
use crate::ceremony::engine::{self, Leg};
use crate::ceremony::invite::{Manner, unusable};
use crate::ceremony::setups::{Act, Seat};
use crate::failure::Failure;
use crate::phrase::{self, Habit};

impl Import {
    /// The chains, as a link names them.
    pub(in crate::ceremony) fn names(&self) -> Vec<String> {
        self.chains.iter().map(|chain| chain.name.to_owned()).collect()
    }

    /// As a link asks for it: CEREMONY 11.1.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`], naming the chain that this version cannot import or that comes twice, or two with one key.
    pub(in crate::ceremony) fn named(names: &[String]) -> Result<Self, Failure> {
        let mut chains: Vec<&'static Chain> = Vec::new();
        for name in names {
            let chain = chain::find(name)
                .filter(|chain| phrase::path(chain, Habit::default()).is_some())
                .ok_or_else(|| {
                    unusable(format!(
                        "it brings a key for {name}, which this version cannot take over"
                    ))
                })?;
            if chains.contains(&chain) {
                return Err(unusable(format!("it names {name} twice")));
            }
            let place = |chain: &Chain| (chain.curve(), phrase::path(chain, Habit::default()));
            if let Some(other) = chains.iter().find(|other| place(other) == place(chain)) {
                return Err(unusable(format!(
                    "it shares one key twice, for {} and for {name}, and does not say which of its shares is to be kept",
                    other.name
                )));
            }
            chains.push(chain);
        }
        Ok(Self { chains, expected: None, brought: None })
    }

    /// CEREMONY 11.3.
    pub(super) fn acts(&self, size: Size, manner: Manner) -> Vec<Act> {
        let act = |suite, chain: Option<&Chain>, slot: Namespace| Act {
            suite,
            chain: chain.map(|chain| chain.name.to_owned()),
            slots: vec![slot],
            mail: match chain {
                Some(chain) if manner.batch => Namespace::batch(chain.name).unwrap_or_default(),
                _ => manner.mail(suite),
            },
            body: Body::Dkg { threshold: size.threshold, key_id: None },
        };
        let roots = [
            act(Suite::Ecdsa, None, Namespace::default()),
            act(Suite::Eddsa, None, Namespace::eddsa_import()),
        ];
        let chains = self.chains.iter().map(|chain| {
            let suite = match chain.curve() {
                Curve::Secp256k1 => Suite::Ecdsa,
                Curve::Ed25519 => Suite::Eddsa,
            };
            act(suite, Some(chain), Namespace::parse(chain.name).unwrap_or_default())
        });
        roots.into_iter().chain(chains).collect()
    }

    /// Starts one of [`Self::acts`], with its key where this device has it.
    pub(super) fn start(
        &self,
        act: usize,
        seat: Seat,
        threshold: u8,
        rng: &mut dyn CryptoRng,
    ) -> Result<Leg, Failure> {
        let Some(brought) = &self.brought else {
            return engine::import(seat, threshold, None, rng);
        };
        let mut chain_code = [0; 32];
        rng.fill_bytes(&mut chain_code);
        let key = match act.checked_sub(2) {
            None if act == 0 => Some((&brought.ecdsa, brought.chain_code)),
            None => Some((&brought.eddsa, chain_code)),
            Some(chain) => brought.chains.get(chain).map(|(_, key)| (key, chain_code)),
        };
        let key = key.ok_or_else(|| Failure::fault("no key for one of the protocols"))?;
        engine::import(seat, threshold, Some(key), rng)
    }

    pub(super) fn lines(&self, vault: &str) -> Vec<String> {
        let own = match self.names().as_slice() {
            [] => "no chain has a key of its own: addresses are those below the vault's keys"
                .to_owned(),
            chains => format!("with the keys that wallets have for {}", chains.join(", ")),
        };
        vec![
            format!("make the vault \"{vault}\" from a seed phrase"),
            own,
            "IMPORTED: these keys existed before. Whoever has the phrase has the vault, without any of its devices"
                .to_owned(),
        ]
    }
}
