//! What may be asked of a vault, and what that means: the same for whoever asks and for whoever joins.

use crate::chain::{self, Chain};
use crate::evm::address::Address;
use crate::evm::typed_data::{TypedData, TypedDataError};
use crate::family::Unsigned;
use crate::key::{Curve, KeyError, PublicKey, Signer};
use crate::message::{Meaning, Message, MessageError};
use crate::payload::{Payload, PayloadError};
use crate::readable::plain_or_quoted;
use crate::reading::{Application, Blind, Item, Party, Reading, Warning};
use crate::request::{Request, Signing};
use crate::solana;
use crate::to_sign::{Digest, ToSign};

/// The longest message that is signed, in bytes: what a setup carries.
pub const MAX_MESSAGE: usize = 65_536;

/// What is to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A bare digest. Nobody can see what it stands for.
    Digest {
        /// The digest.
        digest: [u8; 32],
        /// Whose key signs.
        chain: &'static Chain,
        /// The derivation path.
        path: String,
    },
    /// A text, as it travels: the initiator has put a prefix there, if one belongs.
    Message {
        /// The text.
        payload: String,
        /// Whose key signs.
        chain: &'static Chain,
        /// The derivation path.
        path: String,
    },
    /// Typed data (EIP-712).
    TypedData {
        /// The JSON, as it travels.
        json: String,
        /// Whose key signs, of the Ethereum family.
        chain: &'static Chain,
        /// The derivation path.
        path: String,
    },
    /// Transactions, as they travel.
    Transaction(Payload),
}

/// Why a request is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The root key signs what certifies a sharing (COMMIT 2): nothing else may look like that.
    #[error("the vault's root key signs certificates only, never a message or digest")]
    RootKey,
    /// A path below a key that has none.
    #[error("the key of {0} has no paths below it")]
    NoPaths(&'static str),
    /// A path below a key that was imported for the chain alone.
    #[error("the key of {0} came from a seed phrase, and has no paths below it")]
    OwnKey(&'static str),
    /// The key stands elsewhere than the intent says.
    #[error("the key at {found} cannot sign what is asked of the key at {expected}")]
    OtherPath {
        /// The path that is asked for.
        expected: String,
        /// The path of the key.
        found: String,
    },
    /// The vault's key is none of the chain's.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The message is not signed.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// It is longer than what a setup carries.
    #[error("a message has at most {MAX_MESSAGE} bytes")]
    TooLong,
    /// The chain has no typed data.
    #[error("typed data (EIP-712) is not signed on {0}")]
    NoTypedData(&'static str),
    /// The document is not signed.
    #[error(transparent)]
    TypedData(#[from] TypedDataError),
    /// The payload is not signed.
    #[error(transparent)]
    Payload(#[from] PayloadError),
}

impl RequestError {
    /// Whether it is forbidden, whatever else is asked. Everything else is invalid: it can be asked in another way.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::RootKey)
    }
}

impl Intent {
    /// Whose key signs.
    ///
    /// # Errors
    ///
    /// [`PayloadError`] for a payload without a coin, or of a chain that is not in the table.
    pub fn chain(&self) -> Result<&'static Chain, PayloadError> {
        match self {
            Self::Digest { chain, .. }
            | Self::Message { chain, .. }
            | Self::TypedData { chain, .. } => Ok(chain),
            Self::Transaction(payload) => chain_of(payload),
        }
    }

    /// The path of the key below the vault's, as it is asked for: whether the chain has a key of its own or not.
    ///
    /// # Errors
    ///
    /// As [`Self::chain`].
    pub fn path(&self) -> Result<&str, PayloadError> {
        match self {
            Self::Digest { path, .. }
            | Self::Message { path, .. }
            | Self::TypedData { path, .. } => Ok(path),
            Self::Transaction(_) => Ok(self.chain()?.path),
        }
    }

    /// What this vault signs for it, and what that does. `signer` is the vault's key for [`Self::chain`] at
    /// [`Self::path`].
    ///
    /// Whether it could pass for a certificate (COMMIT 2) is for the caller to say.
    ///
    /// # Errors
    ///
    /// [`RequestError`] for what is not signed, by this key or by any.
    pub fn request(&self, signer: &Signer) -> Result<Request, RequestError> {
        let chain = self.chain()?;
        self.judge_path(chain, signer)?;
        match self {
            Self::Digest { digest, .. } => {
                let to_sign = match chain.curve() {
                    Curve::Secp256k1 => ToSign::Digest(Digest(*digest)),
                    Curve::Ed25519 => ToSign::Bytes(digest.to_vec()),
                };
                let item = Item::Digest { digest: hex::encode(digest) };
                let reading =
                    Reading { blind: Some(Blind::Digest), ..of_item(chain, signer, item) };
                Ok(one(chain, signer, to_sign, reading, false))
            }
            Self::Message { payload, .. } => message(payload, chain, signer),
            Self::TypedData { json, .. } => typed_data(json, chain, signer),
            Self::Transaction(payload) => transactions(payload, chain, signer),
        }
    }

    /// Whether some vault could sign it, as far as that can be known without one: before anything else is asked.
    ///
    /// # Errors
    ///
    /// [`RequestError`] for what no vault signs.
    pub fn check(&self) -> Result<(), RequestError> {
        let chain = self.chain()?;
        match (chain.curve(), self.path()?) {
            (Curve::Secp256k1, "m") => return Err(RequestError::RootKey),
            (Curve::Ed25519, path) if path != "m" => return Err(RequestError::NoPaths(chain.name)),
            _ => {}
        }
        match self {
            Self::Digest { .. } => Ok(()),
            Self::Message { payload, .. } => message_to_sign(payload, chain).map(drop),
            Self::TypedData { json, .. } => read_typed_data(json, chain).map(drop),
            Self::Transaction(payload) => Ok(to_sign(payload).map(drop)?),
        }
    }

    /// The key must be the one that is asked for, and one that may sign it.
    fn judge_path(&self, chain: &'static Chain, signer: &Signer) -> Result<(), RequestError> {
        let path = self.path()?;
        let is_transaction = matches!(self, Self::Transaction(_));
        match (chain.curve(), signer.key) {
            (Curve::Secp256k1, PublicKey::Ecdsa(_)) | (Curve::Ed25519, PublicKey::Eddsa(_)) => {}
            _ => return Err(KeyError::Curve.into()),
        }
        match (chain.curve(), path) {
            (Curve::Secp256k1, "m") => Err(RequestError::RootKey),
            (Curve::Ed25519, "m") => Ok(()),
            (Curve::Ed25519, _) => Err(RequestError::NoPaths(chain.name)),
            (Curve::Secp256k1, _) if signer.path == path => Ok(()),
            // The chain has a key for itself.
            (Curve::Secp256k1, path) if signer.path == "m" => {
                let fits = is_transaction || path == chain.path;
                fits.then_some(()).ok_or(RequestError::OwnKey(chain.name))
            }
            (Curve::Secp256k1, path) => {
                let (expected, found) = (path.to_owned(), signer.path.clone());
                Err(RequestError::OtherPath { expected, found })
            }
        }
    }
}

fn message_to_sign(payload: &str, chain: &Chain) -> Result<(Message, ToSign), RequestError> {
    let message = Message::parse(payload)?;
    let to_sign = message.to_sign(chain)?;
    if matches!(&to_sign, ToSign::Bytes(bytes) if bytes.len() > MAX_MESSAGE) {
        return Err(RequestError::TooLong);
    }
    Ok((message, to_sign))
}

fn read_typed_data(json: &str, chain: &Chain) -> Result<TypedData, RequestError> {
    if chain.evm().is_none() {
        return Err(RequestError::NoTypedData(chain.name));
    }
    Ok(TypedData::parse(json)?)
}

fn message(payload: &str, chain: &'static Chain, signer: &Signer) -> Result<Request, RequestError> {
    let (message, to_sign) = message_to_sign(payload, chain)?;
    let reading = match message.meaning(chain) {
        Meaning::Personal(text) => of_item(chain, signer, Item::Message { text, signer: None }),
        Meaning::Arbitrary(text, address) => {
            let own = address == chain.address(signer.key)?;
            let party = Some(Party { address, own, name: None });
            of_item(chain, signer, Item::Message { text, signer: party })
        }
        Meaning::Blind(bytes) => {
            let item = Item::Unknown { bytes };
            Reading { blind: Some(Blind::Bytes), ..of_item(chain, signer, item) }
        }
        Meaning::Transaction(transaction) => {
            let PublicKey::Eddsa(key) = signer.key else { return Err(KeyError::Curve.into()) };
            transaction.reading(solana::address::Address(key))
        }
    };
    Ok(one(chain, signer, to_sign, reading, true))
}

fn typed_data(json: &str, chain: &'static Chain, signer: &Signer) -> Result<Request, RequestError> {
    let read = read_typed_data(json, chain)?;
    let PublicKey::Ecdsa(key) = signer.key else { return Err(KeyError::Curve.into()) };
    let own = Address::of(&key)?;
    let reading = Reading { path: path_of(signer), ..read.reading(chain, own) };
    Ok(one(chain, signer, ToSign::Digest(read.digest()), reading, true))
}

fn transactions(
    payload: &Payload,
    chain: &'static Chain,
    signer: &Signer,
) -> Result<Request, RequestError> {
    let unsigned = Unsigned::of(payload, chain)?;
    judge_sender(payload, chain, signer)?;
    let mut reading = unsigned.reading(chain, signer.key)?;
    reading.application = payload.dapp_metadata.as_ref().map(|application| Application {
        claimed_name: application.name.clone(),
        claimed_url: application.url.clone(),
    });
    let numbers = payload.unknown_fields();
    if !numbers.is_empty() {
        reading.warnings.push(Warning::UnknownFields { numbers });
    }
    let to_sign = unsigned.to_sign();
    let signings = to_sign.into_iter().map(|bytes| signing(signer, bytes)).collect();
    Ok(Request { chain, signings, reading, unsigned })
}

/// The payment must come from this vault's own address, and name its key if it names one.
fn judge_sender(payload: &Payload, chain: &Chain, signer: &Signer) -> Result<(), RequestError> {
    let coin = payload.coin.as_ref().ok_or(PayloadError::NoCoin)?;
    let own = chain.address(signer.key)?;
    if !coin.address.eq_ignore_ascii_case(&own) {
        return Err(PayloadError::NotOurs { found: plain_or_quoted(&coin.address), own }.into());
    }
    let key = hex::encode(signer.key.as_bytes());
    if coin.hex_public_key.is_empty() || coin.hex_public_key.eq_ignore_ascii_case(&key) {
        return Ok(());
    }
    Err(PayloadError::OtherKey(chain.name).into())
}

fn signing(signer: &Signer, bytes: ToSign) -> Signing {
    Signing { key: signer.key, path: signer.path.clone(), bytes }
}

/// What no chain executes takes one signature.
fn one(
    chain: &'static Chain,
    signer: &Signer,
    to_sign: ToSign,
    reading: Reading,
    for_wallets: bool,
) -> Request {
    let signings = vec![signing(signer, to_sign)];
    Request { chain, signings, reading, unsigned: Unsigned::Message { for_wallets } }
}

fn of_item(chain: &'static Chain, signer: &Signer, item: Item) -> Reading {
    Reading { path: path_of(signer), items: vec![item], ..Reading::on(chain.name) }
}

/// What any vault signs for a payload, whoever's address it names, in the order of the chain.
///
/// # Errors
///
/// [`PayloadError`] for what no vault signs.
pub fn to_sign(payload: &Payload) -> Result<Vec<ToSign>, PayloadError> {
    let chain = chain_of(payload)?;
    Ok(Unsigned::of(payload, chain)?.to_sign())
}

fn chain_of(payload: &Payload) -> Result<&'static Chain, PayloadError> {
    let coin = payload.coin.as_ref().ok_or(PayloadError::NoCoin)?;
    chain::find(&coin.chain).ok_or_else(|| PayloadError::UnknownChain(coin.chain.clone()))
}

/// The path of the key, where it has any.
fn path_of(signer: &Signer) -> Option<String> {
    match signer.key {
        PublicKey::Ecdsa(_) => Some(signer.path.clone()),
        PublicKey::Eddsa(_) => None,
    }
}
