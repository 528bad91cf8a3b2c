//! What documents of known shapes mean. They are told by the names and types of their members, wherever in a document
//! they stand: what a type is called does not change what a contract does with it.

use alloy_primitives::U256;

use super::domain::Domain;
use super::shown::{brief, marked};
use super::value::{Struct, Value};
use crate::evm::address::Address;
use crate::moment::{end, moment, until};
use crate::reading::asset::Party;
use crate::reading::item::{Item, Permit};

/// What every known shape in a message means, from the outside in.
pub(super) fn of(message: &Struct, domain: &Domain, own: Address) -> Vec<Item> {
    let mut items = Vec::new();
    Teller { domain, own }.gather(message, &mut items);
    items
}

struct Teller<'d> {
    domain: &'d Domain,
    own: Address,
}

impl Teller<'_> {
    fn gather(&self, of: &Struct, items: &mut Vec<Item>) {
        if let Some(told) = self.tell(of) {
            items.extend(told);
            return;
        }
        for (_, value) in &of.members {
            self.gather_value(value, items);
        }
    }

    fn gather_value(&self, value: &Value, items: &mut Vec<Item>) {
        match value {
            Value::Struct(inner) => self.gather(inner, items),
            Value::List(values) => {
                for value in values {
                    self.gather_value(value, items);
                }
            }
            _ => {}
        }
    }

    fn tell(&self, of: &Struct) -> Option<Vec<Item>> {
        let meaning = |words| Item::Meaning { words };
        let meanings = |told: Vec<String>| told.into_iter().map(meaning).collect();
        self.permit(of)
            .or_else(|| self.permit_of_dai(of))
            .or_else(|| self.authorization(of).map(meanings))
            .or_else(|| self.allowances(of))
            .or_else(|| self.transfers(of))
            .or_else(|| self.order(of).map(meanings))
            .or_else(|| self.safe(of).map(meanings))
    }

    /// ERC-2612.
    fn permit(&self, of: &Struct) -> Option<Vec<Item>> {
        let [owner, spender] = [address(of, "owner")?, address(of, "spender")?];
        let [value, deadline] = [uint(of, "value")?, uint(of, "deadline")?];
        uint(of, "nonce")?;
        let words = format!(
            "PERMIT: allows {} to take {} of {} from {}; good {}",
            self.name(spender),
            amount(value),
            self.token(),
            self.name(owner),
            until(deadline)
        );
        let unlimited = value == U256::MAX;
        let owner = Some(self.party(owner));
        let token = self.domain.contract;
        Some(vec![self.leave(owner, spender, token, (value, unlimited), end(deadline), words)])
    }

    /// The same for DAI, all or nothing.
    fn permit_of_dai(&self, of: &Struct) -> Option<Vec<Item>> {
        let [from, to] = [address(of, "holder")?, address(of, "spender")?];
        let expiry = uint(of, "expiry")?;
        let Value::Bool(allowed) = of.get("allowed")? else { return None };
        let (holder, spender, token) = (self.name(from), self.name(to), self.token());
        // Zero is no end here.
        let expiry = if expiry.is_zero() { U256::MAX } else { expiry };
        let words = if *allowed {
            let good = until(expiry);
            format!(
                "PERMIT: allows {spender} to take any amount of {token} from {holder}; good {good}"
            )
        } else {
            format!("PERMIT: {spender} may take nothing of {token} from {holder} any more")
        };
        let value = if *allowed { U256::MAX } else { U256::ZERO };
        let (owner, token) = (Some(self.party(from)), self.domain.contract);
        Some(vec![self.leave(owner, to, token, (value, *allowed), end(expiry), words)])
    }

    /// ERC-3009.
    fn authorization(&self, of: &Struct) -> Option<Vec<String>> {
        let [from, to] = [address(of, "from")?, address(of, "to")?];
        let [value, after, before] =
            [uint(of, "value")?, uint(of, "validAfter")?, uint(of, "validBefore")?];
        of.get("nonce")?;
        let after =
            if after.is_zero() { String::new() } else { format!("from {}, ", moment(after)) };
        Some(vec![format!(
            "PAYMENT: moves {} of {} from {} to {}; good {after}{}",
            amount(value),
            self.token(),
            self.name(from),
            self.name(to),
            until(before)
        )])
    }

    /// Permit2: allowances for one token or several.
    fn allowances(&self, of: &Struct) -> Option<Vec<Item>> {
        let to = address(of, "spender")?;
        let spender = self.name(to);
        let signed = uint(of, "sigDeadline")?;
        let tell = |details: &Struct| {
            let at = address(details, "token")?;
            let [value, expiration] = [uint(details, "amount")?, uint(details, "expiration")?];
            let words = format!(
                "PERMIT: allows {spender} to take {} of the token {}; the allowance is good {}, this signature {}",
                amount_of(value, MAX_UINT160),
                self.name(at),
                until(expiration),
                until(signed)
            );
            let unlimited = value == MAX_UINT160;
            Some(self.leave(None, to, Some(at), (value, unlimited), end(expiration), words))
        };
        each(of.get("details")?, tell)
    }

    /// Permit2: transfers that are good once, of one token or several.
    fn transfers(&self, of: &Struct) -> Option<Vec<Item>> {
        let to = address(of, "spender")?;
        let spender = self.name(to);
        let deadline = uint(of, "deadline")?;
        uint(of, "nonce")?;
        let tell = |permitted: &Struct| {
            let (at, value) = (address(permitted, "token")?, uint(permitted, "amount")?);
            let words = format!(
                "PERMIT: allows {spender} to take {} of the token {} once; good {}",
                amount(value),
                self.name(at),
                until(deadline)
            );
            let unlimited = value == U256::MAX;
            Some(self.leave(None, to, Some(at), (value, unlimited), end(deadline), words))
        };
        each(of.get("permitted")?, tell)
    }

    /// Seaport.
    fn order(&self, of: &Struct) -> Option<Vec<String>> {
        let offerer = self.name(address(of, "offerer")?);
        let end = until(uint(of, "endTime")?);
        let give = |item: &Struct| {
            Some(format!("ORDER: {offerer} gives {}; good {end}", self.item(item)?))
        };
        let get = |item: &Struct| {
            let to = self.name(address(item, "recipient")?);
            Some(format!("ORDER: whoever takes it pays {} to {to}", self.item(item)?))
        };
        let mut told = each(of.get("offer")?, give)?;
        let asked = each(of.get("consideration")?, get)?;
        if asked.is_empty() {
            told.push(format!("ORDER: {offerer} gets NOTHING for it"));
        }
        told.extend(asked);
        Some(told)
    }

    /// A transaction of a Safe: what it calls, and whether that code runs as the Safe itself.
    fn safe(&self, of: &Struct) -> Option<Vec<String>> {
        let to = self.name(address(of, "to")?);
        let [value, operation] = [uint(of, "value")?, uint(of, "operation")?];
        uint(of, "safeTxGas")?;
        uint(of, "nonce")?;
        let Value::Bytes(data) = of.get("data")? else { return None };
        let safe =
            self.domain.contract.map_or_else(String::new, |safe| format!(" {}", self.name(safe)));
        let paid = format!("{value} base units of the chain's own coin");
        Some(vec![if operation.is_zero() && data.is_empty() {
            format!("SAFE: the Safe{safe} pays {paid} to {to}")
        } else if operation.is_zero() {
            format!("SAFE: the Safe{safe} calls {to} with {} bytes of data and {paid}", data.len())
        } else {
            format!(
                "SAFE: the code at {to} takes over the Safe{safe} (DELEGATE CALL) and may take ALL it has"
            )
        }])
    }

    /// An item of an order.
    fn item(&self, item: &Struct) -> Option<String> {
        let token = self.name(address(item, "token")?);
        let [start, end] = [uint(item, "startAmount")?, uint(item, "endAmount")?];
        let id = uint(item, "identifierOrCriteria")?;
        let count = if start == end { start.to_string() } else { format!("{start} to {end}") };
        let kind = u8::try_from(uint(item, "itemType")?).ok()?;
        Some(match kind {
            0 => format!("{count} base units of the chain's own coin"),
            1 => format!("{count} base units of the token {token}"),
            2 | 3 => format!("{count} of number {id} of the collection {token}"),
            _ => format!("{count} of any that fit {id} of the collection {token}"),
        })
    }

    fn leave(
        &self,
        owner: Option<Party>,
        spender: Address,
        token: Option<Address>,
        (base_units, unlimited): (U256, bool),
        until: Option<u64>,
        words: String,
    ) -> Item {
        let spender = self.party(spender);
        let token = token.map(|token| self.party(token));
        Item::Permit(Permit { owner, spender, token, base_units, unlimited, until, words })
    }

    fn party(&self, address: Address) -> Party {
        Party { address: address.to_string(), own: address == self.own, name: None }
    }

    fn name(&self, address: Address) -> String {
        marked(address, self.own)
    }

    fn token(&self) -> String {
        match self.domain.contract {
            Some(contract) => format!("the token {}", self.name(contract)),
            None => "a token that the domain does not name".to_owned(),
        }
    }
}

/// The largest number of 160 bits, which Permit2 takes for no limit.
const MAX_UINT160: U256 = U256::from_limbs([u64::MAX, u64::MAX, 0xffff_ffff, 0]);

fn address(of: &Struct, name: &str) -> Option<Address> {
    match of.get(name)? {
        Value::Address(address) => Some(*address),
        _ => None,
    }
}

fn uint(of: &Struct, name: &str) -> Option<U256> {
    match of.get(name)? {
        Value::Uint(number) => Some(*number),
        _ => None,
    }
}

/// What is told of the one struct, or of each of them. `None` if one of them has another shape.
fn each<T>(value: &Value, tell: impl Fn(&Struct) -> Option<T>) -> Option<Vec<T>> {
    let tell_one = |value: &Value| match value {
        Value::Struct(inner) => tell(inner),
        _ => None,
    };
    match value {
        Value::List(values) => values.iter().map(tell_one).collect(),
        one => tell_one(one).map(|told| vec![told]),
    }
}

fn amount(value: U256) -> String {
    amount_of(value, U256::MAX)
}

fn amount_of(value: U256, any: U256) -> String {
    if value == any {
        "ANY AMOUNT".to_owned()
    } else {
        format!("{} base units", brief(&Value::Uint(value)))
    }
}
