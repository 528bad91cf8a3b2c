//! A process is killed, or freezes: the others say who it was, every home opens, and a quorum signs.

use std::time::Duration;

use serde_json::Value;

use super::process::{Ended, Running, text};
use super::stage::{Device, Stage, VAULT, at_once};

/// Who is hit, and when: after so many of its own events, and then so much later.
#[derive(Debug)]
struct Blow {
    victim: usize,
    events: usize,
    later: Duration,
    signal: &'static str,
    /// Whether the device is still in the lobby then, where the others may wait for longer than a test.
    lobby: bool,
}

/// Blows at every moment of a ceremony that went well. The victims take turns, until the commit: there each is hit at
/// every moment.
fn everywhere(rehearsal: &[Ended], victims: &[usize], signal: &'static str) -> Vec<Blow> {
    const LATER: [u64; 3] = [0, 20, 70];
    let mut blows = Vec::new();
    for (turn, &victim) in victims.iter().enumerate() {
        let said = &rehearsal[victim].said;
        let first = |fits: fn(&Value) -> bool| said.iter().position(fits);
        let consent = first(|event| event["event"] == "approve").expect("a question");
        let commit = first(|event| event["ceremony"] == "commit").unwrap_or(said.len());
        // The first event of an initiator is its link: nobody has met yet.
        let moments =
            (2..=said.len()).filter(|events| *events >= commit || events % victims.len() == turn);
        blows.extend(moments.map(|events| Blow {
            victim,
            events,
            later: Duration::from_millis(LATER[events % LATER.len()]),
            signal,
            lobby: events <= consent,
        }));
    }
    blows
}

/// A ceremony in which one device is hit. What all of them said, as far as they came.
fn strike(words: &[&str], cast: &[&Device], blow: &Blow) -> Vec<Ended> {
    let mut started = cast[0].start_impatient(words);
    let link = started.link();
    let joined = cast[1..].iter().map(|device| device.start_impatient(&["join", &link]));
    let mut running: Vec<Running> = core::iter::once(started).chain(joined).collect();
    running[blow.victim].has_said(blow.events);
    std::thread::sleep(blow.later);
    running[blow.victim].signal(blow.signal);
    if blow.lobby {
        for (_, survivor) in running.iter_mut().enumerate().filter(|(who, _)| *who != blow.victim) {
            survivor.has_said(1);
            survivor.signal("INT");
        }
    }
    let victim = running.remove(blow.victim);
    let mut ended: Vec<Ended> = running.into_iter().map(Running::end).collect();
    // A device that the dead one has answered may wait for one that it has not: that one names it.
    let lost: Vec<String> = ended
        .iter()
        .filter(|survivor| survivor.code != Some(0) && !(blow.lobby && survivor.code == Some(130)))
        .map(|survivor| text(&survivor.failed(6, &["-"])["message"]))
        .collect();
    let name = format!("{}-", cast[blow.victim].name);
    let named = lost.is_empty() || lost.iter().any(|message| message.contains(&name));
    assert!(named, "{name} is not named: {ended:#?}");
    if blow.signal == "STOP" {
        victim.signal("CONT");
        if blow.lobby {
            victim.signal("INT");
        }
    }
    ended.insert(blow.victim, victim.end());
    ended
}

/// What a device holds of an epoch of the vault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Active,
    Voted,
    Staged,
}

impl Device {
    /// Whether an epoch waits for its certificate here.
    fn has_voted(&self) -> bool {
        let epochs = &self.shown()["epochs"];
        epochs.as_array().expect("a list").iter().any(|epoch| epoch["state"] == "voted")
    }
}

/// The latest epoch that any of them has voted for or more, with its threshold, and who stands how in it.
fn standings<'d>(devices: &[&'d Device]) -> Option<(usize, Vec<(&'d Device, Standing)>)> {
    let shown: Vec<(&Device, Vec<Value>)> = devices
        .iter()
        .map(|&device| {
            let shown = device.run(&["vault", "show", VAULT]);
            let address = device.run(&["address", VAULT, "Ethereum"]);
            if shown.code == Some(5) {
                address.failed(5, &[]);
                return (device, Vec::new());
            }
            let epochs = shown.data()["epochs"].as_array().expect("a list").clone();
            // This opens the home and reads the share.
            if epochs.iter().any(|epoch| epoch["state"] == "active") {
                address.succeeded();
            } else {
                address.failed(5, &[VAULT]);
            }
            (device, epochs)
        })
        .collect();
    let counts = |epoch: &&Value| epoch["state"] == "active" || epoch["state"] == "voted";
    let all = shown.iter().flat_map(|(_, epochs)| epochs);
    let latest = all.filter(counts).max_by_key(|epoch| epoch["epoch"].as_u64())?;
    let threshold = latest["threshold"].as_u64()?.try_into().expect("a small number");
    let of = |epochs: &[Value]| {
        let held = epochs.iter().find(|epoch| epoch["fsid"] == latest["fsid"])?;
        match text(&held["state"]).as_str() {
            "active" => Some(Standing::Active),
            "voted" => Some(Standing::Voted),
            "staged" => Some(Standing::Staged),
            _ => None,
        }
    };
    let standing = shown.iter().filter_map(|(device, epochs)| Some((*device, of(epochs)?)));
    Some((threshold, standing.collect()))
}

/// Whatever happened: every home opens, and all who hold the vault's latest sharing come to sign with it. Whether
/// there is a vault.
fn all_sign(devices: &[&Device]) -> bool {
    let Some((threshold, standings)) = standings(devices) else { return false };
    let who = |wanted: Standing| {
        let fitting = standings.iter().filter(move |(_, standing)| *standing == wanted);
        fitting.map(|(device, _)| *device)
    };
    let holders: Vec<&Device> = who(Standing::Active).chain(who(Standing::Voted)).collect();
    assert!(holders.len() >= threshold, "too few have voted: {}", holders.len());
    let others = |me: &Device, count: usize| -> Vec<&Device> {
        holders.iter().copied().filter(|device| device.name != me.name).take(count).collect()
    };
    while let Some(device) = holders.iter().find(|device| device.has_voted()) {
        device.meet(&["reshare", VAULT, "--resume"], &others(device, threshold - 1));
    }
    for device in who(Standing::Staged) {
        // The certificate is in the hello of whoever holds it.
        let fillers = others(device, threshold - 1);
        let mut joiners = vec![device];
        joiners.extend(&fillers[1..]);
        fillers[0].signs_with(&joiners);
    }
    let last = holders.last().expect("somebody");
    last.signs_with(&others(last, threshold - 1));
    last.signs_on_solana_with(&others(last, threshold - 1));
    true
}

#[test]
fn a_device_killed_at_any_moment_of_a_keygen_leaves_a_vault_to_all_or_to_none() {
    let words = ["keygen", VAULT, "--devices", "3"];
    let cast = |stage: &Stage| ["a", "b", "c"].map(|name| stage.device(name));
    let stage = Stage::new();
    let [a, b, c] = cast(&stage);
    let rehearsal = a.meet(&words, &[&b, &c]);
    at_once(&everywhere(&rehearsal, &[0, 1], "KILL"), |blow| {
        let stage = Stage::new();
        let [a, b, c] = cast(&stage);
        let ended = strike(&words, &[&a, &b, &c], blow);
        if !all_sign(&[&a, &b, &c]) {
            assert!(ended.iter().all(|ended| ended.events("vault").is_empty()), "{ended:#?}");
        }
    });
}

#[test]
fn a_device_killed_at_any_moment_of_a_reshare_leaves_the_old_or_the_new_sharing_able_to_sign() {
    let cast = |stage: &Stage| {
        let [a, b, c] = stage.vault();
        [a, b, stage.device("d"), stage.device("e"), c]
    };
    let stage = Stage::new();
    let [a, b, d, e, c] = cast(&stage);
    let leaves = c.party();
    let words = ["reshare", VAULT, "--devices", "4", "--remove", &leaves];
    let rehearsal = a.meet(&words, &[&b, &d, &e]);
    let address = a.address();
    at_once(&everywhere(&rehearsal, &[0, 1, 2], "KILL"), |blow| {
        let stage = Stage::new();
        let [a, b, d, e, c] = cast(&stage);
        strike(&words, &[&a, &b, &d, &e], blow);
        assert!(all_sign(&[&a, &b, &d, &e, &c]));
        assert_eq!(a.address(), address);
    });
}

#[test]
fn a_device_that_is_killed_or_freezes_at_any_moment_of_a_keysign_is_named_and_the_others_sign() {
    for chain in ["Ethereum", "Solana"] {
        let words = ["keysign", VAULT, "--message", "hello", "--chain", chain];
        let stage = Stage::new();
        let [a, b, _] = stage.vault();
        let rehearsal = a.meet(&words, &[&b]);
        let mut blows = everywhere(&rehearsal, &[1], "KILL");
        blows.extend(everywhere(&rehearsal, &[0], "STOP"));
        at_once(&blows, |blow| {
            let stage = Stage::new();
            let [a, b, c] = stage.vault();
            strike(&words, &[&a, &b], blow);
            c.signs_with(&[&a]);
            c.signs_on_solana_with(&[&b]);
        });
    }
}
