//! The whole job.

use super::kit::run;

#[test]
fn five_devices_make_a_vault_sign_reshare_and_sign_again() {
    let ran = run(["demo", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let steps = ran.event("demo");
    assert_eq!(steps["ok"], true);
    let names: Vec<&str> = steps["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["keygen", "keysign", "reshare", "keysign_after_reshare"]);

    let events = ran.events();
    let of = |device: &str, name: &str| -> Vec<_> {
        events.iter().filter(|event| event["device"] == device && event["event"] == name).collect()
    };
    let vaults = of("A", "vault");
    assert_eq!(vaults.len(), 2);
    assert_eq!(vaults[0]["public_key_ecdsa"], vaults[1]["public_key_ecdsa"]);
    assert_eq!((&vaults[1]["epoch"], &vaults[1]["threshold"]), (&2.into(), &3.into()));
    assert_eq!(vaults[1]["parties"].as_array().unwrap().len(), 4);

    let transactions = of("A", "transaction");
    assert_eq!(transactions.len(), 2);
    for transaction in transactions {
        assert!(transaction["raw"].as_str().unwrap().starts_with("02"), "type 2: EIP-1559");
        assert_eq!(transaction["broadcast"], false);
    }
    for device in ["A", "D", "E"] {
        assert!(!of(device, "signature").is_empty(), "{device}");
    }
    let refused = of("C", "error");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["code"], 7);
}
