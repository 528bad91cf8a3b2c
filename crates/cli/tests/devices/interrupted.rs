//! Ctrl-C: the ceremony ends, the others hear who it was, nothing is lost.

use super::process::{Ended, Running};
use super::stage::{Device, Stage, VAULT, at_once};

/// A ceremony in which one device is interrupted once `moment` fits one of its events.
fn interrupt(words: &[&str], cast: &[&Device], victim: usize, moment: (&str, u64)) {
    let before: Vec<_> = cast.iter().map(|device| device.vaults()).collect();
    let mut started = cast[0].start(words);
    let link = started.link();
    let joined = cast[1..].iter().map(|device| device.start(&["join", &link]));
    let mut running: Vec<Running> = core::iter::once(started).chain(joined).collect();
    running[victim].until("the moment", |event| {
        event["event"] == moment.0
            && [&event["count"], &event["round"]].iter().any(|n| **n == moment.1)
    });
    running[victim].signal("INT");
    let ended: Vec<Ended> = running.into_iter().map(Running::end).collect();
    for (who, each) in ended.iter().enumerate() {
        if who == victim {
            assert_eq!(each.failed(130, &["nothing was lost"])["kind"], "interrupted");
        } else {
            let name = format!("{}-", cast[victim].name);
            let error = each.failed(6, &[&name, "interrupted"]);
            assert_eq!(error["kind"], "refused");
            assert!(
                error["aborted_by"].as_str().is_some_and(|by| by.starts_with(&name)),
                "{error}"
            );
        }
    }
    assert_eq!(cast.iter().map(|device| device.vaults()).collect::<Vec<_>>(), before);
}

#[test]
fn whoever_is_interrupted_exits_130_and_the_others_say_who_it_was() {
    // Who is interrupted in a keygen: in the lobby, which the third device has not entered, and in a round.
    let keygen =
        [(0, ("joined", 2)), (1, ("joined", 2)), (0, ("progress", 2)), (2, ("progress", 3))];
    at_once(&keygen, |&(victim, moment)| {
        let stage = Stage::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| stage.device(name));
        let cast = if moment.0 == "joined" { vec![&a, &b] } else { vec![&a, &b, &c] };
        interrupt(&["keygen", VAULT, "--devices", "3"], &cast, victim, moment);
    });
}

#[test]
fn an_interrupted_keysign_or_reshare_leaves_the_vault_as_it_was() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    interrupt(&["keysign", VAULT, "--message", "hello"], &[&a, &b], 1, ("progress", 2));
    interrupt(&["keysign", VAULT, "--message", "hello"], &[&a, &b], 0, ("progress", 3));
    interrupt(&["reshare", VAULT, "--devices", "3"], &[&b, &c, &a], 2, ("progress", 2));
    a.signs_with(&[&b]);
    c.signs_with(&[&a]);
}

/// Until the commit nothing is kept; from then on nothing is thrown away.
#[test]
fn whoever_is_interrupted_in_the_commit_of_a_reshare_finishes_it_later() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let mut running: Vec<Running> = Vec::new();
    let mut started = a.start_impatient(&["reshare", VAULT, "--devices", "3"]);
    let link = started.link();
    running.push(started);
    running.extend([&b, &c].map(|device| device.start_impatient(&["join", &link])));
    running[1].until("the commit", |event| event["ceremony"] == "commit" && event["round"] == 2);
    running[1].signal("INT");
    let ended: Vec<Ended> = running.into_iter().map(Running::end).collect();
    ended[1].failed(130, &["--resume"]);
    for other in [&ended[0], &ended[2]] {
        other.failed(6, &["b-", "--resume"]);
    }
    b.meet(&["reshare", VAULT, "--resume"], &[&c]);
    // Whoever was not there learns of it at the next signature that it joins.
    assert_eq!(a.shown()["epoch"], 1);
    b.signs_with(&[&a]);
    assert_eq!(a.shown()["epoch"], 2);
    a.signs_with(&[&c]);
}
