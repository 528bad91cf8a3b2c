//! What a device of ours says of itself in the lobby, and when it leaves (`spec/ceremony.md`, CEREMONY 1).
//!
//! Sealed JSON in the setup slot [`crate::relay_api::Namespace::hello`] of its party id. Other clients neither write
//! nor read it.

use serde::{Deserialize, Serialize};

use crate::json::{self, Hex};

/// The two-step commit that this version takes part in (`spec/commit.md`).
const COMMIT: u32 = 1;

/// A device's word about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hello {
    /// It is here and ready.
    Here(Presence),
    /// It has left, and will not come back to this ceremony: `refused` or `interrupted`, or another word of at
    /// most 64 visible ASCII characters.
    Gone(String),
}

/// What a device brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The sharing that it would use: the ECDSA share's final session id.
    pub fsid: Option<[u8; 32]>,
    /// Where that sharing stands on this device.
    pub state: Standing,
    /// That sharing's certificate, r ‖ s ‖ recovery id, if the device holds it.
    pub certificate: Option<[u8; 65]>,
}

/// Where a sharing stands on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It brings no sharing.
    None,
    /// It signs with it.
    Active,
    /// It has written it down.
    Staged,
    /// It knows that all members have written it down.
    Voted,
}

impl Presence {
    /// A device that brings no sharing.
    #[must_use]
    pub fn new_device() -> Self {
        Self { fsid: None, state: Standing::None, certificate: None }
    }
}

/// The JSON, in one struct for both kinds; absent members are left out.
#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<u32>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "json::hex_or_nothing"
    )]
    fsid: Option<Hex<32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<Standing>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "json::hex_or_nothing"
    )]
    cert: Option<Hex<65>>,
}

impl Hello {
    /// The JSON to be sealed.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let empty = Body { v: 1, gone: None, commit: None, fsid: None, state: None, cert: None };
        json::write(&match self {
            Self::Here(presence) => Body {
                commit: Some(COMMIT),
                fsid: presence.fsid.map(Hex),
                state: Some(presence.state),
                cert: presence.certificate.map(Hex),
                ..empty
            },
            Self::Gone(reason) => Body { gone: Some(reason.clone()), ..empty },
        })
    }

    /// Reads what [`Self::to_json`] wrote, here or in a later version: unknown members are ignored.
    ///
    /// `None` for anything else, and for a device that does not take part in this version's commit.
    #[must_use]
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        let body: Body = json::read(bytes)?;
        if let Some(reason) = body.gone {
            let word = reason.len() <= 64 && reason.bytes().all(|b| b.is_ascii_graphic());
            return word.then_some(Self::Gone(reason));
        }
        (body.v >= 1 && body.commit == Some(COMMIT)).then_some(())?;
        Some(Self::Here(Presence {
            fsid: body.fsid.map(|Hex(fsid)| fsid),
            state: body.state?,
            certificate: body.cert.map(|Hex(certificate)| certificate),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{damage, rng};

    fn voter() -> Hello {
        Hello::Here(Presence {
            fsid: Some([0xab; 32]),
            state: Standing::Voted,
            certificate: Some([0xcd; 65]),
        })
    }

    #[test]
    fn hellos_have_this_form() {
        let text = |hello: &Hello| String::from_utf8(hello.to_json()).unwrap();
        assert_eq!(
            text(&voter()),
            format!(
                r#"{{"v":1,"commit":1,"fsid":"{}","state":"voted","cert":"{}"}}"#,
                "ab".repeat(32),
                "cd".repeat(65)
            )
        );
        let new = Hello::Here(Presence::new_device());
        assert_eq!(text(&new), r#"{"v":1,"commit":1,"state":"none"}"#);
        assert_eq!(text(&Hello::Gone("refused".into())), r#"{"v":1,"gone":"refused"}"#);
        for hello in [voter(), new, Hello::Gone("interrupted".into())] {
            assert_eq!(Hello::from_json(&hello.to_json()), Some(hello));
        }
    }

    #[test]
    fn a_later_versions_additions_are_ignored() {
        let later = br#"{"v":2,"commit":1,"state":"none","fsid":null,"cert":"","mood":["good"]}"#;
        assert_eq!(Hello::from_json(later), Some(Hello::Here(Presence::new_device())));
    }

    #[test]
    fn what_is_no_hello_is_none() {
        for text in [
            "",
            "[]",
            "null",
            "{}",
            r#"{"v":1}"#,
            r#"{"v":1,"commit":0,"state":"none"}"#,
            r#"{"v":1,"commit":1,"state":"asleep"}"#,
            r#"{"v":1,"commit":1,"state":"active","fsid":"ab"}"#,
            r#"{"v":1,"gone":"\u001b[2J"}"#,
        ] {
            assert_eq!(Hello::from_json(text.as_bytes()), None, "{text}");
        }
        let long = format!(r#"{{"v":1,"commit":1,"state":"none","x":"{}"}}"#, "y".repeat(1 << 14));
        assert_eq!(Hello::from_json(long.as_bytes()), None);
    }

    #[test]
    fn damaged_hellos_do_not_panic() {
        let mut rng = rng(3);
        for _ in 0..3_000 {
            let _ = Hello::from_json(&damage(&voter().to_json(), &mut rng));
        }
    }
}
