//! What the ceremony wants from the relay.

use std::time::Duration;

use quorate_relay::client::{Client, RelayError};
use quorate_vault::ceremony::{Answer, Ceremony, Want};
use quorate_wire::relay_api::{BaseUrl, PartyId, SessionId};
use tokio::task::JoinSet;

use super::unusable;
use crate::Failure;

/// Between two looks into a mailbox.
const RUNNING: Duration = Duration::from_millis(100);
/// Between two looks into the lobby of a relay that many share.
const LOBBY: Duration = Duration::from_secs(1);
/// The same at a relay of one's own.
const NEAR_LOBBY: Duration = Duration::from_millis(200);

/// How long to wait before asking again.
pub(super) fn pause(relay: &Client, ceremony: &Ceremony) -> Duration {
    let mail = |want: &Want| matches!(want, Want::Mailbox(_));
    if ceremony.wants().iter().any(mail) {
        RUNNING
    } else if *relay.base() == BaseUrl::public() {
        LOBBY
    } else {
        NEAR_LOBBY
    }
}

/// Everything that is wanted now, asked for at once. Nothing is lost if the answers are not waited for.
pub(super) async fn all(
    relay: &Client,
    ceremony: &Ceremony,
    pause: Duration,
) -> Result<Vec<Answer>, Failure> {
    tokio::time::sleep(pause).await;
    let session = &ceremony.meeting().session;
    let me = PartyId::parse(&ceremony.meeting().me)
        .map_err(|why| unusable("this device's name", &why))?;
    let mut calls = JoinSet::new();
    for want in ceremony.wants() {
        calls.spawn(fetch(relay.clone(), session.clone(), me.clone(), want));
    }
    let mut answers = Vec::new();
    while let Some(call) = calls.join_next().await {
        let answer = call.map_err(|error| unusable("an answer of the relay", &error))?;
        answers.push(answer?);
    }
    Ok(answers)
}

async fn fetch(
    relay: Client,
    session: SessionId,
    me: PartyId,
    want: Want,
) -> Result<Answer, RelayError> {
    let names = |parties: Vec<PartyId>| parties.iter().map(PartyId::to_string).collect();
    Ok(match want {
        Want::Participants => Answer::Participants(names(relay.participants(&session).await?)),
        Want::Started => Answer::Started(names(relay.committee(&session).await?)),
        Want::Setup(slot) => {
            let body = relay.setup(&session, &slot).await?;
            Answer::Setup(slot, body)
        }
        Want::Mailbox(slot) => {
            let messages = relay.mailbox(&session, &me, &slot).await?;
            Answer::Mailbox(slot, messages)
        }
        Want::Result(slot) => {
            let body = relay.signature(&session, &slot).await?;
            Answer::Result(slot, body)
        }
        Want::Finished => Answer::Finished(names(relay.finished(&session).await?)),
    })
}
