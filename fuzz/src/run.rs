//! Runs of a protocol: one honest, recorded; then, for every input, one party's part again, with somebody lying to it.

use std::collections::BTreeSet;

use quorate_core::session::{Session, Step};
pub use quorate_core::simulation::{Party, Post, p, seeded};
use quorate_core::simulation::{all_done, hold};
use quorate_core::{Abort, Alone, PartyIndex};

use crate::edit::{alter, resize};
use crate::input::Input;

/// Most changes of one input: more of them only hide each other.
const MOST_LIES: usize = 6;

/// What each party was sent, in order.
pub type Heard = Vec<Vec<Post>>;

/// Lets honest parties finish; gives their results, and what they were sent.
///
/// # Panics
///
/// If they do not finish.
pub fn honest<S: Session>(parties: Vec<Party<S>>) -> (Vec<S::Output>, Heard) {
    let mut heard = vec![Vec::new(); parties.len()];
    let outcomes = hold(&Alone, parties, |to, from, message| {
        heard[usize::from(to)].push(Post::of(from, to, message));
    });
    let outputs = all_done(outcomes);
    assert_eq!(outputs.len(), heard.len(), "all finish");
    (outputs, heard)
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
