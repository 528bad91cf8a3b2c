//! How many times a second a relay on this machine answers a poll of a mailbox.
//!
//! `cargo run --release -p quorate-relay --example requests_per_second`

use std::error::Error;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use quorate_relay::client::Client;
use quorate_relay::server::{Limits, serve};
use quorate_wire::relay_api::{BaseUrl, Message, Namespace, PartyId, SessionId};
use tokio::net::TcpListener;

/// How long each measurement takes.
const SPAN: Duration = Duration::from_secs(3);
/// Polls under way at the same time.
const POLLERS: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&BaseUrl::parse(&format!("http://{}", listener.local_addr()?))?)?;
    let limits = Limits { rate: NonZeroU32::MAX, burst: NonZeroU32::MAX, ..Limits::default() };
    let server = tokio::spawn(serve(listener, limits, std::future::pending()));

    let (sid, party) = (SessionId::parse("s")?, PartyId::parse("B-2")?);
    for (what, letters, length) in
        [("empty", 0, 0), ("one 400-byte message", 1, 400), ("two 66 kB messages", 2, 66_000)]
    {
        let namespace = Namespace::parse(&format!("{letters}-{length}"))?;
        for hash in 0..letters {
            let message = Message {
                session_id: sid.clone(),
                from: PartyId::parse("A-1")?,
                to: vec![party.clone()],
                body: "x".repeat(length),
                hash: hash.to_string(),
                sequence_no: 0,
            };
            client.post(&namespace, &message).await?;
        }
        let start = Instant::now();
        let pollers = (0..POLLERS).map(|_| {
            let (client, sid, party) = (client.clone(), sid.clone(), party.clone());
            let namespace = namespace.clone();
            tokio::spawn(async move {
                let mut polls = 0_u32;
                while start.elapsed() < SPAN {
                    client.mailbox(&sid, &party, &namespace).await?;
                    polls += 1;
                }
                Ok::<_, Box<dyn Error + Send + Sync>>(polls)
            })
        });
        let mut polls = 0;
        for poller in pollers.collect::<Vec<_>>() {
            polls += poller.await??;
        }
        let rate = f64::from(polls) / start.elapsed().as_secs_f64();
        println!("GET mailbox, {what}: {rate:.0} requests/s");
    }
    server.abort();
    Ok(())
}
