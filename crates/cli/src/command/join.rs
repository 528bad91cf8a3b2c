//! `quorate join`: whatever a link is for.

use std::io::Read;
use std::path::Path;

use quorate_vault::ceremony::Outcome;
use quorate_vault::ceremony::join::{self, ExpectedDigest};
use quorate_vault::store::Store;
use quorate_wire::link::{self, Link};

use super::address::find_chain;
use super::keysign::digest;
use super::show;
use crate::args::{Globals, Join};
use crate::output::{Failure, Kind, Output};
use crate::terminal::link_in_image;
use crate::{host, journal};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Join) -> Result<(), Failure> {
    let hash = args.hash.as_deref().map(digest).transpose()?;
    let chain = args.chain.as_deref().map(find_chain).transpose()?;
    let expected = hash.zip(chain).map(|(digest, chain)| ExpectedDigest { digest, chain });
    let mut link = Link::parse(&text(&args.link)?).map_err(|why| unusable(&why))?;

    let mut host = host::open(globals, output, true)?;
    host.person.may_be_asked()?;
    let relay = host::relay_of(globals, &mut host, &link).await?;
    if let Link::Keysign(keysign) = &mut link
        && let Some(id) = keysign.awaits()
    {
        let stored = host.interrupt.or(relay.payload(&id)).await??.ok_or_else(|| {
            Failure::new(
                Kind::NotFound,
                format!("what the link asks to sign is no longer at {}", relay.base()),
                "ask the initiating device for a fresh link",
            )
        })?;
        keysign.attach(&String::from_utf8_lossy(&stored)).map_err(|why| unusable(&why))?;
    }
    let (device, rng) = host.device();
    let ceremony = join::join(&device, link, expected, rng)?;
    let outcome = host.run(ceremony, &relay).await?;
    show(&host, &outcome);
    if let Outcome::Signed(signed) = &outcome
        && let Some(vault) = host.store.vaults()?.iter().find(|vault| vault.name == signed.vault)
    {
        journal::write_joined(&mut host.store, vault.key, signed)?;
    }
    Ok(())
}

/// The link itself, from standard input, or out of an image.
fn text(given: &str) -> Result<String, Failure> {
    let text = if given == "-" {
        let mut text = String::new();
        let limit = u64::try_from(link::MAX_LEN).unwrap_or(u64::MAX);
        std::io::stdin().take(limit).read_to_string(&mut text).map_err(|error| {
            Failure::new(
                Kind::Invalid,
                format!("no link could be read from standard input: {error}"),
                "pipe the link into it",
            )
        })?;
        text
    } else if is_link(given) {
        given.to_owned()
    } else {
        link_in_image(Path::new(given))?
    };
    Ok(text.trim().to_owned())
}

fn is_link(given: &str) -> bool {
    given.contains("://")
}

fn unusable(why: &link::LinkError) -> Failure {
    Failure::new(Kind::Invalid, why.to_string(), "copy the whole link again, or scan its QR code")
}
