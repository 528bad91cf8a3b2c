//! A transaction in the place of an earlier one that no block includes yet: the same again for more, or nothing at all.

use quorate_chain::evm::{self, Transaction};
use quorate_chain::payment::{self, Payment};
use quorate_chain::{Chain, U256};
use quorate_node::evm::{Call, Node, Status};
use quorate_vault::store::{Entry, Store};

use super::{Spend, connect, own_address, sign_and_send};
use crate::args::{Globals, Send};
use crate::output::{Failure, Kind, Output};
use crate::{home, host, journal};

/// What takes the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replacement {
    /// The same, for a higher fee.
    Again,
    /// Nothing, from the vault to itself.
    Nothing,
}

pub(super) async fn run(
    globals: &Globals,
    output: &Output,
    args: &Send,
    txid: &str,
    replacement: Replacement,
) -> Result<(), Failure> {
    let mut host = host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    let journal = host.store.journal()?;
    let entry = journal::find(&journal, txid)?;
    let (chain, earlier) = earlier(entry)?;
    let from = own_address(&host, &vault, chain)?;
    let (earlier, sender) = earlier;
    if sender != from {
        return Err(Failure::new(
            Kind::Invalid,
            format!("{} was paid by another vault", entry.txid),
            "name the vault that signed it; see 'quorate tx list'",
        ));
    }
    let node = connect(&mut host, args, chain).await?;
    host.interrupt.or(still_waits(&node, entry)).await??;
    let call = match replacement {
        Replacement::Again => {
            Call { from, to: earlier.to, value: earlier.value, data: earlier.data.clone() }
        }
        Replacement::Nothing => Call { from, to: from, value: U256::ZERO, data: Vec::new() },
    };
    let fees = host.interrupt.or(node.fees()).await??;
    let gas = match (args.gas, replacement) {
        (Some(gas), _) => gas,
        (None, Replacement::Again) => earlier.gas_limit,
        (None, Replacement::Nothing) => host.interrupt.or(node.gas_limit(&call)).await??,
    };
    let now = super::payment::told(args, fees, earlier.nonce, gas);
    let facts = now.replacing(&evm::Facts {
        nonce: earlier.nonce,
        max_fee_per_gas: earlier.max_fee_per_gas,
        max_priority_fee_per_gas: earlier.max_priority_fee_per_gas,
        gas_limit: earlier.gas_limit,
    });
    let balance = host.interrupt.or(node.balance(from)).await??;
    node.afford(from, balance, call.value.saturating_add(facts.max_fee()))?;
    let payment = match replacement {
        Replacement::Again => Payment::again(&earlier, facts),
        Replacement::Nothing => {
            Payment::cancel(chain, from.to_string(), payment::Facts::Evm(facts))
        }
    };
    // It stands for the same intent: neither of them may be followed by a third.
    let intent = entry.intent;
    sign_and_send(globals, output, args, host, &vault, &node, &Spend::Payment(payment), intent)
        .await
}

/// What an entry of the journal says to its chain.
fn earlier(entry: &Entry) -> Result<(&'static Chain, (Transaction, evm::Address)), Failure> {
    let unknown = || {
        Failure::new(
            Kind::Invalid,
            format!("this device has not kept the bytes of {}", entry.txid),
            "replace it on the device that sent it",
        )
    };
    let (chain, signed) = journal::signed_of(entry).ok_or_else(unknown)?;
    let read = Transaction::read(&signed.raw).filter(|(read, _)| read.chain == chain);
    Ok((chain, read.ok_or_else(unknown)?))
}

/// What a block includes stands.
async fn still_waits(node: &Node, entry: &Entry) -> Result<(), Failure> {
    let status = match journal::id(&entry.txid) {
        Some(id) => node.status(&id).await?,
        None => Status::Unknown,
    };
    match status {
        Status::Included(receipt) => Err(Failure::new(
            Kind::AlreadyBroadcast,
            format!(
                "{} is in block {} already: nothing can take its place",
                entry.txid, receipt.block
            ),
            "what was paid is paid",
        )),
        Status::Pending | Status::Unknown => Ok(()),
    }
}
