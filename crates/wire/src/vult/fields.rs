//! The wire format of protobuf, as far as backups need it (`VULT 3.1`, `VULT 3.2`).
//!
//! Not `prost`: that drops the fields it does not know, and what another app has saved in a backup must survive.

use quorate_core::check::{require, require_some};
use zeroize::Zeroizing;

use super::Check;

/// The fields of one message, in their order.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

/// One field.
pub(super) struct Field<'a> {
    pub(super) number: u64,
    pub(super) value: Value<'a>,
    /// Key and value as they are written.
    pub(super) raw: &'a [u8],
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a fixed size, as no field that we know is.
    Fixed,
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// The next field; `None` at the end of the message.
    pub(super) fn next(&mut self) -> Result<Option<Field<'a>>, Check> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (field, rest) = require_some(Field::split(self.rest), Check::FieldsAreWhole, || {
            (Field { number: 0, value: Value::Fixed, raw: &[] }, &[])
        })?;
        self.rest = rest;
        Ok(Some(field))
    }
}

impl<'a> Field<'a> {
    fn split(message: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (key, rest) = varint(message)?;
        let (value, rest) = match key & 7 {
            0 => varint(rest).map(|(number, rest)| (Value::Number(number), rest))?,
            1 => (Value::Fixed, rest.get(8..)?),
            2 => {
                let (len, rest) = varint(rest)?;
                let (bytes, rest) = rest.split_at_checked(usize::try_from(len).ok()?)?;
                (Value::Bytes(bytes), rest)
            }
            5 => (Value::Fixed, rest.get(4..)?),
            _ => return None,
        };
        let raw = message.get(..message.len().checked_sub(rest.len())?)?;
        let number = key >> 3;
        (number != 0).then_some((Self { number, value, raw }, rest))
    }

    pub(super) fn number(&self) -> Result<u64, Check> {
        let number = match self.value {
            Value::Number(number) => Some(number),
            Value::Bytes(_) | Value::Fixed => None,
        };
        require_some(number, Check::FieldsAreWhole, || 0)
    }

    pub(super) fn bytes(&self) -> Result<&'a [u8], Check> {
        let bytes = match self.value {
            Value::Bytes(bytes) => Some(bytes),
            Value::Number(_) | Value::Fixed => None,
        };
        require_some(bytes, Check::FieldsAreWhole, || &[])
    }

    pub(super) fn text(&self) -> Result<String, Check> {
        let text = str::from_utf8(self.bytes()?).ok();
        require_some(text, Check::TextIsUtf8, || "").map(str::to_owned)
    }
}

/// Base 128, least significant group first; at most ten bytes.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (place, byte) in (0..64).step_by(7).zip(bytes) {
        let group = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if place == 63 && group > 1 {
            return None;
        }
        number |= group << place;
        if byte & 0x80 == 0 {
            let len = usize::try_from(place / 7).ok()?.checked_add(1)?;
            return Some((number, bytes.get(len..)?));
        }
    }
    None
}

/// Writes a message. `fill` is run twice, first for the length: the bytes never move, and leave no copy of a secret
/// behind.
pub(super) fn message(fill: impl Fn(&mut Message)) -> Zeroizing<Vec<u8>> {
    let mut message = Message { len: 0, bytes: None };
    fill(&mut message);
    message.bytes = Some(Zeroizing::new(Vec::with_capacity(message.len)));
    fill(&mut message);
    message.bytes.unwrap_or_default()
}

/// A message in the making.
pub(super) struct Message {
    len: usize,
    bytes: Option<Zeroizing<Vec<u8>>>,
}

impl Message {
    /// A field that is absent if it is zero.
    pub(super) fn number(&mut self, field: u32, number: u64) {
        if number != 0 {
            self.varint(u64::from(field) << 3);
            self.varint(number);
        }
    }

    /// A field that is absent if it is empty.
    pub(super) fn bytes(&mut self, field: u32, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.member(field, bytes);
        }
    }

    /// A member of a list, or a message within: present even if it is empty.
    pub(super) fn member(&mut self, field: u32, bytes: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.raw(bytes);
    }

    /// Fields as they were read.
    pub(super) fn raw(&mut self, fields: &[u8]) {
        self.len = self.len.saturating_add(fields.len());
        self.bytes.iter_mut().for_each(|bytes| bytes.extend_from_slice(fields));
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.raw(&[number.to_le_bytes()[0] | 0x80]);
            number >>= 7;
        }
        self.raw(&[number.to_le_bytes()[0]]);
    }
}

/// `VULT 3.3`: adds to a list that has an end.
pub(super) fn push<T>(list: &mut Vec<T>, most: usize, item: T) -> Result<(), Check> {
    require(list.len() < most, Check::ListsAreBounded)?;
    list.push(item);
    Ok(())
}
