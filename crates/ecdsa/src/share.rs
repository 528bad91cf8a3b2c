//! What a party keeps of a key: its share, everybody's public shares, and its seeds for signing with each other party.
//! `spec/dkls23/share.md`.

use core::fmt;
use std::collections::BTreeMap;

use k256::elliptic_curve::ops::LinearCombination;
use k256::{ProjectivePoint, Scalar};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use quorate_core::payload::Reader;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::check::ShareCheck;
use crate::curve::{self, POINT_LEN};
use crate::ot::pprf::{LEAVES, LEAVES_LEN, ReceiverSeed, SenderSeed, TREES};
use crate::polynomial::lagrange;

const MAGIC: [u8; 4] = [0, 0, 0, 1];
/// Length of everything before the parties.
const HEAD_LEN: usize = 172;
/// Length of what every party has an entry for.
const EACH_LEN: usize = 98;
/// Length of what every other party has an entry for.
const OTHER_LEN: usize = LEAVES_LEN + TREES + LEAVES_LEN;

/// One party's share of a key. No `Clone`, and a `Debug` that says whose it is and nothing more.
pub struct KeyShare {
    /// t
    pub(crate) threshold: u8,
    /// My place among `members`.
    pub(crate) party_id: u8,
    /// The name of the sharing.
    pub(crate) fsid: [u8; 32],
    /// rcc
    pub(crate) root_chain_code: [u8; 32],
    /// PK
    pub(crate) public_key: ProjectivePoint,
    /// The name of the key.
    pub(crate) key_id: [u8; 32],
    /// s_i
    pub(crate) secret: Secret<Scalar>,
    /// All parties, by party id.
    pub(crate) members: Vec<Member>,
    /// What I share with each other party, by its party id.
    pub(crate) seeds: BTreeMap<u8, Seeds>,
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyShare")
            .field("party_id", &self.party_id)
            .field("parties", &self.parties())
            .field("threshold", &self.threshold)
            .finish_non_exhaustive()
    }
}

/// What everybody knows of one party.
#[derive(Clone)]
pub(crate) struct Member {
    /// x_p
    pub(crate) x: Scalar,
    /// S_p
    pub(crate) public_share: ProjectivePoint,
}

/// What two parties know, each from its side.
pub(crate) struct Seeds {
    /// The seed of their zero shares: the same for both.
    pub(crate) zero: Secret<[u8; 32]>,
    /// For being the receiver of a multiplication.
    pub(crate) send: SenderSeed,
    /// For being the sender of a multiplication.
    pub(crate) receive: ReceiverSeed,
}

impl KeyShare {
    /// PK, 33 bytes compressed.
    pub fn public_key(&self) -> [u8; POINT_LEN] {
        curve::encode_point(&self.public_key)
    }

    /// The chain code of the root of every derivation path.
    pub fn chain_code(&self) -> [u8; 32] {
        self.root_chain_code
    }

    /// The final session id of the run that made this share: the name of the sharing, equal for all its parties.
    pub fn fsid(&self) -> [u8; 32] {
        self.fsid
    }

    /// The name of the key, as setups carry it.
    pub fn key_id(&self) -> [u8; 32] {
        self.key_id
    }

    /// This party's position in the share, from 0.
    pub fn party_id(&self) -> u8 {
        self.party_id
    }

    /// How many parties hold a share.
    pub fn parties(&self) -> u8 {
        u8::try_from(self.members.len()).unwrap_or(u8::MAX)
    }

    /// How many parties can sign.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// S_p of every party, by party id, 33 bytes compressed each.
    pub fn public_shares(&self) -> Vec<[u8; POINT_LEN]> {
        let points: Vec<_> = self.members.iter().map(|member| member.public_share).collect();
        curve::encode_points(&points)
    }

    /// x of the party of this id. `None` if the id is not below n.
    pub(crate) fn x_of(&self, party_id: u8) -> Option<&Scalar> {
        self.members.get(usize::from(party_id)).map(|member| &member.x)
    }

    /// λ of this party among itself and the parties of these ids: times its secret, and summed over them all, it
    /// makes the private key. Zero if one of the ids is not below n.
    pub(crate) fn lagrange(&self, party_ids: impl Iterator<Item = u8>) -> Scalar {
        let lagrange = || {
            let xs: Vec<_> = party_ids.map(|id| self.x_of(id)).collect::<Option<_>>()?;
            Some(lagrange(&Scalar::ZERO, self.x_of(self.party_id)?, xs.into_iter()))
        };
        lagrange().unwrap_or(Scalar::ZERO)
    }

    /// The bytes of [the specification](self), 172 + 98n + 65600(n − 1) of them.
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        // Exact, so that the bytes never move and leave no copy behind.
        let mut bytes = Vec::with_capacity(size(self.parties()));
        bytes.extend(MAGIC);
        bytes.extend(0_u32.to_be_bytes());
        bytes.extend([self.parties(), self.threshold, self.party_id]);
        bytes.extend(self.fsid);
        bytes.extend(self.root_chain_code);
        bytes.extend(self.public_key());
        bytes.extend(self.key_id);
        bytes.extend(*Zeroizing::new(curve::scalar_bytes(self.secret.expose())));

        let nobody = [0; 32];
        let zero_seeds = self.seeds.values().map(|seeds| seeds.zero.expose()).chain([&nobody]);
        let members = self.members.iter().zip(self.public_shares());
        for ((member, public_share), zero_seed) in members.zip(zero_seeds) {
            bytes.push(0);
            bytes.extend(public_share);
            bytes.extend(curve::scalar_bytes(&member.x));
            bytes.extend(zero_seed);
        }
        for seeds in self.seeds.values() {
            bytes.extend(seeds.send.leaves());
            bytes.extend(seeds.receive.hidden());
            bytes.extend(seeds.receive.leaves());
        }
        Secret::of(bytes)
    }

    /// Reads [`Self::to_bytes`] back, and makes every check of `SHARE`.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShareCheck> {
        require(bytes.starts_with(&MAGIC), ShareCheck::Magic)?;
        let share = Stored::read(bytes)?.decode()?;
        share.check_arithmetic()?;
        Ok(share)
    }

    /// `SHARE` 10 to 12.
    fn check_arithmetic(&self) -> Result<(), ShareCheck> {
        let distinct = self.members.iter().enumerate().all(|(p, member)| {
            self.members.iter().skip(p.saturating_add(1)).all(|other| other.x != member.x)
        });
        require(distinct, ShareCheck::PointsDistinct)?;

        let own = self.members.get(usize::from(self.party_id)).map(|member| member.public_share);
        let image = ProjectivePoint::mul_by_generator(self.secret.expose());
        require(own == Some(image), ShareCheck::OwnPublicShare)?;

        let (first, rest) =
            self.members.split_at(usize::from(self.threshold).min(self.members.len()));
        let interpolate = |at: &Scalar| {
            let xs = || first.iter().map(|member| &member.x);
            let factor = |member: &Member| lagrange(at, &member.x, xs());
            let terms = first.iter().map(|member| (member.public_share, factor(member)));
            let terms: Vec<_> = terms.collect();
            ProjectivePoint::lincomb_vartime(terms.as_slice())
        };
        let one_polynomial = interpolate(&Scalar::ZERO) == self.public_key
            && rest.iter().all(|member| interpolate(&member.x) == member.public_share);
        require(one_polynomial, ShareCheck::OnePolynomial)
    }
}

/// The size of the share of one of n parties.
fn size(parties: u8) -> usize {
    let parties = usize::from(parties);
    HEAD_LEN + EACH_LEN * parties + OTHER_LEN * parties.saturating_sub(1)
}

/// The fields of a stored share, not decoded yet.
struct Stored<'a> {
    threshold: u8,
    party_id: u8,
    fsid: [u8; 32],
    root_chain_code: [u8; 32],
    public_key: [u8; POINT_LEN],
    key_id: [u8; 32],
    secret: Secret<[u8; 32]>,
    each: Vec<Each>,
    other: Vec<Other<'a>>,
}

struct Each {
    rank: [u8; 1],
    public_share: [u8; POINT_LEN],
    x: [u8; 32],
    zero_seed: Secret<[u8; 32]>,
}

struct Other<'a> {
    send: &'a [u8; LEAVES_LEN],
    choices: [u8; TREES],
    receive: &'a [u8; LEAVES_LEN],
}

impl<'a> Stored<'a> {
    /// `SHARE` 2 to 4.
    fn read(bytes: &'a [u8]) -> Result<Self, ShareCheck> {
        let head = || {
            let mut reader = Reader::new(bytes.get(MAGIC.len()..)?);
            Some((u32::from_be_bytes(reader.array()?), reader.array()?, reader))
        };
        let (extra, [parties, threshold, party_id], mut reader) = head().ok_or(ShareCheck::Size)?;
        require(extra == 0 && bytes.len() == size(parties), ShareCheck::Size)?;
        require(2 <= threshold && threshold <= parties, ShareCheck::Threshold)?;
        require(party_id < parties, ShareCheck::PartyId)?;

        let mut body = || {
            Some(Self {
                threshold,
                party_id,
                fsid: reader.array()?,
                root_chain_code: reader.array()?,
                public_key: reader.array()?,
                key_id: reader.array()?,
                secret: reader.secret()?,
                each: (0..parties).map(|_| Each::read(&mut reader)).collect::<Option<_>>()?,
                other: (1..parties).map(|_| Other::read(&mut reader)).collect::<Option<_>>()?,
            })
        };
        body().ok_or(ShareCheck::Size)
    }

    /// `SHARE` 5 to 9 and 13 to 15.
    fn decode(self) -> Result<KeyShare, ShareCheck> {
        let public_key = point(&self.public_key, ShareCheck::PublicKey)?;
        let mut secret = scalar(self.secret.expose(), ShareCheck::Secret)?;
        let secret = Secret::take(&mut secret);

        require(self.each.iter().all(|each| each.rank == [0]), ShareCheck::Ranks)?;
        let public_shares = (self.each.iter())
            .map(|each| point(&each.public_share, ShareCheck::PublicShares))
            .collect::<Result<Vec<_>, _>>()?;
        let xs = (self.each.iter())
            .map(|each| scalar(&each.x, ShareCheck::PointsNonzero))
            .collect::<Result<Vec<_>, _>>()?;
        let members = xs.into_iter().zip(public_shares);
        let members = members.map(|(x, public_share)| Member { x, public_share }).collect();

        let nobody = self.each.last().map(|each| *each.zero_seed.expose());
        require(nobody == Some([0; 32]), ShareCheck::SeedPadding)?;

        let ids = (0..=u8::MAX).filter(|&id| id != self.party_id);
        let seeds = ids.zip(self.each.iter().zip(&self.other)).map(|(id, (each, other))| {
            other.check()?;
            let zero = Secret::fill(|seed| *seed = *each.zero_seed.expose());
            let send = SenderSeed::new(other.send);
            let receive = ReceiverSeed::new(&other.choices, other.receive);
            Ok((id, Seeds { zero, send, receive }))
        });

        Ok(KeyShare {
            threshold: self.threshold,
            party_id: self.party_id,
            fsid: self.fsid,
            root_chain_code: self.root_chain_code,
            public_key,
            key_id: self.key_id,
            secret,
            members,
            seeds: seeds.collect::<Result<_, _>>()?,
        })
    }
}

impl Each {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            rank: reader.array()?,
            public_share: reader.array()?,
            x: reader.array()?,
            zero_seed: reader.secret()?,
        })
    }
}

impl<'a> Other<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        Some(Self {
            send: reader.array_ref()?,
            choices: reader.array()?,
            receive: reader.array_ref()?,
        })
    }

    fn check(&self) -> Result<(), ShareCheck> {
        let in_range = self.choices.iter().all(|&y| usize::from(y) < LEAVES);
        require(in_range, ShareCheck::Choices)?;

        let trees = self.receive.as_chunks::<32>().0.as_chunks::<LEAVES>().0;
        let mut punctured = Choice::from(1);
        for (hidden, leaves) in self.choices.iter().zip(trees) {
            for (y, leaf) in (0_u8..).zip(leaves) {
                punctured &= !hidden.ct_eq(&y) | leaf.ct_eq(&[0; 32]);
            }
        }
        require(punctured.into(), ShareCheck::PuncturedLeaves)
    }
}

fn point(bytes: &[u8; POINT_LEN], check: ShareCheck) -> Result<ProjectivePoint, ShareCheck> {
    require_some(curve::decode_nonidentity(bytes), check, || {
        curve::decode_point(bytes).unwrap_or(ProjectivePoint::IDENTITY)
    })
}

fn scalar(bytes: &[u8; 32], check: ShareCheck) -> Result<Scalar, ShareCheck> {
    require_some(curve::nonzero_scalar(bytes), check, || curve::reduce(bytes))
}

#[cfg(test)]
mod tests {
    use super::{KeyShare, size};
    use crate::testing;

    #[test]
    fn sizes_are_those_of_the_format() {
        assert_eq!(size(2), 65968);
        assert_eq!(size(3), 131_666);
    }

    #[test]
    fn recorded_shares_are_read_and_written_unchanged() {
        let files = [
            ("py_dkg_2of2", ""),
            ("py_qc_2of2_to_2of3", ""),
            ("live_W_dkg", "/dkg"),
            ("live_S_dkg", "/dkg"),
            ("live_W_qc", "/qc"),
            ("live_S_qc", "/qc"),
        ];
        for (file, ceremony) in files {
            let recorded = testing::vectors(file);
            let shares = recorded.pointer(&format!("{ceremony}/shares")).unwrap();
            for share in shares.as_object().unwrap().values() {
                let bytes = testing::bytes(share);
                let read = KeyShare::from_bytes(&bytes).unwrap();
                assert!(*read.to_bytes().expose() == bytes, "{file}");
            }
        }
    }
}
