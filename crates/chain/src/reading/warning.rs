//! What is odd about a signing, and why it cannot be seen through.

use core::fmt;

use serde::Serialize;

use super::asset::Party;
use crate::readable::quoted;

/// What is odd about a signing. Printed as the line that a person reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// Whoever it is may take all there is, and all that comes.
    AnyAmount {
        /// Who may.
        spender: Party,
    },
    /// Leave to take something, for an address that is none of the routers that this version knows.
    UnknownSpender {
        /// Who may.
        spender: Party,
    },
    /// Leave for somebody else than what is called next.
    SpenderIsNotCalled {
        /// Who may.
        spender: Party,
    },
    /// Leave to take more than what is called next takes.
    AllowsMore,
    /// A swap through an address that is none of the routers that this version knows.
    UnknownRouter {
        /// What is called.
        router: Party,
    },
    /// Coins for an address that is said to be a chain's vault. Vaults change, and a retired one loses what comes.
    UncheckedVault {
        /// The address.
        vault: Party,
        /// Whose vault it is said to be.
        chain: &'static str,
    },
    /// What a swap yields goes to somebody else.
    ReceiverIsNotOwn {
        /// To whom.
        receiver: Party,
    },
    /// What a swap yields goes elsewhere than the initiator says.
    ReceiverIsNotClaimed {
        /// To whom, as it is signed.
        signed: String,
        /// To whom, as the initiator says.
        claimed: String,
    },
    /// A memo that asks a chain for something that this version does not know.
    UnknownMemo {
        /// Which chain.
        chain: &'static str,
    },
    /// Nothing that is signed says how much a swap must yield.
    NoLeast,
    /// Tokens for the contract that counts them, which gives none back.
    ToTheToken,
    /// Tokens for the zero address, of which nobody has the key.
    ToNobody,
    /// A token calls itself as a chain's own coin, or as a token that this version knows, and is not it.
    Imitates {
        /// What it calls itself.
        symbol: String,
    },
    /// A token calls itself by letters that can look like others, or that cannot be seen.
    OddSymbol {
        /// What it calls itself.
        symbol: String,
    },
    /// The fee can be more than what is sent.
    FeeAboveAmount,
    /// Fields of the payload that this version does not know, and does not sign.
    UnknownFields {
        /// Their numbers.
        numbers: Vec<u32>,
    },
    /// Something that the words of it say.
    Said {
        /// The words.
        words: String,
    },
}

impl Warning {
    /// Whether nobody should pass over it.
    pub fn is_gate(&self) -> bool {
        match self {
            Self::AnyAmount { .. }
            | Self::UnknownSpender { .. }
            | Self::SpenderIsNotCalled { .. }
            | Self::UnknownRouter { .. }
            | Self::ReceiverIsNotOwn { .. }
            | Self::ReceiverIsNotClaimed { .. }
            | Self::UnknownMemo { .. }
            | Self::ToTheToken
            | Self::ToNobody
            | Self::Imitates { .. } => true,
            Self::UncheckedVault { .. }
            | Self::AllowsMore
            | Self::NoLeast
            | Self::OddSymbol { .. }
            | Self::FeeAboveAmount
            | Self::UnknownFields { .. }
            | Self::Said { .. } => false,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyAmount { spender } => {
                write!(f, "WARNING: {} may take ALL of it, now and later", spender.words())
            }
            Self::UnknownSpender { spender } => {
                write!(f, "WARNING: {} is nobody whom this device knows", spender.words())
            }
            Self::SpenderIsNotCalled { spender } => write!(
                f,
                "WARNING: {} may take it, though something else is called next",
                spender.words()
            ),
            Self::AllowsMore => {
                write!(f, "WARNING: more may be taken than what is called next takes")
            }
            Self::UnknownRouter { router } => {
                write!(f, "WARNING: {} is no router that this device knows", router.words())
            }
            Self::UncheckedVault { vault, chain } => write!(
                f,
                "this device has not checked that {} is a vault of {chain} today",
                vault.words()
            ),
            Self::ReceiverIsNotOwn { receiver } => {
                write!(f, "WARNING: what comes out goes to {}, not to this vault", receiver.words())
            }
            Self::ReceiverIsNotClaimed { signed, claimed } => write!(
                f,
                "WARNING: what comes out goes to {signed}, though the initiator says {}",
                quoted(claimed)
            ),
            Self::UnknownMemo { chain } => {
                write!(f, "WARNING: this device does not know what the memo asks {chain} for")
            }
            Self::NoLeast => {
                write!(f, "WARNING: nothing that is signed says how much must come out")
            }
            Self::ToTheToken => write!(
                f,
                "WARNING: the recipient is the contract of the token itself, which gives none back"
            ),
            Self::ToNobody => {
                write!(
                    f,
                    "WARNING: the recipient is the zero address, and what it has nobody can spend"
                )
            }
            Self::Imitates { symbol } => write!(
                f,
                "WARNING: the token calls itself {}, and is not what goes by that name",
                quoted(symbol)
            ),
            Self::OddSymbol { symbol } => write!(
                f,
                "WARNING: the token calls itself {}, with letters that can look like others",
                quoted(symbol)
            ),
            Self::FeeAboveAmount => write!(f, "WARNING: the fee can be more than what is sent"),
            Self::UnknownFields { numbers } => {
                let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
                write!(
                    f,
                    "it has fields that this device does not know and does not sign: {}",
                    numbers.join(", ")
                )
            }
            Self::Said { words } => f.write_str(words),
        }
    }
}

/// Why nobody can see what a signing does. Printed as the line that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Blind {
    /// It is a digest.
    Digest,
    /// It is bytes of no form that is known.
    Bytes,
    /// It is typed data that holds nothing but bytes.
    TypedData,
    /// Some of its transactions call functions that this version does not know.
    Calls {
        /// How many.
        unknown: usize,
        /// Of how many transactions.
        of: usize,
    },
    /// Some of the instructions of a transaction of Solana are ones that this version does not know.
    Instructions {
        /// How many.
        unknown: usize,
        /// Of how many instructions.
        of: usize,
    },
}

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest => {
                write!(f, "BLIND: this device cannot see what the digest stands for")
            }
            Self::Bytes => {
                write!(f, "BLIND: these bytes may mean anything, a transaction included")
            }
            Self::TypedData => write!(
                f,
                "BLIND: the message is nothing but bytes: this device cannot see what they stand for"
            ),
            Self::Calls { unknown: 1, of: 1 } => {
                write!(f, "BLIND: this device cannot see what the call does")
            }
            Self::Calls { unknown, of } => write!(
                f,
                "BLIND: this device cannot see what {unknown} of its {of} transactions do"
            ),
            Self::Instructions { unknown, of } => write!(
                f,
                "BLIND: this device cannot see what {unknown} of its {of} instructions do"
            ),
        }
    }
}
