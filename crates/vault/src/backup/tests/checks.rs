//! Every check, and a file that only it refuses.

use super::*;

/// What reading says of a backup of the first epoch, after `spoil`.
fn refused(spoil: impl FnOnce(&mut VaultContents)) -> &'static str {
    let mut vault = epoch(1).saved(0);
    spoil(&mut vault);
    Backup::read(vault, NOW).err().map_or("", |refused| refused.check)
}

#[test]
fn what_is_not_spoilt_is_read() {
    assert_eq!(refused(|_| {}), "");
}

#[test]
fn check_backup_1_1_refuses_gg20_and_later_kinds() {
    switch();
    assert_eq!(refused(|vault| vault.lib_type = 3), Check::KindIsKnown.id());
    let stray = |vault: &mut VaultContents| {
        let keyshare = Secret::of("{\"pub_key\":\"\"}".to_owned());
        let unknown = Unknown::default();
        vault.key_shares.push(KeyShare { public_key: "02".into(), keyshare, unknown });
    };
    assert_eq!(refused(stray), Check::KindIsKnown.id());
}

#[test]
fn check_backup_1_2_refuses_members_without_a_name_of_their_own() {
    switch();
    // The last one alone would pass 2.5: the share knows two parties.
    assert_eq!(refused(|vault| vault.signers[1] = "\n".into()), Check::MembersAreParties.id());
    assert_eq!(refused(|vault| vault.signers[1] = NAMES[0].into()), Check::MembersAreParties.id());
    assert_eq!(refused(|vault| vault.signers.truncate(1)), Check::MembersAreParties.id());
}

#[test]
fn check_backup_1_3_refuses_the_share_of_a_stranger() {
    switch();
    let stranger = |vault: &mut VaultContents| vault.local_party_id = "x-9".into();
    assert_eq!(refused(stranger), Check::OwnerIsAMember.id());
}

#[test]
fn check_backup_1_4_refuses_keys_that_are_not_hex_of_their_length() {
    switch();
    assert_eq!(refused(|vault| vault.hex_chain_code.truncate(63)), Check::KeysAreKeys.id());
    assert_eq!(refused(|vault| vault.public_key_eddsa.push('0')), Check::KeysAreKeys.id());
    assert_eq!(refused(|vault| vault.public_key_ecdsa.insert(0, 'x')), Check::KeysAreKeys.id());
}

#[test]
fn check_backup_2_1_refuses_two_shares_of_one_key() {
    switch();
    let second = |vault: &mut VaultContents| {
        let share = epoch(3).ecdsa.remove(0);
        vault.key_shares.push(key_share(&share[75..108], &share));
    };
    assert_eq!(refused(second), Check::OneShareAKey.id());
}

#[test]
fn check_backup_2_2_refuses_a_vault_without_a_share_of_its_own_key() {
    switch();
    assert_eq!(refused(|vault| drop(vault.key_shares.remove(0))), Check::EcdsaShareIsThere.id());
    let import = |vault: &mut VaultContents| {
        vault.lib_type = 2;
        vault.key_shares.clear();
    };
    assert_eq!(refused(import), Check::EcdsaShareIsThere.id());
}

#[test]
fn a_share_that_its_engine_does_not_load_is_refused_by_the_step_of_the_engine() {
    let damaged = |vault: &mut VaultContents| {
        let mut share = epoch(1).ecdsa.remove(0);
        share[150] ^= 1;
        vault.key_shares[0] = key_share(&share[75..108], &share);
    };
    assert_eq!(refused(damaged), quorate_ecdsa::ShareCheck::OwnPublicShare.id());
    let short = |vault: &mut VaultContents| {
        let share = epoch(1).eddsa.remove(0);
        vault.key_shares[1] = key_share(&share[35..67], &share[1..]);
    };
    assert_eq!(refused(short), quorate_eddsa::ShareCheck::Size.id());
    let no_base64 = |vault: &mut VaultContents| {
        vault.key_shares[0].keyshare = Secret::of("?".to_owned());
    };
    assert_eq!(refused(no_base64), quorate_ecdsa::ShareCheck::Magic.id());
}

#[test]
fn check_backup_2_3_refuses_an_ecdsa_share_of_another_key() {
    switch();
    let other = |vault: &mut VaultContents| {
        vault.public_key_ecdsa = format!("02{}", "11".repeat(32));
        vault.key_shares[0].public_key.clone_from(&vault.public_key_ecdsa);
    };
    assert_eq!(refused(other), Check::EcdsaShareIsOfTheKey.id());
}

#[test]
fn check_backup_2_4_refuses_another_chain_code() {
    switch();
    let other = |vault: &mut VaultContents| vault.hex_chain_code = "11".repeat(32);
    assert_eq!(refused(other), Check::ChainCodeIsTheShares.id());
}

#[test]
fn check_backup_2_5_refuses_more_members_than_the_share_knows() {
    switch();
    assert_eq!(refused(|vault| vault.signers.push("x-9".into())), Check::ShareIsOfTheMembers.id());
}

#[test]
fn check_backup_2_6_refuses_an_ed25519_key_without_a_share() {
    switch();
    assert_eq!(refused(|vault| drop(vault.key_shares.pop())), Check::EddsaShareIsThere.id());
}

#[test]
fn check_backup_2_7_refuses_an_ed25519_share_of_another_key() {
    switch();
    let other = |vault: &mut VaultContents| {
        vault.public_key_eddsa = "11".repeat(32);
        vault.key_shares[1].public_key.clone_from(&vault.public_key_eddsa);
    };
    assert_eq!(refused(other), Check::EddsaShareIsOfTheKey.id());
}

#[test]
fn check_backup_2_8_refuses_shares_of_two_members_or_two_epochs() {
    switch();
    for share in [epoch(1).eddsa.remove(1), epoch(2).eddsa.remove(0)] {
        let other = |vault: &mut VaultContents| {
            vault.key_shares[1] = key_share(&share[35..67], &share);
        };
        assert_eq!(refused(other), Check::SharesAreOfOneMember.id());
    }
}

#[test]
fn check_backup_2_9_refuses_a_certificate_of_something_else() {
    switch();
    let mut vault = certified(0);
    vault.quorate.as_mut().unwrap().digest = Some([8; 32]);
    let read = Backup::read(vault, NOW);
    assert_eq!(read.unwrap_err().check, Check::CertificateIsTheKeys.id());
}

#[test]
fn check_backup_4_1_refuses_backups_of_two_vaults() {
    switch();
    let saved = epoch(1);
    let other = recorded_other();
    let said = recover(&[("a", &saved.backup(0)), ("b", &saved.backup(1)), ("c", &other)]);
    let said = said.unwrap_err();
    assert_eq!(said.check, Check::OneVault.id());
    assert!(said.to_string().contains("c (Savings)"), "{said}");
}

/// A backup of another vault.
fn recorded_other() -> Backup {
    let mut other = epoch(1).backup(0);
    other.sharing.vault.0[5] ^= 1;
    other.sharing.fsid.0[5] ^= 1;
    other
}

#[test]
fn check_backup_4_2_names_the_backup_of_another_epoch() {
    switch();
    let (old, new) = (epoch(2), epoch(3));
    let files = [("a", &new.backup(0)), ("old", &old.backup(2)), ("b", &new.backup(1))];
    let recovered = recover(&files).unwrap();
    let [misfit] = recovered.misfits.try_into().unwrap();
    assert_eq!((&*misfit.file, misfit.why.check), ("old", Check::OneSharing.id()));
}

#[test]
fn check_backup_4_3_refuses_fewer_devices_than_the_threshold() {
    switch();
    let (one, two) = (epoch(2), epoch(3));
    let refused = |files: &[(&str, &Backup)]| recover(files).unwrap_err().check;
    let enough = Check::Enough.id();
    assert_eq!(refused(&[]), enough);
    assert_eq!(refused(&[("a", &one.backup(0))]), enough);
    assert_eq!(refused(&[("a", &one.backup(0)), ("b", &two.backup(1))]), enough);
    assert_eq!(refused(&[("a", &one.backup(2)), ("copy", &one.backup(2))]), enough);
}

#[test]
fn check_backup_4_4_refuses_ecdsa_shares_of_two_polynomials() {
    switch();
    let (honest, other) = (epoch(2), epoch(3));
    // A share of the third epoch that says it is of the second: the same key, another polynomial.
    let mut forged = other.ecdsa[2].clone();
    forged[11..43].copy_from_slice(&honest.ecdsa[2][11..43]);
    let forged = Backup::read(file(&forged, Some(&honest.eddsa[2])), NOW).unwrap();
    let (a, b) = (honest.backup(0), honest.backup(1));
    let said = recover(&[("a", &a), ("forged", &forged)]).unwrap_err();
    assert_eq!(said.check, Check::EcdsaSharesFit.id());
    assert!(said.to_string().contains("a, forged"), "{said}");
    // With one more than enough, it is known which.
    let recovered = recover(&[("forged", &forged), ("a", &a), ("b", &b)]).unwrap();
    let [misfit] = recovered.misfits.try_into().unwrap();
    assert_eq!((&*misfit.file, misfit.why.check), ("forged", Check::EcdsaSharesFit.id()));
    let honestly = recover(&[("a", &a), ("b", &b)]).unwrap();
    assert_eq!(recovered.ecdsa.expose(), honestly.ecdsa.expose());
}

#[test]
fn check_backup_4_5_holds_back_an_ed25519_key_that_the_shares_do_not_make() {
    switch();
    let saved = epoch(2);
    let mut damaged = saved.eddsa[1].clone();
    damaged[3] ^= 1;
    let damaged = Backup::read(file(&saved.ecdsa[1], Some(&damaged)), NOW).unwrap();
    let (a, c) = (saved.backup(0), saved.backup(2));
    let recovered = recover(&[("a", &a), ("damaged", &damaged)]).unwrap();
    let said = recovered.eddsa.unwrap().unwrap_err();
    assert_eq!(said.check, Check::EddsaSharesFit.id());
    assert!(said.to_string().contains("a, damaged"), "{said}");
    // With one more than enough, it is known which.
    let recovered = recover(&[("damaged", &damaged), ("a", &a), ("c", &c)]).unwrap();
    assert!(recovered.eddsa.unwrap().is_ok());
    let [misfit] = recovered.misfits.try_into().unwrap();
    assert_eq!((&*misfit.file, misfit.why.check), ("damaged", Check::EddsaSharesFit.id()));
}

#[test]
fn every_refusal_says_what_to_do() {
    for &check in Check::ALL {
        let refused = Refused::new(check, "is wrong");
        assert!(!refused.remedy.is_empty());
        assert_eq!(refused.to_string(), format!("is wrong ({})", check.id()));
    }
}
