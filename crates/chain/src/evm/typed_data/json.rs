//! JSON, read a level at a time: numbers keep their digits, and no object has one name twice.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{Place, Reason, TypedDataError, quoted};

/// A value that has been read, over values that have not.
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    Text(String),
    List(Vec<&'a RawValue>),
    Object(Members<'a>),
}

/// The members of an object, taken out one by one.
pub(super) struct Members<'a>(BTreeMap<String, &'a RawValue>);

/// The whole document, well-formed to its end.
pub(super) fn document(text: &str) -> Result<&RawValue, serde_json::Error> {
    serde_json::from_str(text)
}

impl<'a> Json<'a> {
    pub(super) fn read(raw: &'a RawValue, place: &Place) -> Result<Self, TypedDataError> {
        let text = raw.get();
        let read = match text.bytes().next() {
            Some(b'{') => serde_json::from_str(text).map(Self::Object),
            Some(b'[') => serde_json::from_str(text).map(Self::List),
            Some(b'"') => serde_json::from_str(text).map(Self::Text),
            Some(b'n') => Ok(Self::Null),
            Some(b't' | b'f') => serde_json::from_str(text).map(Self::Bool),
            _ => Ok(Self::Number(text)),
        };
        read.map_err(|why| place.wrong(Reason::Json(why.to_string())))
    }

    /// For a sentence.
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// It is not what the type asks for.
    pub(super) fn instead_of(&self, wanted: &str, place: &Place) -> TypedDataError {
        place.wrong(Reason::Kind { found: self.kind(), wanted: wanted.to_owned() })
    }

    pub(super) fn object(raw: &'a RawValue, place: &Place) -> Result<Members<'a>, TypedDataError> {
        match Self::read(raw, place)? {
            Self::Object(members) => Ok(members),
            other => Err(other.instead_of("an object", place)),
        }
    }

    pub(super) fn list(
        raw: &'a RawValue,
        place: &Place,
    ) -> Result<Vec<&'a RawValue>, TypedDataError> {
        match Self::read(raw, place)? {
            Self::List(list) => Ok(list),
            other => Err(other.instead_of("a list", place)),
        }
    }

    pub(super) fn text(raw: &'a RawValue, place: &Place) -> Result<String, TypedDataError> {
        match Self::read(raw, place)? {
            Self::Text(text) => Ok(text),
            other => Err(other.instead_of("a text", place)),
        }
    }
}

impl<'a> Members<'a> {
    pub(super) fn take(
        &mut self,
        name: &str,
        place: &Place,
    ) -> Result<&'a RawValue, TypedDataError> {
        self.0.remove(name).ok_or_else(|| place.wrong(Reason::Missing(quoted(name))))
    }

    /// Nothing has been left.
    pub(super) fn end(self, place: &Place) -> Result<(), TypedDataError> {
        match self.0.first_key_value() {
            None => Ok(()),
            Some((name, _)) => Err(place.wrong(Reason::Extra(quoted(name)))),
        }
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (String, &'a RawValue)> {
        self.0.into_iter()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = BTreeMap<String, &'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    let twice = A::Error::custom(format!("{} is there twice", quoted(&name)));
                    if members.insert(name, value).is_some() {
                        return Err(twice);
                    }
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Reader).map(Members)
    }
}
