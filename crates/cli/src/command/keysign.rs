//! `quorate keysign`: sign a digest, a text or typed data.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use quorate_chain::Chain;
use quorate_chain::message::as_personal;
use quorate_chain::message::typed_data::MAX_LEN;
use quorate_vault::ceremony::keysign::{self, Intent};
use quorate_vault::store::Store;

use super::address::find_chain;
use crate::args::{Globals, Keysign, What};
use crate::output::{Failure, Kind, Output, plain};
use crate::{home, host};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Keysign) -> Result<(), Failure> {
    let intent = intent(args)?;
    keysign::check(&intent)?;

    let mut host = host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    host.person.may_be_asked()?;
    let place = host::place(globals, &mut host).await?;
    let (device, rng) = host.device();
    let opened = keysign::initiate(&device, &vault, &intent, &place.route, rng)?;
    super::initiate(&mut host, place, opened, async |_, _| Ok(())).await
}

fn intent(args: &Keysign) -> Result<Intent, Failure> {
    let chain = find_chain(&args.chain)?;
    let path = args.path.clone().unwrap_or_else(|| chain.path.to_owned());
    let What { hash, message, typed_data } = &args.what;
    if let Some(hash) = hash {
        return Ok(Intent::Digest { digest: digest(hash)?, chain, path });
    }
    if let Some(file) = typed_data {
        return Ok(Intent::TypedData { json: document(file)?, chain, path });
    }
    let payload = payload(message.as_deref().unwrap_or_default(), chain)?;
    Ok(Intent::Message { payload, chain, path })
}

/// The text of a file, as it is: every device decodes it for itself.
fn document(file: &Path) -> Result<String, Failure> {
    let place =
        if file == Path::new("-") { "standard input".into() } else { file.display().to_string() };
    let place = plain(&place);
    let invalid = |what: String| {
        let hint = "give a file with the JSON that the application passes to eth_signTypedData_v4";
        Failure::new(Kind::Invalid, what, hint)
    };
    // One byte more than is read tells that there is more.
    let limit = u64::try_from(MAX_LEN).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_string(&mut text)
    } else {
        File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.map_err(|error| invalid(format!("{place} cannot be read as text: {error}")))?;
    if text.len() > MAX_LEN {
        return Err(invalid(format!("{place} has more than {MAX_LEN} bytes")));
    }
    Ok(text)
}

/// As the chain's wallets write a text before they sign it.
fn payload(message: &str, chain: &Chain) -> Result<String, Failure> {
    as_personal(chain, message).map_err(|why| {
        let hint = "give a text, or 0x and an even number of hex digits";
        Failure::new(Kind::Invalid, why.to_string(), hint)
    })
}

/// 64 hex digits, with or without `0x`.
pub(super) fn digest(text: &str) -> Result<[u8; 32], Failure> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut digest = [0; 32];
    hex::decode_to_slice(digits, &mut digest).map_err(|_| {
        Failure::new(
            Kind::Invalid,
            "a digest to sign has 64 hex digits",
            "give the 32 bytes of the hash in hex",
        )
    })?;
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_exactly_32_bytes_of_hex() {
        assert_eq!(digest(&"ab".repeat(32)).unwrap(), [0xab; 32]);
        assert_eq!(digest(&format!("0x{}", "AB".repeat(32))).unwrap(), [0xab; 32]);
        for bad in ["", "ab", &"ab".repeat(33), &"zz".repeat(32)] {
            assert_eq!(digest(bad).unwrap_err().kind, Kind::Invalid, "{bad}");
        }
    }
}
