//! The private keys, from enough backups.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use curve25519_dalek::{EdwardsPoint, Scalar};
use k256::ecdsa::SigningKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::backups::{PASSWORD, alone, backed_up, path, run};
use super::process::text;
use super::stage::{Stage, VAULT};

/// Base 58 with a checksum, decoded by long multiplication.
fn base58_check(text: &str) -> Vec<u8> {
    const DIGITS: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes: Vec<u8> = Vec::new();
    for digit in text.chars() {
        let mut carry = DIGITS.find(digit).expect("a digit");
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = u8::try_from(carry % 256).expect("a byte");
            carry /= 256;
        }
        if carry > 0 {
            bytes.insert(0, u8::try_from(carry).expect("a byte"));
        }
    }
    let zeros = text.chars().take_while(|digit| *digit == '1').count();
    let bytes = [vec![0; zeros], bytes].concat();
    let (body, checksum) = bytes.split_at(bytes.len() - 4);
    assert_eq!(&Sha256::digest(Sha256::digest(body))[..4], checksum);
    body.to_vec()
}

fn public_key(private: &[u8]) -> Vec<u8> {
    SigningKey::from_slice(private).expect("a key").verifying_key().to_sec1_bytes().to_vec()
}

fn on_ed25519(scalar: &[u8]) -> Vec<u8> {
    let scalar =
        Scalar::from_canonical_bytes(scalar.try_into().expect("32 bytes")).expect("a scalar");
    EdwardsPoint::mul_base(&scalar).compress().to_bytes().to_vec()
}

/// Every key that is printed is that of the public key beside it, as other code than ours computes it.
#[track_caller]
pub(crate) fn fits_together(data: &Value) {
    let unhex = |value: &Value| hex::decode(text(value)).expect("hex");
    let root = &data["root"];
    assert_eq!(public_key(&unhex(&root["ecdsa"])), unhex(&data["public_key_ecdsa"]));
    assert_eq!(on_ed25519(&unhex(&root["eddsa"])), unhex(&data["public_key_eddsa"]));
    let xprv = base58_check(&text(&root["xprv"]));
    let expected = [
        &[4, 0x88, 0xad, 0xe4][..],
        &[0; 9],
        &unhex(&root["chain_code"]),
        &[0],
        &unhex(&root["ecdsa"]),
    ];
    assert_eq!(xprv, expected.concat());

    let keys = data["keys"].as_array().expect("a list");
    assert_eq!(keys.len(), 38);
    for line in keys {
        let (chain, key) = (text(&line["chain"]), text(&line["key"]));
        let public = match text(&line["format"]).as_str() {
            "wif" => {
                let wif = base58_check(&key);
                let prefix = match chain.as_str() {
                    "Litecoin" => 0xb0,
                    "Dogecoin" => 0x9e,
                    "Dash" => 0xcc,
                    _ => 0x80,
                };
                assert_eq!((wif.len(), wif[0], wif[33]), (34, prefix, 1), "{chain}");
                public_key(&wif[1..33])
            }
            "hex" => public_key(&hex::decode(key).expect("hex")),
            _ => on_ed25519(&hex::decode(key).expect("hex")),
        };
        assert_eq!(hex::encode(public), text(&line["public_key"]), "{chain}");
    }
}

#[test]
fn enough_backups_make_the_key_of_every_address() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let files = [&a, &b].map(|device| backed_up(&stage, device, &format!("of {}", device.name)));
    let [one, two] = files.each_ref().map(|file| path(file));
    let recovered = alone(&["recover", one, two, "--reveal", "--yes"]);
    let data = recovered.data();
    fits_together(data);
    assert_eq!(data["parties"].as_array().map(Vec::len), Some(2));
    let addresses = a.run(&["address", VAULT]);
    for (line, known) in data["keys"]
        .as_array()
        .unwrap()
        .iter()
        .zip(addresses.data()["addresses"].as_array().unwrap())
    {
        for field in ["chain", "address", "path", "public_key"] {
            assert_eq!(line[field], known[field]);
        }
    }
    // Some chains only.
    let recovered = alone(&[
        "recover", one, two, "--reveal", "--yes", "--chain", "bitcoin", "--chain", "Solana",
    ]);
    let chains: Vec<String> = recovered.data()["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| text(&line["chain"]))
        .collect();
    assert_eq!(chains, ["Bitcoin", "Solana"]);
    alone(&["recover", one, two, "--reveal", "--yes", "--chain", "Nowhere"])
        .failed(10, &["Nowhere"]);

    // Into a file that nobody else can read, and nowhere else.
    let out = stage.path("keys.txt");
    let words = ["recover", one, two, "--reveal", "--yes", "--out", path(&out)];
    let recovered = alone(&words);
    assert!(
        recovered.data().get("root").is_none() && recovered.data()["keys"][0].get("key").is_none()
    );
    let written = fs::read_to_string(&out).unwrap();
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    for line in data["keys"].as_array().unwrap() {
        assert!(written.contains(&text(&line["key"])) && written.contains(&text(&line["address"])));
        assert!(!format!("{recovered:?}").contains(&text(&line["key"])));
    }
    alone(&words).failed(7, &[path(&out), "overwritten"]);
    assert_eq!(fs::read_to_string(&out).unwrap(), written);
}

#[test]
fn keys_are_given_out_to_nobody_who_has_not_asked_for_them() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let files =
        [&a, &b, &c].map(|device| backed_up(&stage, device, &format!("of {}", device.name)));
    let [one, two, three] = files.each_ref().map(|file| path(file));
    for flags in [&[][..], &["--yes"], &["--reveal"]] {
        let recovered = alone(&[&["recover", one, two], flags].concat());
        recovered.failed(12, &["--reveal", "--yes"]);
    }
    // Too few, also if they are called by two names; a file that does not open is named.
    let refused = |files: &[&str], code: i32, names: &[&str]| {
        alone(&[&["recover", "--reveal", "--yes"], files].concat()).failed(code, names);
    };
    refused(&[one], 10, &["2 devices", &a.party()]);
    let copy = stage.path("copy.vult");
    fs::copy(&files[0], &copy).unwrap();
    refused(&[one, path(&copy)], 10, &["2 devices"]);
    let torn = stage.path("torn.vult");
    fs::write(&torn, &fs::read(&files[1]).unwrap()[..1000]).unwrap();
    refused(&[one, path(&torn)], 10, &[path(&torn)]);
    alone(&["recover", "--reveal", "--yes", one, path(&torn), three]).succeeded();

    // One of another epoch is named and left out.
    b.meet(&["reshare", VAULT, "--refresh"], &[&a, &c]);
    let newer = backed_up(&stage, &c, "newer");
    let mixed = alone(&["recover", "--reveal", "--yes", one, path(&newer), two]);
    let warnings = mixed.data()["warnings"].as_array().unwrap().clone();
    assert!(warnings.len() == 1 && text(&warnings[0]).contains(path(&newer)), "{warnings:?}");
    assert!(text(&warnings[0]).contains("another epoch"), "{warnings:?}");
    refused(&[one, path(&newer)], 10, &["one epoch"]);

    // Another vault's.
    let [d, e] = ["d", "e"].map(|name| stage.device(name));
    d.meet(&["keygen", VAULT, "--devices", "2"], &[&e]);
    let other = backed_up(&stage, &d, "other");
    refused(&[one, path(&other)], 10, &["different vaults", path(&other)]);
}

/// A person at a terminal, which `script` pretends to be.
#[test]
fn a_person_types_the_password_and_the_warning_away() {
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no program 'script' to pretend a terminal");
        return;
    }
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let at_terminal = |words: &str, typed: &str| {
        use std::io::Write;
        let mut child = Command::new("script")
            .args(["-qec", &format!(r#"exec "$PROGRAM" {words}"#), "/dev/null"])
            .env("PROGRAM", env!("CARGO_BIN_EXE_quorate"))
            .env("A", &a.home)
            .env("QUORATE_PASSPHRASE", super::stage::PASSPHRASE)
            .env("AT", stage.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script starts");
        // As fast as a person: what is typed before it is asked for is shown, and may be thrown away.
        let mut keyboard = child.stdin.take().expect("a pipe");
        for line in typed.lines() {
            std::thread::sleep(std::time::Duration::from_millis(1500));
            keyboard.write_all(format!("{line}\n").as_bytes()).expect("typed");
        }
        let ended = child.wait_with_output().expect("an end");
        (ended.status.code(), String::from_utf8_lossy(&ended.stdout).into_owned())
    };
    let create = r#"backup create Savings --out "$AT/a.vult" --home "$A""#;
    let (code, says) = at_terminal(create, "one\ntwo\n");
    assert!(code == Some(4) && says.contains("differ"), "{says}");
    let (code, says) = at_terminal(create, &format!("{PASSWORD}\n{PASSWORD}\n"));
    assert!(code == Some(0) && says.contains("backed up Savings, epoch 1"), "{says}");
    let two = stage.path("two");
    fs::create_dir(&two).unwrap();
    run(&b, &["backup", "create", VAULT, "--out", path(&two.join("b.vult"))]).succeeded();

    let recover = r#"recover "$AT/a.vult" "$AT/two/b.vult" --chain Bitcoin --yes"#;
    // Mistyped once; the second file opens with the same.
    let (code, says) = at_terminal(recover, &format!("wrong\n{PASSWORD}\nno\n"));
    assert!(code == Some(7) && says.contains("Type reveal") && !says.contains("wif"), "{says}");
    let (code, says) = at_terminal(recover, &format!("{PASSWORD}\nreveal\n"));
    assert!(
        code == Some(0) && says.contains("wif") && says.contains(&a.address_on("Bitcoin")),
        "{says}"
    );
}
