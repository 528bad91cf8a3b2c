//! The JSON that our devices say to each other: short, and tolerant of what later versions add.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest text read, in bytes.
const MAX_LEN: usize = 4096;

/// Writes a value that has no map with keys other than text, so that writing cannot fail.
pub(crate) fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// Reads a value. `None` for what is too long or is none.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    (bytes.len() <= MAX_LEN).then(|| serde_json::from_slice(bytes).ok())?
}

/// Bytes as lower-case hex.
pub(crate) struct Hex<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; N];
        hex::decode_to_slice(text, &mut bytes)
            .map_err(|_| D::Error::custom(format_args!("expected {N} bytes in hex")))?;
        Ok(Self(bytes))
    }
}

/// For members that some writers leave empty rather than out.
pub(crate) fn hex_or_nothing<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Hex<N>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty())
    else {
        return Ok(None);
    };
    Hex::deserialize(serde::de::value::StringDeserializer::new(text)).map(Some)
}
