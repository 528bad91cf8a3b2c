//! Why a command did not do what was asked: what happened, to which device or file, and what to do now.

mod from;
mod remedy;

use quorate_vault::failure::{self as ceremony, Blamed, Consequence};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// What kind of failure; each has an exit code (`spec/cli.md` 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A ceremony ended without its result.
    Ceremony(ceremony::Kind),
    /// The program or its surroundings broke.
    Unexpected,
    /// The disk is full.
    Full,
    /// The command line does not parse.
    Usage,
    /// The relay or a node does not answer.
    Unreachable,
    /// The passphrase does not open the store.
    Locked,
    /// No such vault, session or transaction.
    NotFound,
    /// A person here, or a rule, said no.
    Refused,
    /// The transaction is out; something after that failed.
    AfterBroadcast,
    /// The identical payment is out already.
    AlreadyBroadcast,
    /// What was given is not valid.
    Invalid,
    /// The store cannot be read: damaged, foreign, newer, or the system says no.
    Unreadable,
    /// Something had to be asked, and there is nobody to ask.
    NeedsAnswer,
    /// Ctrl-C.
    Interrupted,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Ceremony(kind) => ceremony_code(kind),
            Self::Unexpected | Self::Full => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Locked => 4,
            Self::NotFound => 5,
            Self::Refused => 7,
            Self::AfterBroadcast => 8,
            Self::AlreadyBroadcast => 9,
            Self::Invalid => 10,
            Self::Unreadable => 11,
            Self::NeedsAnswer => 12,
            Self::Interrupted => 130,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ceremony(kind) => ceremony_name(kind),
            Self::Unexpected => "unexpected",
            Self::Full => "disk_full",
            Self::Usage => "usage",
            Self::Unreachable => "unreachable",
            Self::Locked => "locked",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::AfterBroadcast => "after_broadcast",
            Self::AlreadyBroadcast => "already_broadcast",
            Self::Invalid => "invalid",
            Self::Unreadable => "unreadable",
            Self::NeedsAnswer => "needs_answer",
            Self::Interrupted => "interrupted",
        }
    }
}

/// As [`Kind::code`], of a ceremony's end.
fn ceremony_code(kind: ceremony::Kind) -> u8 {
    match kind {
        ceremony::Kind::NotFound => 5,
        ceremony::Kind::Aborted
        | ceremony::Kind::Silent
        | ceremony::Kind::RefusedByPeer
        | ceremony::Kind::Surplus
        | ceremony::Kind::ViewsDiffer => 6,
        ceremony::Kind::Declined | ceremony::Kind::Forbidden => 7,
        ceremony::Kind::Invalid => 10,
        ceremony::Kind::Store => 11,
        ceremony::Kind::Interrupted => 130,
    }
}

/// As [`Kind::name`], of a ceremony's end.
fn ceremony_name(kind: ceremony::Kind) -> &'static str {
    match kind {
        ceremony::Kind::NotFound => "not_found",
        ceremony::Kind::Aborted => "aborted",
        ceremony::Kind::Silent => "silent",
        ceremony::Kind::RefusedByPeer | ceremony::Kind::Declined | ceremony::Kind::Forbidden => {
            "refused"
        }
        ceremony::Kind::Surplus => "surplus",
        ceremony::Kind::ViewsDiffer => "views_differ",
        ceremony::Kind::Invalid => "invalid",
        ceremony::Kind::Store => "unreadable",
        ceremony::Kind::Interrupted => "interrupted",
    }
}

/// The devices that a failure names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Certainly to blame.
    pub(crate) blamed: Vec<Blamed>,
    /// At least one of them is wrong.
    pub(crate) suspects: Vec<String>,
    /// It gave up first.
    pub(crate) aborted_by: Option<String>,
}

/// A command that ended without its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What kind.
    pub(crate) kind: Kind,
    /// What happened, naming the device or the file.
    pub(crate) message: String,
    /// What to do now.
    pub(crate) hint: String,
    /// Which devices it is about.
    pub(crate) named: Box<Named>,
}

impl Failure {
    /// A failure that names no device.
    pub(crate) fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into(), named: Box::default() }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        self.kind.code()
    }

    /// Whether the same command may succeed if it is simply run again.
    pub(crate) fn retryable(&self) -> bool {
        matches!(self.code(), 3 | 6)
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Failure", 8)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("kind", self.kind.name())?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("hint", &self.hint)?;
        fields.serialize_field("retryable", &self.retryable())?;
        let blamed: Vec<BlamedView> = self.named.blamed.iter().map(BlamedView).collect();
        fields.serialize_field("blamed", &blamed)?;
        fields.serialize_field("suspects", &self.named.suspects)?;
        fields.serialize_field("aborted_by", &self.named.aborted_by)?;
        fields.end()
    }
}

/// A device that is certainly to blame, as programs read it.
struct BlamedView<'a>(&'a Blamed);

impl Serialize for BlamedView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Blamed", 3)?;
        fields.serialize_field("party", &self.0.party)?;
        fields.serialize_field("check", self.0.check)?;
        let consequence = match self.0.consequence {
            Consequence::Retry => "retry",
            Consequence::Ban => "ban",
            Consequence::Refuse => "refuse",
        };
        fields.serialize_field("consequence", consequence)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_written_with_every_field_of_the_contract() {
        let named = Named {
            blamed: vec![Blamed {
                party: "c".into(),
                check: "DKG 2.1",
                asserts: "what it asserts",
                consequence: Consequence::Retry,
            }],
            suspects: vec!["d".into()],
            aborted_by: Some("b".into()),
        };
        let failure = Failure {
            named: Box::new(named),
            ..Failure::new(Kind::Ceremony(ceremony::Kind::Aborted), "what", "do")
        };
        assert_eq!(
            serde_json::to_value(&failure).unwrap(),
            serde_json::json!({
                "code": 6, "kind": "aborted", "message": "what", "hint": "do", "retryable": true,
                "blamed": [{"party": "c", "check": "DKG 2.1", "consequence": "retry"}],
                "suspects": ["d"], "aborted_by": "b",
            })
        );
    }

    #[test]
    fn only_what_may_succeed_unchanged_is_called_retryable() {
        for (kind, retryable) in [
            (Kind::Unreachable, true),
            (Kind::Ceremony(ceremony::Kind::Silent), true),
            (Kind::Ceremony(ceremony::Kind::RefusedByPeer), true),
            (Kind::Refused, false),
            (Kind::AfterBroadcast, false),
            (Kind::AlreadyBroadcast, false),
            (Kind::Unexpected, false),
        ] {
            assert_eq!(Failure::new(kind, "", "").retryable(), retryable, "{kind:?}");
        }
    }
}
