//! Reading a setup message.

use std::collections::BTreeSet;

use ed25519_dalek::{Signature, VerifyingKey};
use quorate_core::check::{require, require_some};
use quorate_core::{PartyIndex, Secret};

use super::items::{Items, tag};
use super::{Body, Check, Kind, MAX_LEN, MIN_LEN, PublicKey, Setup, SetupError, Suite, ToSign};
use crate::frame::{HEADER_LEN, MessageId, SIGNATURE_LEN};
use crate::relay_api::PartyId;

impl Setup {
    /// Reads a setup message for an engine and makes every check of `spec/setup.md`.
    ///
    /// # Errors
    ///
    /// [`SetupError`], with the first check that fails, or with the name of a kind that this version does not know, or
    /// that the suite does not have.
    pub fn parse(suite: Suite, bytes: &[u8]) -> Result<Self, SetupError> {
        // 1.1
        require((MIN_LEN..=MAX_LEN).contains(&bytes.len()), Check::HasBoundedLength)?;
        let (signed, signature) =
            bytes.split_last_chunk::<SIGNATURE_LEN>().ok_or(Check::HasBoundedLength)?;
        let (header, body) =
            signed.split_first_chunk::<HEADER_LEN>().ok_or(Check::HasBoundedLength)?;

        // 1.2
        let (items, rest) = Items::read(body);
        require(rest.is_empty(), Check::ItemsFillTheBody)?;
        // 1.3
        require(
            tag::SINGLE.iter().all(|&single| items.all(single).count() <= 1),
            Check::NoSingleItemTwice,
        )?;
        let instance = fixed(required(&items, tag::INSTANCE)?)?;

        // 2.1
        let id = MessageId::of_setup(&instance);
        require(header.starts_with(id.as_bytes()), Check::IdNamesTheInstance)?;
        // 2.2
        let valid = VerifyingKey::from_bytes(&instance)
            .and_then(|key| key.verify_strict(signed, &Signature::from_bytes(signature)));
        require(valid.is_ok(), Check::SignedByTheInstance)?;

        let body = match (required(&items, tag::KIND)?, suite) {
            (b"DKG", _) => dkg,
            (b"DSG", Suite::Ecdsa) => sign_hash,
            (b"DSG", Suite::Eddsa) => sign_message,
            (b"FSG", Suite::Ecdsa) => finish,
            (b"QC", Suite::Ecdsa) => change_ecdsa,
            (b"QC", Suite::Eddsa) => change_eddsa,
            (b"EXPORT", _) => export,
            (other, _) => return Err(SetupError::UnknownKind(Kind::of(other))),
        };
        let (names, seeds) = (names(&items)?, seeds(&items)?);
        let body = body(&items, names.len())?;
        Ok(Self { suite, instance, names, seeds, body })
    }
}

/// 3: who takes part.
fn names(items: &Items<'_>) -> Result<Vec<String>, Check> {
    // 3.1, of the seeds
    let size = items.all(tag::NAME).count();
    require(items.all(tag::SEED).count() == size, Check::ListsAgreeInLength)?;
    // 3.2
    require((2..=255).contains(&size), Check::PartiesCanMeet)?;

    let mut names: Vec<String> = Vec::with_capacity(size);
    for name in items.all(tag::NAME) {
        // 3.3
        let name = require_some(text(name), Check::NamesAreText, || {
            String::from_utf8_lossy(name).into_owned()
        })?;
        // 3.4
        require(!names.contains(&name), Check::NamesAreDistinct)?;
        names.push(name);
    }
    Ok(names)
}

/// 3: and by which keys.
fn seeds(items: &Items<'_>) -> Result<Vec<Secret<[u8; 32]>>, Check> {
    let mut seeds: Vec<Secret<[u8; 32]>> = Vec::new();
    for seed in items.all(tag::SEED) {
        // 3.5
        let seed = Secret::take(&mut fixed(seed)?);
        let known = seeds.iter().any(|other| other.expose() == seed.expose());
        require(!known, Check::SeedsAreDistinct)?;
        seeds.push(seed);
    }
    Ok(seeds)
}

fn text(name: &[u8]) -> Option<String> {
    let name = str::from_utf8(name).ok()?;
    PartyId::parse(name).ok().map(String::from)
}

fn dkg(items: &Items<'_>, size: usize) -> Result<Body, Check> {
    ranks(items, size)?;
    Ok(Body::Dkg {
        threshold: threshold(items, size)?,
        key_id: items.one(tag::KEY_ID).map(fixed).transpose()?,
    })
}

fn sign_hash(items: &Items<'_>, _: usize) -> Result<Body, Check> {
    let hash = items.one(tag::TO_SIGN).map(fixed).transpose()?;
    let hashing: Option<[u8; 1]> = items.one(tag::HASHING).map(fixed).transpose()?;
    // 4.2
    require(hash.is_none() || hashing.is_some(), Check::HashComesWithItsAlgorithm)?;
    Ok(Body::Dsg {
        key_id: fixed(required(items, tag::KEY_ID)?)?,
        path: path(items)?,
        to_sign: hash.map_or(ToSign::Nothing, ToSign::Hash),
    })
}

fn sign_message(items: &Items<'_>, _: usize) -> Result<Body, Check> {
    let message = required(items, tag::TO_SIGN)?;
    let hashing = fixed(required(items, tag::HASHING)?)?;
    // 4.8
    require(hashing == [tag::AS_IT_IS], Check::MessageIsSignedAsItIs)?;
    Ok(Body::Dsg {
        key_id: fixed(required(items, tag::KEY_ID)?)?,
        path: path(items)?,
        to_sign: ToSign::Message(message.to_vec()),
    })
}

fn path(items: &Items<'_>) -> Result<String, Check> {
    // 4.3
    let path = items.one(tag::PATH).unwrap_or(b"m");
    let ascii = str::from_utf8(path).ok().filter(|path| path.is_ascii() && path.len() <= 255);
    require_some(ascii.map(str::to_owned), Check::PathIsAscii, || {
        String::from_utf8_lossy(path).into_owned()
    })
}

fn finish(items: &Items<'_>, _: usize) -> Result<Body, Check> {
    let _any: [u8; 1] = fixed(required(items, tag::HASHING)?)?;
    Ok(Body::Fsg {
        presignature: fixed(required(items, tag::KEY_ID)?)?,
        hash: fixed(required(items, tag::TO_SIGN)?)?,
    })
}

fn export(items: &Items<'_>, _: usize) -> Result<Body, Check> {
    Ok(Body::Export {
        key_id: fixed(required(items, tag::KEY_ID)?)?,
        receiver_key: fixed(required(items, tag::RECEIVER_KEY)?)?,
    })
}

fn change_ecdsa(items: &Items<'_>, size: usize) -> Result<Body, Check> {
    quorum_change(items, size, PublicKey::Ecdsa(fixed(required(items, tag::PUBLIC_KEY)?)?))
}

fn change_eddsa(items: &Items<'_>, size: usize) -> Result<Body, Check> {
    quorum_change(items, size, PublicKey::Eddsa(fixed(required(items, tag::PUBLIC_KEY)?)?))
}

fn quorum_change(items: &Items<'_>, size: usize, public_key: PublicKey) -> Result<Body, Check> {
    let (old, new) = (indices(items, tag::OLD, size)?, indices(items, tag::NEW, size)?);
    ranks(items, new.len())?;
    // 4.6
    require(old.len() >= 2, Check::TwoOldPartiesAtLeast)?;
    // 4.7
    let placed: BTreeSet<PartyIndex> = old.iter().chain(&new).copied().collect();
    require(placed.len() >= size, Check::EveryPartyHasAPart)?;
    Ok(Body::Qc {
        key_id: fixed(required(items, tag::KEY_ID)?)?,
        public_key,
        threshold: threshold(items, new.len())?,
        old,
        new,
    })
}

/// One rank for each of the `sharing` parties, all zero.
fn ranks(items: &Items<'_>, sharing: usize) -> Result<(), Check> {
    // 3.1, of the ranks
    require(items.all(tag::RANK).count() == sharing, Check::ListsAgreeInLength)?;
    for rank in items.all(tag::RANK) {
        // 3.6
        require(fixed(rank)? == [0], Check::RanksAreZero)?;
    }
    Ok(())
}

fn threshold(items: &Items<'_>, sharing: usize) -> Result<u8, Check> {
    let [threshold] = fixed(required(items, tag::THRESHOLD)?)?;
    // 4.1
    require(threshold >= 2 && usize::from(threshold) <= sharing, Check::ThresholdIsPossible)?;
    Ok(threshold)
}

fn indices(items: &Items<'_>, tag: u16, size: usize) -> Result<Vec<PartyIndex>, Check> {
    let mut seen = BTreeSet::new();
    items
        .all(tag)
        .map(|index| {
            let [index] = fixed(index)?;
            // 4.4
            require(usize::from(index) < size, Check::IndicesAreParties)?;
            // 4.5
            require(seen.insert(index), Check::IndicesAreDistinct)?;
            Ok(PartyIndex::new(index))
        })
        .collect()
}

/// 1.4
fn required<'a>(items: &Items<'a>, tag: u16) -> Result<&'a [u8], Check> {
    require_some(items.one(tag), Check::NothingRequiredIsMissing, || &[])
}

/// 1.5
fn fixed<const N: usize>(value: &[u8]) -> Result<[u8; N], Check> {
    require_some(value.try_into().ok(), Check::ItemsHaveTheirLength, || {
        let mut padded = [0; N];
        padded.iter_mut().zip(value).for_each(|(to, from)| *to = *from);
        padded
    })
}
