//! What the field's devices sign for a payload, ours sign too, to the byte; and a payload is handed on as it came.

use quorate_chain::{Payload, Signature, ToSign, intent};

use crate::vectors::{bytes, cases, payload, request, text};

fn ids(to_sign: &[ToSign]) -> Vec<String> {
    let mut hashes: Vec<String> = to_sign.iter().map(|it| hex::encode(it.as_bytes())).collect();
    hashes.sort();
    hashes.iter().map(|hash| hex::encode(md5(hash))).collect()
}

fn md5(text: &str) -> [u8; 16] {
    use md5::{Digest as _, Md5};
    Md5::digest(text).into()
}

#[test]
fn every_payload_of_the_ethereum_family_is_signed_as_the_field_signs_it() {
    assert_eq!(cases().len(), 19);
    for case in cases() {
        let to_sign = intent::to_sign(&payload(&case)).unwrap();
        assert_eq!(serde_json::json!(ids(&to_sign)), case["message_ids"], "{}", case["name"]);
    }
}

#[test]
fn a_request_is_completed_to_the_transactions_of_the_field() {
    let complete: Vec<_> =
        cases().into_iter().filter(|case| case.get("transactions").is_some()).collect();
    assert_eq!(complete.len(), 8);
    for case in complete {
        let request = request(&payload(&case));
        let expected = case["transactions"].as_array().unwrap();
        assert_eq!(request.signings.len(), expected.len(), "{}", case["name"]);
        let mut signatures = Vec::new();
        for (signing, transaction) in request.signings.iter().zip(expected) {
            assert_eq!(hex::encode(signing.bytes.as_bytes()), text(transaction, "hash"));
            let signature = bytes(transaction, "signature").try_into().unwrap();
            signatures.push(Signature::Ecdsa(signature));
        }
        let signed = request.assemble(&signatures).unwrap();
        assert_eq!(signed.wallet_signature, None);
        for (signed, expected) in signed.transactions.iter().zip(expected) {
            assert_eq!(hex::encode(&signed.raw), text(expected, "raw"), "{}", case["name"]);
            assert_eq!(signed.txid, text(expected, "txid"));
        }
    }
}

#[test]
fn a_payload_is_handed_on_byte_for_byte() {
    for case in cases() {
        // Fields that nobody knows yet, and a number that is written longer than it need be.
        for more in [&[][..], &[0x98, 0x06, 5], &[0xe0, 0x02, 0x80, 0x00]] {
            let bytes = [bytes(&case, "payload").as_slice(), more].concat();
            let payload = Payload::decode(&bytes).unwrap();
            assert_eq!(payload.bytes(), bytes);
            let known = Payload::from((*payload).clone());
            assert_eq!(*known, *payload);
            assert_eq!(payload.unknown_fields(), if more.len() == 3 { vec![99] } else { vec![] });
        }
    }
}
