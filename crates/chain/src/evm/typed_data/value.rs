//! The values of a document, read as their types say, and what of them is hashed.

use alloy_primitives::{U256, keccak256};
use serde_json::value::RawValue;

use super::error::{Place, Reason, TypedDataError, quoted};
use super::json::Json;
use super::types::{Kind, Types};
use crate::evm::address::{Address, AddressError};

/// The most values in one document, each struct and list counted too.
const MAX_VALUES: usize = 4096;

/// A value of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Uint(U256),
    /// Its amount, and whether it is below zero.
    Int(U256, bool),
    Bool(bool),
    Address(Address),
    /// Of a type with this many bytes.
    Fixed(Vec<u8>),
    Bytes(Vec<u8>),
    Text(String),
    List(Vec<Value>),
    Struct(Struct),
}

/// A value of a struct type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Struct {
    /// The type's name.
    pub(super) name: String,
    /// The members, in the type's order.
    pub(super) members: Vec<(String, Value)>,
    type_hash: [u8; 32],
}

/// Reads values, counting them.
pub(super) struct Reader<'t> {
    types: &'t Types,
    left: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(types: &'t Types) -> Self {
        Self { types, left: MAX_VALUES }
    }

    /// A value of the struct type of this name, which is there.
    pub(super) fn of_struct(
        &mut self,
        name: &str,
        raw: &RawValue,
        place: &Place,
    ) -> Result<Struct, TypedDataError> {
        let known = self.types.members(name).zip(self.types.hash(name));
        let (kinds, hash) = known.ok_or_else(|| place.wrong(Reason::UnknownType(quoted(name))))?;
        let mut given = Json::object(raw, place)?;
        let mut members = Vec::with_capacity(kinds.len());
        for member in kinds {
            let raw = given.take(&member.name, place)?;
            let value = self.value(&member.kind, raw, &place.member(&member.name))?;
            members.push((member.name.clone(), value));
        }
        given.end(place)?;
        Ok(Struct { name: name.to_owned(), members, type_hash: hash })
    }

    fn value(
        &mut self,
        kind: &Kind,
        raw: &RawValue,
        place: &Place,
    ) -> Result<Value, TypedDataError> {
        let too_many = Reason::TooMany { what: "values", most: MAX_VALUES };
        self.left = self.left.checked_sub(1).ok_or_else(|| place.wrong(too_many))?;
        match (kind, Json::read(raw, place)?) {
            (Kind::Struct(name), Json::Object(_)) => {
                self.of_struct(name, raw, place).map(Value::Struct)
            }
            (Kind::List(of, count), Json::List(list)) => {
                let found = list.len();
                if let Some(wanted) = count.filter(|&count| count != found) {
                    return Err(place.wrong(Reason::Elements { found, wanted }));
                }
                let element = |(index, raw)| self.value(of, raw, &place.element(index));
                list.into_iter().enumerate().map(element).collect::<Result<_, _>>().map(Value::List)
            }
            (Kind::Bool, Json::Bool(value)) => Ok(Value::Bool(value)),
            (Kind::Text, Json::Text(text)) => Ok(Value::Text(text)),
            (Kind::Bytes, Json::Text(text)) => bytes(&text, place).map(Value::Bytes),
            (Kind::Fixed(length), Json::Text(text)) => {
                let bytes = bytes(&text, place)?;
                if bytes.len() != *length {
                    let (found, kind) = (bytes.len(), kind.to_string());
                    return Err(place.wrong(Reason::Length { found, kind }));
                }
                Ok(Value::Fixed(bytes))
            }
            (Kind::Address, Json::Text(text)) => match text.parse() {
                Ok(address) => Ok(Value::Address(address)),
                Err(AddressError::Form(text)) => Err(place.wrong(Reason::NoAddress(quoted(&text)))),
                Err(AddressError::Checksum(text)) => {
                    Err(place.wrong(Reason::Checksum(quoted(&text))))
                }
            },
            (Kind::Uint(_) | Kind::Int(_), Json::Number(digits)) => integer(kind, digits, place),
            (Kind::Uint(_) | Kind::Int(_), Json::Text(digits)) => integer(kind, &digits, place),
            (kind, other) => Err(other.instead_of(&kind.to_string(), place)),
        }
    }
}

fn bytes(text: &str, place: &Place) -> Result<Vec<u8>, TypedDataError> {
    let digits = text.strip_prefix("0x").ok_or_else(|| place.wrong(Reason::Hex))?;
    hex::decode(digits).map_err(|_| place.wrong(Reason::Hex))
}

/// Decimal digits in their one form, with or without a minus, or `0x` and hex digits. No fractions, no exponents: what
/// they stand for differs from reader to reader.
fn integer(kind: &Kind, text: &str, place: &Place) -> Result<Value, TypedDataError> {
    let no_number = || place.wrong(Reason::Number(quoted(text)));
    let no_room = || place.wrong(Reason::Range { number: quoted(text), kind: kind.to_string() });
    let (digits, negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
    let amount = if let Some(hex) = text.strip_prefix("0x") {
        if hex.is_empty() || !hex.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(no_number());
        }
        U256::from_str_radix(hex, 16)
    } else {
        let padded = digits.len() > 1 && digits.starts_with('0');
        if digits.is_empty() || padded || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(no_number());
        }
        U256::from_str_radix(digits, 10)
    };
    let amount = amount.map_err(|_| no_room())?;
    let negative = negative && !amount.is_zero();
    match *kind {
        Kind::Int(bits) => {
            // −2ⁿ⁻¹ has no counterpart.
            let most = U256::from(1) << (bits - 1);
            let fits = amount < most || (negative && amount == most);
            fits.then_some(Value::Int(amount, negative)).ok_or_else(no_room)
        }
        Kind::Uint(bits) => {
            let fits = !negative && amount.bit_len() <= bits;
            fits.then_some(Value::Uint(amount)).ok_or_else(no_room)
        }
        _ => Err(no_number()),
    }
}

impl Value {
    /// The 32 bytes that stand for it in the hash of what contains it (`encodeData`).
    fn word(&self) -> [u8; 32] {
        match self {
            Self::Uint(number) | Self::Int(number, false) => number.to_be_bytes(),
            Self::Int(amount, true) => amount.wrapping_neg().to_be_bytes(),
            Self::Bool(value) => U256::from(*value).to_be_bytes(),
            Self::Address(address) => at_the_end(&address.to_bytes()),
            Self::Fixed(bytes) => at_the_start(bytes),
            Self::Bytes(bytes) => keccak256(bytes).0,
            Self::Text(text) => keccak256(text).0,
            Self::List(values) => {
                let words: Vec<u8> = values.iter().flat_map(Self::word).collect();
                keccak256(words).0
            }
            Self::Struct(value) => value.hash(),
        }
    }
}

impl Value {
    /// Whether it is, or holds, nothing but bytes. `None` if it holds nothing.
    fn is_opaque(&self) -> Option<bool> {
        match self {
            Self::Bytes(_) | Self::Fixed(_) => Some(true),
            Self::List(values) => all(values.iter().map(Self::is_opaque)),
            Self::Struct(inner) => inner.is_opaque(),
            _ => Some(false),
        }
    }
}

fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    parts
        .try_fold(None, |opaque, part| match (opaque, part) {
            (_, Some(false)) => Err(()),
            (known, other) => Ok(other.or(known)),
        })
        .unwrap_or(Some(false))
}

impl Struct {
    /// As [`Value::is_opaque`].
    pub(super) fn is_opaque(&self) -> Option<bool> {
        all(self.members.iter().map(|(_, value)| value.is_opaque()))
    }

    /// `hashStruct`: keccak of the type's hash and every member's word.
    pub(super) fn hash(&self) -> [u8; 32] {
        let mut bytes = self.type_hash.to_vec();
        bytes.extend(self.members.iter().flat_map(|(_, value)| value.word()));
        keccak256(bytes).0
    }

    /// The member of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn at_the_end(bytes: &[u8; 20]) -> [u8; 32] {
    let mut word = [0; 32];
    word.iter_mut().skip(12).zip(bytes).for_each(|(to, from)| *to = *from);
    word
}

fn at_the_start(bytes: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    word.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    word
}
