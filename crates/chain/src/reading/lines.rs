//! A reading as the lines that a person reads: what it does, what it costs, what is odd about it.

use alloy_primitives::U256;

use super::asset::{Amount, Party};
use super::item::{Change, Item, Permit, Receiver, Swap};
use super::{Application, Reading};
use crate::moment::until;
use crate::readable::quoted;

impl Reading {
    /// What a person is shown, a line each. Where a name is not ours, it stands in quotation marks.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.nonces.len() > 1 {
            let count = self.nonces.len();
            lines.push(format!("{count} transactions on {}, one after the other:", self.chain));
        }
        for item in &self.items {
            self.item(item, &mut lines);
        }
        if let Some(fee) = &self.fee {
            lines.push(format!("for a fee of at most {}", fee.words()));
        }
        match self.nonces.as_slice() {
            [] => {}
            [nonce] => lines.push(format!("as transaction number {nonce}")),
            nonces => {
                let numbers: Vec<_> = nonces.iter().map(u64::to_string).collect();
                lines.push(format!("as the transactions number {}", numbers.join(" and ")));
            }
        }
        lines.extend(self.expires.map(|seconds| {
            format!("the initiator says that the offer is good {}", until(U256::from(seconds)))
        }));
        if let Some(Application { claimed_name, claimed_url }) = &self.application {
            let (name, url) = (quoted(claimed_name), quoted(claimed_url));
            lines.push(format!("asked for by an application that claims to be {name} at {url}"));
        }
        lines.extend(self.warnings.iter().map(ToString::to_string));
        lines.extend(self.blind.iter().map(ToString::to_string));
        lines
    }

    /// The key that signs a message or digest.
    fn key(&self) -> String {
        let path = self.path.as_ref().map(|path| format!(" ({path})")).unwrap_or_default();
        format!("with the key of {}{path}", self.chain)
    }

    fn item(&self, item: &Item, lines: &mut Vec<String>) {
        let chain = self.chain;
        match item {
            Item::Pay { amount, to, from, memo } => {
                lines.push(format!("send {} on {chain}", amount.words()));
                lines.extend(from.iter().map(|from| format!("from {}", from.words())));
                lines.push(format!("to {}", to.words()));
                lines.extend(amount.remark());
                lines.extend(memo.iter().map(|memo| format!("memo: {memo}")));
            }
            Item::Cancel => lines.push(format!(
                "send nothing on {chain}, in the place of an earlier transaction with the same number"
            )),
            Item::Approve { spender, amount, change } => {
                lines.push(format!("{} on {chain}", allowance(spender, amount, *change)));
                lines.extend(amount.remark());
            }
            Item::ApproveAll { operator, collection, allowed } => {
                let (operator, collection) = (operator.words(), collection.words());
                lines.push(if *allowed {
                    format!("allow {operator} to take EVERYTHING of the collection {collection}, on {chain}")
                } else {
                    format!("allow {operator} no longer to take anything of the collection {collection}, on {chain}")
                });
            }
            Item::Swap(swap) => self.swap(swap, lines),
            Item::Permit(Permit { words, .. }) | Item::Meaning { words } => {
                lines.push(words.clone());
            }
            Item::Call { contract, value, selector, data_len, data_hash, claimed } => {
                let function = selector.as_ref().map_or_else(
                    || "no function".to_owned(),
                    |selector| format!("the function {selector}"),
                );
                lines.push(format!("call {function} of {} on {chain}", contract.words()));
                if !value.base_units.is_zero() {
                    lines.push(format!("and send {} along", value.words()));
                }
                lines.push(format!("data: {data_len} bytes, keccak-256 {data_hash}"));
                lines.extend(claimed.iter().map(|claimed| {
                    format!("the initiator says that it is {}", quoted(claimed))
                }));
            }
            Item::Message { text, signer } => {
                lines.push(format!("sign a message {}", self.key()));
                lines.push(format!("message: {text}"));
                lines.extend(signer.iter().map(|Party { address, own, .. }| {
                    let whose = if *own { "this vault" } else { "NOT this vault" };
                    format!("for the signer {address} ({whose})")
                }));
            }
            Item::TypedData { lines: told } => {
                lines.push(format!("sign typed data (EIP-712) {}", self.key()));
                lines.extend(told.iter().cloned());
            }
            Item::Transaction { lines: told } => {
                lines.push(format!("sign a transaction on {chain}"));
                lines.extend(told.iter().cloned());
            }
            Item::Unknown { bytes } => {
                lines.push(format!("sign a message {}", self.key()));
                lines.push(format!("bytes: {bytes}"));
            }
            Item::Digest { digest } => {
                lines.push(format!("sign the bare digest {digest}"));
                lines.push(self.key());
            }
        }
    }

    fn swap(&self, swap: &Swap, lines: &mut Vec<String>) {
        let Swap { sell, buy, at_least, claimed, receiver, to, through, memo, expires } = swap;
        lines.push(format!("swap {} on {} for {buy}, through {through}", sell.words(), self.chain));
        lines.extend(sell.remark());
        lines.push(format!("paid to {}", to.words()));
        lines.extend(at_least.iter().map(|least| format!("at least {least} must come out")));
        lines.extend(claimed.iter().map(|claimed| {
            format!(
                "the initiator says that {} comes out; nothing holds them to it",
                quoted(claimed)
            )
        }));
        lines.push(match receiver {
            Receiver::Sender => "what comes out goes to this vault".to_owned(),
            Receiver::Here(party) => format!("what comes out goes to {}", party.words()),
            Receiver::Elsewhere { address } => format!("what comes out goes to {address}"),
            Receiver::Unread => "this device cannot see to whom it goes".to_owned(),
        });
        lines.extend(memo.iter().map(|memo| format!("memo: {memo}")));
        lines.extend(expires.map(|seconds| format!("good {}", until(U256::from(seconds)))));
    }
}

fn allowance(spender: &Party, amount: &Amount, change: Change) -> String {
    let (spender, limit) = (spender.words(), amount.limit());
    match change {
        Change::Set if amount.base_units.is_zero() => {
            format!("allow {spender} no longer to take any of {}", amount.asset.words())
        }
        Change::Set => format!("allow {spender} to take {limit}"),
        Change::More => format!("allow {spender} to take {limit} more than before"),
        Change::Less => format!("allow {spender} to take {limit} less than before"),
    }
}
