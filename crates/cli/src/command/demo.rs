//! `quorate demo`: the whole job, by five devices that are processes of their own.
//!
//! What is shown is what anybody can type: every device runs this very program, with a home of its own, against a
//! relay that is one more process.

mod cast;
mod stand_in;

use std::time::Instant;

use quorate_chain::chain::{self, CHAINS, Chain};
use quorate_chain::{U256, evm};
use serde_json::{Map, Value};

use self::cast::{Cast, Scene};
use self::stand_in::StandIn;
use crate::args::Demo;
use crate::node::{Node, NodeError, Pace};
use crate::output::{Event, Failure, Kind, Output, StepTime};

const VAULT: &str = "Demo";
/// What each payment sends, from the vault's address to itself.
const AMOUNT: &str = "0.001";

/// What a device says, a line.
type Said = Map<String, Value>;

pub(super) async fn run(output: &Output, args: &Demo) -> Result<(), Failure> {
    let mut cast = Cast::gather(output, args.keep).await?;
    let mut story =
        Story { output, cast: &mut cast, steps: Vec::new(), chain: "Ethereum", rpc: String::new() };
    let told = story.tell(args.rpc.as_deref()).await;
    let steps = core::mem::take(&mut story.steps);
    cast.leave(args.keep);
    told?;
    output.event(&Event::Demo { ok: true, steps });
    Ok(())
}

struct Story<'a, 'o> {
    output: &'o Output,
    cast: &'a mut Cast<'o>,
    steps: Vec<StepTime>,
    chain: &'static str,
    rpc: String,
}

impl Story<'_, '_> {
    async fn tell(&mut self, rpc: Option<&str>) -> Result<(), Failure> {
        let (broadcast, _stand_in) = self.choose_node(rpc).await?;

        let keygen = Scene::of("A", &["keygen", VAULT, "--devices", "3", "--threshold", "2"])
            .joined_by(&["B", "C"]);
        let said = self
            .play("keygen", "A, B and C generate a vault of which any two can sign", keygen)
            .await?;
        let parties = parties(&said)?;
        let leaves = parties
            .iter()
            .find(|party| party.starts_with("C-"))
            .ok_or_else(|| unexpected("C is not a member of the new vault"))?;
        let address = self.address("A").await?;
        if let Some(node) = broadcast {
            let to =
                address.parse().map_err(|why: evm::AddressError| unexpected(&why.to_string()))?;
            self.cast.interrupt.or(node.fund(to, U256::from(10_u64.pow(16)))).await??;
        }

        let send = self.send(&address, rpc.is_some());
        let send: Vec<&str> = send.iter().map(String::as_str).collect();
        self.play(
            "keysign",
            "A and B sign a payment (EIP-1559); C is asleep",
            Scene::of("A", &send).joined_by(&["B"]),
        )
        .await?;

        let reshare = ["reshare", VAULT, "--devices", "4", "--threshold", "3", "--remove", leaves];
        self.play(
            "reshare",
            "A and B replace C by D and add E: now any three of A, B, D, E can sign",
            Scene::of("A", &reshare).joined_by(&["B", "D", "E"]),
        )
        .await?;
        for device in ["A", "E"] {
            if self.address(device).await? != address {
                return Err(unexpected("the vault's address has changed"));
            }
        }

        self.play(
            "keysign_after_reshare",
            "A, D and E sign again, from the same address; C follows the same link with its old share, and is refused",
            Scene::of("A", &send).joined_by(&["D", "E"]).refusing("C"),
        )
        .await?;
        Ok(())
    }

    /// A real node, with money, or one that only knows what a payment needs to know.
    async fn choose_node(
        &mut self,
        rpc: Option<&str>,
    ) -> Result<(Option<Node>, Option<StandIn>), Failure> {
        let Some(url) = rpc else {
            let stand_in = StandIn::serve().await?;
            self.rpc.clone_from(&stand_in.url);
            return Ok((None, Some(stand_in)));
        };
        let connect = |chain| Node::connect(Some(url), chain, Pace::default());
        let usual =
            chain::find(self.chain).ok_or_else(|| unexpected("there is no chain of that name"))?;
        let node = match self.cast.interrupt.or(connect(usual)).await? {
            Err(NodeError::WrongChain { found, .. }) if of_id(found).is_some() => {
                let chain = of_id(found).unwrap_or(usual);
                self.chain = chain.name;
                self.cast.interrupt.or(connect(chain)).await??
            }
            node => node?,
        };
        url.clone_into(&mut self.rpc);
        Ok((Some(node), None))
    }

    fn send(&self, to: &str, broadcast: bool) -> Vec<String> {
        let words = [
            "send", VAULT, "--chain", self.chain, "--to", to, "--amount", AMOUNT, "--rpc",
            &self.rpc,
        ];
        let kept = (!broadcast).then_some("--no-broadcast");
        words.into_iter().chain(kept).map(str::to_owned).collect()
    }

    async fn address(&mut self, device: &str) -> Result<String, Failure> {
        let said = self.cast.play(Scene::of(device, &["address", VAULT, self.chain])).await?;
        let address = said.iter().find_map(|(_, line)| {
            line.get("data")?.get("addresses")?.get(0)?.get("address")?.as_str()
        });
        address
            .map(str::to_owned)
            .ok_or_else(|| unexpected("a device did not say the vault's address"))
    }

    async fn play(
        &mut self,
        step: &str,
        summary: &str,
        scene: Scene,
    ) -> Result<Vec<(String, Said)>, Failure> {
        self.output.event(&Event::Step { step: step.to_owned(), summary: summary.to_owned() });
        let began = Instant::now();
        let said = self.cast.play(scene).await?;
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.steps.push(StepTime { step: step.to_owned(), ms });
        Ok(said)
    }
}

/// The members of the vault that the first device reports.
fn parties(said: &[(String, Said)]) -> Result<Vec<String>, Failure> {
    let vault =
        said.iter().find(|(_, line)| line.get("event").is_some_and(|event| event == "vault"));
    let parties = vault.and_then(|(_, line)| line.get("parties")?.as_array());
    let names = parties
        .map(|list| list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
    names.ok_or_else(|| unexpected("no device reported the vault"))
}

fn of_id(id: U256) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.evm().is_some_and(|evm| U256::from(evm.chain_id) == id))
}

fn unexpected(what: &str) -> Failure {
    Failure::new(Kind::Unexpected, what, "run it again with --keep and look at the homes it names")
}
