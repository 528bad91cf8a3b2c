//! What is searched for: every draw of a party and every secret of a result, in each form that memory could hold.
//!
//! The needles themselves are kept inverted, so that the search does not find them.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rand_core::{TryCryptoRng, TryRng};

/// A secret that nobody may find.
pub(crate) struct Needle {
    pub(crate) name: String,
    inverted: Vec<u8>,
}

/// What a party has drawn, and what it has sent, inverted.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) draws: Vec<Vec<u8>>,
    /// Tag and payload.
    pub(crate) sent: Vec<(u64, Vec<u8>)>,
}

/// As many bytes as tell a secret from anything else.
const INDEX_LEN: usize = 8;

#[derive(Default)]
pub(crate) struct Needles {
    all: Vec<Needle>,
    /// Who has drawn and sent what, inverted.
    pub(crate) heard: Vec<Heard>,
    /// What an honest run tells: draws, by the seed of who drew them.
    opened: BTreeSet<(u64, usize)>,
    by_start: HashMap<[u8; INDEX_LEN], Vec<usize>>,
}

impl Needles {
    /// For a run that ends early, of parties whose run to the end these were for.
    pub(crate) fn knowing(whole: &Self) -> Self {
        Self { opened: whole.opened.clone(), ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    fn add(&mut self, name: String, inverted: Vec<u8>) {
        let start = *inverted.first_chunk().unwrap();
        let known = self.by_start.entry(start).or_default();
        if known.iter().all(|&i| self.all[i].inverted != inverted) {
            known.push(self.all.len());
            self.all.push(Needle { name, inverted });
        }
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, name: &str, secret: &[u8]) {
        let inverted: Vec<u8> = secret.iter().map(|byte| !byte).collect();
        // A receiver has nothing in the place of the seed that is hidden from it.
        if inverted.iter().any(|&byte| byte != 0xff) {
            self.add(name.to_owned(), inverted);
        }
    }

    /// A number of 32 bytes: as it is, the other way round (which is how four words of 64 bits lie in memory), and,
    /// read as a little-endian scalar, in words of 52 bits and in signed digits of 4. The ends are left out: scalars
    /// are drawn with bits cleared there.
    fn number(&mut self, name: &str, inverted: &[u8; 32]) {
        let inner: Vec<u8> = inverted[1..31].to_vec();
        let reversed = inner.iter().rev().copied().collect();
        self.add(name.to_owned(), inner);
        self.add(format!("{name}, reversed"), reversed);
        self.add(format!("{name}, in words of 52 bits"), words(inverted));
        self.add(format!("{name}, in digits"), digits(inverted));
    }

    pub(crate) fn scalar(&mut self, name: &str, secret: &[u8]) {
        let mut inverted = [0; 32];
        inverted.iter_mut().zip(secret).for_each(|(to, from)| *to = !from);
        self.number(name, &inverted);
    }

    /// Whatever was drawn and is not told to others, as it is, by the end of the run: what remains are scalars, keys and
    /// seeds. Points are drawn as 33 bytes, and told.
    pub(crate) fn draws(&mut self, of: &str, known: Known) {
        self.opened.extend(known.told.iter().map(|&i| (known.seed, i)));
        for (i, draw) in known.draws.iter().enumerate() {
            if self.opened.contains(&(known.seed, i)) {
                continue;
            }
            let name = format!("draw {i} of {of}");
            match draw.len() {
                33 => {}
                32 => self.number(&name, draw.as_slice().try_into().unwrap()),
                _ => self.add(name, draw.clone()),
            }
        }
        self.heard.push(Heard { draws: known.draws, sent: known.sent });
    }

    /// Every needle in these bytes, with its place.
    pub(crate) fn find(&self, bytes: &[u8], mut found: impl FnMut(usize, &Needle)) {
        for (at, window) in bytes.windows(INDEX_LEN).enumerate() {
            let start: [u8; INDEX_LEN] = std::array::from_fn(|i| !window[i]);
            for &i in self.by_start.get(&start).into_iter().flatten() {
                let needle = &self.all[i];
                let rest = bytes[at..].iter().zip(&needle.inverted);
                if bytes.len() - at >= needle.inverted.len()
                    && rest.into_iter().all(|(b, n)| *b == !n)
                {
                    found(at, needle);
                }
            }
        }
    }
}

/// The lower four of five words of 52 bits each, inverted in, inverted out.
fn words(inverted: &[u8; 32]) -> Vec<u8> {
    let bit = |n: usize| u64::from(!inverted[n / 8] >> (n % 8) & 1);
    let word = |w: usize| (0..52).map(|b| bit(52 * w + b) << b).sum::<u64>();
    (0..4).flat_map(|w| (!word(w)).to_le_bytes()).collect()
}

/// The lower 60 of 64 digits in −8 … 7, inverted in, inverted out.
fn digits(inverted: &[u8; 32]) -> Vec<u8> {
    let mut carry = 0;
    let digit = |n: usize| {
        let nibble = (!inverted[n / 2] >> (4 * (n % 2)) & 15).cast_signed() + carry;
        carry = (nibble + 8) >> 4;
        !(nibble - (carry << 4)).cast_unsigned()
    };
    (0..60).map(digit).collect()
}

/// Makes the draws of every scene others than those of the scenes before it.
pub(crate) static SALT: AtomicU64 = AtomicU64::new(0);

/// Randomness of which every draw is known. It keeps no buffer, and what it writes down is inverted.
pub(crate) struct Known {
    seed: u64,
    state: u64,
    draws: Vec<Vec<u8>>,
    told: BTreeSet<usize>,
    sent: Vec<(u64, Vec<u8>)>,
}

impl Known {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            state: seed << 32 | SALT.load(Relaxed) << 48,
            draws: Vec::new(),
            told: BTreeSet::new(),
            sent: Vec::new(),
        }
    }

    /// Splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.state;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Takes note of what a message says.
    pub(crate) fn tells(&mut self, tag: u64, payload: &[u8]) {
        self.sent.push((tag, payload.iter().map(|byte| !byte).collect()));
        let starts: HashMap<&[u8], usize> =
            self.draws.iter().enumerate().map(|(i, draw)| (&draw[..INDEX_LEN], i)).collect();
        for (at, window) in payload.windows(INDEX_LEN).enumerate() {
            let start: [u8; INDEX_LEN] = std::array::from_fn(|i| !window[i]);
            if let Some(&i) = starts.get(&start[..]) {
                let rest = payload[at..].iter().zip(&self.draws[i]);
                if rest.into_iter().all(|(byte, drawn)| *byte == !drawn) {
                    self.told.insert(i);
                }
            }
        }
    }
}

impl TryRng for Known {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unreachable!("randomness is drawn as byte strings")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unreachable!("randomness is drawn as byte strings")
    }

    fn try_fill_bytes(&mut self, drawn: &mut [u8]) -> Result<(), Self::Error> {
        for word in drawn.chunks_mut(8) {
            let mut next = self.next();
            for byte in word {
                *byte = u8::try_from(next & 0xff).unwrap();
                next >>= 8;
            }
        }
        self.draws.push(drawn.iter().map(|byte| !byte).collect());
        Ok(())
    }
}

impl TryCryptoRng for Known {}
