//! `quorate send`: a payment, from the intent to the chain.

use quorate_chain::evm::{self, Address};
use quorate_chain::payment::{self, Memo, Payable, Payment, Quantity};
use quorate_chain::{Chain, PublicKey, U256, amount};
use quorate_device::today;
use quorate_node::evm::{Call, Node, Token};
use quorate_node::{NodeError, Pace};
use quorate_vault::ceremony::keysign;
use quorate_vault::ceremony::{Outcome, Proposal, Request};
use quorate_vault::home::signing;
use quorate_vault::store::{Broadcast, Change, Sharing, Store, VaultKey};
use sha2::{Digest, Sha256};

use super::address::find_chain;
use crate::args::{Globals, Send};
use crate::output::{Event, Failure, Kind, Output, plain};
use crate::terminal::approve;
use crate::{home, host};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Send) -> Result<(), Failure> {
    let chain = find_chain(&args.chain)?;
    let to = recipient(args, chain)?;
    let mut host = host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    let sharing = signing(&vault)?;
    quorate_vault::home::open_keys(&host.store, sharing)?;
    let from = own_address(sharing, chain)?;
    let url = node_url(args, chain)?;
    let node = host.interrupt.or(Node::connect(url, chain, Pace::default())).await??;
    let payment = host.interrupt.or(payment(args, &node, from, to)).await??;
    let intent = keysign::payment(&payment, sharing)?;
    let request = keysign::read(&intent, sharing)?;
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
    let id = intent_id(vault.key, &payment);
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
        let Outcome::Signed(signed) = outcome else { return Err(unfinished()) };
        for signed in &signed.made.transactions {
            let transaction = |broadcast| Event::Transaction {
                chain: chain.name.to_owned(),
                txid: signed.txid.trim_start_matches("0x").to_owned(),
                raw: hex::encode(&signed.raw),
                broadcast,
            };
            if args.no_broadcast {
                output.event(&transaction(false));
                continue;
            }
            let handed = node.broadcast(signed).await;
            let out = handed.may_be_out();
            output.event(&transaction(out));
            if out {
                let txid = signed.txid.clone();
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
            handed.confirmed().map_err(|error| after_signing(error, &signed.txid))?;
        }
        Ok(())
    })
    .await
}

/// Who is paid or called, once the chain is known to be one on which this program pays.
fn recipient(args: &Send, chain: &'static Chain) -> Result<Address, Failure> {
    chain.pays().map_err(|why| {
        let hint = "sign such a payment in another client of the vault; this device can join it where it can show it";
        Failure::new(Kind::Invalid, why.to_string(), hint)
    })?;
    args.to.parse().map_err(|why: evm::AddressError| {
        Failure::new(
            Kind::Invalid,
            format!("'{}' is no address: {why}", args.to),
            "copy the whole address again",
        )
    })
}

fn own_address(sharing: &Sharing, chain: &Chain) -> Result<Address, Failure> {
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

/// What is to be sent, with nonce, gas and fees as the chain has them now.
async fn payment(args: &Send, node: &Node, from: Address, to: Address) -> Result<Payment, Failure> {
    let chain = node.chain();
    let token = match &args.token {
        Some(contract) => Some(node.token(token_contract(contract)?).await?),
        None => None,
    };
    let decimals = token.as_ref().map_or(chain.decimals, |token| token.decimals);
    let amount = args.amount.as_deref().map(|text| amount_of(text, decimals)).transpose()?;
    let memo = memo(args)?;
    let data = match &memo {
        Some(Memo::Text(text)) => text.clone().into_bytes(),
        Some(Memo::Data(data)) => data.clone(),
        None => Vec::new(),
    };
    // What moves all there is costs as much gas as what moves the least.
    let least = amount.unwrap_or(U256::from(u8::from(args.max)));
    let call = match &token {
        None => Call { from, to, value: least, data },
        Some(token) => {
            let data = evm::token_transfer(to, least);
            Call { from, to: token.contract, value: U256::ZERO, data }
        }
    };
    let facts = node.facts(&call).await?;
    let max_fee_per_gas = args.fee.map_or(facts.fees.per_gas, |gwei| gwei.saturating_mul(GWEI));
    let told = evm::Facts {
        nonce: facts.nonces.next(),
        max_fee_per_gas,
        max_priority_fee_per_gas: facts.fees.tip.min(max_fee_per_gas),
        gas_limit: facts.gas,
    };
    let quantity = match (amount, &token) {
        (Some(amount), _) => Quantity::Exactly(amount),
        (None, Some(token)) if args.max => {
            let balance = node.token_balance(token.contract, from).await?;
            Quantity::All { balance, besides: U256::ZERO }
        }
        (None, None) if args.max => Quantity::All { balance: facts.balance, besides: U256::ZERO },
        // A call may move nothing.
        (None, _) => Quantity::Exactly(U256::ZERO),
    };
    if let (Some(token), Quantity::Exactly(amount)) = (&token, quantity) {
        let has = node.token_balance(token.contract, from).await?;
        if has < amount {
            return Err(too_few_tokens(token, has, amount));
        }
    }
    let leaves = if token.is_none() { amount.unwrap_or(U256::ZERO) } else { U256::ZERO };
    node.afford(from, facts.balance, leaves.saturating_add(told.max_fee()))?;
    let asset = match token {
        None => Payable::Native,
        Some(token) => Payable::Token {
            contract: token.contract.to_string(),
            symbol: token.symbol.unwrap_or_default(),
            decimals: token.decimals,
        },
    };
    let facts = payment::Facts::Evm(told);
    Ok(Payment { chain, to: to.to_string(), quantity, asset, memo, facts })
}

/// Wei in a gwei, in which fees are spoken of.
const GWEI: u128 = 1_000_000_000;

fn token_contract(text: &str) -> Result<Address, Failure> {
    text.parse().map_err(|why: evm::AddressError| {
        Failure::new(
            Kind::Invalid,
            format!("'{}' is no token: {why}", plain(text)),
            "give the address of its contract: symbols can be imitated",
        )
    })
}

fn amount_of(text: &str, decimals: u8) -> Result<U256, Failure> {
    amount::parse(text, decimals).map_err(|why| {
        Failure::new(Kind::Invalid, format!("'{text}' is no amount: {why}"), "give it as 1 or 0.5")
    })
}

fn too_few_tokens(token: &Token, has: U256, needs: U256) -> Failure {
    let in_tokens = |amount| amount::in_coins(amount, token.decimals);
    Failure::new(
        Kind::Refused,
        format!(
            "the vault has {} of the token {}, and {} are to be sent",
            in_tokens(has),
            token.contract,
            in_tokens(needs)
        ),
        "send less, or --max for all of it",
    )
}

fn memo(args: &Send) -> Result<Option<Memo>, Failure> {
    match (&args.memo, &args.data) {
        (Some(text), _) => Ok(Some(Memo::Text(text.clone()))),
        (None, Some(digits)) => {
            let bytes = hex::decode(digits.strip_prefix("0x").unwrap_or(digits)).map_err(|_| {
                Failure::new(
                    Kind::Invalid,
                    "call data is an even number of hex digits",
                    "give it as 0x and the digits, as the application shows it",
                )
            })?;
            Ok(Some(Memo::Data(bytes)))
        }
        (None, None) => Ok(None),
    }
}

/// The node that `--rpc` names: without one there is no nonce, no fee and no broadcast.
fn node_url<'a>(args: &'a Send, chain: &'static Chain) -> Result<&'a str, Failure> {
    args.rpc.as_deref().ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            format!("no node for {}: give the URL of one with --rpc", chain.name),
            "any node of that chain will do, your own or a provider's",
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

/// The signed bytes are in the output: whatever the node did, nothing has to be signed again.
fn after_signing(error: NodeError, txid: &str) -> Failure {
    let failure = Failure::from(error);
    Failure { message: format!("{txid}: {}", failure.message), ..failure }
}

/// What was meant: the vault, the chain, the recipient and the amount, length-framed; of a token and of a call what
/// there is besides. Not the nonce: a node gives a repeated command the next one, and that command would pay twice.
fn intent_id(vault: VaultKey, payment: &Payment) -> [u8; 32] {
    let quantity = match payment.quantity {
        Quantity::Exactly(value) => value.to_string(),
        Quantity::All { .. } => "all".to_owned(),
    };
    let mut fields = vec![
        "quorate/intent/v1".to_owned(),
        vault.to_string(),
        payment.chain.name.to_owned(),
        payment.to.clone(),
        quantity,
    ];
    if let Payable::Token { contract, .. } = &payment.asset {
        fields.push(format!("token {contract}"));
    }
    match &payment.memo {
        Some(Memo::Text(text)) => fields.push(format!("memo {text}")),
        Some(Memo::Data(bytes)) => fields.push(format!("data {}", hex::encode(bytes))),
        None => {}
    }
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}
