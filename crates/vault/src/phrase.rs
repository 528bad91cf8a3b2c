//! From a seed phrase (BIP39) to the keys that wallets make of it. `spec/chains.md`, CHAINS 9.
//!
//! Whoever has the phrase has the keys: it is read on the one device that starts an import, and gone when that device
//! has dealt the shares. The hardened steps live here because they need private keys, which no other part of a vault
//! ever holds; `crates/chain` says which path belongs to which chain.

use bip39::{Language, Mnemonic};
use hmac::{Hmac, KeyInit, Mac};
use k256::elliptic_curve::PrimeField;
use k256::{FieldBytes, Scalar};
use quorate_chain::chain::{Family, SeedPath};
use quorate_chain::{Chain, Curve};
use quorate_core::Secret;
use sha2::Sha512;
use zeroize::{Zeroize, Zeroizing};

use crate::store::PublicKey;

/// The first index of hardened steps.
const HARDENED: u32 = 1 << 31;

/// A seed phrase whose checksum is right: its seed of 64 bytes.
#[derive(Debug)]
pub struct Phrase(Secret<Vec<u8>>);

/// A private key on its way into a vault.
#[derive(Debug)]
pub enum PrivateKey {
    /// A scalar of secp256k1, 32 bytes big-endian.
    Ecdsa(Secret<[u8; 32]>),
    /// A scalar of edwards25519, 32 bytes little-endian.
    Eddsa(Secret<[u8; 32]>),
}

/// Why there are no keys. No word of a phrase is ever repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Not 12, 15, 18, 21 or 24.
    #[error("a seed phrase has 12, 15, 18, 21 or 24 words, and this one has {0}")]
    Words(usize),
    /// Its place, from 1.
    #[error("word {0} is not one of the English words of BIP39")]
    Word(usize),
    /// One word is wrong, or two have changed places.
    #[error("the checksum of the seed phrase does not fit: a word is wrong or in the wrong place")]
    Checksum,
    /// The chain's wallets make keys in a way of their own.
    #[error("a seed phrase cannot be imported for {0}")]
    Chain(&'static str),
    /// One of 2^127 phrases.
    #[error("this seed phrase makes no key at one of the paths")]
    NoKey,
}

impl Phrase {
    /// Reads a phrase of English words between any white space, in any case. There is no passphrase beside it
    /// (CHAINS 9.1).
    ///
    /// # Errors
    ///
    /// [`PhraseError`], which repeats nothing of it.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        let text = Zeroizing::new(text.to_lowercase());
        let words = text.split_whitespace().count();
        let refused = |why| match why {
            bip39::Error::UnknownWord(index) => PhraseError::Word(index.saturating_add(1)),
            bip39::Error::InvalidChecksum => PhraseError::Checksum,
            _ => PhraseError::Words(words),
        };
        let phrase = Mnemonic::parse_in_normalized(Language::English, &text).map_err(refused)?;
        let seed = Zeroizing::new(phrase.to_seed_normalized(""));
        Ok(Self(Secret::of(seed.to_vec())))
    }

    /// The vault's root ECDSA key and its chain code (CHAINS 9.2).
    ///
    /// # Errors
    ///
    /// [`PhraseError::NoKey`].
    pub fn root_ecdsa(&self) -> Result<(PrivateKey, [u8; 32]), PhraseError> {
        let master = Node::master(b"Bitcoin seed", self.0.expose());
        scalar(master.key.expose())?;
        let chain_code = *master.chain_code.expose();
        Ok((PrivateKey::Ecdsa(master.key), chain_code))
    }

    /// The vault's root Ed25519 key (CHAINS 9.3).
    pub fn root_eddsa(&self) -> PrivateKey {
        let master = Node::master(b"ed25519 seed", self.0.expose());
        PrivateKey::Eddsa(quorate_eddsa::import::key_of_seed(master.key.expose()))
    }

    /// The key at a path (CHAINS 9.4).
    ///
    /// # Errors
    ///
    /// [`PhraseError::NoKey`].
    pub fn at(&self, curve: Curve, path: &[u32]) -> Result<PrivateKey, PhraseError> {
        match curve {
            Curve::Secp256k1 => {
                let mut node = Node::master(b"Bitcoin seed", self.0.expose());
                scalar(node.key.expose())?;
                for &index in path {
                    node = node.child_secp256k1(index)?;
                }
                Ok(PrivateKey::Ecdsa(node.key))
            }
            Curve::Ed25519 => {
                let mut node = Node::master(b"ed25519 seed", self.0.expose());
                for &index in path {
                    node = node.child_ed25519(index);
                }
                Ok(PrivateKey::Eddsa(quorate_eddsa::import::key_of_seed(node.key.expose())))
            }
        }
    }

    /// The key of a chain, at the path that its wallets use.
    ///
    /// # Errors
    ///
    /// [`PhraseError::Chain`] for a chain without such a path, [`PhraseError::NoKey`].
    pub fn of_chain(&self, chain: &Chain, scheme: PathScheme) -> Result<PrivateKey, PhraseError> {
        let path = path(chain, scheme).ok_or(PhraseError::Chain(chain.name))?;
        self.at(chain.curve(), &path)
    }
}

/// Where wallets differ in the path of a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathScheme {
    /// Solana: `m/44'/501'/0'/0'`, as Phantom does, instead of `m/44'/501'/0'`.
    pub solana_phantom: bool,
    /// Terra and TerraClassic: the path of Cosmos instead of their own.
    pub terra_cosmos: bool,
}

/// The path of a chain's key below a seed phrase, hardening marks and all. `None` for a chain whose keys are not made
/// so (CHAINS 9.5).
pub fn path(chain: &Chain, scheme: PathScheme) -> Option<Vec<u32>> {
    let elsewhere = match chain.family {
        Family::Solana => scheme.solana_phantom,
        Family::Cosmos(_) => scheme.terra_cosmos,
        _ => false,
    };
    match chain.other_seed.filter(|_| elsewhere).or(chain.seed)? {
        // Purpose, coin and account are hardened, the two steps below are not.
        SeedPath::Account(path) => {
            let steps = path.split('/').skip(1);
            let indices = steps.map(str::parse).collect::<Result<Vec<u32>, _>>().ok()?;
            let mark = |(depth, index)| if depth < 3 { index | HARDENED } else { index };
            Some(indices.into_iter().enumerate().map(mark).collect())
        }
        SeedPath::Hardened(steps) => Some(steps.iter().map(|index| index | HARDENED).collect()),
    }
}

impl PrivateKey {
    /// Its public key.
    ///
    /// # Errors
    ///
    /// [`PhraseError::NoKey`] for no private key.
    pub fn public(&self) -> Result<PublicKey, PhraseError> {
        match self {
            Self::Ecdsa(key) => quorate_ecdsa::import::public_key(key.expose())
                .map(PublicKey::Ecdsa)
                .ok_or(PhraseError::NoKey),
            Self::Eddsa(key) => quorate_eddsa::import::public_key(key.expose())
                .map(PublicKey::Eddsa)
                .ok_or(PhraseError::NoKey),
        }
    }

    /// Its bytes.
    pub fn expose(&self) -> &[u8; 32] {
        match self {
            Self::Ecdsa(key) | Self::Eddsa(key) => key.expose(),
        }
    }
}

/// A private key and its chain code.
struct Node {
    key: Secret<[u8; 32]>,
    chain_code: Secret<[u8; 32]>,
}

impl Node {
    fn master(name: &[u8], seed: &[u8]) -> Self {
        Self::of(keyed(name).chain_update(seed))
    }

    fn of(hmac: Hmac<Sha512>) -> Self {
        let mut i: [u8; 64] = hmac.finalize().into_bytes().into();
        let (key, chain_code) = i.split_at(32);
        let half = |half: &[u8]| Secret::fill(|to: &mut [u8; 32]| to.copy_from_slice(half));
        let node = Self { key: half(key), chain_code: half(chain_code) };
        i.zeroize();
        node
    }

    /// BIP32, CKDpriv.
    fn child_secp256k1(&self, index: u32) -> Result<Self, PhraseError> {
        let hmac = keyed(self.chain_code.expose());
        let hmac = if index >= HARDENED {
            hmac.chain_update([0]).chain_update(self.key.expose())
        } else {
            let public =
                quorate_ecdsa::import::public_key(self.key.expose()).ok_or(PhraseError::NoKey)?;
            hmac.chain_update(public)
        };
        let mut child = Self::of(hmac.chain_update(index.to_be_bytes()));
        // I_L may be zero, not more than the order; the sum may not be zero.
        let tweak =
            Option::<Scalar>::from(Scalar::from_repr(FieldBytes::from(*child.key.expose())));
        let mut sum = tweak.ok_or(PhraseError::NoKey)? + scalar(self.key.expose())?;
        child.key.expose_mut().copy_from_slice(&sum.to_repr());
        sum.zeroize();
        scalar(child.key.expose())?;
        Ok(child)
    }

    /// SLIP-0010: hardened steps only.
    fn child_ed25519(&self, index: u32) -> Self {
        let hmac = keyed(self.chain_code.expose()).chain_update([0]);
        let hmac = hmac.chain_update(self.key.expose());
        Self::of(hmac.chain_update((index | HARDENED).to_be_bytes()))
    }
}

/// A scalar other than zero.
fn scalar(key: &[u8; 32]) -> Result<Scalar, PhraseError> {
    let decoded = Option::<Scalar>::from(Scalar::from_repr(FieldBytes::from(*key)));
    decoded.filter(|scalar| *scalar != Scalar::ZERO).ok_or(PhraseError::NoKey)
}

/// HMAC-SHA512 under a key of at most one block.
fn keyed(key: &[u8]) -> Hmac<Sha512> {
    let mut block = hmac::digest::Key::<Hmac<Sha512>>::default();
    block.iter_mut().zip(key).for_each(|(to, byte)| *to = *byte);
    let hmac = Hmac::new(&block);
    block.zeroize();
    hmac
}

#[cfg(test)]
mod tests {
    use quorate_chain::chain::{self, CHAINS};
    use serde_json::Value;

    use super::*;

    const PHRASE: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    fn recorded() -> Value {
        serde_json::from_str(include_str!("../../../vectors/app/key_import.json")).unwrap()
    }

    fn text(value: &Value) -> String {
        value.as_str().unwrap().to_owned()
    }

    #[test]
    fn a_phrase_makes_the_roots_that_other_clients_make_of_it() {
        let recorded = recorded();
        let phrase = Phrase::parse(&text(&recorded["mnemonic"])).unwrap();
        assert_eq!(hex::encode(phrase.0.expose()), text(&recorded["seed"]));
        let (ecdsa, chain_code) = phrase.root_ecdsa().unwrap();
        assert_eq!(hex::encode(ecdsa.expose()), text(&recorded["ecdsa_master_private"]));
        assert_eq!(hex::encode(chain_code), text(&recorded["chain_code"]));
        assert_eq!(public(&ecdsa), text(&recorded["ecdsa_master_public"]));
        let eddsa = phrase.root_eddsa();
        assert_eq!(hex::encode(eddsa.expose()), text(&recorded["eddsa_scalar_le"]));
        assert_eq!(public(&eddsa), text(&recorded["eddsa_public"]));
    }

    #[test]
    fn a_phrase_makes_the_keys_and_addresses_of_each_chain_that_other_clients_make_of_it() {
        let phrase = Phrase::parse(PHRASE).unwrap();
        let recorded = recorded();
        for (name, key) in recorded["chains"].as_object().unwrap() {
            let phantom = name.contains("Phantom");
            let scheme = PathScheme { solana_phantom: phantom, terra_cosmos: false };
            let chain = chain::find(name.split(' ').next().unwrap()).unwrap();
            assert_eq!(written(&path(chain, scheme).unwrap()), text(&key["path"]), "{name}");
            let private = phrase.of_chain(chain, scheme).unwrap();
            let scalar = key.get("private").unwrap_or(&key["scalar_le"]);
            assert_eq!(hex::encode(private.expose()), text(scalar), "{name}");
            assert_eq!(public(&private), text(&key["public"]), "{name}");
            if let Some(address) = key.get("address") {
                let address = text(address).replace("bitcoincash:", "");
                let own = match private.public().unwrap() {
                    PublicKey::Ecdsa(key) => chain.address(&key),
                    PublicKey::Eddsa(key) => chain.address(&key),
                };
                assert_eq!(own.unwrap(), address, "{name}");
            }
        }
    }

    /// Every chain has the path that the table of the other clients gives it, marks and all.
    #[test]
    fn paths_are_those_of_the_recorded_table() {
        let table: Value =
            serde_json::from_str(include_str!("../../../vectors/app/chains.json")).unwrap();
        let mut seen = 0;
        for row in table["chains"].as_array().unwrap() {
            let Some(chain) = chain::find(row["name"].as_str().unwrap()) else { continue };
            if chain.name == "Cardano" {
                assert_eq!(path(chain, PathScheme::default()), None);
                let phrase = Phrase::parse(PHRASE).unwrap();
                let refused = phrase.of_chain(chain, PathScheme::default()).unwrap_err();
                assert_eq!(refused, PhraseError::Chain("Cardano"));
            } else {
                let own = written(&path(chain, PathScheme::default()).unwrap());
                assert_eq!(own, text(&row["path"]), "{}", chain.name);
            }
            seen += 1;
        }
        assert_eq!(seen, CHAINS.len());
    }

    /// BIP32, test vector 1, and SLIP-0010, test vector 1 for ed25519: both of the seed 000102…0f.
    #[test]
    fn steps_are_those_of_bip32_and_slip10() {
        let seed: Vec<u8> = (0..16).collect();
        let phrase = Phrase(Secret::of(seed));
        let h = HARDENED;
        let at = |curve, path: &[u32]| hex::encode(phrase.at(curve, path).unwrap().expose());
        assert_eq!(
            at(Curve::Secp256k1, &[h, 1, 2 | h, 2, 1_000_000_000]),
            "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8"
        );
        let mut node = Node::master(b"ed25519 seed", phrase.0.expose());
        for index in [0, 1, 2, 2, 1_000_000_000] {
            node = node.child_ed25519(index);
        }
        assert_eq!(
            hex::encode(node.key.expose()),
            "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793"
        );
    }

    #[test]
    fn terra_may_have_the_key_of_cosmos() {
        let phrase = Phrase::parse(PHRASE).unwrap();
        let of =
            |name, scheme| public(&phrase.of_chain(chain::find(name).unwrap(), scheme).unwrap());
        let scheme = PathScheme { terra_cosmos: true, ..PathScheme::default() };
        assert_eq!(of("TerraClassic", scheme), of("Cosmos", PathScheme::default()));
        assert_ne!(of("Terra", PathScheme::default()), of("Cosmos", PathScheme::default()));
    }

    #[test]
    fn what_is_no_phrase_is_refused_without_repeating_it() {
        let spaced = format!("\n  {}\t\n", PHRASE.to_uppercase().replace(' ', "\r\n "));
        assert!(Phrase::parse(&spaced).is_ok());
        let refused = |text: &str| Phrase::parse(text).unwrap_err();
        assert_eq!(refused(""), PhraseError::Words(0));
        assert_eq!(refused(&PHRASE.replacen("abandon ", "", 1)), PhraseError::Words(11));
        assert_eq!(refused(&PHRASE.replace("about", "abandon")), PhraseError::Checksum);
        let wrong = refused(&PHRASE.replacen("abandon", "quorate", 1));
        assert_eq!(wrong, PhraseError::Word(1));
        assert!(!wrong.to_string().contains("quorate"));
    }

    fn public(key: &PrivateKey) -> String {
        match key.public().unwrap() {
            PublicKey::Ecdsa(key) => hex::encode(key),
            PublicKey::Eddsa(key) => hex::encode(key),
        }
    }

    fn written(path: &[u32]) -> String {
        path.iter().fold("m".to_owned(), |text, index| {
            let mark = if *index >= HARDENED { "'" } else { "" };
            format!("{text}/{}{mark}", index & !HARDENED)
        })
    }
}
