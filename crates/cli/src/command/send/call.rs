//! A call of a contract that takes tokens: leave for it where it has too little, and the call, in one ceremony.

use quorate_chain::U256;
use quorate_chain::evm::Address;
use quorate_chain::payment::{self, Memo, Swap};
use quorate_node::evm::{Call, Node};

use super::payment::{amount_of, memo, payable, token_contract, told, too_few_tokens};
use crate::args::Send;
use crate::output::{Failure, Kind};

/// What is to be called, with nonce, gas and fees as the chain has them now.
pub(super) async fn make(
    args: &Send,
    node: &Node,
    from: Address,
    to: Address,
) -> Result<Swap, Failure> {
    let chain = node.chain();
    let token =
        node.token(token_contract(chain, args.token.as_deref().unwrap_or_default())?).await?;
    let amount = amount_of(args.amount.as_deref().unwrap_or_default(), token.decimals)?;
    let has = node.token_balance(token.contract, from).await?;
    if has < amount {
        return Err(too_few_tokens(&token, has, amount));
    }
    let data = match memo(args)? {
        Some(Memo::Data(data)) => data,
        _ => Vec::new(),
    };
    let has_leave = node.allowance(token.contract, from, to).await? >= amount;
    if !has_leave && args.gas.is_none() {
        return Err(no_gas());
    }
    let call = Call { from, to, value: U256::ZERO, data: data.clone() };
    let now = node.facts(&call, args.gas).await?;
    let facts = told(args, now.fees, now.nonces.next(), now.gas);
    let transactions = if has_leave { 1 } else { 2 };
    let most = facts.max_fee().saturating_mul(U256::from(transactions));
    node.afford(from, now.balance, most)?;
    Ok(Swap {
        chain,
        sell: payable(token),
        amount,
        spender: (!has_leave).then(|| to.to_string()),
        to: to.to_string(),
        value: U256::ZERO,
        data,
        // What comes out of it is the contract's to say, and nobody's claim.
        buy: None,
        provider: String::new(),
        facts: payment::Facts::Evm(facts),
    })
}

fn no_gas() -> Failure {
    Failure::new(
        Kind::Usage,
        "the contract may not take the tokens yet, so no node can tell how much gas the call needs",
        "give --gas, as the application that made the call says",
    )
}
