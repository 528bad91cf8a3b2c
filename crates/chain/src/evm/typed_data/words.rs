//! What documents of known shapes mean. They are told by the names and types of their members, wherever in a document
//! they stand: what a type is called does not change what a contract does with it.

use alloy_primitives::U256;

use super::domain::Domain;
use super::shown::{brief, marked};
use super::value::{Struct, Value};
use crate::evm::address::Address;
use crate::moment::{moment, until};

/// The sentences for every known shape in a message, from the outside in.
pub(super) fn of(message: &Struct, domain: &Domain, own: Address) -> Vec<String> {
    let mut sentences = Vec::new();
    Teller { domain, own }.gather(message, &mut sentences);
    sentences
}

struct Teller<'d> {
    domain: &'d Domain,
    own: Address,
}

impl Teller<'_> {
    fn gather(&self, of: &Struct, sentences: &mut Vec<String>) {
        if let Some(told) = self.tell(of) {
            sentences.extend(told);
            return;
        }
        for (_, value) in &of.members {
            self.gather_value(value, sentences);
        }
    }

    fn gather_value(&self, value: &Value, sentences: &mut Vec<String>) {
        match value {
            Value::Struct(inner) => self.gather(inner, sentences),
            Value::List(values) => {
                for value in values {
                    self.gather_value(value, sentences);
                }
            }
            _ => {}
        }
    }

    fn tell(&self, of: &Struct) -> Option<Vec<String>> {
        self.permit(of)
            .or_else(|| self.permit_of_dai(of))
            .or_else(|| self.authorization(of))
            .or_else(|| self.allowances(of))
            .or_else(|| self.transfers(of))
            .or_else(|| self.order(of))
            .or_else(|| self.safe(of))
    }

    /// ERC-2612.
    fn permit(&self, of: &Struct) -> Option<Vec<String>> {
        let [owner, spender] = [address(of, "owner")?, address(of, "spender")?];
        let [value, deadline] = [uint(of, "value")?, uint(of, "deadline")?];
        uint(of, "nonce")?;
        Some(vec![format!(
            "PERMIT: allows {} to take {} of {} from {}; good {}",
            self.name(spender),
            amount(value),
            self.token(),
            self.name(owner),
            until(deadline)
        )])
    }

    /// The same for DAI, all or nothing.
    fn permit_of_dai(&self, of: &Struct) -> Option<Vec<String>> {
        let [holder, spender] = [address(of, "holder")?, address(of, "spender")?];
        let expiry = uint(of, "expiry")?;
        let Value::Bool(allowed) = of.get("allowed")? else { return None };
        let (holder, spender, token) = (self.name(holder), self.name(spender), self.token());
        Some(vec![if *allowed {
            // Zero is no end here.
            let good = if expiry.is_zero() { until(U256::MAX) } else { until(expiry) };
            format!(
                "PERMIT: allows {spender} to take any amount of {token} from {holder}; good {good}"
            )
        } else {
            format!("PERMIT: {spender} may take nothing of {token} from {holder} any more")
        }])
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
    fn allowances(&self, of: &Struct) -> Option<Vec<String>> {
        let spender = self.name(address(of, "spender")?);
        let signed = uint(of, "sigDeadline")?;
        let tell = |details: &Struct| {
            let token = self.name(address(details, "token")?);
            let [value, end] = [uint(details, "amount")?, uint(details, "expiration")?];
            Some(format!(
                "PERMIT: allows {spender} to take {} of the token {token}; the allowance is good {}, this signature {}",
                amount_of(value, MAX_UINT160),
                until(end),
                until(signed)
            ))
        };
        each(of.get("details")?, tell)
    }

    /// Permit2: transfers that are good once, of one token or several.
    fn transfers(&self, of: &Struct) -> Option<Vec<String>> {
        let spender = self.name(address(of, "spender")?);
        let end = until(uint(of, "deadline")?);
        uint(of, "nonce")?;
        let tell = |permitted: &Struct| {
            let token = self.name(address(permitted, "token")?);
            let value = amount(uint(permitted, "amount")?);
            Some(format!(
                "PERMIT: allows {spender} to take {value} of the token {token} once; good {end}"
            ))
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

/// A sentence for the one struct, or for each of them. `None` if one of them has another shape.
fn each(value: &Value, tell: impl Fn(&Struct) -> Option<String>) -> Option<Vec<String>> {
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
