//! The bytes of a transaction, read before they are signed: legacy and version 0.
//!
//! Read is what Solana itself would read, and nothing else: every length in its one form, every index within what it
//! points into, nothing left over.

use core::ops::Range;

use alloy_primitives::U256;

use super::address::Address;
use super::bytes::Bytes;
use super::instruction::{Account, Instruction, Step};
use crate::amount;
use crate::chain;
use crate::reading::{Blind, Item, Reading};

/// The mark of a versioned transaction in the first byte, beside the version. Legacy ones begin with a number below it.
const VERSIONED: u8 = 0x80;
/// More instructions than this no transaction can execute.
const MOST_INSTRUCTIONS: usize = 64;
/// As many accounts as one byte can point into.
const MOST_ACCOUNTS: usize = 256;
/// What each signature costs, in lamports.
const PER_SIGNATURE: u64 = 5_000;
/// The most compute units of a transaction that sets no limit.
const MOST_UNITS: u32 = 1_400_000;

/// A transaction without its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The accounts it names itself, the one that pays the fee first; those that must sign come before the others.
    accounts: Vec<Address>,
    /// How many of them must sign; one at least.
    signers: usize,
    /// How many more accounts it takes from tables on the chain, unseen.
    loaded: usize,
    instructions: Vec<Instruction>,
}

/// Why bytes are not a transaction of Solana.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// They end too early, or a length is not written in its one form.
    #[error("it ends too early, or a length in it is malformed")]
    Malformed,
    /// Bytes are left over.
    #[error("bytes are left over behind it")]
    Trailing,
    /// Its version is none that we know.
    #[error("version {0} is not known")]
    Version(u8),
    /// Its counts of signers and of accounts contradict each other.
    #[error("its numbers of signers and accounts contradict each other")]
    Header,
    /// It points at an account that it does not have.
    #[error("it points at an account that it does not have")]
    Index,
    /// It has more instructions than can be executed.
    #[error("it has more than 64 instructions")]
    TooMany,
}

impl Transaction {
    /// Reads the bytes that the signers of a transaction sign.
    pub fn parse(bytes: &[u8]) -> Result<Self, TransactionError> {
        let mut bytes = Bytes::new(bytes);
        let first = bytes.byte().ok_or(TransactionError::Malformed)?;
        let (signers, versioned) = match first {
            VERSIONED => (bytes.byte().ok_or(TransactionError::Malformed)?, true),
            later if later > VERSIONED => {
                return Err(TransactionError::Version(later & !VERSIONED));
            }
            signers => (signers, false),
        };
        let [readonly_signers, readonly_others] =
            bytes.array().ok_or(TransactionError::Malformed)?;
        let accounts = accounts(&mut bytes).ok_or(TransactionError::Malformed)?;
        let [signers, readonly_signers, readonly_others] =
            [signers, readonly_signers, readonly_others].map(usize::from);
        // Whoever pays the fee signs, and their account is written to.
        if readonly_signers >= signers || signers.saturating_add(readonly_others) > accounts.len() {
            return Err(TransactionError::Header);
        }
        // A recent block, or a durable nonce: what it is, the first instruction tells.
        bytes.array::<32>().ok_or(TransactionError::Malformed)?;
        let instructions = instructions(&mut bytes)?;
        let loaded = if versioned { loaded(&mut bytes)? } else { 0 };
        if !bytes.is_empty() {
            return Err(TransactionError::Trailing);
        }
        let read = Self { accounts, signers, loaded, instructions };
        read.check_indices()?;
        Ok(read)
    }

    /// The first account is the one that pays the fee, so it cannot be a program; programs never come from tables.
    fn check_indices(&self) -> Result<(), TransactionError> {
        let all = self.accounts.len().saturating_add(self.loaded);
        let programs: Range<usize> = 1..self.accounts.len();
        let within = |instruction: &Instruction| {
            programs.contains(&usize::from(instruction.program))
                && instruction.accounts.iter().all(|&account| usize::from(account) < all)
        };
        if all <= MOST_ACCOUNTS && self.instructions.iter().all(within) {
            Ok(())
        } else {
            Err(TransactionError::Index)
        }
    }

    /// Who pays the fee.
    pub fn fee_payer(&self) -> Option<Address> {
        self.accounts.first().copied()
    }

    /// Whether it does something that [`Transaction::lines`] cannot put into words.
    pub fn is_blind(&self) -> bool {
        self.steps().any(|step| matches!(step, Step::Unknown { .. }))
    }

    /// What it does, a line for each thing, on the device of a vault with this address.
    pub fn lines(&self, own: Address) -> Vec<String> {
        self.reading(own).lines()
    }

    /// What it does, on the device of a vault with this address.
    pub(crate) fn reading(&self, own: Address) -> Reading {
        let symbol = chain::SOLANA.symbol;
        let mut lines = Vec::new();
        let name = |address: &Address| {
            let whose = if *address == own { " (this vault)" } else { "" };
            format!("{address}{whose}")
        };
        let signers = self.accounts.get(..self.signers).unwrap_or_default();
        if !signers.contains(&own) {
            lines.push("it does not ask for this vault's signature".to_owned());
        }
        lines.extend(self.steps().filter_map(|step| step.line(symbol, &name)));
        if self.has_durable_nonce() {
            lines.push(
                "it does not expire: whoever has it can send it at any later time".to_owned(),
            );
        }
        let fee = in_coins(self.max_fee());
        let payer = self.fee_payer().as_ref().map(name).unwrap_or_default();
        lines.push(format!("for a fee of at most {fee} {symbol}, paid by {payer}"));
        lines.extend(
            signers
                .iter()
                .skip(1)
                .filter(|signer| **signer != own)
                .map(|signer| format!("{signer} must sign it too")),
        );
        let unknown = self.steps().filter(|step| matches!(step, Step::Unknown { .. })).count();
        let of = self.instructions.len();
        Reading {
            items: vec![Item::Transaction { lines }],
            blind: (unknown > 0).then_some(Blind::Instructions { unknown, of }),
            ..Reading::on(chain::SOLANA.name)
        }
    }

    /// The most that the fee can be, in lamports: for the signatures, and for the compute units at the price it offers.
    fn max_fee(&self) -> U256 {
        let price = self.steps().filter_map(|step| step.unit_price()).max().unwrap_or_default();
        let units = self.steps().filter_map(|step| step.unit_limit()).max().unwrap_or(MOST_UNITS);
        let micro = U256::from(price).saturating_mul(U256::from(units.min(MOST_UNITS)));
        let carried: U256 = self.steps().map(|step| U256::from(step.signatures())).sum();
        let signatures = U256::from(self.signers).saturating_add(carried);
        let base = signatures.saturating_mul(U256::from(PER_SIGNATURE));
        base.saturating_add(micro.div_ceil(U256::from(1_000_000)))
    }

    /// A transaction that begins by advancing a nonce is bound to that nonce instead of to a recent block.
    fn has_durable_nonce(&self) -> bool {
        matches!(self.steps().next(), Some(Step::AdvanceNonce { .. }))
    }

    fn steps(&self) -> impl Iterator<Item = Step> {
        self.instructions.iter().map(|instruction| instruction.decode(|index| self.account(index)))
    }

    fn account(&self, index: u8) -> Account {
        self.accounts.get(usize::from(index)).map_or(Account::Loaded, |key| Account::Named(*key))
    }
}

fn in_coins(lamports: U256) -> String {
    amount::in_coins(lamports, chain::SOLANA.decimals)
}

fn accounts(bytes: &mut Bytes<'_>) -> Option<Vec<Address>> {
    let count = bytes.length()?;
    let (keys, _) = bytes.take(count.checked_mul(32)?)?.as_chunks::<32>();
    Some(keys.iter().map(|key| Address(*key)).collect())
}

fn instructions(bytes: &mut Bytes<'_>) -> Result<Vec<Instruction>, TransactionError> {
    let count = bytes.length().ok_or(TransactionError::Malformed)?;
    if count > MOST_INSTRUCTIONS {
        return Err(TransactionError::TooMany);
    }
    let one = |bytes: &mut Bytes<'_>| {
        let program = bytes.byte()?;
        let accounts = bytes.list()?.to_vec();
        let data = bytes.list()?.to_vec();
        Some(Instruction { program, accounts, data })
    };
    (0..count).map(|_| one(bytes).ok_or(TransactionError::Malformed)).collect()
}

/// How many accounts come from tables. Each table is one that something comes from.
fn loaded(bytes: &mut Bytes<'_>) -> Result<usize, TransactionError> {
    let tables = bytes.length().ok_or(TransactionError::Malformed)?;
    let mut loaded = 0_usize;
    for _ in 0..tables {
        let one = |bytes: &mut Bytes<'_>| {
            bytes.array::<32>()?;
            let (written, read) = (bytes.list()?.len(), bytes.list()?.len());
            Some(written.saturating_add(read))
        };
        match one(bytes).ok_or(TransactionError::Malformed)? {
            0 => return Err(TransactionError::Header),
            some => loaded = loaded.saturating_add(some),
        }
    }
    Ok(loaded)
}
