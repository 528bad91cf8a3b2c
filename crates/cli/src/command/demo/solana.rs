//! The demo's payment on Solana: made here, signed by the devices, verified by somebody else.

use quorate_chain::solana::{Address, Transfer};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;

use super::{Said, unexpected};
use crate::home::system_rng;
use crate::output::Failure;

/// What each payment sends, from the vault's address to itself: a thousandth of a SOL.
const LAMPORTS: u64 = 1_000_000;

/// A payment that nobody has signed yet.
pub(super) struct Payment {
    vault: Address,
    bytes: Vec<u8>,
}

impl Payment {
    /// From the vault's address to itself. No node is asked: the recent block that it names is made up.
    pub(super) fn of(address: &str) -> Result<Self, Failure> {
        let vault: Address = address.parse().map_err(|_| unexpected("that is no address"))?;
        let mut recent_blockhash = [0; 32];
        system_rng().fill_bytes(&mut recent_blockhash);
        let transfer = Transfer {
            from: vault,
            to: vault,
            lamports: LAMPORTS,
            recent_blockhash,
            unit_price: 0,
            unit_limit: None,
        };
        let bytes = transfer.unsigned().map_err(|why| unexpected(&why.to_string()))?;
        Ok(Self { vault, bytes })
    }

    /// The words that have it signed.
    pub(super) fn words(&self, vault: &str) -> Vec<String> {
        let message = format!("0x{}", hex::encode(&self.bytes));
        let words = ["keysign", vault, "--chain", super::SOLANA, "--message", &message];
        words.map(str::to_owned).into()
    }

    /// Whether everybody who signed has a signature of this payment, by this vault's key, as `ring` verifies it: it
    /// shares no code with the engine.
    pub(super) fn verify(&self, said: &[(String, Said)]) -> Result<(), Failure> {
        let key = UnparsedPublicKey::new(&ED25519, self.vault.0);
        let signed = |line: &Said| line.get("event").is_some_and(|event| event == "signature");
        let mut signatures = said.iter().filter(|(_, line)| signed(line)).peekable();
        if signatures.peek().is_none() {
            return Err(unexpected("no device has a signature"));
        }
        signatures.try_for_each(|(device, line)| {
            let signature = line.get("signature").and_then(Value::as_str).unwrap_or_default();
            let signature = hex::decode(signature).unwrap_or_default();
            key.verify(&self.bytes, &signature)
                .map_err(|_| unexpected(&format!("the signature of {device} is not the payment's")))
        })
    }
}
