//! The domain: for which application, contract and chain a signature is good.

use alloy_primitives::U256;

use super::error::{Place, Reason, TypedDataError, quoted};
use super::shown;
use super::types::{DOMAIN, Kind, Types};
use super::value::{Struct, Value};
use crate::chain::Chain;
use crate::evm::address::Address;

/// The members that the standard knows.
const MEMBERS: [(&str, Kind); 5] = [
    ("name", Kind::Text),
    ("version", Kind::Text),
    ("chainId", Kind::Uint(256)),
    ("verifyingContract", Kind::Address),
    ("salt", Kind::Fixed(32)),
];

/// What a domain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Domain {
    members: Vec<(String, Value)>,
    pub(super) contract: Option<Address>,
    chain_id: Option<U256>,
}

/// Whether the domain's type has members of the standard only, each with its own type: of another, nobody could say
/// what it binds the signature to.
pub(super) fn judge(types: &Types, place: &Place) -> Result<(), TypedDataError> {
    let place = place.member(DOMAIN);
    for member in types.members(DOMAIN).unwrap_or_default() {
        if !MEMBERS.iter().any(|(name, kind)| member.name == *name && member.kind == *kind) {
            return Err(place.wrong(Reason::Domain(quoted(&member.to_string()))));
        }
    }
    Ok(())
}

impl Domain {
    pub(super) fn of(domain: &Struct) -> Self {
        let contract = match domain.get("verifyingContract") {
            Some(Value::Address(contract)) => Some(*contract),
            _ => None,
        };
        let chain_id = match domain.get("chainId") {
            Some(Value::Uint(id)) => Some(*id),
            _ => None,
        };
        Self { members: domain.members.clone(), contract, chain_id }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        if self.members.is_empty() {
            return vec!["  (empty)".to_owned()];
        }
        let line = |(name, value): &(String, Value)| {
            let chain = match value {
                Value::Uint(id) => Chain::numbered(id).map(|chain| format!(" ({})", chain.name)),
                _ => None,
            };
            format!("  {name}: {}{}", shown::brief(value), chain.unwrap_or_default())
        };
        self.members.iter().map(line).collect()
    }

    pub(super) fn warnings(&self, chain: &Chain) -> Vec<String> {
        let mut warnings = Vec::new();
        let own = chain.evm().map(|evm| U256::from(evm.chain_id));
        if self.members.is_empty() {
            warnings.push(
                "WARNING: the domain is empty: nothing says which application or chain this is for, and it may be \
                 good in several"
                    .to_owned(),
            );
        } else if let Some(id) = self.chain_id {
            if own != Some(id) {
                let named = Chain::numbered(&id).map_or("a chain unknown here", |chain| chain.name);
                warnings.push(format!(
                    "WARNING: the domain is for chain {id} ({named}), not for {}",
                    chain.name
                ));
            }
        } else {
            warnings.push(
                "WARNING: the domain names no chain: the signature may be good on several"
                    .to_owned(),
            );
        }
        warnings
    }
}
