//! The vault's other key: texts and transactions of Solana.

use quorate_chain::solana::{Address, Transfer};

use super::process::text;
use super::stage::{Device, Stage, VAULT, signed_on_solana};

fn sign(message: &str) -> [&str; 6] {
    ["keysign", VAULT, "--chain", "Solana", "--message", message]
}

/// What the joiner was shown before it signed.
fn shown_to_the_joiner(a: &Device, b: &Device, message: &[u8]) -> String {
    let ended = a.meet(&sign(&format!("0x{}", hex::encode(message))), &[b]);
    signed_on_solana(&ended, &text(&a.shown()["public_key_eddsa"]), message);
    text(&ended[1].event("approve")["summary"])
}

#[test]
fn a_payment_is_shown_as_what_it_is_though_it_is_called_a_message() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let own = a.address_on("Solana");
    let from: Address = own.parse().expect("an address");
    let payment = Transfer {
        from,
        to: Address([7; 32]),
        lamports: 1_500_000_000,
        recent_blockhash: [9; 32],
        unit_price: 0,
        unit_limit: None,
    };
    let mut bytes = payment.unsigned().expect("a payment");
    let shown = shown_to_the_joiner(&a, &b, &bytes);
    let to = payment.to;
    assert_eq!(
        shown.lines().collect::<Vec<_>>(),
        [
            "sign a transaction on Solana".to_owned(),
            format!("send 1.5 SOL from {own} (this vault) to {to}"),
            format!("for a fee of at most 0.000105 SOL, paid by {own} (this vault)"),
        ]
    );

    // Another program in place of the system program, the last of the four accounts.
    bytes[5 + 3 * 32] = 1;
    let shown = shown_to_the_joiner(&b, &a, &bytes);
    assert!(
        shown.contains("BLIND: this device cannot see what 1 of its 3 instructions do"),
        "{shown}"
    );
}

#[test]
fn a_text_is_shown_and_what_may_be_anything_is_signed_blindly() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let shown = shown_to_the_joiner(&a, &b, "I own this\naddress".as_bytes());
    assert!(
        shown.ends_with("message: I own this\n    address") && !shown.contains("BLIND"),
        "{shown}"
    );
    let shown = shown_to_the_joiner(&b, &a, &[0xff, 0, 1]);
    assert!(shown.contains("bytes: 0xff0001") && shown.contains("BLIND"), "{shown}");

    let digest = "5a".repeat(32);
    let ended = b.meet(&["keysign", VAULT, "--chain", "Solana", "--hash", &digest], &[&a]);
    signed_on_solana(&ended, &text(&a.shown()["public_key_eddsa"]), &[0x5a; 32]);
    assert!(text(&ended[1].event("approve")["summary"]).contains("BLIND"));
}
