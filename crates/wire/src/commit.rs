//! What the members of a new sharing tell each other before they commit to it (`spec/commit.md`, COMMIT 3).
//!
//! Sealed JSON in the namespace [`crate::relay_api::Namespace::commit`].

use serde::{Deserialize, Serialize};

use crate::json::{self, Hex};

/// "I have written this down."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prep {
    /// The digest of what was written: COMMIT 1.
    pub staged: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    staged: Hex<32>,
}

impl Prep {
    /// The JSON to be sealed.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        json::write(&Body { v: 1, staged: Hex(self.staged) })
    }

    /// Reads what [`Self::to_json`] wrote; unknown members are ignored. `None` for anything else.
    #[must_use]
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        let Body { v: 1, staged: Hex(staged) } = json::read(bytes)? else { return None };
        Some(Self { staged })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{damage, rng};

    #[test]
    fn preps_have_this_form() {
        let prep = Prep { staged: [0xab; 32] };
        let text = format!(r#"{{"v":1,"staged":"{}"}}"#, "ab".repeat(32));
        assert_eq!(prep.to_json(), text.as_bytes());
        assert_eq!(Prep::from_json(text.as_bytes()), Some(prep));
        let later = text.replace('}', r#","also":1}"#);
        assert_eq!(Prep::from_json(later.as_bytes()), Some(prep));
    }

    #[test]
    fn what_is_no_prep_is_none() {
        for text in ["", "{}", r#"{"v":1,"staged":""}"#, r#"{"v":1,"staged":"abcd"}"#, r#"{"v":2}"#]
        {
            assert_eq!(Prep::from_json(text.as_bytes()), None, "{text}");
        }
        let text = Prep { staged: [7; 32] }.to_json();
        let mut rng = rng(4);
        for _ in 0..2_000 {
            let _ = Prep::from_json(&damage(&text, &mut rng));
        }
    }
}
