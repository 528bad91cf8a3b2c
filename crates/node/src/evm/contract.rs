//! Contracts: whether there is one, and what it answers.

use quorate_chain::evm::Address;
use serde_json::{Value, json};

use super::{Call, Node, quantity};
use crate::NodeError;

/// What an account's code begins with that lets a contract act in its place (EIP-7702); its address follows.
const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];

/// What runs when an address is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Nothing: whoever has its key owns it, or nobody has used it yet.
    Nothing,
    /// A contract's code, for an account whose owner has said so and can say otherwise (EIP-7702).
    Delegated(Address),
    /// A contract's.
    Contract,
}

impl Node {
    /// What runs when this address is called, as of the latest block.
    pub async fn code(&self, of: Address) -> Result<Code, NodeError> {
        self.ask("eth_getCode", json!([of.to_string(), "latest"]), code).await
    }

    /// What a contract returns to this call, which is made as of the latest block and changes nothing.
    ///
    /// # Errors
    ///
    /// [`NodeError::Refused`] if the call fails; and those of asking.
    pub async fn call(&self, call: &Call) -> Result<Vec<u8>, NodeError> {
        self.view(call.json()).await
    }

    /// What a contract returns to anybody.
    pub(super) async fn view_of(
        &self,
        contract: Address,
        data: &[u8],
    ) -> Result<Vec<u8>, NodeError> {
        self.view(json!({ "to": contract.to_string(), "data": quantity::hex(data) })).await
    }

    async fn view(&self, call: Value) -> Result<Vec<u8>, NodeError> {
        self.ask("eth_call", json!([call, "latest"]), quantity::bytes).await
    }
}

fn code(answer: &Value) -> Option<Code> {
    let code = quantity::bytes(answer)?;
    if code.is_empty() {
        return Some(Code::Nothing);
    }
    match code.strip_prefix(&DELEGATION) {
        Some(delegate) if delegate.len() == 20 => {
            quantity::hex(delegate).parse().ok().map(Code::Delegated)
        }
        _ => Some(Code::Contract),
    }
}
