//! `quorate send`: a payment, from the intent to the chain.

mod call;
mod payment;
mod replace;

use quorate_chain::evm::Address;
use quorate_chain::payment::{Memo, Payable, Payment, Quantity, Swap};
use quorate_chain::{Chain, PublicKey, SignedTransaction};
use quorate_node::Pace;
use quorate_node::evm::{Node, Status};
use quorate_store::SqliteStore;
use quorate_vault::ceremony::keysign::{self, Intent};
use quorate_vault::ceremony::{Outcome, Proposal, Request};
use quorate_vault::home::signing;
use quorate_vault::store::{Entry, Progress, Sharing, Store, Vault, VaultKey};

use self::replace::Replacement;
use super::address::find_chain;
use crate::args::{Globals, Send};
use crate::host::Host;
use crate::output::{Failure, Kind, Output};
use crate::terminal::approve;
use crate::{home, host, journal};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Send) -> Result<(), Failure> {
    match (&args.replace, &args.cancel) {
        (Some(txid), _) => replace::run(globals, output, args, txid, Replacement::Again).await,
        (None, Some(txid)) => replace::run(globals, output, args, txid, Replacement::Nothing).await,
        (None, None) => pay(globals, output, args).await,
    }
}

async fn pay(globals: &Globals, output: &Output, args: &Send) -> Result<(), Failure> {
    let chain = find_chain(args.chain.as_deref().unwrap_or_default())?;
    let to = payment::recipient(args, chain)?;
    payment::check(args, chain)?;
    let mut host = host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    let from = own_address(&host, &vault, chain)?;
    let node = connect(&mut host, args, chain).await?;
    let spend = host.interrupt.or(Spend::make(args, &node, from, to)).await??;
    let intent = spend.intent(vault.key);
    if !args.dry_run && !args.force && !args.no_broadcast {
        match host.interrupt.or(before(&host.store, &node, &intent)).await?? {
            Before::Nothing => {}
            // The same again is the same transactions.
            Before::Unsent(signed) => {
                for signed in &signed {
                    journal::hand_over(&mut host.store, output, &node, signed).await?;
                }
                return Ok(());
            }
            Before::Out(txid) => {
                return Err(Failure::new(
                    Kind::AlreadyBroadcast,
                    format!("the identical payment was broadcast before, as {txid}"),
                    "look for that transaction; give --force only if you mean to send it again",
                ));
            }
        }
    }
    sign_and_send(globals, output, args, host, &vault, &node, &spend, intent).await
}

/// From a payment that a person wants to the chain that has it.
#[expect(clippy::too_many_arguments, reason = "what a payment is made of")]
async fn sign_and_send(
    globals: &Globals,
    output: &Output,
    args: &Send,
    mut host: Host<'_>,
    vault: &Vault,
    node: &Node,
    spend: &Spend,
    intent: [u8; 32],
) -> Result<(), Failure> {
    let sharing = signing(vault)?;
    let asked = spend.asked(sharing)?;
    let request = keysign::read(&asked, sharing)?;
    if args.dry_run {
        output.event(&approve(Request {
            ceremony: "keysign",
            vault: vault.name.clone(),
            proposal: Proposal::Sign { reading: Box::new(request.reading), strangers: Vec::new() },
            committee: sharing.parties.clone(),
            threshold: sharing.threshold,
            trust: sharing.trust(),
        }));
        return Ok(());
    }
    host.person.may_be_asked()?;
    let place = host::place(globals, &mut host).await?;
    let (device, rng) = host.device();
    let opened = keysign::initiate(&device, vault, &asked, &place.route, rng)?;
    super::initiate(&mut host, place, opened, async |host, outcome| {
        let Outcome::Signed(signed) = outcome else { return Err(unfinished()) };
        let written = journal::write(&mut host.store, vault.key, &signed, intent);
        let transactions = &signed.made.transactions;
        if args.no_broadcast || written.is_err() {
            for signed in transactions {
                output.event(&journal::transaction(node.chain().name, signed, false));
            }
            return written;
        }
        for signed in transactions {
            journal::hand_over(&mut host.store, output, node, signed).await?;
        }
        Ok(())
    })
    .await
}

/// What became of the same intent before.
enum Before {
    /// Nobody has meant it, or what was signed then will never be included.
    Nothing,
    /// It was signed, and the chain does not have it, or not all of it: these bytes are handed over, in this order, and
    /// nothing else is signed.
    Unsent(Vec<SignedTransaction>),
    /// It is out, or may be.
    Out(String),
}

async fn before(store: &SqliteStore, node: &Node, intent: &[u8; 32]) -> Result<Before, Failure> {
    let ended = |entry: &Entry| matches!(entry.progress, Progress::Failed | Progress::Replaced);
    let journal = store.journal()?;
    let same = || journal.iter().filter(|entry| entry.intent == *intent && !ended(entry));
    let Some(last) = same().next_back() else { return Ok(Before::Nothing) };
    let mut unsent = Vec::new();
    for entry in same().filter(|entry| entry.progress == Progress::Signed) {
        if let (Some((_, signed)), Some(id)) = (journal::signed_of(entry), journal::id(&entry.txid))
            && node.status(&id).await? == Status::Unknown
        {
            unsent.push(signed);
        }
    }
    if unsent.is_empty() { Ok(Before::Out(last.txid.clone())) } else { Ok(Before::Unsent(unsent)) }
}

/// The node that `--rpc` names: without one there is no nonce, no fee and no broadcast.
async fn connect(host: &mut Host<'_>, args: &Send, chain: &'static Chain) -> Result<Node, Failure> {
    let url = args.rpc.as_deref().ok_or_else(|| no_node(chain))?;
    Ok(host.interrupt.or(Node::connect(url, chain, Pace::default())).await??)
}

/// That `--rpc` is missing.
pub(super) fn no_node(chain: &Chain) -> Failure {
    Failure::new(
        Kind::Usage,
        format!("no node for {}: give the URL of one with --rpc", chain.name),
        "any node of that chain will do, your own or a provider's",
    )
}

/// Where the vault pays from, if its share on this device opens.
fn own_address(host: &Host<'_>, vault: &Vault, chain: &Chain) -> Result<Address, Failure> {
    let sharing = signing(vault)?;
    quorate_vault::home::open_keys(&host.store, sharing)?;
    let PublicKey::Ecdsa(key) = sharing.key_of(chain)?.key else {
        return Err(Failure::new(
            Kind::Invalid,
            format!("{} does not use the ECDSA key", chain.name),
            "name another chain",
        ));
    };
    Address::of(&key).map_err(|why| {
        Failure::new(
            Kind::Unreadable,
            format!("the vault has no address on {}: {why}", chain.name),
            "use another device",
        )
    })
}

fn unfinished() -> Failure {
    Failure::new(
        Kind::Unexpected,
        "the ceremony ended without a transaction",
        "nothing was broadcast; please report this",
    )
}

/// What is to be spent.
enum Spend {
    Payment(Payment),
    /// A call that takes tokens.
    Call(Swap),
}

impl Spend {
    async fn make(args: &Send, node: &Node, from: Address, to: Address) -> Result<Self, Failure> {
        if args.token.is_some() && args.data.is_some() {
            return call::make(args, node, from, to).await.map(Self::Call);
        }
        payment::make(args, node, from, to).await.map(Self::Payment)
    }

    /// What travels to the other devices.
    fn asked(&self, sharing: &Sharing) -> Result<Intent, Failure> {
        let asked = match self {
            Self::Payment(payment) => keysign::payment(payment, sharing),
            Self::Call(call) => keysign::swap(call, sharing),
        };
        Ok(asked?)
    }

    /// What was meant: the vault, the chain, the recipient and the amount; of a token and of a call what there is besides.
    /// Not the nonce: a node gives a repeated command the next one, and that command would pay twice.
    fn intent(&self, vault: VaultKey) -> [u8; 32] {
        let (chain, to, quantity, asset) = match self {
            Self::Payment(Payment { chain, to, quantity, asset, .. }) => {
                (chain, to, *quantity, asset)
            }
            Self::Call(Swap { chain, to, amount, sell, .. }) => {
                (chain, to, Quantity::Exactly(*amount), sell)
            }
        };
        let quantity = match quantity {
            Quantity::Exactly(value) => value.to_string(),
            Quantity::All { .. } => "all".to_owned(),
        };
        let mut fields = vec![
            "quorate/intent/v1".to_owned(),
            vault.to_string(),
            chain.name.to_owned(),
            to.clone(),
            quantity,
        ];
        if let Payable::Token { contract, .. } = asset {
            fields.push(format!("token {contract}"));
        }
        match self {
            Self::Payment(Payment { memo: Some(Memo::Text(text)), .. }) => {
                fields.push(format!("memo {text}"));
            }
            Self::Payment(Payment { memo: Some(Memo::Data(bytes)), .. })
            | Self::Call(Swap { data: bytes, .. }) => {
                fields.push(format!("data {}", hex::encode(bytes)));
            }
            Self::Payment(_) => {}
        }
        journal::intent(&fields)
    }
}
