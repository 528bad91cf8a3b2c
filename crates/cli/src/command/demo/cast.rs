//! The demo's devices: processes of this very program, and what they say.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Said;
use crate::home::system_rng;
use crate::interrupt;
use crate::output::{Failure, Kind, Output};
use quorate_device::Interrupt;

/// One ceremony: who starts it with which words, and who follows the link.
pub(super) struct Scene {
    initiator: String,
    words: Vec<String>,
    joiners: Vec<String>,
    refused: Option<String>,
}

impl Scene {
    pub(super) fn of<W: Into<String>>(initiator: &str, words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { initiator: initiator.to_owned(), words, joiners: Vec::new(), refused: None }
    }

    pub(super) fn joined_by(self, joiners: &[&str]) -> Self {
        Self { joiners: joiners.iter().map(|&joiner| joiner.to_owned()).collect(), ..self }
    }

    /// This one follows the link too, and must end with exit code 7.
    pub(super) fn refusing(self, device: &str) -> Self {
        Self { refused: Some(device.to_owned()), ..self }
    }
}

enum News {
    Said { device: String, line: Said },
    Ended { device: String, code: Option<i32> },
}

/// A process that plays a part; killed when it is dropped.
struct Actor(JoinHandle<()>);

impl Drop for Actor {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The relay, the devices' homes, and everybody's words.
pub(super) struct Cast<'o> {
    pub(super) interrupt: Interrupt,
    output: &'o Output,
    program: PathBuf,
    stage: PathBuf,
    relay: String,
    news: mpsc::UnboundedReceiver<News>,
    say: mpsc::UnboundedSender<News>,
    relay_process: Actor,
}

impl<'o> Cast<'o> {
    /// Makes the stage and starts the relay.
    pub(super) async fn gather(output: &'o Output, keep: bool) -> Result<Self, Failure> {
        let interrupt = interrupt::listen()?;
        let program =
            std::env::current_exe().map_err(|error| cannot("find this program", &error))?;
        let stage = std::env::temp_dir().join(format!("quorate-demo-{}", random_hex::<6>()));
        make_private(&stage).map_err(|error| cannot("make a directory for the devices", &error))?;
        if keep {
            output.note(&format!("The devices' homes are in {}", stage.display()));
        }
        let (say, mut news) = mpsc::unbounded_channel();
        let listen = ["relay", "--listen", "127.0.0.1:0", "--json"];
        let relay_process = start(Command::new(&program).args(listen), "relay", &say)?;
        let relay = match news.recv().await {
            Some(News::Said { device, line }) => {
                let url = line.get("url").and_then(Value::as_str).map(str::to_owned);
                repeat(output, &device, line);
                url
            }
            _ => None,
        };
        let relay = relay.ok_or_else(|| {
            Failure::new(
                Kind::Unexpected,
                "the demo's relay did not start",
                "try 'quorate relay --listen 127.0.0.1:0'",
            )
        })?;
        Ok(Self { interrupt, output, program, stage, relay, news, say, relay_process })
    }

    /// Plays a scene to its end: everybody but the refused device must succeed.
    pub(super) async fn play(&mut self, scene: Scene) -> Result<Vec<(String, Said)>, Failure> {
        let mut acting = BTreeMap::new();
        self.enter(&mut acting, &scene.initiator, &scene.words)?;
        let mut said: Vec<(String, Said)> = Vec::new();
        while !acting.is_empty() {
            match self.interrupt.or(self.news.recv()).await? {
                Some(News::Said { device, line }) => {
                    let link = line.get("link").and_then(Value::as_str);
                    if let Some(link) = link.filter(|_| device == scene.initiator) {
                        for joiner in scene.joiners.iter().chain(&scene.refused) {
                            self.enter(&mut acting, joiner, &["join".to_owned(), link.to_owned()])?;
                        }
                    }
                    repeat(self.output, &device, line.clone());
                    said.push((device, line));
                }
                Some(News::Ended { device, code }) => {
                    acting.remove(&device);
                    self.judge(&scene, &device, code, &said)?;
                }
                None => return Err(lost("every device")),
            }
        }
        Ok(said)
    }

    /// Whether a device ended as it should have.
    fn judge(
        &self,
        scene: &Scene,
        device: &str,
        code: Option<i32>,
        said: &[(String, Said)],
    ) -> Result<(), Failure> {
        let refused = scene.refused.as_deref() == Some(device);
        let last = said.iter().rev().find(|(name, _)| name == device).map(|(_, line)| line);
        let field =
            |line: &Said, name: &str| line.get(name).and_then(Value::as_str).map(str::to_owned);
        let words = |name| {
            last.and_then(|line| {
                field(line.get("error").and_then(Value::as_object).unwrap_or(line), name)
            })
        };
        match code {
            Some(7) if refused => {
                self.output.note(&format!(
                    "{device} is refused: {}",
                    words("message").unwrap_or_default()
                ));
                Ok(())
            }
            Some(0) if refused => Err(Failure::new(
                Kind::Unexpected,
                format!("{device} was not refused"),
                "please report this",
            )),
            Some(0) => Ok(()),
            _ => Err(Failure::new(
                Kind::Unexpected,
                format!(
                    "device {device} failed: {}",
                    words("message").unwrap_or_else(|| "it said nothing".into())
                ),
                words("hint")
                    .unwrap_or_else(|| "run it again with --keep and look at its home".into()),
            )),
        }
    }

    /// Starts a device with these words.
    fn enter(
        &self,
        acting: &mut BTreeMap<String, Actor>,
        device: &str,
        words: &[String],
    ) -> Result<(), Failure> {
        let home = self.stage.join(device);
        let passphrase = self.stage.join(format!("{device}.passphrase"));
        if !passphrase.exists() {
            write_private(&passphrase, &random_hex::<16>())
                .map_err(|error| cannot("write a passphrase", &error))?;
        }
        let mut command = Command::new(&self.program);
        command.args(words).args(["--json", "--yes", "--device", device, "--relay", &self.relay]);
        command.arg("--home").arg(home).arg("--passphrase-file").arg(passphrase);
        acting.insert(device.to_owned(), start(&mut command, device, &self.say)?);
        Ok(())
    }

    /// Takes the stage down.
    pub(super) async fn leave(self, keep: bool) {
        drop(self.relay_process);
        if keep {
            return;
        }
        // A device that was killed may still be at its last write.
        let mut removed = fs::remove_dir_all(&self.stage);
        for _ in 0..10 {
            if removed.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            removed = fs::remove_dir_all(&self.stage);
        }
        if let Err(error) = removed {
            self.output.warn(&format!("{} could not be removed: {error}", self.stage.display()));
        }
    }
}

/// Starts a process whose lines, and end, become news.
fn start(
    command: &mut Command,
    device: &str,
    say: &mpsc::UnboundedSender<News>,
) -> Result<Actor, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    for inherited in ["QUORATE_HOME", "QUORATE_DEVICE", "QUORATE_RELAY"] {
        command.env_remove(inherited);
    }
    let mut child = command.spawn().map_err(|error| cannot("start a device", &error))?;
    let stdout = child.stdout.take().ok_or_else(|| lost(device))?;
    let (device, say) = (device.to_owned(), say.clone());
    Ok(Actor(tokio::spawn(async move {
        let mut lines = BufReader::new(stdout).lines();
        // Nobody listens any more once the demo has ended.
        while let Ok(Some(line)) = lines.next_line().await {
            if let Ok(line) = serde_json::from_str(&line) {
                let _ = say.send(News::Said { device: device.clone(), line });
            }
        }
        let code = child.wait().await.ok().and_then(|status| status.code());
        let _ = say.send(News::Ended { device, code });
    })))
}

fn repeat(output: &Output, device: &str, mut line: Said) {
    if output.is_json() {
        if !line.contains_key("event") {
            return;
        }
        line.insert("device".to_owned(), Value::from(device));
        output.json_line(&line);
        return;
    }
    let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| line.get(name).and_then(Value::as_u64).unwrap_or_default();
    match text("event").as_str() {
        "progress" => output.progress(&format!(
            "{device}: {} round {} of {}",
            text("ceremony"),
            number("round"),
            number("of")
        )),
        "vault" => output.note(&format!("  {device} holds a share, epoch {}", number("epoch"))),
        "signature" => output.note(&format!(
            "  {device} has the signature {}…",
            text("signature").get(..16).unwrap_or_default()
        )),
        "transaction" => output.note(&format!("  {device} has the transaction {}", text("txid"))),
        _ => {}
    }
}

fn random_hex<const N: usize>() -> String {
    let mut bytes = [0; N];
    system_rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

fn cannot(what: &str, error: &io::Error) -> Failure {
    Failure::new(
        Kind::Unexpected,
        format!("the demo cannot {what}: {error}"),
        "check the temporary directory (TMPDIR)",
    )
}

fn lost(device: &str) -> Failure {
    Failure::new(
        Kind::Unexpected,
        format!("{device} of the demo went silent"),
        "run it again with --keep",
    )
}

#[cfg(unix)]
fn make_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(directory)
}

#[cfg(unix)]
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?
        .write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> io::Result<()> {
    fs::create_dir(directory)
}

#[cfg(not(unix))]
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    fs::write(file, text)
}
