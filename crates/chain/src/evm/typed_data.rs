//! Typed data (EIP-712): what applications of the Ethereum family ask to have signed instead of a transaction, and
//! what often moves as much (`CHAINS 8`).
//!
//! A document names its types, a domain and a message. Everything that is shown is what is hashed, and everything that
//! is hashed is shown.

mod domain;
mod error;
mod json;
mod shown;
mod types;
mod value;
mod words;

use alloy_primitives::keccak256;

use self::domain::Domain;
pub use self::error::{Place, Reason, TypedDataError};
use self::json::Json;
use self::types::{DOMAIN, Types};
use self::value::{Reader, Struct};
use crate::chain::Chain;
use crate::evm::address::Address;
use crate::reading::{Blind, Item, Reading, Warning};
use crate::to_sign::Digest;

/// The longest document that is read, in bytes.
pub const MAX_LEN: usize = 128 << 10;

/// A document, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedData {
    domain: Struct,
    judged: Domain,
    message: Struct,
}

impl TypedData {
    /// Reads the JSON of `eth_signTypedData_v4`.
    ///
    /// # Errors
    ///
    /// [`TypedDataError`], with the place, for everything that `CHAINS 8.2` refuses.
    pub fn parse(json: &str) -> Result<Self, TypedDataError> {
        let top = Place::default();
        if json.len() > MAX_LEN {
            return Err(top.wrong(Reason::TooLong));
        }
        let document =
            json::document(json).map_err(|why| top.wrong(Reason::Json(why.to_string())))?;
        let mut members = Json::object(document, &top)?;
        let at = |name| top.member(name);
        let types = members.take("types", &top)?;
        let primary = members.take("primaryType", &top)?;
        let domain = members.take("domain", &top)?;
        let message = members.take("message", &top)?;
        members.end(&top)?;

        let types = Types::read(types, &at("types"))?;
        let primary = Json::text(primary, &at("primaryType"))?;
        if primary == DOMAIN {
            return Err(at("primaryType").wrong(Reason::OnlyDomain));
        }
        for (name, place) in [(DOMAIN, "types"), (primary.as_str(), "primaryType")] {
            if types.members(name).is_none() {
                let unknown = Reason::UnknownType(error::quoted(name));
                return Err(at(place).wrong(unknown));
            }
        }
        domain::judge(&types, &at("types"))?;
        let mut reader = Reader::new(&types);
        let domain = reader.of_struct(DOMAIN, domain, &at("domain"))?;
        let message = reader.of_struct(&primary, message, &at("message"))?;
        Ok(Self { judged: Domain::of(&domain), domain, message })
    }

    /// What the vault signs: keccak of 19 01 ‖ the domain's hash ‖ the message's hash.
    pub fn digest(&self) -> Digest {
        let hashed = [&[0x19, 0x01][..], &self.domain.hash(), &self.message.hash()].concat();
        Digest(keccak256(hashed).0)
    }

    /// Whether its message holds nothing but bytes: nobody can see what they stand for.
    pub fn is_blind(&self) -> bool {
        self.message.is_opaque() == Some(true)
    }

    /// What it says to the person who approves it, a line each: the domain and every value, then what is known of its
    /// meaning, then what is odd about it. `own` is the address that would sign.
    pub fn lines(&self, chain: &Chain, own: Address) -> Vec<String> {
        let reading = self.reading(chain, own);
        // The first says with which key it is signed.
        reading.lines().into_iter().skip(1).collect()
    }

    /// The same as data.
    pub(crate) fn reading(&self, chain: &Chain, own: Address) -> Reading {
        let mut lines = vec!["domain:".to_owned()];
        lines.extend(self.judged.lines());
        // Whatever the type is called, it cannot pass for the domain.
        lines.push(format!("message: {}", self.message.name));
        shown::members(&self.message, own, 1, &mut lines);
        let mut items = vec![Item::TypedData { lines }];
        items.extend(words::of(&self.message, &self.judged, own));
        let warnings = self.judged.warnings(chain).into_iter();
        Reading {
            items,
            warnings: warnings.map(|words| Warning::Said { words }).collect(),
            blind: self.is_blind().then_some(Blind::TypedData),
            ..Reading::on(chain.name)
        }
    }
}
