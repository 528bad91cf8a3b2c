//! The types of a document: what its values must be, and the text that stands for them in the hash.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use alloy_primitives::keccak256;
use serde_json::value::RawValue;

use super::error::{Place, Reason, TypedDataError, quoted};
use super::json::Json;

/// The name of the domain's type.
pub(super) const DOMAIN: &str = "EIP712Domain";

/// The most types, members of one type, and types within each other.
const MAX_TYPES: usize = 64;
const MAX_MEMBERS: usize = 64;
const MAX_DEPTH: usize = 16;
/// The most brackets behind a type.
const MAX_DIMENSIONS: usize = 4;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// So many bits.
    Uint(usize),
    Int(usize),
    Bool,
    Address,
    /// So many bytes.
    Fixed(usize),
    Bytes,
    Text,
    Struct(String),
    /// Of this type; so many, or any number.
    List(Box<Kind>, Option<usize>),
}

/// A member of a struct type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// The struct types of a document: all that are named are there, and none contains itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Types {
    members: BTreeMap<String, Vec<Member>>,
    hashes: BTreeMap<String, [u8; 32]>,
}

impl Types {
    pub(super) fn read(raw: &RawValue, place: &Place) -> Result<Self, TypedDataError> {
        let mut types = BTreeMap::new();
        for (name, members) in Json::object(raw, place)?.into_iter() {
            if types.len() == MAX_TYPES {
                return Err(place.wrong(Reason::TooMany { what: "types", most: MAX_TYPES }));
            }
            if !is_type_name(&name) {
                return Err(place.wrong(Reason::TypeName(quoted(&name))));
            }
            if is_reserved(&name) {
                return Err(place.wrong(Reason::Reserved(quoted(&name))));
            }
            let members = members_of(members, &place.member(&name))?;
            types.insert(name, members);
        }
        let mut types = Self { members: types, hashes: BTreeMap::new() };
        types.judge(place)?;
        let hash = |name: &String| (name.clone(), keccak256(types.text(name)).0);
        types.hashes = types.members.keys().map(hash).collect();
        Ok(types)
    }

    /// The members of a struct type.
    pub(super) fn members(&self, name: &str) -> Option<&[Member]> {
        self.members.get(name).map(Vec::as_slice)
    }

    /// keccak of the type's text (`encodeType`), which names every type in it.
    pub(super) fn hash(&self, name: &str) -> Option<[u8; 32]> {
        self.hashes.get(name).copied()
    }

    /// `Mail(Person from,Person to)Person(string name)`: the type, then those that it names, by their names.
    fn text(&self, name: &str) -> String {
        let mut named = BTreeSet::new();
        self.gather(name, &mut named);
        named.remove(name);
        let mut text = String::new();
        for name in core::iter::once(name).chain(named) {
            let members: Vec<String> =
                self.members(name).unwrap_or_default().iter().map(Member::to_string).collect();
            // A String takes everything.
            let _ = write!(text, "{name}({})", members.join(","));
        }
        text
    }

    fn gather<'t>(&'t self, name: &'t str, named: &mut BTreeSet<&'t str>) {
        if named.insert(name) {
            for member in self.members(name).unwrap_or_default() {
                if let Some(inner) = member.kind.named() {
                    self.gather(inner, named);
                }
            }
        }
    }

    /// Every type that is named is there, none contains itself, and none goes too deep.
    fn judge(&self, place: &Place) -> Result<(), TypedDataError> {
        let mut depths = BTreeMap::new();
        for name in self.members.keys() {
            self.depth(name, &mut depths, place)?;
        }
        Ok(())
    }

    /// How many types are within each other here. `None` in `depths` marks those that are being looked into.
    fn depth<'t>(
        &'t self,
        name: &'t str,
        depths: &mut BTreeMap<&'t str, Option<usize>>,
        place: &Place,
    ) -> Result<usize, TypedDataError> {
        let here = place.member(name);
        match depths.get(name) {
            Some(Some(depth)) => return Ok(*depth),
            Some(None) => return Err(here.wrong(Reason::Recursive(quoted(name)))),
            None => {}
        }
        depths.insert(name, None);
        let mut deepest = 0;
        for member in self.members(name).unwrap_or_default() {
            if let Some(inner) = member.kind.named() {
                if self.members(inner).is_none() {
                    let unknown = Reason::UnknownType(quoted(inner));
                    return Err(here.member(&member.name).wrong(unknown));
                }
                deepest = deepest.max(self.depth(inner, depths, place)?);
            }
        }
        let depth = deepest + 1;
        if depth > MAX_DEPTH {
            let what = "types within each other";
            return Err(here.wrong(Reason::TooMany { what, most: MAX_DEPTH }));
        }
        depths.insert(name, Some(depth));
        Ok(depth)
    }
}

fn members_of(raw: &RawValue, place: &Place) -> Result<Vec<Member>, TypedDataError> {
    let list = Json::list(raw, place)?;
    if list.len() > MAX_MEMBERS {
        return Err(place.wrong(Reason::TooMany { what: "members", most: MAX_MEMBERS }));
    }
    let mut members: Vec<Member> = Vec::with_capacity(list.len());
    for (index, raw) in list.into_iter().enumerate() {
        let place = place.element(index);
        let mut member = Json::object(raw, &place)?;
        let name = Json::text(member.take("name", &place)?, &place.member("name"))?;
        let kind = Json::text(member.take("type", &place)?, &place.member("type"))?;
        member.end(&place)?;
        judge_name(&name, &place.member("name"))?;
        if members.iter().any(|known| known.name == name) {
            return Err(place.wrong(Reason::Twice(quoted(&name))));
        }
        let kind = Kind::parse(&kind, &place.member("type"))?;
        members.push(Member { name, kind });
    }
    Ok(members)
}

impl Kind {
    fn parse(text: &str, place: &Place) -> Result<Self, TypedDataError> {
        let unknown = || place.wrong(Reason::UnknownType(quoted(text)));
        let (base, brackets) = text.find('[').map_or((text, ""), |at| text.split_at(at));
        let mut kind = match base {
            "bool" => Self::Bool,
            "address" => Self::Address,
            "bytes" => Self::Bytes,
            "string" => Self::Text,
            _ => match sized(base) {
                Some(kind) => kind,
                // The standard has no `uint`, and no name of a struct looks like a type of Solidity.
                None if is_reserved(base) || !is_type_name(base) => return Err(unknown()),
                None => Self::Struct(base.to_owned()),
            },
        };
        let mut rest = brackets;
        let mut dimensions = 0;
        while !rest.is_empty() {
            let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let (count, more) = inside.ok_or_else(unknown)?;
            let count = match count {
                "" => None,
                digits => Some(number(digits).filter(|&count| count > 0).ok_or_else(unknown)?),
            };
            dimensions += 1;
            if dimensions > MAX_DIMENSIONS {
                let what = "lists within each other";
                return Err(place.wrong(Reason::TooMany { what, most: MAX_DIMENSIONS }));
            }
            kind = Self::List(Box::new(kind), count);
            rest = more;
        }
        Ok(kind)
    }

    /// The struct type in it.
    fn named(&self) -> Option<&str> {
        match self {
            Self::Struct(name) => Some(name),
            Self::List(of, _) => of.named(),
            _ => None,
        }
    }
}

/// As it stands in the type's text.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uint(bits) => write!(f, "uint{bits}"),
            Self::Int(bits) => write!(f, "int{bits}"),
            Self::Bool => f.write_str("bool"),
            Self::Address => f.write_str("address"),
            Self::Fixed(bytes) => write!(f, "bytes{bytes}"),
            Self::Bytes => f.write_str("bytes"),
            Self::Text => f.write_str("string"),
            Self::Struct(name) => f.write_str(name),
            Self::List(of, None) => write!(f, "{of}[]"),
            Self::List(of, Some(count)) => write!(f, "{of}[{count}]"),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// A type with a size behind its name.
fn sized(text: &str) -> Option<Kind> {
    let bits = |digits| number(digits).filter(|bits| (8..=256).contains(bits) && bits % 8 == 0);
    if let Some(digits) = text.strip_prefix("uint") {
        bits(digits).map(Kind::Uint)
    } else if let Some(digits) = text.strip_prefix("int") {
        bits(digits).map(Kind::Int)
    } else {
        let digits = text.strip_prefix("bytes")?;
        number(digits).filter(|bytes| (1..=32).contains(bytes)).map(Kind::Fixed)
    }
}

/// Digits in their one form.
fn number(digits: &str) -> Option<usize> {
    let number: usize = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// Whether Solidity has, or may take it for, a type of its own.
fn is_reserved(name: &str) -> bool {
    let sized = ["uint", "int", "bytes", "ufixed", "fixed"]
        .into_iter()
        .filter_map(|word| name.strip_prefix(word))
        .any(|rest| rest.bytes().all(|c| c.is_ascii_digit() || c == b'x'));
    sized || matches!(name, "bool" | "address" | "string" | "function" | "byte" | "tuple")
}

fn judge_name(name: &str, place: &Place) -> Result<(), TypedDataError> {
    if is_name(name) { Ok(()) } else { Err(place.wrong(Reason::Name(quoted(name)))) }
}

/// As [`is_name`]; some applications write a colon between two.
fn is_type_name(name: &str) -> bool {
    name.split(':').all(is_name) && name.len() <= LONGEST_NAME
}

/// In bytes.
const LONGEST_NAME: usize = 128;

/// Nothing that would end a member or a type in the text that is hashed. No `$` either: wallets disagree about it.
fn is_name(name: &str) -> bool {
    let letter = |c: u8| c.is_ascii_alphabetic() || c == b'_';
    name.bytes().next().is_some_and(letter)
        && name.bytes().all(|c| letter(c) || c.is_ascii_digit())
        && name.len() <= LONGEST_NAME
}
