//! `quorate tx`: the journal of transactions.

use std::time::Duration;

use quorate_node::Pace;
use quorate_node::evm::{Node, Status};
use quorate_vault::store::{Entry, Progress, Store, Vault};
use serde::Serialize;

use crate::args::{Globals, TxCommand};
use crate::home;
use crate::host::{self, Host};
use crate::journal::{self, word};
use crate::output::{Failure, Kind, Output, plain};

/// What is read from the journal alone.
pub(super) fn run(globals: &Globals, output: &Output, command: &TxCommand) -> Result<(), Failure> {
    match command {
        TxCommand::List { vault } => list(globals, output, vault.as_deref()),
        TxCommand::Show { txid } => show(globals, output, txid),
        TxCommand::Follow { txid, rpc } => super::runtime()?.block_on(async {
            let (mut host, entry, node) = asked(globals, output, txid, rpc).await?;
            let patience = globals.timeout.map_or(PATIENCE, Duration::from_secs);
            follow(&mut host, output, &entry, &node, patience).await
        }),
        TxCommand::Broadcast { txid, rpc } => super::runtime()?.block_on(async {
            let (mut host, entry, node) = asked(globals, output, txid, rpc).await?;
            let (_, signed) = journal::signed_of(&entry).ok_or_else(|| no_bytes(&entry))?;
            journal::hand_over(&mut host.store, output, &node, &signed).await
        }),
    }
}

#[derive(Serialize)]
struct List<'a> {
    transactions: Vec<View<'a>>,
}

/// One transaction, as programs read it.
#[derive(Serialize)]
struct View<'a> {
    txid: &'a str,
    /// `signed`, `handed`, `included`, `failed` or `replaced`.
    state: &'static str,
    /// When it was signed, in seconds since 1970.
    at: u64,
    /// The vault's name; its key if it is not on this device any more. Absent for what an earlier version kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    vault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<&'a str>,
    /// What was approved, a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    /// The bytes that the chain executes, hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

impl<'a> View<'a> {
    fn of(entry: &'a Entry, vaults: &[Vault], whole: bool) -> Self {
        let what = entry.what.as_ref();
        let name =
            |key| vaults.iter().find(|vault| vault.key == key).map(|vault| vault.name.clone());
        Self {
            txid: &entry.txid,
            state: word(entry.progress),
            at: entry.at.0,
            vault: what.map(|what| name(what.vault).unwrap_or_else(|| what.vault.to_string())),
            chain: what.map(|what| what.chain.as_str()),
            summary: what.map(|what| what.summary.as_str()),
            raw: what.filter(|_| whole).map(|what| hex::encode(&what.raw)),
        }
    }

    /// A line of the list.
    fn line(&self) -> String {
        let first = self.summary.and_then(|summary| summary.lines().next()).unwrap_or_default();
        let chain = self.chain.unwrap_or("unknown");
        plain(format!("{}  {:<8}  {chain:<9}  {first}", self.txid, self.state).trim_end())
    }
}

fn list(globals: &Globals, output: &Output, vault: Option<&str>) -> Result<(), Failure> {
    let vaults = home::look(globals)?;
    let only = vault.map(|name| home::find(&vaults, name)).transpose()?.map(|vault| vault.key);
    let journal = home::journal(globals)?;
    let wanted =
        |entry: &&Entry| only.is_none() || entry.what.as_ref().map(|what| what.vault) == only;
    let views: Vec<View<'_>> =
        journal.iter().filter(wanted).map(|entry| View::of(entry, &vaults, false)).collect();
    if views.is_empty() {
        output.note("This device has signed no transactions.");
    }
    let lines: Vec<String> = views.iter().map(View::line).collect();
    output.document(&List { transactions: views }, &lines.join("\n"));
    Ok(())
}

fn show(globals: &Globals, output: &Output, txid: &str) -> Result<(), Failure> {
    let (vaults, journal) = (home::look(globals)?, home::journal(globals)?);
    let view = View::of(journal::find(&journal, txid)?, &vaults, true);
    let mut lines = vec![view.txid.to_owned(), format!("  {}", view.state)];
    lines.extend(view.vault.iter().map(|vault| format!("  vault  {vault}")));
    lines.extend(view.chain.iter().map(|chain| format!("  chain  {chain}")));
    lines.extend(view.summary.iter().flat_map(|text| text.lines()).map(|line| format!("  {line}")));
    lines.extend(view.raw.iter().map(|raw| format!("  bytes  {raw}")));
    output.document(&view, &plain(&lines.join("\n")));
    Ok(())
}

/// The entry that is meant, and its chain's node.
async fn asked<'a>(
    globals: &Globals,
    output: &'a Output,
    txid: &str,
    rpc: &str,
) -> Result<(Host<'a>, Entry, Node), Failure> {
    let mut host = host::open(globals, output, false)?;
    let entry = journal::find(&host.store.journal()?, txid)?.clone();
    let (chain, _) = journal::signed_of(&entry).ok_or_else(|| no_bytes(&entry))?;
    let node = host.interrupt.or(Node::connect(rpc, chain, Pace::default())).await??;
    Ok((host, entry, node))
}

/// How often a node is asked for a transaction that waits.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a transaction is followed, unless `--timeout` says.
const PATIENCE: Duration = Duration::from_mins(10);

async fn follow(
    host: &mut Host<'_>,
    output: &Output,
    entry: &Entry,
    node: &Node,
    patience: Duration,
) -> Result<(), Failure> {
    let Some(id) = journal::id(&entry.txid) else { return Err(no_bytes(entry)) };
    let began = std::time::Instant::now();
    loop {
        let status = host.interrupt.or(node.status(&id)).await??;
        let progress = match journal::heard(status) {
            Some(progress) => Some(progress),
            None if host.interrupt.or(overtaken(entry, node)).await?? => Some(Progress::Replaced),
            None => None,
        };
        if let Some(progress) = progress.filter(|progress| *progress != entry.progress) {
            journal::progressed(&mut host.store, &entry.txid, progress)?;
        }
        match (status, progress) {
            (Status::Included(receipt), Some(Progress::Included)) => {
                let Entry { txid, .. } = entry;
                let text = format!("{txid} is in block {}", receipt.block);
                output.document(
                    &Followed { txid, state: "included", block: Some(receipt.block) },
                    &text,
                );
                return Ok(());
            }
            (Status::Included(receipt), _) => {
                return Err(Failure::new(
                    Kind::Refused,
                    format!(
                        "{} is in block {}, and failed: the fee is paid, and nothing else has happened",
                        entry.txid, receipt.block
                    ),
                    "look at the contract that was called",
                ));
            }
            (_, Some(Progress::Replaced)) => {
                return Err(Failure::new(
                    Kind::NotFound,
                    format!("another transaction has taken the place of {}", entry.txid),
                    "see 'quorate tx list' for the one that did",
                ));
            }
            _ if began.elapsed() > patience => {
                return Err(Failure::new(
                    Kind::NotFound,
                    format!("no block includes {} yet", entry.txid),
                    "follow it again later, or raise its fee with 'quorate send VAULT --replace'",
                ));
            }
            _ => {
                output.progress(&format!("waiting for a block to include {}", entry.txid));
                host.interrupt.or(tokio::time::sleep(PAUSE)).await?;
            }
        }
    }
}

#[derive(Serialize)]
struct Followed<'a> {
    txid: &'a str,
    state: &'static str,
    block: Option<u64>,
}

/// Whether the sender's later numbers are in blocks, so that this transaction can never be.
async fn overtaken(entry: &Entry, node: &Node) -> Result<bool, Failure> {
    let read =
        entry.what.as_ref().and_then(|what| quorate_chain::evm::Transaction::read(&what.raw));
    let Some((transaction, sender)) = read else { return Ok(false) };
    Ok(node.nonces(sender).await?.latest > transaction.nonce)
}

fn no_bytes(entry: &Entry) -> Failure {
    Failure::new(
        Kind::Invalid,
        format!("this device has not kept the bytes of {}", entry.txid),
        "ask the device that sent it, or an explorer of its chain",
    )
}
