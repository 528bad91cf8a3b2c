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
    assert_eq!(
        names,
        [
            "keygen",
            "keysign",
            "keysign_solana",
            "reshare",
            "keysign_after_reshare",
            "keysign_solana_after_reshare"
        ]
    );

    let events = ran.events();
    let of = |device: &str, name: &str| -> Vec<_> {
        events.iter().filter(|event| event["device"] == device && event["event"] == name).collect()
    };
    let vaults = of("A", "vault");
    assert_eq!(vaults.len(), 2);
    for key in ["public_key_ecdsa", "public_key_eddsa"] {
        assert_eq!(vaults[0][key], vaults[1][key]);
    }
    assert_eq!((&vaults[1]["epoch"], &vaults[1]["threshold"]), (&2.into(), &3.into()));
    assert_eq!(vaults[1]["parties"].as_array().unwrap().len(), 4);

    let transactions = of("A", "transaction");
    assert_eq!(transactions.len(), 2);
    for transaction in transactions {
        assert!(transaction["raw"].as_str().unwrap().starts_with("02"), "type 2: EIP-1559");
        assert_eq!(transaction["broadcast"], false);
    }
    let keys = |device| -> Vec<_> {
        of(device, "signature").iter().map(|signed| signed["key"].as_str().unwrap()).collect()
    };
    assert_eq!(
        ["A", "C", "D", "E"].map(keys)[..],
        [vec!["ecdsa", "ecdsa"], vec!["eddsa"], vec!["ecdsa", "eddsa"], vec!["ecdsa", "eddsa"]]
    );
    let refused = of("C", "error");
    assert_eq!(refused.len(), 2);
    assert!(refused.iter().all(|refused| refused["code"] == 7));
}
