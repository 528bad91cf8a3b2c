//! `quorate send`: a payment, from the intent to the chain.

use quorate_chain::evm::{Address, Signed, Transfer};
use quorate_chain::{Chain, amount, evm};
use quorate_device::today;
use quorate_node::evm::Node;
use quorate_node::{NodeError, Pace};
use quorate_vault::ceremony::keysign::{self, Intent};
use quorate_vault::ceremony::{Outcome, Signature};
use quorate_vault::store::{Broadcast, Change, Store, VaultKey};
use sha2::{Digest, Sha256};

use super::address::{ecdsa_key, find_chain};
use crate::args::{Globals, Send};
use crate::output::{Event, Failure, Kind, Output};
use crate::terminal::summary;
use crate::{home, host};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Send) -> Result<(), Failure> {
    let chain = find_chain(&args.chain)?;
    let to: Address = args.to.parse().map_err(|why: evm::AddressError| {
        Failure::new(
            Kind::Invalid,
            format!("'{}' is no address: {why}", args.to),
            "copy the whole address again",
        )
    })?;
    let value = amount::parse(&args.amount, chain.decimals).map_err(|why| {
        Failure::new(
            Kind::Invalid,
            format!("'{}' is no amount: {why}", args.amount),
            "give it as 1 or 0.5",
        )
    })?;

    let mut host = host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    let from = Address::of(&ecdsa_key(&host.store, &vault, chain)?).map_err(|why| {
        Failure::new(
            Kind::Unreadable,
            format!("the vault has no address on {}: {why}", chain.name),
            "use another device",
        )
    })?;
    let url = node_url(args, chain)?;
    let node = host.interrupt.or(Node::connect(url, chain, Pace::default())).await??;
    let transfer = host.interrupt.or(node.transfer(from, to, value)).await??;
    let intent = Intent::Transfer(transfer.clone());
    let sharing = quorate_vault::ceremony::reshare::signing(&vault)?;
    let asked = intent.asked(sharing)?;
    if args.dry_run {
        output.event(&Event::Approve {
            ceremony: "keysign".into(),
            summary: summary(&asked.lines),
            committee: sharing.parties.clone(),
            threshold: sharing.threshold,
            open: sharing.is_open(),
        });
        return Ok(());
    }
    host.person.may_be_asked()?;
    let id = intent_id(vault.key, &transfer);
    let before = host.store.broadcast(&id)?;
    if let Some(before) = before.filter(|_| !args.force && !args.no_broadcast) {
        return Err(Failure::new(
            Kind::AlreadyBroadcast,
            format!("the identical payment was broadcast before, as {}", before.txid),
            "look for that transaction; give --force only if you mean to send it again",
        ));
    }

    let place = host::place(globals, &mut host).await?;
    let (device, rng) = host.device();
    let opened = keysign::initiate(&device, &vault, &intent, &place.route, rng)?;
    super::initiate(&mut host, place, opened, async |host, outcome| {
        let signed = signed(&transfer, outcome)?;
        let txid = format!("0x{}", hex::encode(signed.txid()));
        let transaction = |broadcast| Event::Transaction {
            chain: chain.name.to_owned(),
            txid: hex::encode(signed.txid()),
            raw: hex::encode(signed.raw()),
            broadcast,
        };
        if args.no_broadcast {
            output.event(&transaction(false));
            return Ok(());
        }
        let handed = node.broadcast(&signed).await;
        let out = handed.may_be_out();
        output.event(&transaction(out));
        if out {
            let record = Broadcast { intent: id, txid: txid.clone(), at: today() };
            host.store.commit(Change::Broadcast(record)).map_err(|error| {
                Failure::new(
                    Kind::AfterBroadcast,
                    format!(
                        "{txid} was broadcast, but could not be recorded on this device: {error}"
                    ),
                    "do not send it again; mend the store",
                )
            })?;
        }
        handed.confirmed().map_err(|error| after_signing(error, &txid))
    })
    .await
}

/// The node that `--rpc` names: without one there is no nonce, no fee and no broadcast.
fn node_url<'a>(args: &'a Send, chain: &'static Chain) -> Result<&'a str, Failure> {
    if chain.evm().is_none() {
        return Err(NodeError::Family(chain.name).into());
    }
    args.rpc.as_deref().ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("no node for {}: give the URL of one with --rpc", chain.name),
            "any node of that chain will do, your own or a provider's",
        )
    })
}

/// The transaction with the vault's signature, read back from its bytes.
fn signed(transfer: &Transfer, outcome: Outcome) -> Result<Signed, Failure> {
    let wrong = |why: String| {
        Failure::new(
            Kind::Unexpected,
            format!("the signature does not make the transaction: {why}"),
            "nothing was broadcast; please report this",
        )
    };
    let made = match outcome {
        Outcome::Signature(signed) => Some(signed.signature),
        Outcome::Vault { .. } => None,
    };
    let Some(Signature::Ecdsa { signature, public_key, .. }) = made else {
        return Err(wrong("the ceremony made none".into()));
    };
    let unsigned = transfer.unsigned().map_err(|why| wrong(why.to_string()))?;
    unsigned.sign(&signature, &public_key).map_err(|why| wrong(why.to_string()))
}

/// The signed bytes are in the output: whatever the node did, nothing has to be signed again.
fn after_signing(error: NodeError, txid: &str) -> Failure {
    let failure = Failure::from(error);
    Failure { message: format!("{txid}: {}", failure.message), ..failure }
}

/// What was meant: the vault, the chain, the recipient and the amount, length-framed. Not the nonce: a node gives a
/// repeated command the next one, and that command would pay twice.
fn intent_id(vault: VaultKey, transfer: &Transfer) -> [u8; 32] {
    let mut hash = Sha256::new();
    let fields = [
        "quorate/intent/v1".to_owned(),
        vault.to_string(),
        transfer.chain.name.to_owned(),
        transfer.to.to_string(),
        transfer.value.to_string(),
    ];
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}
