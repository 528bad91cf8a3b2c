//! What the instructions of a transaction do, as far as this device can put it into words.

use alloy_primitives::U256;

use super::address::Address;
use crate::readable::Readable;
use crate::{amount, chain};

/// Moves the chain's own coin.
pub(super) const SYSTEM: Address = Address([0; 32]);
/// Sets what the transaction may compute, and what it offers for that.
pub(super) const COMPUTE_BUDGET: Address =
    Address::known("ComputeBudget111111111111111111111111111111");
/// Take a text and do nothing with it.
const MEMO: [Address; 2] = [
    Address::known("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
    Address::known("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"),
];

/// Keep tokens: the first program, and the one that came after it.
const TOKEN: [Address; 2] = [
    Address::known("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"),
    Address::known("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"),
];
/// Opens the account in which somebody keeps a token.
const TOKEN_ACCOUNT: Address = Address::known("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
/// Check signatures that the transaction carries as data: each costs as much as one of its own. How many there are is
/// the first byte of the data.
const SIGNATURE_CHECKS: [Address; 3] = [
    Address::known("Ed25519SigVerify111111111111111111111111111"),
    Address::known("KeccakSecp256k11111111111111111111111111111"),
    Address::known("Secp256r1SigVerify1111111111111111111111111"),
];

/// A call of a program. Programs and accounts are positions in the transaction's list of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) program: u8,
    pub(super) accounts: Vec<u8>,
    pub(super) data: Vec<u8>,
}

/// An account of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// The transaction names it.
    Named(Address),
    /// It comes from a table on the chain: this device cannot see which it is.
    Loaded,
}

/// What an instruction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Transfer {
        from: Address,
        to: Address,
        lamports: u64,
    },
    /// `from` and `to` keep the token `mint`; `owner` is whose `from` is.
    TransferToken {
        amount: u64,
        decimals: u8,
        mint: Address,
        from: Address,
        owner: Address,
        to: Address,
    },
    OpenTokenAccount {
        account: Address,
        owner: Address,
        mint: Address,
        payer: Address,
    },
    AdvanceNonce {
        nonce: Address,
        authority: Address,
    },
    /// Compute units, at most.
    UnitLimit(u32),
    /// For each compute unit, in millionths of a lamport.
    UnitPrice(u64),
    /// A size of the memory that it computes in, or of the accounts that it reads: costs nothing beyond the units.
    Memory,
    Memo(Readable),
    Unknown {
        program: Account,
        data: Vec<u8>,
    },
}

impl Instruction {
    /// Decodes it. What is not exactly of a known form is unknown.
    pub(super) fn decode(&self, account: impl Fn(u8) -> Account) -> Step {
        let program = account(self.program);
        let named = |position: usize| match self.accounts.get(position).map(|&index| account(index))
        {
            Some(Account::Named(address)) => Some(address),
            Some(Account::Loaded) | None => None,
        };
        let known = match program {
            Account::Named(SYSTEM) => self.of_system(named),
            Account::Named(COMPUTE_BUDGET) => self.of_compute_budget(),
            Account::Named(program) if TOKEN.contains(&program) => self.of_token(named),
            Account::Named(TOKEN_ACCOUNT) => self.of_token_account(named),
            Account::Named(program) if MEMO.contains(&program) => {
                Some(Step::Memo(Readable::of(&self.data)))
            }
            Account::Named(_) | Account::Loaded => None,
        };
        known.unwrap_or_else(|| Step::Unknown { program, data: self.data.clone() })
    }

    /// Its data: the number of the function in four bytes, then the arguments, all little-endian.
    fn of_system(&self, named: impl Fn(usize) -> Option<Address>) -> Option<Step> {
        let (function, arguments) = self.data.split_first_chunk()?;
        match (u32::from_le_bytes(*function), arguments) {
            (2, lamports) => Some(Step::Transfer {
                from: named(0)?,
                to: named(1)?,
                lamports: u64::from_le_bytes(lamports.try_into().ok()?),
            }),
            // Between the two, the account in which Solana keeps its recent blocks.
            (4, []) => Some(Step::AdvanceNonce { nonce: named(0)?, authority: named(2)? }),
            _ => None,
        }
    }

    /// Its data: the number of the function in one byte, then the arguments, little-endian. Known is the transfer that
    /// names the token and its decimals, for only there does the chain check both.
    fn of_token(&self, named: impl Fn(usize) -> Option<Address>) -> Option<Step> {
        let [12, amount @ .., decimals] = self.data.as_slice() else { return None };
        Some(Step::TransferToken {
            amount: u64::from_le_bytes(amount.try_into().ok()?),
            decimals: *decimals,
            from: named(0)?,
            mint: named(1)?,
            to: named(2)?,
            owner: named(3)?,
        })
    }

    /// Its data: nothing, or 0, or 1, which allows that the account is there already.
    fn of_token_account(&self, named: impl Fn(usize) -> Option<Address>) -> Option<Step> {
        let ([] | [0 | 1]) = self.data.as_slice() else { return None };
        let [payer, account, owner, mint] = [named(0)?, named(1)?, named(2)?, named(3)?];
        Some(Step::OpenTokenAccount { account, owner, mint, payer })
    }

    /// Its data: the number of the function in one byte, then the argument, little-endian.
    fn of_compute_budget(&self) -> Option<Step> {
        let (function, argument) = self.data.split_first()?;
        let small = || argument.try_into().ok().map(u32::from_le_bytes);
        match function {
            1 | 4 => small().map(|_| Step::Memory),
            2 => small().map(Step::UnitLimit),
            3 => Some(Step::UnitPrice(u64::from_le_bytes(argument.try_into().ok()?))),
            _ => None,
        }
    }
}

impl Step {
    pub(super) fn unit_limit(&self) -> Option<u32> {
        match self {
            Self::UnitLimit(units) => Some(*units),
            _ => None,
        }
    }

    pub(super) fn unit_price(&self) -> Option<u64> {
        match self {
            Self::UnitPrice(price) => Some(*price),
            _ => None,
        }
    }

    /// How many signatures it has the chain check, beside those of the transaction.
    pub(super) fn signatures(&self) -> u8 {
        match self {
            Self::Unknown { program: Account::Named(program), data }
                if SIGNATURE_CHECKS.contains(program) =>
            {
                data.first().copied().unwrap_or_default()
            }
            _ => 0,
        }
    }

    /// In the words of the person who approves it; none where it only has a part in the fee.
    pub(super) fn line(&self, symbol: &str, name: &impl Fn(&Address) -> String) -> Option<String> {
        match self {
            Self::Transfer { from, to, lamports } => {
                let coins = amount::in_coins(U256::from(*lamports), chain::SOLANA.decimals);
                Some(format!("send {coins} {symbol} from {} to {}", name(from), name(to)))
            }
            Self::TransferToken { amount, decimals, mint, from, owner, to } => {
                let amount = amount::in_coins(U256::from(*amount), *decimals);
                let (from, owner, to) = (name(from), name(owner), name(to));
                Some(format!(
                    "send {amount} of the token {mint} from the account {from} of {owner} to the account {to}"
                ))
            }
            Self::OpenTokenAccount { account, owner, mint, payer } => {
                let (owner, payer) = (name(owner), name(payer));
                Some(format!(
                    "open the account {account} of {owner} for the token {mint}, at the cost of {payer}"
                ))
            }
            Self::AdvanceNonce { nonce, authority } => {
                Some(format!("advance the nonce {nonce} of {}", name(authority)))
            }
            Self::Memo(text) => Some(format!("memo: {text}")),
            Self::UnitLimit(_) | Self::UnitPrice(_) | Self::Memory => None,
            Self::Unknown { program, data } => {
                let program = match program {
                    Account::Named(address) => address.to_string(),
                    Account::Loaded => "that is not named".to_owned(),
                };
                Some(format!("call the program {program} with 0x{}", hex::encode(data)))
            }
        }
    }
}
