//! `quorate demo`: the whole job, by five devices that are processes of their own.
//!
//! What is shown is what anybody can type: every device runs this very program, with a home of its own, against a
//! relay that is one more process.

mod cast;
mod solana;
mod stand_in;

use std::time::Instant;

use quorate_chain::U256;
use quorate_chain::chain::{self, CHAINS, Chain};
use quorate_chain::evm::AddressError;
use quorate_node::evm::Node;
use quorate_node::{NodeError, Pace};
use serde_json::{Map, Value};

use self::cast::{Cast, Scene};
use self::solana::Payment;
use self::stand_in::StandIn;
use crate::args::Demo;
use crate::output::{Event, Failure, Kind, Output, StepTime};

const VAULT: &str = "Demo";
const CHAIN: &str = "Ethereum";
const SOLANA: &str = "Solana";
/// What the two payments send, from the vault's address to itself. The same amount again would be the same payment.
const AMOUNTS: [&str; 2] = ["0.001", "0.002"];
/// What the vault gets from a development node, in wei: enough for both payments and their fees.
const FUNDS: u64 = 100_000_000_000_000_000;

/// What a device says, a line.
type Said = Map<String, Value>;

pub(super) async fn run(output: &Output, args: &Demo) -> Result<(), Failure> {
    let mut cast = Cast::gather(output, args.keep).await?;
    let told = match Purse::open(args.rpc.as_deref(), &mut cast).await {
        Ok(purse) => Story { output, cast: &mut cast, purse, steps: Vec::new() }.tell().await,
        Err(failure) => Err(failure),
    };
    cast.leave(args.keep).await;
    output.event(&Event::Demo { ok: true, steps: told? });
    Ok(())
}

/// Where the payments go.
enum Purse {
    /// To a node, which also gives the vault something to pay with.
    Node { node: Node, chain: &'static Chain, url: String },
    /// Nowhere: they are signed and verified.
    StandIn(StandIn),
}

impl Purse {
    async fn open(rpc: Option<&str>, cast: &mut Cast<'_>) -> Result<Self, Failure> {
        let Some(url) = rpc else {
            return Ok(Self::StandIn(StandIn::serve().await?));
        };
        let connect = |chain| Node::connect(url, chain, Pace::default());
        let usual =
            chain::find(CHAIN).ok_or_else(|| unexpected("there is no chain of that name"))?;
        let connected = cast.interrupt.or(connect(usual)).await?;
        let other = match &connected {
            Err(NodeError::WrongChain { found, .. }) => of_id(*found),
            _ => None,
        };
        let (node, chain) = match other {
            Some(chain) => (cast.interrupt.or(connect(chain)).await??, chain),
            None => (connected?, usual),
        };
        Ok(Self::Node { node, chain, url: url.to_owned() })
    }

    fn chain(&self) -> &'static str {
        match self {
            Self::Node { chain, .. } => chain.name,
            Self::StandIn(_) => CHAIN,
        }
    }

    /// The words that pay to `address`.
    fn send(&self, address: &str, amount: &str) -> Vec<String> {
        let (url, kept) = match self {
            Self::Node { url, .. } => (url, None),
            Self::StandIn(stand_in) => (&stand_in.url, Some("--no-broadcast")),
        };
        let words = ["send", VAULT, "--chain", self.chain(), "--to", address, "--amount", amount];
        words.into_iter().chain(["--rpc", url]).chain(kept).map(str::to_owned).collect()
    }
}

struct Story<'a, 'o> {
    output: &'o Output,
    cast: &'a mut Cast<'o>,
    purse: Purse,
    steps: Vec<StepTime>,
}

impl Story<'_, '_> {
    async fn tell(mut self) -> Result<Vec<StepTime>, Failure> {
        let [first, second] = AMOUNTS;
        let keygen = ["keygen", VAULT, "--devices", "3", "--threshold", "2"];
        let said = self
            .play(
                "keygen",
                "A, B and C generate a vault of which any two can sign.",
                Scene::of("A", keygen).joined_by(&["B", "C"]),
            )
            .await?;
        let leaves = member(&said, "C")?;
        let addresses = self.addresses("A").await?;
        let [address, on_solana] = &addresses;
        self.output.note(&format!("  its address on {} is {address}", self.purse.chain()));
        self.output.note(&format!("  its address on {SOLANA} is {on_solana}"));
        self.fund(address).await?;

        let said = self
            .play(
                "keysign",
                "A and B sign a payment (EIP-1559). C is asleep.",
                Scene::of("A", self.purse.send(address, first)).joined_by(&["B"]),
            )
            .await?;
        self.settle(&said).await?;

        let payment = Payment::of(on_solana)?;
        let said = self
            .play(
                "keysign_solana",
                "B and C sign a payment on Solana, with the vault's other key. A is asleep.",
                Scene::of("B", payment.words(VAULT)).joined_by(&["C"]),
            )
            .await?;
        self.verify(&payment, &said)?;

        let reshare = ["reshare", VAULT, "--devices", "4", "--threshold", "3", "--remove", &leaves];
        self.play(
            "reshare",
            "A and B put D in C's place and add E: from now on any three of A, B, D and E can sign.",
            Scene::of("A", reshare).joined_by(&["B", "D", "E"]),
        )
        .await?;
        for device in ["A", "E"] {
            if self.addresses(device).await? != addresses {
                return Err(unexpected("the vault's addresses have changed"));
            }
        }

        let said = self
            .play(
                "keysign_after_reshare",
                "A, D and E sign from the same address. C follows their link with its old share.",
                Scene::of("A", self.purse.send(address, second))
                    .joined_by(&["D", "E"])
                    .refusing("C"),
            )
            .await?;
        self.settle(&said).await?;

        let payment = Payment::of(on_solana)?;
        let said = self
            .play(
                "keysign_solana_after_reshare",
                "E, B and D do the same on Solana. C tries there, too.",
                Scene::of("E", payment.words(VAULT)).joined_by(&["B", "D"]).refusing("C"),
            )
            .await?;
        self.verify(&payment, &said)?;
        Ok(self.steps)
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

    /// The vault's addresses on the payments' chain and on Solana, as a device derives them from its own shares.
    async fn addresses(&mut self, device: &str) -> Result<[String; 2], Failure> {
        let words = ["address", VAULT, self.purse.chain(), SOLANA];
        let said = self.cast.play(Scene::of(device, words)).await?;
        let address = |line: &Said, place: usize| {
            let address = line.get("data")?.get("addresses")?.get(place)?.get("address")?;
            address.as_str().map(str::to_owned)
        };
        said.iter()
            .find_map(|(_, line)| Some([address(line, 0)?, address(line, 1)?]))
            .ok_or_else(|| unexpected("a device did not say the vault's addresses"))
    }

    async fn fund(&mut self, address: &str) -> Result<(), Failure> {
        if let Purse::Node { node, .. } = &self.purse {
            let to = address.parse().map_err(|why: AddressError| unexpected(&why.to_string()))?;
            self.cast.interrupt.or(node.fund(to, U256::from(FUNDS))).await??;
        }
        Ok(())
    }

    fn verify(&self, payment: &Payment, said: &[(String, Said)]) -> Result<(), Failure> {
        payment.verify(said)?;
        self.output.note("  and an implementation of Ed25519 that is not ours verifies it");
        Ok(())
    }

    /// Waits until the chain has executed what was broadcast.
    async fn settle(&mut self, said: &[(String, Said)]) -> Result<(), Failure> {
        if let Purse::Node { node, .. } = &self.purse {
            let txid = said.iter().find_map(|(_, line)| line.get("txid")?.as_str());
            let mut hash = [0; 32];
            hex::decode_to_slice(txid.unwrap_or_default(), &mut hash)
                .map_err(|_| unexpected("no device reported the transaction"))?;
            self.cast.interrupt.or(node.included(&hash)).await??;
            self.output.note("  and the chain has executed it");
        }
        Ok(())
    }
}

/// The full name of a device in the vault that was just made.
fn member(said: &[(String, Said)], device: &str) -> Result<String, Failure> {
    let vault = said.iter().find_map(|(_, line)| line.get("parties")?.as_array());
    let mut names = vault.into_iter().flatten().filter_map(Value::as_str);
    names
        .find(|name| name.starts_with(&format!("{device}-")))
        .map(str::to_owned)
        .ok_or_else(|| unexpected("a device is missing in the new vault"))
}

fn of_id(id: U256) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.evm().is_some_and(|evm| U256::from(evm.chain_id) == id))
}

fn unexpected(what: &str) -> Failure {
    Failure::new(
        Kind::Unexpected,
        what,
        "run it again with --keep and look at the homes that it names",
    )
}
