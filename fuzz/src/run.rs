//! Runs of a protocol: one honest, recorded; then, for every input, one party's part again, with somebody lying to it.

use std::collections::BTreeSet;

use quorate_core::session::{Outgoing, Session, Step};
use quorate_core::{Abort, Alone, PartyIndex};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::edit::{alter, resize};
use crate::input::Input;

/// Most changes of one input: more of them only hide each other.
const MOST_LIES: usize = 6;

/// The party at this position.
pub fn p(position: u8) -> PartyIndex {
    PartyIndex::new(position)
}

/// The randomness of the party at this position: the same in every run.
pub fn seeded(position: u8) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(position.into())
}

/// A party: its session, what it sends first, its randomness.
pub type Party<S> = (S, Vec<Outgoing>, ChaCha20Rng);

/// A payload on its way.
#[derive(Clone)]
pub struct Post {
    from: PartyIndex,
    tag: u64,
    payload: Vec<u8>,
}

impl Post {
    /// From this party.
    pub fn new(from: PartyIndex, message: &Outgoing) -> Self {
        Self { from, tag: message.tag, payload: message.payload.to_vec() }
    }
}

/// What each party was sent, in order.
pub type Heard = Vec<Vec<Post>>;

/// Lets honest parties finish; gives their results, and what they were sent.
///
/// # Panics
///
/// If they do not finish.
pub fn honest<S: Session>(parties: Vec<Party<S>>) -> (Vec<S::Output>, Heard) {
    let everybody: Vec<_> = (0..).map(p).take(parties.len()).collect();
    let mut running: Vec<_> =
        parties.into_iter().map(|(s, sent, rng)| (s, sent, rng, None)).collect();
    let mut heard = vec![Vec::new(); everybody.len()];
    loop {
        let mut quiet = true;
        for i in everybody.iter().copied() {
            let (_, sent, _, _) = &mut running[usize::from(i)];
            for message in std::mem::take(sent) {
                quiet = false;
                let to = message.delivery.receiver();
                for j in
                    everybody.iter().copied().filter(|&j| j != i && to.is_none_or(|to| to == j))
                {
                    running[usize::from(j)].0.deliver(i, message.tag, &message.payload);
                    heard[usize::from(j)].push(Post::new(i, &message));
                }
            }
        }
        for (session, sent, rng, output) in &mut running {
            while output.is_none() {
                match session
                    .advance(rng, &Alone)
                    .unwrap_or_else(|_| panic!("honest parties abort"))
                {
                    Step::Wait => break,
                    Step::Send(messages) => sent.extend(messages),
                    Step::Channels(_) => {}
                    Step::Done(done) => *output = Some(done),
                }
                quiet = false;
            }
        }
        if quiet {
            let done = running.into_iter().map(|(.., output)| output.expect("all finish"));
            return (done.collect(), heard);
        }
    }
}

/// Repeats a party's run with what the input makes of the messages to it.
///
/// # Panics
///
/// If the session blames a party whose messages came as they were recorded, or neither ends nor waits for anybody.
pub fn lied_to<S: Session>(
    (mut session, _, mut rng): Party<S>,
    heard: &[Post],
    input: &mut Input<'_>,
) -> Option<S::Output> {
    let mut posts = heard.to_vec();
    let mut liars = BTreeSet::new();
    // Some send everything before anybody asks.
    let early = input.byte() % 8 == 7;
    for _ in 0..MOST_LIES {
        if input.is_empty() {
            break;
        }
        lie(&mut posts, &mut liars, input);
    }
    let last = posts.len().saturating_sub(1);
    for (i, post) in posts.iter().enumerate() {
        session.deliver(post.from, post.tag, &post.payload);
        while !early || i == last {
            match session.advance(&mut rng, &Alone) {
                Ok(Step::Wait) => break,
                Ok(Step::Send(_) | Step::Channels(_)) => {}
                Ok(Step::Done(output)) => return Some(output),
                Err(abort) => {
                    judge(&abort, &liars);
                    assert!(session.awaiting().is_empty(), "over, but waits");
                    return None;
                }
            }
        }
    }
    assert!(!session.awaiting().is_empty() || posts.is_empty(), "neither ends nor waits");
    None
}

/// Blame is certain: it falls on nobody who only sent what an honest party sends.
fn judge<C: std::fmt::Debug>(abort: &Abort<C>, liars: &BTreeSet<PartyIndex>) {
    if let Abort::Blame(blamed) = abort {
        assert!(blamed.keys().all(|j| liars.contains(j)), "honest parties are blamed: {blamed:?}");
    }
}

fn lie(posts: &mut Vec<Post>, liars: &mut BTreeSet<PartyIndex>, input: &mut Input<'_>) {
    let how = input.byte();
    if posts.is_empty() {
        return;
    }
    let (at, other) = (input.below(posts.len()), |input: &mut Input<'_>| input.below(posts.len()));
    liars.insert(posts[at].from);
    match how % 12 {
        // The likeliest, because it leads deepest.
        0..=5 => alter(&mut posts[at].payload, input),
        6 => resize(&mut posts[at].payload, input),
        7 => posts[at].payload = posts[other(input)].payload.clone(),
        8 => posts[at].tag = posts[other(input)].tag,
        9 => {
            posts[at].from = p(input.byte() % 4);
            liars.insert(posts[at].from);
        }
        10 => drop(posts.remove(at)),
        _ => {
            let post = posts[at].clone();
            posts.insert(other(input), post);
        }
    }
}
