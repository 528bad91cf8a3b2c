//! What a person can do about a failure.

use core::fmt;

/// What to do now. The host says those that name something to start in its own words: a command, or a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// This, in these words.
    Say(Box<str>),
    /// Take part in the vault's next ceremony, or resume the commit: the others may have finished it.
    JoinNextOrResume,
    /// Resume the commit on this device while the others join.
    ResumeHere,
    /// Resume the commit before anything else.
    ResumeFirst,
    /// Resume the commit with the devices that may have finished it.
    ResumeWithThem,
    /// Resume the commit when the devices are back; until then what was in use stays in use.
    ResumeWhenTheyAreBack,
    /// Other devices may use the new sharing: resume if so, discard it if none does.
    ResumeOrDiscard,
    /// The new sharing and the old one are here: resume if others show the vault as finished, discard it if none does.
    AdoptOrDiscard,
    /// If no device shows the vault as finished, forget it.
    ForgetIfNobodyHasIt,
    /// Reshare with the device that is missing, or name it as removed.
    RemoveTheMissing,
    /// Name a member as removed.
    RemoveAMember,
    /// Name those that leave as removed.
    RemoveThoseThatLeave,
    /// Reshare from devices that have all shares, naming this one as removed.
    RemoveThisDevice,
    /// First add devices, then remove.
    AddThenRemove(Box<AddThenRemove>),
    /// Reshare without other clients, or make a new vault.
    WithoutOtherClients,
    /// Restore that share first, or join under another device name.
    RestoreOrRename,
    /// Join again and name the digest and its chain.
    NameTheDigest,
}

/// Two reshares in place of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddThenRemove {
    /// How many devices there are to be first.
    pub first: usize,
    /// How many afterwards.
    pub then: usize,
    /// Who is then removed.
    pub removed: Vec<String>,
}

impl From<&str> for Remedy {
    fn from(words: &str) -> Self {
        Self::Say(words.into())
    }
}

impl From<String> for Remedy {
    fn from(words: String) -> Self {
        Self::Say(words.into())
    }
}

/// In words that name no host's commands.
impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Say(words) => words,
            Self::JoinNextOrResume => {
                "the new sharing is kept on this device; the others may have finished: join the next ceremony, or resume \
                 this one"
            }
            Self::ResumeHere => "resume the reshare on this device while the others join",
            Self::ResumeFirst => "resume the reshare first",
            Self::ResumeWithThem => "resume the reshare with them",
            Self::ResumeWhenTheyAreBack => {
                "what was in use before stays in use; when the devices are back, resume the reshare"
            }
            Self::ResumeOrDiscard => {
                "look at the other devices: if they use it, resume the reshare; if none of them does, discard it"
            }
            Self::AdoptOrDiscard => {
                "the new sharing is kept here, and what was in use before stays in use; if the other devices show the \
                 vault as finished, resume the reshare here; if none does, discard it"
            }
            Self::ForgetIfNobodyHasIt => "if no device shows that vault as finished, forget it",
            Self::RemoveTheMissing => "start again with that device, or name it as removed",
            Self::RemoveAMember => "name a member to be removed",
            Self::RemoveThoseThatLeave => "name those that leave as removed",
            Self::RemoveThisDevice => {
                "reshare from the devices that have all shares, naming this one as removed"
            }
            Self::AddThenRemove(steps) => {
                let AddThenRemove { first, then, removed } = &**steps;
                return write!(
                    f,
                    "add first, with every present device, until there are {first}; then reshare to {then} without {}",
                    removed.join(", ")
                );
            }
            Self::WithoutOtherClients => {
                "reshare among devices of this program only; or make a new vault and move the funds there"
            }
            Self::RestoreOrRename => "restore that share first, or join under another device name",
            Self::NameTheDigest => {
                "if you know it from elsewhere, join again and name the digest and its chain"
            }
        })
    }
}
