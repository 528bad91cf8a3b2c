//! Backups that phones have made: read from the folder that `QUORATE_FIXTURES` names, as
//! `vectors/app/backups/README.md` says.

use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_wire::vult;

use super::recovery::public_keys;
use super::*;

const GG20: &[u8] = include_bytes!("../../../../../vectors/app/backups/GG20_1of2.vult");

#[expect(clippy::disallowed_methods, reason = "the environment is how a test program is told")]
fn backup(name: &str) -> Option<Backup> {
    let folder = std::env::var("QUORATE_FIXTURES").ok()?;
    let file = std::fs::read(format!("{folder}/{name}")).unwrap();
    let password = Secret::of("Password123!".to_owned());
    let opened = vult::parse(&file, Some(&password)).unwrap();
    Some(Backup::read(opened.vault, NOW).unwrap())
}

#[test]
fn a_gg20_backup_is_named_as_one() {
    let refused = Backup::read(vult::parse(GG20, None).unwrap().vault, NOW).unwrap_err();
    assert_eq!(refused.check, Check::KindIsKnown.id());
    assert!(refused.to_string().contains("GG20"), "{refused}");
}

#[test]
fn both_shares_of_a_phones_vault_make_the_keys_behind_its_addresses() {
    let addresses: Value =
        serde_json::from_str(include_str!("../../../../../vectors/app/addresses.json")).unwrap();
    let vaults = [
        ["TestFastVault-44fd-share1of2-Vultiserver.vult", "TestFastVault-44fd-share2of2.vult"],
        ["TestSecureVault-cfa0-share1of2.vult", "TestSecureVault-cfa0-share2of2-Nopassword.vult"],
        ["TestSecureVault-cfa0-share1of2.vult", "derived/TestSecureVault-cfa0-share2of2-v2.vult"],
    ];
    for [one, two] in vaults {
        let Some((a, b)) = backup(one).zip(backup(two)) else { return };
        assert_eq!(a.is_server(), one.contains("Vultiserver"));
        assert_eq!(a.sharing.fsid, b.sharing.fsid);
        assert_eq!(a.sharing.parties, b.sharing.parties);
        assert_eq!((a.sharing.me, b.sharing.me), (0, 1));
        let verdict = compare(&b, &[held(&[&a])]);
        assert!(matches!(verdict, Verdict::OtherParty { .. }), "{verdict}");

        let recovered = recover(&[(one, &a), (two, &b)]).unwrap();
        let (ecdsa, eddsa) = public_keys(&recovered);
        let name = |vault: &&Value| one.starts_with(vault["name"].as_str().unwrap());
        let vault = addresses["vaults"].as_array().unwrap().iter().find(name).unwrap();
        assert_eq!(vault["public_key_ecdsa"], hex::encode(ecdsa));
        assert_eq!(vault["public_key_eddsa"], hex::encode(eddsa));
        let path = DerivationPath::parse("m/44/60/0/0/0").unwrap();
        let child = derive(&ecdsa, &recovered.chain_code, &path).unwrap();
        let ethereum = &vault["chains"]["Ethereum"];
        assert_eq!(ethereum["public_key"], hex::encode(child));
        let address = quorate_chain::chain::find("Ethereum").unwrap().address(&child).unwrap();
        assert_eq!(ethereum["address"], address);
    }
}
