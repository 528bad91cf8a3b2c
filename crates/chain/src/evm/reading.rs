//! What transactions do (`CHAINS 5.6`): read from what is signed. What the initiator says is shown as that only.

use alloy_primitives::{U256, keccak256};

use super::address::Address;
use super::call::{Call, Deposit};
use super::known;
use super::payload::{SwapClaims, Transactions};
use super::swap::{self, Bought, Terms};
use super::transaction::Transaction;
use crate::amount::{in_coins, parse_base_units};
use crate::chain::Chain;
use crate::moment::{end, until};
use crate::readable::{Readable, plain_or_quoted};
use crate::reading::item::{Change, Permit, Receiver};
use crate::reading::{Amount, Asset, Blind, Item, Party, Reading, Swap, Warning};
use crate::swap_memo::{self, Asks};

impl Transactions {
    /// What they do, on the device of a vault with this address.
    pub(super) fn read(&self, own: Address) -> Reading {
        let mut reader = Reader { of: self, own, warnings: Vec::new(), unknown: 0 };
        let items: Vec<Item> =
            self.list.iter().map(|transaction| reader.item(transaction)).collect();
        reader.fee_above_amount(&items);
        if self.claims.unsigned_memo {
            let words = "its memo is no part of the transaction, and nobody gets it".to_owned();
            reader.warnings.push(Warning::Said { words });
        }
        reader.approved();
        let unknown = reader.unknown;
        Reading {
            items,
            fee: Some(coins(self.chain, self.max_fee())),
            nonces: self.list.iter().map(|transaction| transaction.nonce).collect(),
            expires: self.claims.swap.as_ref().and_then(|claims| claims.expires),
            blind: (unknown > 0).then_some(Blind::Calls { unknown, of: self.list.len() }),
            warnings: reader.warnings,
            ..Reading::on(self.chain.name)
        }
    }

    /// The most that all of them together can cost, in wei.
    fn max_fee(&self) -> U256 {
        let fees = self.list.iter().map(Transaction::max_fee);
        fees.fold(U256::ZERO, U256::saturating_add)
    }
}

/// What is being read, and what is odd about it so far.
struct Reader<'t> {
    of: &'t Transactions,
    own: Address,
    warnings: Vec<Warning>,
    /// How many transactions do something that this version cannot see.
    unknown: usize,
}

impl Reader<'_> {
    fn item(&mut self, transaction: &Transaction) -> Item {
        let Transaction { to, value, data, .. } = transaction;
        if data.is_empty() {
            return self.payment(*to, *value, None);
        }
        if let Some(item) = self.known_call(transaction) {
            return item;
        }
        if let Some(item) = self.routed(transaction) {
            return item;
        }
        match (Readable::of(data), &self.of.claims.swap) {
            (Readable::Text(memo), Some(claims)) if claims.by_memo => {
                let sell = coins(self.of.chain, *value);
                let vault = self.party(*to);
                let chain = claims.through;
                self.warn(Warning::UncheckedVault { vault: vault.clone(), chain });
                self.by_memo(sell, vault, &memo, None, claims.through)
            }
            (memo @ Readable::Text(_), _) => self.payment(*to, *value, Some(memo)),
            (Readable::Hex(_), _) => self.unknown_call(transaction),
        }
    }

    fn payment(&self, to: Address, value: U256, memo: Option<Readable>) -> Item {
        if value.is_zero() && memo.is_none() && to == self.own {
            return Item::Cancel;
        }
        Item::Pay { amount: coins(self.of.chain, value), to: self.party(to), from: None, memo }
    }

    /// A call that is known by its function. Those of tokens take no coins: with coins they fail, or are not what they
    /// seem.
    fn known_call(&mut self, transaction: &Transaction) -> Option<Item> {
        let call = Call::read(&transaction.data)?;
        let Transaction { to: contract, value, .. } = transaction;
        if let Call::Deposit(deposit) = call {
            return self.deposit(transaction, &deposit);
        }
        if !value.is_zero() {
            return None;
        }
        Some(match call {
            Call::Transfer { to, amount } => {
                let amount = self.tokens(*contract, amount);
                self.paid_tokens(*contract, to);
                Item::Pay { amount, to: self.party(to), from: None, memo: None }
            }
            Call::TransferFrom { from, to, amount } => {
                let amount = self.tokens(*contract, amount);
                self.paid_tokens(*contract, to);
                let from = Some(self.party(from)).filter(|from| !from.own);
                Item::Pay { amount, to: self.party(to), from, memo: None }
            }
            Call::Approve { spender, amount } => {
                self.allowance(*contract, spender, amount, Change::Set)
            }
            Call::IncreaseAllowance { spender, amount } => {
                self.allowance(*contract, spender, amount, Change::More)
            }
            Call::DecreaseAllowance { spender, amount } => {
                self.allowance(*contract, spender, amount, Change::Less)
            }
            Call::ApproveAll { operator, allowed } => {
                let operator = self.spender(operator, allowed);
                if allowed {
                    self.warn(Warning::AnyAmount { spender: operator.clone() });
                }
                Item::ApproveAll { operator, collection: self.party(*contract), allowed }
            }
            Call::Permit { owner, spender, amount, deadline } => {
                self.handed_in(*contract, owner, spender, amount, deadline)
            }
            Call::Deposit(_) => return None,
        })
    }

    /// A signature that was given elsewhere, handed in.
    fn handed_in(
        &mut self,
        contract: Address,
        owner: Address,
        spender: Address,
        base_units: U256,
        deadline: U256,
    ) -> Item {
        let gives = owner == self.own && !base_units.is_zero();
        let spender = self.spender(spender, gives);
        let amount = self.tokens(contract, base_units);
        let unlimited = amount.is_unlimited();
        if gives && unlimited {
            self.warn(Warning::AnyAmount { spender: spender.clone() });
        }
        let owner = self.party(owner);
        let words = format!(
            "hand in the leave of {} that {} may take {} on {}, good {}",
            owner.words(),
            spender.words(),
            amount.limit(),
            self.of.chain.name,
            until(deadline)
        );
        Item::Permit(Permit {
            owner: Some(owner),
            spender,
            token: Some(self.party(contract)),
            base_units,
            unlimited,
            until: end(deadline),
            words,
        })
    }

    fn paid_tokens(&mut self, contract: Address, to: Address) {
        if to == contract {
            self.warn(Warning::ToTheToken);
        }
        if to.is_zero() {
            self.warn(Warning::ToNobody);
        }
    }

    fn allowance(
        &mut self,
        contract: Address,
        spender: Address,
        amount: U256,
        change: Change,
    ) -> Item {
        let gives = change != Change::Less && !amount.is_zero();
        let spender = self.spender(spender, gives);
        let amount = self.tokens(contract, amount);
        if gives && amount.is_unlimited() {
            self.warn(Warning::AnyAmount { spender: spender.clone() });
        }
        Item::Approve { spender, amount, change }
    }

    /// Who is given leave, with a warning where it is nobody we know.
    fn spender(&mut self, spender: Address, gives: bool) -> Party {
        let party = self.party(spender);
        if gives && known::router(self.of.chain, spender).is_none() {
            self.warn(Warning::UnknownSpender { spender: party.clone() });
        }
        party
    }

    /// Tokens, or coins, for a vault of THORChain or MayaChain.
    fn deposit(&mut self, transaction: &Transaction, deposit: &Deposit) -> Option<Item> {
        let Transaction { to: router, value, .. } = transaction;
        let sell = match (deposit.asset.is_zero(), value.is_zero()) {
            (true, false) => coins(self.of.chain, *value),
            (false, true) => self.tokens(deposit.asset, deposit.amount),
            // It fails, or is not what it seems.
            _ => return None,
        };
        let Readable::Text(memo) = Readable::of(&deposit.memo) else { return None };
        let through = self.of.claims.swap.as_ref().filter(|claims| claims.by_memo);
        let through = through.map_or("THORChain or MayaChain", |claims| claims.through);
        let (router, vault) = (self.party(*router), self.party(deposit.vault));
        if router.name.is_none() {
            self.warn(Warning::UnknownRouter { router });
        }
        self.warn(Warning::UncheckedVault { vault: vault.clone(), chain: through });
        Some(self.by_memo(sell, vault, &memo, Some(deposit.expires), through))
    }

    /// Coins or tokens for a chain that is told by a memo what they are for.
    fn by_memo(
        &mut self,
        sell: Amount,
        to: Party,
        memo: &str,
        expires: Option<u64>,
        through: &'static str,
    ) -> Item {
        let shown = Some(Readable::Text(memo.to_owned()));
        let asked = match swap_memo::read(memo) {
            Asks::Swap(asked) => asked,
            Asks::Other => return Item::Pay { amount: sell, to, from: None, memo: shown },
            Asks::Unknown => {
                self.warn(Warning::UnknownMemo { chain: through });
                return Item::Pay { amount: sell, to, from: None, memo: shown };
            }
        };
        if asked.least.is_none() {
            self.warn(Warning::NoLeast);
        }
        let claims = self.of.claims.swap.as_ref();
        // What is written there goes to another chain, which alone knows what is an address.
        let destination = plain_or_quoted(asked.destination);
        let asset = plain_or_quoted(asked.asset);
        if let Some(claimed) = claims.map(|claims| &claims.receiver).filter(|claimed| {
            !claimed.is_empty() && !claimed.eq_ignore_ascii_case(asked.destination)
        }) {
            let (signed, claimed) = (destination.clone(), claimed.clone());
            self.warn(Warning::ReceiverIsNotClaimed { signed, claimed });
        }
        let receiver = match asked.destination.parse::<Address>() {
            Ok(address) if address == self.own => Receiver::Sender,
            _ => Receiver::Elsewhere { address: destination },
        };
        Item::Swap(Swap {
            sell,
            at_least: asked.least.map(|least| match parse_base_units(least) {
                Ok(units) => format!("{} {asset}", in_coins(units, 8)),
                Err(_) => format!("{} of 10⁻⁸ {asset}", plain_or_quoted(least)),
            }),
            buy: asset,
            claimed: claims.and_then(SwapClaims::words),
            receiver,
            to,
            through,
            memo: shown,
            expires,
        })
    }

    /// A call of an aggregator's router, where it is one that this version knows.
    fn routed(&mut self, transaction: &Transaction) -> Option<Item> {
        let Transaction { to, value, data, .. } = transaction;
        let router = known::router(self.of.chain, *to)?;
        let Terms { sell, buy, least, receiver, elsewhere } = swap::read(router.kind, data)?;
        let sell = match sell {
            Some((token, amount)) if value.is_zero() => self.tokens(token, amount),
            None if !value.is_zero() => coins(self.of.chain, *value),
            // It fails, or takes more than it says.
            _ => return None,
        };
        let claims = self.of.claims.swap.as_ref();
        let claimed = claims.and_then(SwapClaims::words);
        let bought = buy.map(|buy| match buy {
            Bought::Coin => Asset::coin(self.of.chain),
            Bought::Token(contract) => self.token(contract),
        });
        let chain = elsewhere.map(|id| match Chain::numbered(&id) {
            Some(chain) => chain.name.to_owned(),
            None => format!("the chain number {id}"),
        });
        let buy = match (&bought, chain) {
            (Some(asset), _) => asset.words(),
            (None, Some(chain)) => format!("what comes out on {chain}"),
            (None, None) => "what its pools give".to_owned(),
        };
        if least.is_none() {
            self.warn(Warning::NoLeast);
        }
        let receiver = match receiver {
            None => Receiver::Sender,
            Some(address) if address == self.own => Receiver::Sender,
            Some(address) => {
                let receiver = self.party(address);
                self.warn(Warning::ReceiverIsNotOwn { receiver: receiver.clone() });
                Receiver::Here(receiver)
            }
        };
        Some(Item::Swap(Swap {
            sell,
            buy,
            at_least: least.map(|base_units| match bought {
                Some(asset) => Amount { base_units, asset }.words(),
                None => format!("{base_units} base units"),
            }),
            claimed,
            receiver,
            to: self.party(*to),
            through: router.name,
            memo: None,
            expires: None,
        }))
    }

    fn unknown_call(&mut self, transaction: &Transaction) -> Item {
        let Transaction { to, value, data, .. } = transaction;
        self.unknown = self.unknown.saturating_add(1);
        let contract = self.party(*to);
        if self.of.claims.swap.is_some() && known::router(self.of.chain, *to).is_none() {
            self.warn(Warning::UnknownRouter { router: contract.clone() });
        }
        Item::Call {
            contract,
            value: coins(self.of.chain, *value),
            selector: data
                .first_chunk::<4>()
                .map(|selector| format!("0x{}", hex::encode(selector))),
            data_len: data.len(),
            data_hash: keccak256(data).to_string(),
            claimed: self.of.claims.swap.as_ref().and_then(|claims| {
                let wanted = claims.words()?;
                Some(format!("a swap through {} for {wanted}", claims.through))
            }),
        }
    }

    /// So many base units of what a contract counts.
    fn tokens(&mut self, contract: Address, base_units: U256) -> Amount {
        Amount { base_units, asset: self.token(contract) }
    }

    fn token(&mut self, contract: Address) -> Asset {
        let known = known::token(self.of.chain, contract);
        let claims = self.of.claims.tokens.iter().find(|(at, _)| *at == contract);
        let claims = claims.map(|(_, claim)| claim.clone()).filter(|_| known.is_none());
        if let Some(claim) = &claims {
            let symbol = claim.symbol.clone();
            if !symbol.bytes().all(|c| c.is_ascii_graphic()) {
                self.warn(Warning::OddSymbol { symbol });
            } else if known::is_taken(self.of.chain, &symbol) {
                self.warn(Warning::Imitates { symbol });
            }
        }
        Asset::Token {
            contract: contract.to_string(),
            symbol: known.map(|token| token.symbol),
            decimals: known.map(|token| token.decimals),
            claims,
        }
    }

    fn party(&self, address: Address) -> Party {
        Party {
            address: address.to_string(),
            own: address == self.own,
            name: known::name(self.of.chain, address),
        }
    }

    /// What is approved of is for what is called next, and no more than that takes.
    fn approved(&mut self) {
        let [approval, call] = self.of.list.as_slice() else { return };
        let Some(Call::Approve { spender, amount }) = Call::read(&approval.data) else { return };
        if spender != call.to {
            let spender = self.party(spender);
            self.warn(Warning::SpenderIsNotCalled { spender });
        }
        let sold = match Call::read(&call.data) {
            Some(Call::Deposit(deposit)) => Some(deposit.amount),
            _ => known::router(self.of.chain, call.to)
                .and_then(|router| swap::read(router.kind, &call.data)?.sell)
                .map(|(_, amount)| amount),
        };
        if sold.is_some_and(|sold| sold < amount) {
            self.warn(Warning::AllowsMore);
        }
    }

    /// Only where coins are sent can they be held against the fee.
    fn fee_above_amount(&mut self, items: &[Item]) {
        if let [Item::Pay { amount, .. }] = items
            && matches!(amount.asset, Asset::Coin { .. })
            && !amount.base_units.is_zero()
            && amount.base_units < self.of.max_fee()
        {
            self.warn(Warning::FeeAboveAmount);
        }
    }

    /// Each warning once.
    fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

impl SwapClaims {
    /// What the initiator says will come out.
    fn words(&self) -> Option<String> {
        let Self { amount, buy, .. } = self;
        (!amount.is_empty()).then(|| format!("{amount} {buy}"))
    }
}

fn coins(chain: &Chain, base_units: U256) -> Amount {
    Amount { base_units, asset: Asset::coin(chain) }
}
