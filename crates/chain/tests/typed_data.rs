//! Typed data: hashed as wallets hash it, shown whole, and refused where it could be read in two ways.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_chain::chain;
use quorate_chain::evm::Address;
use quorate_chain::message::typed_data::{MAX_LEN, TypedData};
use serde_json::{Value, json};

const DOCUMENTS: &str = include_str!("../../../vectors/app/typed_data.json");
const OWN: &str = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826";

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(DOCUMENTS).unwrap();
    vectors["cases"].as_array().unwrap().clone()
}

fn document(name: &str) -> Value {
    cases().into_iter().find(|case| case["name"] == name).unwrap()["document"].clone()
}

fn mail() -> Value {
    document("the Mail of the standard")
}

fn lines_on(chain: &str, document: &Value) -> Vec<String> {
    let own: Address = OWN.parse().unwrap();
    let chain = chain::find(chain).unwrap();
    TypedData::parse(&document.to_string()).unwrap().lines(chain, own)
}

fn lines(document: &Value) -> Vec<String> {
    lines_on("Ethereum", document)
}

/// The end of what is shown: what it means, and what is odd.
fn words(name: &str) -> Vec<String> {
    let mut lines = lines(&document(name));
    lines.retain(|line| line.chars().take(3).all(|c| c.is_ascii_uppercase()));
    lines
}

/// What is said about a document that is refused.
#[track_caller]
fn refused(document: &str) -> String {
    TypedData::parse(document).unwrap_err().to_string()
}

/// A document of one member of this type and value.
fn one(kind: &str, value: &Value) -> Value {
    json!({
        "types": { "EIP712Domain": [], "One": [{ "name": "it", "type": kind }] },
        "primaryType": "One", "domain": {}, "message": { "it": value },
    })
}

#[test]
fn documents_have_the_digests_that_three_wallet_libraries_agree_on() {
    let cases = cases();
    assert_eq!(cases.len(), 18);
    for case in &cases {
        let read = TypedData::parse(&case["document"].to_string()).unwrap();
        assert_eq!(read.digest().to_string(), case["digest"].as_str().unwrap(), "{}", case["name"]);
    }
}

#[test]
fn every_domain_member_and_every_value_is_shown() {
    assert_eq!(
        lines(&mail()),
        [
            "domain:",
            "  name: \"Ether Mail\"",
            "  version: \"1\"",
            "  chainId: 1 (Ethereum)",
            "  verifyingContract: 0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
            "message: Mail",
            "  from: Person",
            "    name: \"Cow\"",
            "    wallet: 0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826 (this vault)",
            "  to: Person",
            "    name: \"Bob\"",
            "    wallet: 0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB",
            "  contents: \"Hello, Bob!\"",
        ]
    );
    let nested = lines(&document("lists in lists"));
    let expected = [
        "  a: 3 elements",
        "    [0]: 0 elements",
        "      [1]: 2",
        "      [0]: Inner",
        "        y: Other",
        "          z: -1",
    ];
    for line in expected {
        assert!(nested.contains(&line.to_owned()), "{line}: {nested:#?}");
    }
    // Every leaf has a line.
    for case in cases() {
        fn leaves(value: &Value) -> usize {
            match value {
                Value::Array(values) => values.iter().map(leaves).sum(),
                Value::Object(members) => members.values().map(leaves).sum(),
                _ => 1,
            }
        }
        let document = &case["document"];
        let least = leaves(&document["message"]) + leaves(&document["domain"]);
        assert!(lines(document).len() >= least, "{}", case["name"]);
    }
}

#[test]
fn what_moves_tokens_is_said_in_words() {
    let token = "the token 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    let (own, bob) = (format!("{OWN} (this vault)"), "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB");
    assert_eq!(
        words("ERC-2612 permit"),
        [format!(
            "PERMIT: allows {bob} to take 1500000 base units of {token} from {own}; good until 2023-11-14 22:13:20 UTC"
        )]
    );
    assert_eq!(
        words("ERC-2612 permit without limits"),
        [format!(
            "PERMIT: allows {bob} to take ANY AMOUNT of {token} from {own}; good without end"
        )]
    );
    let dai = "the token 0x6B175474E89094C44Da98b954EedeAC495271d0F";
    assert_eq!(
        words("DAI's permit"),
        [format!("PERMIT: allows {bob} to take any amount of {dai} from {own}; good without end")]
    );
    assert_eq!(
        words("Permit2 allowance"),
        [format!(
            "PERMIT: allows {bob} to take ANY AMOUNT of {token}; the allowance is good until \
             2027-01-15 08:00:00 UTC, this signature until 2023-11-14 22:13:20 UTC"
        )]
    );
    let both = words("Permit2 allowances");
    assert_eq!(both.len(), 2);
    assert!(both[0].contains(" 5 base units of ") && both[1].contains(dai), "{both:?}");
    assert!(both[1].contains("ANY AMOUNT") && both[1].contains("good without end"), "{both:?}");
    let once = words("Permit2 transfer with a witness");
    assert!(once[0].contains(&format!("take 1000 base units of {token} once")), "{once:?}");
    let paid = words("ERC-3009 transfer");
    assert!(
        paid[0].starts_with("PAYMENT: moves 10000 base units of the token 0x833589"),
        "{paid:?}"
    );
    assert!(paid[0].contains(&format!("from {own} to {bob}; good until 2027-")), "{paid:?}");
}

#[test]
fn an_order_says_what_is_given_and_what_is_got_wherever_it_stands() {
    let collection = "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC";
    let own = format!("{OWN} (this vault)");
    assert_eq!(
        words("Seaport order"),
        [
            format!(
                "ORDER: {own} gives 1 of number 42 of the collection {collection}; good until 2027-01-15 08:00:00 UTC"
            ),
            format!(
                "ORDER: whoever takes it pays 97500 base units of the chain's own coin to {own}"
            ),
            "ORDER: whoever takes it pays 2500 base units of the chain's own coin to \
             0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"
                .to_owned(),
        ]
    );
    assert_eq!(words("Seaport orders in a tree").len(), 12);

    let mut gift = document("Seaport order");
    gift["message"]["consideration"] = json!([]);
    assert!(lines(&gift).last().unwrap().ends_with("gets NOTHING for it"));
}

#[test]
fn a_safe_says_what_it_calls_and_what_code_would_take_it_over() {
    let (to, safe) = (
        "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB",
        "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
    );
    let mut document = document("Safe transaction by delegate call");
    let last = |document: &Value| lines(document).pop().unwrap();
    assert_eq!(
        last(&document),
        format!(
            "SAFE: the code at {to} takes over the Safe {safe} (DELEGATE CALL) and may take ALL it has"
        )
    );
    document["message"]["operation"] = 0.into();
    assert_eq!(
        last(&document),
        format!(
            "SAFE: the Safe {safe} calls {to} with 68 bytes of data and 0 base units of the chain's own coin"
        )
    );
    document["message"]["data"] = "0x".into();
    document["message"]["value"] = 5.into();
    assert_eq!(
        last(&document),
        format!("SAFE: the Safe {safe} pays 5 base units of the chain's own coin to {to}")
    );
}

#[test]
fn a_shape_is_known_whatever_its_type_is_called() {
    let mut renamed = document("ERC-2612 permit");
    let types = renamed["types"].as_object_mut().unwrap();
    let permit = types.remove("Permit").unwrap();
    types.insert("Greeting".to_owned(), permit);
    renamed["primaryType"] = "Greeting".into();
    assert!(lines(&renamed).last().unwrap().starts_with("PERMIT: allows "));
}

#[test]
fn a_domain_of_another_chain_of_none_or_of_nothing_is_warned_of() {
    let last = |chain: &str, document: &Value| lines_on(chain, document).pop().unwrap();
    assert_eq!(
        last("Base", &mail()),
        "WARNING: the domain is for chain 1 (Ethereum), not for Base"
    );
    let mut far = mail();
    far["domain"]["chainId"] = 31337.into();
    assert_eq!(
        last("Ethereum", &far),
        "WARNING: the domain is for chain 31337 (a chain unknown here), not for Ethereum"
    );
    assert!(last("Ethereum", &document("a domain of nothing")).contains("the domain is empty"));
    assert!(last("Ethereum", &document("lists in lists")).contains("names no chain"));
    assert!(!last("Ethereum", &mail()).starts_with("WARNING"));
}

#[test]
fn a_message_of_nothing_but_bytes_is_blind() {
    let hash = json!(format!("0x{}", "5a".repeat(32)));
    let blind = |kind: &str, value: &Value| {
        let document = one(kind, value);
        let is = TypedData::parse(&document.to_string()).unwrap().is_blind();
        assert_eq!(lines(&document).last().unwrap().starts_with("BLIND: "), is);
        is
    };
    assert!(blind("bytes32", &hash) && blind("bytes", &json!("0x")));
    assert!(blind("bytes32[]", &json!([hash, hash])));
    assert!(!blind("uint256", &hash) && !blind("string", &hash) && !blind("bytes32[]", &json!([])));
    for case in cases() {
        let read = TypedData::parse(&case["document"].to_string()).unwrap();
        assert!(!read.is_blind(), "{}", case["name"]);
    }
}

#[test]
fn a_text_cannot_pass_for_another_line_or_hide_what_follows() {
    let shown = |text: &str| lines(&one("string", &text.into()))[3].clone();
    assert_eq!(shown("a\n  spender: nobody\t\"\\"), "  it: \"a\\n  spender: nobody\\t\\\"\\\\\"");
    assert_eq!(
        shown("\u{1b}[2J\u{202e}\u{200b}\u{3164}"),
        "  it: \"\\u{1b}[2J\\u{202e}\\u{200b}\\u{3164}\""
    );
    assert_eq!(shown("grüße 手机"), "  it: \"grüße 手机\"");
}

#[test]
fn long_values_are_shortened_visibly_with_the_hash_that_is_signed() {
    let text = "x".repeat(600);
    let shown = lines(&one("string", &text.clone().into()))[3].clone();
    let hash = hex::encode(alloy_primitives::keccak256(&text));
    let start = "x".repeat(256);
    assert_eq!(
        shown,
        format!("  it: \"{start}…\" (600 characters, shortened here; keccak {hash})")
    );

    let bytes = vec![7; 97];
    let shown = lines(&one("bytes", &format!("0x{}", hex::encode(&bytes)).into()))[3].clone();
    let (end, hash) = ("07".repeat(32), hex::encode(alloy_primitives::keccak256(&bytes)));
    assert_eq!(shown, format!("  it: 0x{end}…{end} (97 bytes, shortened here; keccak {hash})"));
    let whole = format!("0x{}", "07".repeat(96));
    assert_eq!(lines(&one("bytes", &whole.clone().into()))[3], format!("  it: {whole}"));
}

#[test]
fn a_number_is_the_same_however_it_is_written() {
    let digest = |kind: &str, value: &str| {
        let text = one(kind, &Value::Null).to_string().replace("null", value);
        TypedData::parse(&text).map(|read| read.digest())
    };
    let big = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let hex = format!("\"0x{}\"", "f".repeat(64));
    assert_eq!(digest("uint256", big).unwrap(), digest("uint256", &hex).unwrap());
    assert_eq!(digest("uint256", big).unwrap(), digest("uint256", &format!("\"{big}\"")).unwrap());
    assert_ne!(
        digest("uint256", "9007199254740993").unwrap(),
        digest("uint256", "9007199254740992").unwrap(),
        "no digit is lost where doubles lose some"
    );
    assert_eq!(digest("int8", "-0").unwrap(), digest("int8", "0").unwrap());
    assert_eq!(digest("int8", "-128").unwrap(), digest("int8", "\"-128\"").unwrap());
}

#[test]
fn numbers_that_do_not_fit_or_are_none_are_refused() {
    let too_big = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    for (kind, value, why) in [
        ("uint8", json!(256), "does not fit uint8"),
        ("uint8", json!(-1), "does not fit uint8"),
        ("int8", json!(128), "does not fit int8"),
        ("int8", json!("-129"), "does not fit int8"),
        ("uint256", json!(too_big), "does not fit uint256"),
        (
            "int256",
            json!("0x8000000000000000000000000000000000000000000000000000000000000000"),
            "does not fit int256",
        ),
        ("uint256", json!(1.5), "is no whole number"),
        ("uint256", json!("1e3"), "is no whole number"),
        ("uint256", json!(""), "is no whole number"),
        ("uint256", json!("0x"), "is no whole number"),
        ("uint256", json!("0xg"), "is no whole number"),
        ("uint256", json!("-0x1"), "is no whole number"),
        ("uint256", json!("007"), "is no whole number"),
        ("uint256", json!(" 1"), "is no whole number"),
        ("uint256", json!("1_000"), "is no whole number"),
        ("uint256", json!(true), "true or false stands where uint256 must"),
        ("uint256", json!(null), "null stands where uint256 must"),
        ("bool", json!(1), "a number stands where bool must"),
        ("bool", json!("true"), "a text stands where bool must"),
        ("string", json!(1), "a number stands where string must"),
        ("address", json!("0x00"), "is no address"),
        (
            "address",
            json!("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD82A"),
            "a character of it is wrong",
        ),
        ("bytes", json!("00"), "0x and an even number"),
        ("bytes", json!("0x0"), "0x and an even number"),
        ("bytes4", json!("0x000000"), "3 bytes stand where bytes4 must"),
        ("bytes4", json!("0x0000000000"), "5 bytes stand where bytes4 must"),
        ("uint8[2]", json!([1]), "1 elements stand where the type says 2"),
        ("uint8[]", json!("0x01"), "a text stands where uint8[] must"),
        ("uint8[][]", json!([[1], 2]), "message.it[1]: a number stands where uint8[] must"),
    ] {
        let said = refused(&one(kind, &value).to_string());
        assert!(said.contains(why) && said.contains("message.it"), "{kind} {value}: {said}");
    }
    let exponent = one("uint256", &Value::Null).to_string().replace("null", "1e3");
    assert!(refused(&exponent).contains("is no whole number"));
}

#[test]
fn types_that_are_none_are_refused() {
    for kind in [
        "",
        "uint",
        "int",
        "uint7",
        "uint0",
        "uint264",
        "uint08",
        "bytes0",
        "bytes33",
        "function",
        "fixed128x18",
        "Missing",
        "uint8[",
        "uint8]",
        "uint8[0]",
        "uint8[-1]",
        "uint8[01]",
        "uint8[1]x",
        "uint8[a]",
        "uint8 it,uint8",
        "One)",
        " uint8",
        "[]",
    ] {
        let said = refused(&one(kind, &json!(1)).to_string());
        assert!(said.contains("is no type"), "{kind}: {said}");
    }
    let deep = refused(&one("uint8[][][][][]", &json!([])).to_string());
    assert!(deep.contains("more than 4 lists within each other"), "{deep}");
}

#[test]
fn names_that_could_forge_a_type_are_refused() {
    for name in ["", "a b", "a,uint256 b", "a)", "1a", "ä", "a\u{202e}", "$a", ":a", "a::b", "a:"]
    {
        let mut document = one("uint8", &json!(1));
        document["types"]["One"][0]["name"] = name.into();
        assert!(refused(&document.to_string()).contains("is no name"), "{name}");
        let mut document = one("uint8", &json!(1));
        document["types"][name] = json!([]);
        assert!(refused(&document.to_string()).contains("is no name"), "{name}");
    }
    for name in ["uint256", "uint", "bytes", "address", "string", "function", "fixed"] {
        let mut document = one("uint8", &json!(1));
        document["types"][name] = json!([]);
        assert!(refused(&document.to_string()).contains("a type of Solidity"), "{name}");
    }
}

#[test]
fn types_that_contain_themselves_are_refused() {
    let mut own = one("One[]", &json!([]));
    assert!(refused(&own.to_string()).contains("\"One\" contains itself"));
    own["types"]["One"][0]["type"] = "Two".into();
    own["types"]["Two"] = json!([{ "name": "back", "type": "One[2]" }]);
    assert!(refused(&own.to_string()).contains("contains itself"));
    let mut chain = one("T0", &json!({}));
    for i in 0..20 {
        let next = json!([{ "name": "next", "type": format!("T{}", i + 1) }]);
        chain["types"][format!("T{i}")] = next;
    }
    chain["types"]["T20"] = json!([]);
    assert!(refused(&chain.to_string()).contains("more than 16 types within each other"));
}

#[test]
fn what_is_missing_left_over_or_there_twice_is_refused() {
    let refuse = |change: &dyn Fn(&mut Value), why: &str| {
        let mut document = mail();
        change(&mut document);
        let said = refused(&document.to_string());
        assert!(said.contains(why), "{why}: {said}");
    };
    for name in ["types", "primaryType", "domain", "message"] {
        refuse(
            &|d| drop(d.as_object_mut().unwrap().remove(name)),
            &format!("\"{name}\" is missing"),
        );
    }
    refuse(&|d| d["more"] = 1.into(), "the document: there is \"more\", which no type names");
    refuse(&|d| d["message"]["more"] = 1.into(), "message: there is \"more\", which no type names");
    refuse(&|d| d["domain"]["more"] = 1.into(), "domain: there is \"more\", which no type names");
    refuse(&|d| d["types"]["Mail"][0]["more"] = 1.into(), "types.Mail[0]: there is \"more\"");
    refuse(
        &|d| drop(d["message"]["from"].as_object_mut().unwrap().remove("name")),
        "message.from: \"name\" is missing",
    );
    refuse(&|d| d["message"]["from"] = Value::Null, "message.from: null stands where Person must");
    refuse(&|d| d["primaryType"] = "Letter".into(), "primaryType: \"Letter\" is no type");
    refuse(&|d| d["primaryType"] = "EIP712Domain".into(), "the domain alone is no message");
    refuse(
        &|d| drop(d["types"].as_object_mut().unwrap().remove("EIP712Domain")),
        "\"EIP712Domain\" is no type",
    );
    refuse(
        &|d| d["types"]["EIP712Domain"][2]["type"] = "uint64".into(),
        "\"uint64 chainId\" is no member of a domain",
    );
    refuse(
        &|d| d["types"]["EIP712Domain"][0]["name"] = "title".into(),
        "\"string title\" is no member of a domain",
    );
    refuse(&|d| d["types"]["Mail"][1]["name"] = "from".into(), "\"from\" is there twice");

    let twice = mail()
        .to_string()
        .replace("\"contents\":\"Hello", "\"contents\":\"\",\"contents\":\"Hello");
    assert!(refused(&twice).contains("\"contents\" is there twice"), "{}", refused(&twice));
}

#[test]
fn what_is_no_json_or_too_much_is_refused() {
    for text in ["", "{", "[]", "null", "0x7b7d", "{} {}", "{\"types\":}", "\u{feff}{}"] {
        assert!(!refused(text).is_empty(), "{text}");
    }
    assert!(
        refused(&format!("{}{}", mail(), " ".repeat(MAX_LEN))).contains("more than 131072 bytes")
    );
    let many = one("uint8[]", &vec![1; 5000].into());
    assert!(refused(&many.to_string()).contains("more than 4096 values"));
    let deep = format!("{}{}", "[".repeat(60_000), "]".repeat(60_000));
    assert!(!refused(&deep).is_empty());
    let deep = one("uint8", &Value::Null).to_string().replace("null", &deep);
    assert!(refused(&deep).contains("a list stands where uint8 must"));
}
