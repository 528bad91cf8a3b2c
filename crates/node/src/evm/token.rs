//! Tokens (ERC-20): what their contracts say of themselves and of their holders.

use quorate_chain::U256;
use quorate_chain::evm::Address;

use super::{Node, abi};
use crate::NodeError;

/// The most decimals that an amount can have: 10^77 is the last power of ten below 2^256.
const MOST_DECIMALS: u8 = 77;

const DECIMALS: [u8; 4] = [0x31, 0x3c, 0xe5, 0x67];
const SYMBOL: [u8; 4] = [0x95, 0xd8, 0x9b, 0x41];
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
const ALLOWANCE: [u8; 4] = [0xdd, 0x62, 0xed, 0x3e];

/// What a contract says of itself. Anybody can write a contract that says this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The contract.
    pub contract: Address,
    /// How many decimal places a whole token has, 0 to 77.
    pub decimals: u8,
    /// Its ticker: not empty, at most 64 bytes, no control characters, and otherwise whatever the contract's author
    /// wrote: it may imitate another, and hold characters that are invisible or reorder others. `None` if it has none,
    /// or none that can be read.
    pub symbol: Option<String>,
}

impl Node {
    /// The token of this contract.
    ///
    /// # Errors
    ///
    /// [`NodeError::NoToken`] if there is no contract, or one that does not say its decimals, or more than any amount
    /// can have; and those of asking.
    pub async fn token(&self, contract: Address) -> Result<Token, NodeError> {
        let (decimals, symbol) = tokio::try_join!(self.decimals(contract), self.symbol(contract))?;
        Ok(Token { contract, decimals, symbol })
    }

    /// How much of a token an address has, in base units.
    pub async fn token_balance(
        &self,
        contract: Address,
        owner: Address,
    ) -> Result<U256, NodeError> {
        self.token_number(contract, "balanceOf", abi::call(BALANCE_OF, &[owner])).await
    }

    /// How much of an owner's tokens a spender may take, in base units.
    pub async fn allowance(
        &self,
        contract: Address,
        owner: Address,
        spender: Address,
    ) -> Result<U256, NodeError> {
        self.token_number(contract, "allowance", abi::call(ALLOWANCE, &[owner, spender])).await
    }

    async fn decimals(&self, contract: Address) -> Result<u8, NodeError> {
        let said = self.token_number(contract, "decimals", abi::call(DECIMALS, &[])).await?;
        let decimals = u8::try_from(said).ok().filter(|decimals| *decimals <= MOST_DECIMALS);
        decimals.ok_or_else(|| {
            let why =
                format!("it counts {said} decimals, and no amount has more than {MOST_DECIMALS}");
            NodeError::NoToken { contract, why }
        })
    }

    async fn symbol(&self, contract: Address) -> Result<Option<String>, NodeError> {
        match self.view_of(contract, &abi::call(SYMBOL, &[])).await {
            Ok(returned) => Ok(abi::text(&returned)),
            Err(NodeError::Refused { message, .. }) if is_failed_call(&message) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn token_number(
        &self,
        contract: Address,
        function: &'static str,
        data: Vec<u8>,
    ) -> Result<U256, NodeError> {
        let no_token = |why| NodeError::NoToken { contract, why };
        match self.view_of(contract, &data).await {
            // An address without code returns nothing to everything.
            Ok(returned) => abi::number(&returned)
                .ok_or_else(|| no_token(format!("it does not answer to {function}"))),
            Err(NodeError::Refused { message, .. }) if is_failed_call(&message) => {
                Err(no_token(format!("{function} fails: {message}")))
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether a node's words say that the contract failed, not that the node does not want to be asked.
fn is_failed_call(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["revert", "opcode", "out of gas", "jump", "stack"].iter().any(|word| message.contains(word))
}
