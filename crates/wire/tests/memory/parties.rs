//! Several parties in one thread, each with its frames, as a device has them.

use quorate_core::PartyIndex;
use quorate_core::session::{Outgoing, Session, Step};
use quorate_core::workers::{Task, Workers};
use quorate_wire::frame::{Exchange, Frame, Incoming};

use crate::depth;
use crate::needles::{Known, Needles};

/// A thread a task: what it leaves behind is searched as well.
struct Threads;

impl Workers for Threads {
    fn run(&self, tasks: Vec<Task<'_>>) {
        std::thread::scope(|scope| {
            for task in tasks {
                scope.spawn(|| task.run());
            }
        });
    }
}

/// How a run goes.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// To its end.
    Whole,
    /// One message, counted from the first, says something else than its sender meant.
    Lie(usize),
    /// After so many messages everything is dropped.
    Dropped(usize),
    /// To its end, while it is measured how deep it reaches on the stack.
    Measured,
}

/// A seat in a run.
pub(crate) struct Seat<S> {
    pub(crate) session: S,
    pub(crate) exchange: Exchange,
    pub(crate) first: Vec<Outgoing>,
    pub(crate) rng: Known,
}

struct Running<S: Session> {
    seat: Option<(S, Exchange)>,
    rng: Known,
    result: Option<S::Output>,
}

/// Runs the seats, counts the messages, and hands what each ends with to `ends`. Then nothing is left of them but
/// what is searched for.
pub(crate) fn run<S: Session>(
    seats: Vec<Seat<S>>,
    way: Way,
    needles: &mut Needles,
    mut ends: impl FnMut(usize, S::Output, &mut Needles),
) -> usize {
    let mut posts: Vec<(PartyIndex, Frame)> = Vec::new();
    let mut running = Vec::new();
    let mut messages = 0;
    for (i, seat) in (0..).zip(seats) {
        let Seat { session, mut exchange, first, mut rng } = seat;
        exchange.expect(session.expects());
        let outgoing = (PartyIndex::new(i), first);
        send(outgoing, &mut exchange, &mut rng, &mut posts, way, &mut messages);
        running.push(Running { seat: Some((session, exchange)), rng, result: None });
    }
    let everybody: Vec<_> = (0..).map(PartyIndex::new).take(running.len()).collect();
    for &i in &everybody {
        advance(i, &mut running[usize::from(i)], &mut posts, way, &mut messages);
    }
    while !posts.is_empty() {
        if matches!(way, Way::Dropped(after) if messages >= after) {
            break;
        }
        let (from, frame) = posts.remove(0);
        for &i in everybody.iter().filter(|&&i| i != from && frame.to.is_none_or(|to| to == i)) {
            let party = &mut running[usize::from(i)];
            let mut take = || receive(i, party, &frame.bytes, &mut posts, way, &mut messages);
            if matches!(way, Way::Measured) { depth::measure(take) } else { take() }
        }
    }
    for (i, Running { seat, rng, result }) in running.into_iter().enumerate() {
        drop(seat);
        needles.draws(&format!("party {i}"), rng);
        if let Some(output) = result {
            ends(i, output, needles);
        }
    }
    messages
}

fn receive<S: Session>(
    i: PartyIndex,
    party: &mut Running<S>,
    frame: &[u8],
    posts: &mut Vec<(PartyIndex, Frame)>,
    way: Way,
    messages: &mut usize,
) {
    let Some((session, exchange)) = &mut party.seat else { return };
    if let Incoming::Opened(opened) = exchange.open(frame) {
        session.deliver(opened.from, opened.tag, &opened.payload);
        drop(opened);
        advance(i, party, posts, way, messages);
    }
}

fn advance<S: Session>(
    i: PartyIndex,
    party: &mut Running<S>,
    posts: &mut Vec<(PartyIndex, Frame)>,
    way: Way,
    messages: &mut usize,
) {
    let Some((session, exchange)) = &mut party.seat else { return };
    loop {
        match session.advance(&mut party.rng, &Threads) {
            Ok(Step::Wait) => return,
            Ok(Step::Send(outgoing)) => {
                send((i, outgoing), exchange, &mut party.rng, posts, way, messages);
            }
            Ok(Step::Channels(keys)) => {
                for opened in exchange.learn(keys).unwrap() {
                    session.deliver(opened.from, opened.tag, &opened.payload);
                }
            }
            Ok(Step::Done(output)) => {
                party.result = Some(output);
                break;
            }
            Err(_) => break,
        }
    }
    party.seat = None;
}

fn send(
    (from, outgoing): (PartyIndex, Vec<Outgoing>),
    exchange: &mut Exchange,
    rng: &mut Known,
    posts: &mut Vec<(PartyIndex, Frame)>,
    way: Way,
    messages: &mut usize,
) {
    for mut message in outgoing {
        rng.tells(message.tag, &message.payload);
        if matches!(way, Way::Lie(which) if which == *messages) {
            let last = message.payload.len() - 1;
            message.payload[last] ^= 1;
        }
        *messages += 1;
        posts.push((from, exchange.seal(&message).unwrap()));
    }
}
