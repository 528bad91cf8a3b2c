//! What is to be paid: as it was typed, and as the chain has it now.

use quorate_chain::amount::{self, AmountError};
use quorate_chain::evm::{self, Address};
use quorate_chain::payment::{self, Memo, Payable, Payment, Quantity};
use quorate_chain::{Chain, U256};
use quorate_node::evm::{Call, Fees, Node, Token};

use crate::args::Send;
use crate::output::{Failure, Kind, plain};

/// Who is paid or called, once the chain is known to be one on which this program pays.
pub(super) fn recipient(args: &Send, chain: &'static Chain) -> Result<Address, Failure> {
    chain.pays().map_err(|why| {
        let hint = "sign such a payment in another client of the vault; this device can join it where it can show it";
        Failure::new(Kind::Invalid, why.to_string(), hint)
    })?;
    let to = args.to.as_deref().unwrap_or_default();
    to.parse().map_err(|why: evm::AddressError| {
        Failure::new(
            Kind::Invalid,
            format!("'{to}' is no address: {why}"),
            "copy the whole address again",
        )
    })
}

/// What can be known to be wrong before the home is opened and anybody is asked.
pub(super) fn check(args: &Send, chain: &Chain) -> Result<(), Failure> {
    if let Some(text) = &args.amount {
        match amount::parse(text, chain.decimals) {
            // How many decimals a token has, its contract says.
            Err(AmountError::TooFine { .. } | AmountError::TooLarge(_)) if args.token.is_some() => {
            }
            read => read.map(drop).map_err(|why| no_amount(text, &why))?,
        }
    }
    args.token.as_deref().map(|token| token_contract(chain, token)).transpose()?;
    if args.token.is_some() && args.data.is_some() && args.amount.is_none() {
        return Err(Failure::new(
            Kind::Usage,
            "a call that takes tokens needs --amount: how many the contract may take",
            "give --amount, or leave --token out",
        ));
    }
    memo(args).map(drop)
}

/// What is to be sent, with nonce, gas and fees as the chain has them now.
pub(super) async fn make(
    args: &Send,
    node: &Node,
    from: Address,
    to: Address,
) -> Result<Payment, Failure> {
    let chain = node.chain();
    let token = match &args.token {
        Some(token) => Some(node.token(token_contract(chain, token)?).await?),
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
    // A contract that is asked to move too much says so in words of its own.
    if let (Some(token), Some(amount)) = (&token, amount) {
        let has = node.token_balance(token.contract, from).await?;
        if has < amount {
            return Err(too_few_tokens(token, has, amount));
        }
    }
    let facts = node.facts(&call, args.gas).await?;
    let told = told(args, facts.fees, facts.nonces.next(), facts.gas);
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
    let leaves = if token.is_none() { amount.unwrap_or(U256::ZERO) } else { U256::ZERO };
    node.afford(from, facts.balance, leaves.saturating_add(told.max_fee()))?;
    let asset = token.map_or(Payable::Native, payable);
    let facts = payment::Facts::Evm(told);
    Ok(Payment { chain, to: to.to_string(), quantity, asset, memo, facts })
}

/// A token, as a payment names it.
pub(super) fn payable(token: Token) -> Payable {
    Payable::Token {
        contract: token.contract.to_string(),
        symbol: token.symbol.unwrap_or_default(),
        decimals: token.decimals,
    }
}

/// What a transaction is told: the fees of the chain, unless the person has said how much a unit of gas may cost.
pub(super) fn told(args: &Send, fees: Fees, nonce: u64, gas_limit: u64) -> evm::Facts {
    let max_fee_per_gas = args.fee.map_or(fees.per_gas, |gwei| gwei.saturating_mul(GWEI));
    let max_priority_fee_per_gas = fees.tip.min(max_fee_per_gas);
    evm::Facts { nonce, max_fee_per_gas, max_priority_fee_per_gas, gas_limit }
}

/// Wei in a gwei, in which fees are spoken of.
const GWEI: u128 = 1_000_000_000;

/// A symbol is one of the few that this version knows: anybody can call a token of their own by any symbol.
pub(super) fn token_contract(chain: &Chain, text: &str) -> Result<Address, Failure> {
    if let Some(known) = evm::token_contract(chain, text) {
        return Ok(known);
    }
    text.parse().map_err(|why: evm::AddressError| {
        Failure::new(
            Kind::Invalid,
            format!(
                "'{}' is no token on {} that this version knows: {why}",
                plain(text),
                chain.name
            ),
            "give the address of its contract: symbols can be imitated",
        )
    })
}

pub(super) fn amount_of(text: &str, decimals: u8) -> Result<U256, Failure> {
    amount::parse(text, decimals).map_err(|why| no_amount(text, &why))
}

fn no_amount(text: &str, why: &AmountError) -> Failure {
    let message = format!("'{text}' is no amount: {why}");
    Failure::new(Kind::Invalid, message, "give it as 1 or 0.5")
}

pub(super) fn too_few_tokens(token: &Token, has: U256, needs: U256) -> Failure {
    let in_tokens = |amount| amount::in_coins(amount, token.decimals);
    Failure::new(
        Kind::Invalid,
        format!(
            "the vault has {} of the token {}, and {} are to be sent",
            in_tokens(has),
            token.contract,
            in_tokens(needs)
        ),
        "send less, or --max for all of it",
    )
}

pub(super) fn memo(args: &Send) -> Result<Option<Memo>, Failure> {
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
