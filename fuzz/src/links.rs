//! Links: as text, and with any message packed into them.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lzma_rust2::{CheckType, XzOptions, XzWriter};
use quorate_wire::link::Link;

use crate::input::Input;
use crate::{Target, moded};

/// Links.
pub const LINKS: Target = Target { name: "link", seeds, read };

/// What precedes the packed message in a link of each kind.
const KINDS: [&str; 3] = [
    "https://vultisig.com?type=NewVault&tssType=Keygen&jsonData=",
    "https://vultisig.com?type=NewVault&tssType=Reshare&jsonData=",
    "https://vultisig.com?type=SignTransaction&vault=&jsonData=",
];
/// Stands for none of them: the text itself.
const TEXT: u8 = 3;
/// The compressed bytes themselves, in a link of the first kind.
const COMPRESSED: u8 = 4;

fn seeds() -> Vec<Vec<u8>> {
    let messages = [(0, keygen()), (1, reshare()), (2, keysign()), (2, custom())];
    let packed: Vec<_> = messages.iter().map(|(_, message)| compress(message)).collect();
    let url = |(kind, _): &(u8, _), packed: &Vec<u8>| {
        KINDS[usize::from(*kind)].to_owned() + &STANDARD.encode(packed)
    };
    let texts: Vec<_> =
        messages.iter().zip(&packed).map(|(message, packed)| url(message, packed)).collect();
    let bombs = [compress(&vec![0; 2 << 20]), compress(&[])];
    [
        messages.into_iter().map(|(kind, message)| [vec![kind], message].concat()).collect(),
        moded(TEXT, texts),
        moded(COMPRESSED, packed.iter().chain(&bombs)),
    ]
    .concat()
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    let kind = input.byte() % 5;
    let rest = input.rest();
    let pack = |kind: &str, packed: &[u8]| kind.to_owned() + &STANDARD.encode(packed);
    match kind {
        TEXT => parse(&String::from_utf8_lossy(rest)),
        COMPRESSED => parse(&pack(KINDS[0], rest)),
        kind => parse(&pack(KINDS[usize::from(kind)], &compress(rest))),
    }
}

fn parse(text: &str) {
    let Ok(mut link) = Link::parse(text) else { return };
    let _ = (link.at().relay(), link.quorate(), link.beyond_this_version());
    if let Link::Keysign(keysign) = &mut link {
        let _ = (keysign.initiator(), keysign.awaits());
        if let Some(detached) = keysign.detach().filter(|out| keysign.awaits() == Some(out.id)) {
            keysign.attach(&detached.text).expect("what is taken out fits in again");
        }
    }
    let again = link.to_url();
    let read = Link::parse(&again).expect("what is written can be read");
    assert!(read.to_url() == again, "a link changes when it is read and written");
}

fn compress(message: &[u8]) -> Vec<u8> {
    let mut options = XzOptions::with_preset(0);
    options.set_check_sum_type(CheckType::Crc32);
    options.lzma_options.dict_size = 1 << 12;
    let mut writer = XzWriter::new(Vec::new(), options).expect("these options");
    writer.write_all(message).expect("a Vec takes all");
    writer.finish().expect("a Vec takes all")
}

const SESSION: &str = "5d1f2a2e-0c0d-4c5e-9b1a-6f1f4f3f2e1d";
const KEY: &str = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const VAULT: &str = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const CHAIN_CODE: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

/// A field of a protobuf message: bytes, or a number.
fn field(number: u32, value: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(value.len() as u32), value.to_vec()].concat()
}

fn number(number: u32, value: u32) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn varint(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// Threshold, devices, epoch, sharing, chain, path, digest.
fn extension() -> Vec<u8> {
    let fields = [
        number(1, 1),
        number(2, 2),
        number(3, 3),
        number(4, 1),
        field(5, &[7; 32]),
        field(6, b"Ethereum"),
        field(7, b"m/44/60/0/0/0"),
        field(8, &[8; 32]),
    ];
    field(1000, &fields.concat())
}

fn keygen() -> Vec<u8> {
    let fields = [
        field(1, SESSION.as_bytes()),
        field(2, CHAIN_CODE.as_bytes()),
        field(3, b"Phone-1A2"),
        field(4, KEY.as_bytes()),
        number(5, 1),
        field(6, b"Savings"),
        number(7, 1),
        extension(),
    ];
    fields.concat()
}

fn reshare() -> Vec<u8> {
    let fields = [
        field(1, SESSION.as_bytes()),
        field(2, CHAIN_CODE.as_bytes()),
        field(3, b"Phone-1A2"),
        field(4, VAULT.as_bytes()),
        field(5, b"Phone-1A2"),
        field(5, b"Laptop-3B4"),
        field(6, KEY.as_bytes()),
        number(7, 1),
        field(9, b"Savings"),
        number(20, 1),
        extension(),
    ];
    fields.concat()
}

fn keysign() -> Vec<u8> {
    let coin = [
        field(1, b"Ethereum"),
        field(2, b"ETH"),
        field(3, b"0x0102030405060708090a0b0c0d0e0f1011121314"),
        number(5, 18),
        number(7, 1),
        field(8, VAULT.as_bytes()),
    ];
    let fees = [field(1, b"1000000000"), field(2, b"1"), number(3, 7), field(4, b"21000")];
    let payload = [
        field(1, &coin.concat()),
        field(2, b"0x0102030405060708090a0b0c0d0e0f1011121314"),
        field(3, b"1000000000000000000"),
        field(5, &fees.concat()),
        field(31, VAULT.as_bytes()),
        field(32, b"Phone-1A2"),
        field(33, b"DKLS"),
    ];
    signing(&field(5, &payload.concat()))
}

fn custom() -> Vec<u8> {
    let payload = [
        field(1, b"personal_sign"),
        field(2, b"0x6869"),
        field(3, VAULT.as_bytes()),
        field(4, b"Phone-1A2"),
        field(5, b"Ethereum"),
    ];
    signing(&field(8, &payload.concat()))
}

fn signing(payload: &[u8]) -> Vec<u8> {
    let fields = [
        field(1, SESSION.as_bytes()),
        field(2, b"Phone-1A2"),
        field(4, KEY.as_bytes()),
        number(6, 1),
        payload.to_vec(),
        extension(),
    ];
    fields.concat()
}
