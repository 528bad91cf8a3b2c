//! The terminal as a device's person: what it is asked, and what it is told.

use quorate_device::{self as device, Answer, Event};
use quorate_vault::ceremony::{self, Decision, Proposal, Request, Suite};
use quorate_vault::store::Trust;

use super::{Person, ask_in_the_background};
use crate::output::{self, Failure, Output, plain};

/// The person at this terminal, and both streams.
#[derive(Clone, Copy)]
pub(crate) struct Terminal<'a> {
    pub(crate) output: &'a Output,
    pub(crate) person: Person,
}

impl Terminal<'_> {
    /// Before anybody is invited: what will have to be approved later can be.
    ///
    /// # Errors
    ///
    /// Exit 12 if there is nobody to ask.
    pub(crate) fn may_be_asked(&self) -> Result<(), Failure> {
        self.person.can_answer("whether to take part, once it is known in what and with whom")
    }
}

impl device::Person for Terminal<'_> {
    /// Shows what is to be approved, and asks unless the answer is given.
    fn ask(&self, request: Request) -> Answer {
        let question = question(&request.proposal);
        self.output.event(&approve(request));
        if self.person.says_yes() {
            return Box::pin(std::future::ready(Decision::Approve));
        }
        let answer = ask_in_the_background(self.output, question);
        Box::pin(async {
            // A terminal that went away has not said yes.
            if answer.await.unwrap_or(false) { Decision::Approve } else { Decision::Refuse }
        })
    }

    fn show(&self, event: Event) {
        let output = self.output;
        match event {
            Event::Ceremony(news) => output.event(&news.into()),
            Event::Silent { parties, since } => output.progress(&format!(
                "waiting for {}, silent for {} s",
                plain(&parties.join(", ")),
                since.as_secs()
            )),
            Event::Unheard(failure) => {
                output.warn(&format!("the others may not have heard of it: {}", failure.what()));
            }
            Event::Link { link, session, relay } => {
                output.event(&output::Event::Link { link, session, relay: relay.to_string() });
            }
            Event::MeetingAt(relay) => output.note(&format!("meeting at {relay}")),
            Event::NobodyAt(relay) => output.note(&format!("nobody answers at {relay}")),
            Event::Searching { service, patience } => {
                output.event(&output::Event::Searching { service, seconds: patience.as_secs() });
            }
            Event::FoundAt(relay) => output.note(&format!("found at {relay}")),
            Event::OtherPort { port, usual } => output.warn(&format!(
                "port {usual} is in use, so the relay is served on port {port}: other clients that do not look for \
                 the port, but expect {usual}, will not find it"
            )),
            Event::NoNetwork => output.warn(
                "this machine has no address on a network: only devices on this machine can join; give --advertise \
                 ADDR if you know one",
            ),
            Event::NotAnnounced(why) => {
                output.warn(&format!("the relay cannot be announced on the local network: {why}"));
            }
            Event::ServingUntilFinished(missing) => output.progress(&format!(
                "serving the relay until {} has finished",
                missing.join(", ")
            )),
            Event::ServingUntilTold { why } => {
                output.note(&format!("{}; serving the relay until the others know", plain(&why)));
            }
        }
    }
}

/// What is asked: nobody says yes to what cannot be seen, or to what is dangerous, as they would to anything else.
fn question(proposal: &Proposal) -> &'static str {
    match proposal {
        Proposal::Sign { reading, .. } if reading.is_blind() => "Sign what cannot be shown?",
        Proposal::Sign { reading, .. } if reading.gates().next().is_some() => {
            "Sign in spite of the warnings?"
        }
        _ => "Take part?",
    }
}

/// What is to be approved, as an event.
pub(crate) fn approve(request: Request) -> output::Event {
    output::Event::Approve {
        ceremony: request.ceremony.to_owned(),
        summary: summary(&request.lines()),
        proposal: request.proposal,
        committee: request.committee,
        threshold: request.threshold,
        open: request.trust == Trust::Mixed,
    }
}

/// A line each. A line break inside one cannot pass for the next.
fn summary(lines: &[String]) -> String {
    lines.iter().map(|line| line.replace('\n', "\n    ")).collect::<Vec<_>>().join("\n")
}

impl From<ceremony::Event> for output::Event {
    fn from(news: ceremony::Event) -> Self {
        match news {
            ceremony::Event::Joined { party, count, needed } => {
                Self::Joined { party, count, needed }
            }
            ceremony::Event::Progress { ceremony, key, chain, round, of } => {
                let key = match key {
                    Suite::Ecdsa => "ecdsa",
                    Suite::Eddsa => "eddsa",
                };
                Self::Progress { ceremony: ceremony.to_owned(), key, chain, round, of }
            }
            ceremony::Event::Activated { vault, epoch } => Self::Activated { vault, epoch },
            ceremony::Event::Banned { party, check } => Self::Banned { party, check },
        }
    }
}

#[cfg(test)]
mod tests {
    use quorate_chain::Reading;
    use quorate_chain::reading::{Blind, Warning};

    use super::*;

    #[test]
    fn what_is_blind_or_dangerous_is_asked_for_in_its_own_words() {
        let asked = |blind, warnings| {
            let reading = Reading {
                chain: "Ethereum",
                path: None,
                items: Vec::new(),
                fee: None,
                nonces: Vec::new(),
                expires: None,
                blind,
                warnings,
                application: None,
            };
            question(&Proposal::Sign { reading: Box::new(reading), strangers: Vec::new() })
        };
        assert_eq!(asked(None, Vec::new()), "Take part?");
        assert_eq!(asked(None, vec![Warning::AllowsMore]), "Take part?");
        assert_eq!(asked(None, vec![Warning::ToNobody]), "Sign in spite of the warnings?");
        let blind = Some(Blind::Digest);
        assert_eq!(asked(blind, vec![Warning::ToNobody]), "Sign what cannot be shown?");
    }

    #[test]
    fn a_message_cannot_pass_for_another_line_of_what_is_approved() {
        let lines =
            ["message: hello\nsend 0 ETH".to_owned(), "with the key of Ethereum".to_owned()];
        assert_eq!(summary(&lines), "message: hello\n    send 0 ETH\nwith the key of Ethereum");
    }
}
