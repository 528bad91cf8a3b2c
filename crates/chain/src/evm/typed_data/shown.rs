//! Values for the eye: an indented list in which no text can pass for another line or another value.

use alloy_primitives::{U256, keccak256};

use super::value::{Struct, Value};
use crate::evm::address::Address;
use crate::readable::shows_itself;

/// The longest text that is shown whole, in characters, and what is shown of a longer one.
const LONG_TEXT: usize = 512;
const TEXT_START: usize = 256;
/// The longest bytes that are shown whole, and what is shown of longer ones, at each end.
const LONG_BYTES: usize = 96;
const BYTES_END: usize = 32;

/// Every member, each below its name.
pub(super) fn members(of: &Struct, own: Address, depth: usize, lines: &mut Vec<String>) {
    for (name, value) in &of.members {
        one(name, value, own, depth, lines);
    }
}

fn one(name: &str, value: &Value, own: Address, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Struct(inner) => {
            lines.push(format!("{indent}{name}: {}", inner.name));
            members(inner, own, depth + 1, lines);
        }
        Value::List(values) => {
            let plural = if values.len() == 1 { "element" } else { "elements" };
            lines.push(format!("{indent}{name}: {} {plural}", values.len()));
            for (index, value) in values.iter().enumerate() {
                one(&format!("[{index}]"), value, own, depth + 1, lines);
            }
        }
        Value::Address(address) => {
            lines.push(format!("{indent}{name}: {}", marked(*address, own)));
        }
        single => lines.push(format!("{indent}{name}: {}", brief(single))),
    }
}

/// An address, with a word if it is the vault's own.
pub(super) fn marked(address: Address, own: Address) -> String {
    if address == own { format!("{address} (this vault)") } else { address.to_string() }
}

/// A value in one line. Lists and structs are given lines of their own elsewhere.
pub(super) fn brief(value: &Value) -> String {
    match value {
        Value::Uint(number) if *number == U256::MAX => format!("{number} (the largest there is)"),
        Value::Uint(number) | Value::Int(number, false) => number.to_string(),
        Value::Int(amount, true) => format!("-{amount}"),
        Value::Bool(value) => value.to_string(),
        Value::Address(address) => address.to_string(),
        Value::Fixed(bytes) | Value::Bytes(bytes) => shortened_bytes(bytes),
        Value::Text(text) => shortened(text),
        Value::List(values) => format!("{} elements", values.len()),
        Value::Struct(inner) => inner.name.clone(),
    }
}

/// Both ends of long bytes, and the hash that is signed for all of them.
fn shortened_bytes(bytes: &[u8]) -> String {
    let ends = bytes.first_chunk::<BYTES_END>().zip(bytes.last_chunk::<BYTES_END>());
    match ends {
        Some((start, end)) if bytes.len() > LONG_BYTES => format!(
            "0x{}…{} ({} bytes, shortened here; keccak {})",
            hex::encode(start),
            hex::encode(end),
            bytes.len(),
            hex::encode(keccak256(bytes))
        ),
        _ => format!("0x{}", hex::encode(bytes)),
    }
}

/// A text in quotes; of a long one the beginning, and the hash that is signed for all of it.
fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONG_TEXT {
        return format!("\"{}\"", text.chars().map(escaped).collect::<String>());
    }
    let start: String = text.chars().take(TEXT_START).map(escaped).collect();
    format!(
        "\"{start}…\" ({length} characters, shortened here; keccak {})",
        hex::encode(keccak256(text))
    )
}

/// A character of a quoted text: itself if it can be seen where it stands, otherwise its name.
pub(super) fn escaped(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if shows_itself(c) && !is_blank(c) => c.to_string(),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    }
}

/// What takes no room of its own, or the room of a space, without being one.
fn is_blank(c: char) -> bool {
    matches!(c,
        '\u{a0}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{1680}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0080}'..='\u{e0fff}')
}
