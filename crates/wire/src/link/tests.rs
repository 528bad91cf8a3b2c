use serde_json::Value;

use super::*;
use crate::setup::PublicKey;
use crate::testing::{damage, rng, unhex};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../vectors/app/qr.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn keygen_of(link: &str) -> Keygen {
    match Link::parse(link).unwrap() {
        Link::Keygen(keygen) => keygen,
        other => panic!("{other:?}"),
    }
}

fn keysign_of(link: &str) -> Keysign {
    match Link::parse(link).unwrap() {
        Link::Keysign(keysign) => *keysign,
        other => panic!("{other:?}"),
    }
}

fn at() -> Rendezvous {
    Rendezvous {
        session: SessionId::parse("8c1d9f0e-3a55-4f0b-9f3e-0123456789ab").unwrap(),
        key: SessionKey::generate(&mut rng(1)),
        service_name: "quorate-0a1b2c".into(),
        public_relay: false,
        server: Some(BaseUrl::parse("http://192.168.1.7:18080/a+b").unwrap()),
    }
}

fn extension() -> Extension {
    Extension {
        threshold: Some(3),
        devices: Some(4),
        epoch: Some(2),
        fsid: Some([0xf5; 32]),
        chain: Some("Ethereum".into()),
        path: Some("m/44/60/0/0/0".into()),
        digests: vec![[1; 32], [2; 32]],
        public_key_eddsa: Some([3; 32]),
        open: true,
        chains: vec![
            ChainKey { chain: "Bitcoin".into(), key: PublicKey::Ecdsa([2; 33]) },
            ChainKey { chain: "Sui".into(), key: PublicKey::Eddsa([9; 32]) },
        ],
    }
}

fn keygen() -> Link {
    Link::Keygen(Keygen {
        at: at(),
        vault_name: "Savings & more".into(),
        chain_code: Some([0xcc; 32]),
        library: Library::Dkls,
        chains: vec![],
        batch: true,
        quorate: Some(extension()),
    })
}

fn reshare() -> Link {
    Link::Reshare(Reshare {
        at: at(),
        vault_name: "Savings".into(),
        public_key: [2; 33],
        chain_code: None,
        old_parties: vec![
            PartyId::parse("Anna’s iPad-a1b").unwrap(),
            PartyId::parse("b-2").unwrap(),
        ],
        old_prefix: String::new(),
        library: Library::Dkls,
        batch: false,
        quorate: Some(extension()),
    })
}

/// A payload as a chain writes it, as far as a link cares.
#[derive(Clone, PartialEq, prost::Message)]
struct Payment {
    #[prost(string, tag = "2")]
    to_address: String,
    #[prost(string, tag = "3")]
    to_amount: String,
    #[prost(string, tag = "31")]
    vault_public_key_ecdsa: String,
    #[prost(string, tag = "32")]
    vault_local_party_id: String,
    #[prost(string, tag = "33")]
    lib_type: String,
}

fn payment() -> KeysignPayload {
    payment_of("DKLS")
}

fn payment_of(lib_type: &str) -> KeysignPayload {
    use prost::Message as _;
    let payment = Payment {
        to_address: "0x0000000000000000000000000000000000000001".into(),
        to_amount: "1000".into(),
        vault_public_key_ecdsa: hex::encode([2; 33]),
        vault_local_party_id: "alice-1".into(),
        lib_type: lib_type.to_owned(),
    };
    KeysignPayload::new(payment.encode_to_vec()).unwrap()
}

fn keysign(payload: Option<KeysignPayload>) -> Link {
    Link::Keysign(Box::new(Keysign {
        at: at(),
        vault: Some([2; 33]),
        payload,
        payload_id: None,
        custom: None,
        custom_id: None,
        quorate: Some(extension()),
    }))
}

/// The same link, said by the message inside: `Link` holds a secret and cannot be compared.
fn same(one: &Link, other: &Link) -> bool {
    *one.message() == *other.message() && one.at().server == other.at().server
}

#[test]
fn a_link_of_the_field_is_read_and_its_message_repeated() {
    let case = &vectors()["keyimport_qr"];
    let link = keygen_of(text(&case["uri"]));
    assert_eq!(link.at.session.as_str(), "sess-nontty-join-test");
    assert_eq!(link.at.service_name, "initiator-1");
    assert_eq!(*link.at.key.to_hex(), case["fields"][3][2].as_str().unwrap());
    assert_eq!(link.library, Library::KeyImport);
    assert_eq!(link.quorate, None);
    let link = Link::Keygen(link);
    assert_eq!(link.beyond_this_version(), None);
    assert_eq!(hex::encode(&*link.message()), text(&case["protobuf_hex"]));
}

#[test]
fn every_field_of_that_link_is_read() {
    let case = &vectors()["keyimport_qr"];
    let link = keygen_of(text(&case["uri"]));
    for field in case["fields"].as_array().unwrap() {
        let read = match text(&field[1]) {
            "session_id" => Value::from(link.at.session.as_str()),
            "hex_chain_code" => Value::from(hex::encode(link.chain_code.unwrap())),
            "service_name" => Value::from(link.at.service_name.as_str()),
            "encryption_key_hex" => Value::from(link.at.key.to_hex().as_str()),
            "use_vultisig_relay" => Value::from(link.at.public_relay),
            "vault_name" => Value::from(link.vault_name.as_str()),
            "lib_type" => continue,
            "chains" => {
                assert!(link.chains.iter().any(|chain| chain == text(&field[2])));
                continue;
            }
            other => panic!("{other}"),
        };
        let expected = match &field[2] {
            Value::Number(number) => Value::from(number.as_u64() == Some(1)),
            other => other.clone(),
        };
        assert_eq!(read, expected, "{}", field[1]);
    }
}

#[test]
fn a_link_with_unescaped_base64_is_read() {
    let case = &vectors()["built_keygen"];
    let link = Link::parse(text(&case["uri"])).unwrap();
    assert_eq!(hex::encode(&*link.message()), text(&case["protobuf_hex"]));
    let packed = super::pack::unpack(text(&case["xz_base64"])).unwrap();
    assert_eq!(*packed, unhex(&case["protobuf_hex"]));
}

#[test]
fn what_is_written_is_read_again() {
    for link in [keygen(), reshare(), keysign(Some(payment())), keysign(None)] {
        let url = link.to_url();
        let read = Link::parse(&url).unwrap();
        assert!(same(&read, &link), "{url}");
        assert_eq!(read.quorate(), Some(&extension()));
        assert!(url.ends_with("&serverUrl=http%3A%2F%2F192.168.1.7%3A18080%2Fa%2Bb"));
        assert!(url.len() < COMFORTABLE_LEN, "{}", url.len());
    }
    assert!(
        keygen()
            .to_url()
            .starts_with("https://vultisig.com?type=NewVault&tssType=Keygen&jsonData=/Td6WFoA")
    );
    assert!(
        reshare()
            .to_url()
            .starts_with("https://vultisig.com?type=NewVault&tssType=Reshare&jsonData=")
    );
    let vault = "02".repeat(33);
    assert!(keysign(None).to_url().starts_with(&format!(
        "https://vultisig.com?type=SignTransaction&vault={vault}&jsonData="
    )));
}

#[test]
fn fields_survive_the_way() {
    let Link::Reshare(read) = Link::parse(&reshare().to_url()).unwrap() else { panic!() };
    assert_eq!(read.old_parties[0].as_str(), "Anna’s iPad-a1b");
    assert_eq!((read.public_key, read.batch, read.chain_code), ([2; 33], false, None));
    let read = keysign_of(&keysign(Some(payment())).to_url());
    assert_eq!(read.payload, Some(payment()));
    assert_eq!(read.initiator().unwrap().unwrap().as_str(), "alice-1");
    assert_eq!((read.vault, read.awaits()), (Some([2; 33]), None));
}

#[test]
fn other_clients_skip_our_extension() {
    /// The reshare message as other clients know it.
    #[derive(Clone, PartialEq, prost::Message)]
    struct Theirs {
        #[prost(string, tag = "9")]
        vault_name: String,
    }
    let theirs: Theirs = prost::Message::decode(reshare().message().as_slice()).unwrap();
    assert_eq!(theirs.vault_name, "Savings");
}

#[test]
fn both_schemes_and_every_form_of_the_host_are_read() {
    let url = keygen().to_url();
    let query = url.strip_prefix("https://vultisig.com?").unwrap();
    for start in [
        "https://vultisig.com?",
        "https://vultisig.com/?",
        "HTTPS://Vultisig.com/?",
        "vultisig://?",
        "vultisig://vultisig.com?",
        " vultisig://vultisig.com/?",
    ] {
        assert!(same(&Link::parse(&format!("{start}{query}\n")).unwrap(), &keygen()), "{start}");
    }
}

#[test]
fn spaces_that_were_pluses_are_pluses_again() {
    let (mut url, mut seed) = (String::new(), 0);
    while !url.contains('+') {
        seed += 1;
        let mut link = keygen();
        if let Link::Keygen(keygen) = &mut link {
            keygen.at.key = SessionKey::generate(&mut rng(seed));
            keygen.at.server = None;
        }
        url = link.to_url();
    }
    for changed in [url.replace('+', " "), url.replace('+', "%20"), url.replace('+', "%2B")] {
        assert_eq!(Link::parse(&changed).unwrap().message(), Link::parse(&url).unwrap().message());
    }
}

#[test]
fn lost_padding_does_no_harm() {
    let mut link = keygen();
    for length in 0..4 {
        if let Link::Keygen(keygen) = &mut link {
            keygen.vault_name = "x".repeat(length);
            keygen.at.server = None;
        }
        let url = link.to_url();
        assert!(same(&Link::parse(url.trim_end_matches('=')).unwrap(), &link));
    }
}

#[test]
fn the_relay_is_the_links_or_the_public_one_or_has_to_be_found() {
    let mut at = at();
    assert_eq!(at.relay().unwrap().as_str(), "http://192.168.1.7:18080/a+b");
    at.server = None;
    assert_eq!(at.relay(), None);
    at.public_relay = true;
    assert_eq!(at.relay().unwrap(), BaseUrl::public());
}

#[test]
fn batching_is_said_in_either_place() {
    let mut link = keygen();
    if let Link::Keygen(keygen) = &mut link {
        keygen.batch = false;
    }
    assert!(!keygen_of(&link.to_url()).batch);
    assert!(keygen_of(&format!("{}&tssBatching=1", link.to_url())).batch);
}

#[test]
fn an_unasked_ceremony_is_refused_by_its_name() {
    for (link, message) in [
        ("vultisig://send?assetChain=Ethereum&toAddress=0x0", "a payment filled in beforehand"),
        ("vultisig://?type=NewVault&tssType=Migrate&jsonData=x", "moving a GG20 vault to DKLS"),
        ("vultisig://?type=NewVault&tssType=SingleKeygen", "adding an ML-DSA key to a vault"),
        ("vultisig://?type=NewVault&tssType=Dance%1b", "Dance%1b"),
        ("vultisig://?type=\u{1b}[2J", "\\u{1b}[2J"),
    ] {
        assert_eq!(
            Link::parse(link).unwrap_err().to_string(),
            format!("this version takes no part in what the link is for: {message}")
        );
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let base = "https://vultisig.com?type=NewVault&tssType=Keygen";
    for (link, error) in [
        ("", LinkError::NotALink),
        ("https://vultisig.com", LinkError::NotALink),
        ("https://vultisig.com.evil.example?type=NewVault", LinkError::NotALink),
        ("http://vultisig.com?type=NewVault", LinkError::NotALink),
        ("vultisig://?", LinkError::Missing("type")),
        ("vultisig://?type=NewVault", LinkError::Missing("tssType")),
        (base, LinkError::Missing("jsonData")),
        (&format!("{base}&jsonData=a&jsonData=b"), LinkError::Repeated("jsonData")),
        (&format!("{base}&jsonData=%4"), LinkError::PercentEncoding("jsonData")),
        (&format!("{base}&jsonData=_-_-"), LinkError::Base64),
        (&format!("{base}&jsonData="), LinkError::Compression),
        (&format!("{base}&jsonData=AAAA"), LinkError::Compression),
        (&format!("{base}&jsonData={}", pack::pack(b"\xff\xff")), LinkError::Protobuf),
        (&"x".repeat(MAX_LEN + 1), LinkError::TooLong),
        (
            &format!("{base}&jsonData={}", pack::pack(b"")),
            LinkError::field("session id", "an id that a relay can use"),
        ),
        (
            &keygen().to_url().replace("serverUrl=http", "serverUrl=ftp"),
            LinkError::field("serverUrl", "the address of a relay"),
        ),
    ] {
        assert_eq!(Link::parse(link).unwrap_err(), error, "{link:.80}");
    }
    let url = keygen().to_url();
    let cut = url.find("jsonData=").unwrap() + 9 + 100;
    let cut = Link::parse(&url[..cut]).unwrap_err();
    assert_eq!(
        cut.to_string(),
        "the link's jsonData is not XZ data; it may have been cut off when it was copied"
    );
}

#[test]
fn a_link_that_names_two_vaults_is_refused() {
    let url = keysign(Some(payment())).to_url();
    let other = url.replace(&"02".repeat(33), &format!("03{}", "02".repeat(32)));
    assert_eq!(Link::parse(&other).unwrap_err(), LinkError::TwoVaults);
}

#[test]
fn the_payload_alone_names_the_vault() {
    let url = keysign(Some(payment())).to_url().replace(&format!("vault={}&", "02".repeat(33)), "");
    assert_eq!(keysign_of(&url).vault, Some([2; 33]));
}

#[test]
fn a_later_extension_is_not_guessed_at() {
    use prost::Message as _;
    let mut message = super::message::KeygenMessage::decode(keygen().message().as_slice()).unwrap();
    for (version, error) in
        [(0, LinkError::field("extension", "of a version")), (2, LinkError::LaterVersion)]
    {
        message.quorate.as_mut().unwrap().version = version;
        let packed = pack::pack(&message.encode_to_vec());
        let link = format!("vultisig://?type=NewVault&tssType=Keygen&jsonData={packed}");
        assert_eq!(Link::parse(&link).unwrap_err(), error);
    }
}

#[test]
fn extension_fields_are_what_they_must_be() {
    use super::message::Quorate;
    let good = extension().write();
    assert_eq!(Extension::read(&good), Ok(extension()));
    assert_eq!(Extension::read(&Extension::default().write()), Ok(Extension::default()));
    for bad in [
        Quorate { threshold: 256, ..good.clone() },
        Quorate { devices: 1 << 31, ..good.clone() },
        Quorate { fsid: vec![1; 31], ..good.clone() },
        Quorate { chain: "a\nb".into(), ..good.clone() },
        Quorate { digests: vec![vec![1; 33]], ..good.clone() },
        Quorate { digests: vec![vec![1; 32]; 65], ..good.clone() },
        Quorate { chains: vec![chain_key("Bitcoin", 34)], ..good.clone() },
        Quorate { chains: vec![chain_key("a\nb", 32)], ..good.clone() },
        Quorate { chains: vec![chain_key("Sui", 32); 65], ..good.clone() },
        Quorate { public_key_eddsa: vec![1; 33], ..good.clone() },
    ] {
        assert!(matches!(Extension::read(&bad), Err(LinkError::Field { .. })), "{bad:?}");
    }
}

#[test]
fn a_large_payload_travels_by_its_hash() {
    // Call data that does not compress, in a field of the payload.
    let mut bytes = payment().bytes().to_vec();
    let mut noise = [0; 4096];
    rand_core::Rng::fill_bytes(&mut rng(9), &mut noise);
    bytes.extend([0xaa, 0x01, 0x80, 0x20]);
    bytes.extend(noise);
    let large = KeysignPayload::new(bytes).unwrap();
    let mut link = keysign(Some(large.clone()));
    assert!(link.to_url().len() > COMFORTABLE_LEN);
    let Link::Keysign(inner) = &mut link else { panic!() };
    let stored = inner.detach().unwrap();
    assert!(link.to_url().len() < COMFORTABLE_LEN);

    let mut read = keysign_of(&link.to_url());
    assert_eq!((read.awaits(), &read.payload), (Some(stored.id), &None));
    assert_eq!(read.attach(&format!("{} ", stored.text)), Err(LinkError::WrongPayload));
    read.attach(&stored.text).unwrap();
    assert_eq!((read.awaits(), read.payload), (None, Some(large)));
}

#[test]
fn a_large_message_travels_by_its_hash() {
    let custom = CustomMessagePayload {
        method: "personal_sign".into(),
        message: "hello".into(),
        vault_public_key_ecdsa: "02".repeat(33),
        vault_local_party_id: "alice-1".into(),
        chain: None,
    };
    let mut link = keysign(None);
    let Link::Keysign(inner) = &mut link else { panic!() };
    inner.custom = Some(custom.clone());
    let stored = inner.detach().unwrap();
    assert_eq!(inner.detach(), None);
    let mut read = keysign_of(&link.to_url());
    read.attach(&stored.text).unwrap();
    assert_eq!(read.initiator().unwrap().unwrap().as_str(), "alice-1");
    assert_eq!(read.custom, Some(custom));
    assert_eq!(read.attach(&stored.text), Err(LinkError::WrongPayload), "it awaits nothing more");
}

#[test]
fn a_payload_for_a_vault_of_another_kind_is_named() {
    let with = |kind| keysign(Some(payment_of(kind))).beyond_this_version();
    for ours in ["DKLS", "dkls", "KeyImport", "KEYIMPORT", ""] {
        assert_eq!(with(ours), None, "{ours}");
    }
    assert_eq!(with("GG20").unwrap(), "a vault of another kind than DKLS");
}

#[test]
fn a_payload_that_only_names_the_vault_asks_for_nothing() {
    use prost::Message as _;
    let named = Payment {
        vault_public_key_ecdsa: "02".repeat(33),
        vault_local_party_id: "sdk-1234".into(),
        ..Payment::default()
    };
    let named = KeysignPayload::new(named.encode_to_vec()).unwrap();
    assert!(named.is_empty() && !payment().is_empty());
    let link = keysign_of(&keysign(Some(named)).to_url());
    assert_eq!(link.initiator().unwrap().unwrap().as_str(), "sdk-1234");
    assert_eq!(Link::Keysign(Box::new(link)).beyond_this_version(), None);
}

#[test]
fn what_a_payload_holds_travels_as_it_came() {
    // Field 9, of a chain, with a field of its own inside; and one that nobody knows.
    let bytes = vec![0x4a, 0x05, 0x0a, 0x03, b'a', b'b', b'c', 0xca, 0x3e, 0x01, 0x07];
    let payload = KeysignPayload::new(bytes.clone()).unwrap();
    assert!(!payload.is_empty());
    let read = keysign_of(&keysign(Some(payload)).to_url());
    assert_eq!(read.payload.unwrap().bytes(), bytes);
    assert_eq!(KeysignPayload::new(vec![0x4a, 0x05]), Err(LinkError::Protobuf));
}

#[test]
fn a_link_never_prints_its_key() {
    let link = keygen();
    assert!(!format!("{link:?}").contains(&link.at().key.to_hex()[..8]));
    assert!(format!("{link:?}").contains("SessionKey(..)"));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = pack::pack(&vec![0; 4 << 20]);
    assert!(bomb.len() < 4 << 10, "{}", bomb.len());
    let link = format!("vultisig://?type=NewVault&tssType=Keygen&jsonData={bomb}");
    assert_eq!(Link::parse(&link).unwrap_err(), LinkError::Unpacked);
}

#[test]
fn a_dictionary_of_four_gigabytes_is_not_made() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut stream = STANDARD.decode(text(&vectors()["built_keygen"]["xz_base64"])).unwrap();
    // Stream header 12; block header: size, flags, filter id, its length, the dictionary's size, padding, CRC32.
    assert_eq!(stream[12..17], [0x02, 0x00, 0x21, 0x01, 0x16]);
    assert!(pack::unpack(&STANDARD.encode(&stream)).is_ok());
    stream[16] = 40;
    let checksum = crc32(&stream[12..20]).to_le_bytes();
    stream[20..24].copy_from_slice(&checksum);
    assert_eq!(pack::unpack(&STANDARD.encode(&stream)), Err(LinkError::Compression));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[test]
fn damaged_links_are_refused_without_a_panic() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut rng = rng(5);
    for link in [keygen(), reshare(), keysign(Some(payment()))] {
        let url = link.to_url();
        for _ in 0..1_500 {
            let _ = Link::parse(&String::from_utf8_lossy(&damage(url.as_bytes(), &mut rng)));
        }
        let packed = pack::pack(&link.message());
        let stream = STANDARD.decode(&packed).unwrap();
        for _ in 0..1_500 {
            let text = STANDARD.encode(damage(&stream, &mut rng));
            let _ = pack::unpack(&text);
        }
        let kind = match &link {
            Link::Keygen(_) => "NewVault&tssType=Keygen",
            Link::Reshare(_) => "NewVault&tssType=Reshare",
            Link::Keysign(_) => "SignTransaction",
        };
        for _ in 0..500 {
            let packed = pack::pack(&damage(&link.message(), &mut rng));
            let _ = Link::parse(&format!("vultisig://?type={kind}&jsonData={packed}"));
        }
    }
}

#[test]
fn beside_an_embedded_payload_an_id_that_names_nothing_does_not_matter() {
    use prost::Message as _;

    use super::message::KeysignMessage;
    let url = |payload: Option<KeysignPayload>| {
        let mut message = KeysignMessage::default();
        message.session_id = "s".into();
        message.encryption_key_hex = "07".repeat(32);
        message.keysign_payload = payload.map(|payload| payload.bytes().to_vec());
        message.payload_id = "none".into();
        let packed = pack::pack(&message.encode_to_vec());
        format!("vultisig://?type=SignTransaction&tssType=Keysign&jsonData={packed}")
    };
    let link = keysign_of(&url(Some(KeysignPayload::new(Vec::new()).unwrap())));
    assert_eq!(
        (link.awaits(), link.payload),
        (None, Some(KeysignPayload::new(Vec::new()).unwrap()))
    );
    let alone = Link::parse(&url(None)).unwrap_err();
    assert!(matches!(alone, LinkError::Field { .. }), "{alone:?}");
}

fn chain_key(chain: &str, length: usize) -> super::message::ChainKey {
    super::message::ChainKey { chain: chain.to_owned(), key: vec![7; length] }
}
