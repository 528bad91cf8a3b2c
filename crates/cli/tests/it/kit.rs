//! Running the program, and what it leaves behind.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// The program, without anything inherited from whoever runs the tests.
pub(crate) fn quorate<W: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = W>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUORATE_") {
            command.env_remove(name);
        }
    }
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The one document on standard output.
    pub(crate) fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("not one document: {self:?}"))
    }

    /// The events on standard output.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect()
    }

    /// The only event of this name.
    pub(crate) fn event(&self, name: &str) -> Value {
        let mut found: Vec<Value> =
            self.events().into_iter().filter(|event| event["event"] == name).collect();
        assert_eq!(found.len(), 1, "{name}: {self:?}");
        found.remove(0)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Runs it to its end.
pub(crate) fn run<W: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = W>) -> Ran {
    quorate(words).output().expect("the program starts").into()
}

/// A directory that goes away.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("quorate-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A run that is still going on; killed if the test ends before it.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
    seen: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, lines, seen: String::new() }
    }

    /// Reads up to the event of this name.
    pub(crate) fn until(&mut self, name: &str) -> Value {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).expect("a line");
            assert_ne!(read, 0, "ended before '{name}': {}", self.seen);
            self.seen.push_str(&line);
            let event: Value = serde_json::from_str(&line).expect("a line of JSON");
            if event["event"] == name {
                return event;
            }
        }
    }

    /// As Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill");
        assert!(sent.success());
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ran {
        std::io::Read::read_to_string(&mut self.lines, &mut self.seen).expect("UTF-8");
        let mut stderr = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            std::io::Read::read_to_string(&mut pipe, &mut stderr).expect("UTF-8");
        }
        let code = self.child.wait().expect("an end").code();
        Ran { code, stdout: core::mem::take(&mut self.seen), stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, where a test came to its own end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A relay of its own for a test.
pub(crate) struct Relay {
    pub(crate) url: String,
    _running: Running,
}

impl Relay {
    pub(crate) fn start() -> Self {
        let mut running =
            Running::start(&mut quorate(["relay", "--listen", "127.0.0.1:0", "--json"]));
        let url = running.until("listening")["url"].as_str().expect("a URL").to_owned();
        Self { url, _running: running }
    }
}

/// A device: a home, a name, a passphrase.
pub(crate) struct Device {
    pub(crate) home: Scratch,
    name: &'static str,
}

pub(crate) const PASSPHRASE: &str = "correct horse";

impl Device {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { home: Scratch::new(), name }
    }

    /// The program on this device, speaking JSON.
    pub(crate) fn command<W: AsRef<std::ffi::OsStr>>(
        &self,
        words: impl IntoIterator<Item = W>,
    ) -> Command {
        let mut command = quorate(words);
        command
            .args(["--json", "--device", self.name, "--home"])
            .arg(self.home.path().join("home"));
        command.env("QUORATE_PASSPHRASE", PASSPHRASE);
        command
    }

    /// Runs it to its end.
    pub(crate) fn run<W: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Ran {
        self.command(words).output().expect("the program starts").into()
    }

    /// Starts it as somebody who says yes.
    pub(crate) fn start<W: AsRef<std::ffi::OsStr>>(
        &self,
        relay: &str,
        words: impl IntoIterator<Item = W>,
    ) -> Running {
        Running::start(self.command(words).args(["--yes", "--relay", relay]))
    }
}

/// One ceremony among devices: the first starts it, the others follow the link. All must succeed.
pub(crate) fn meet(relay: &str, words: &[&str], devices: &[&Device]) -> Vec<Ran> {
    let (initiator, joiners) = devices.split_first().expect("somebody");
    let mut started = initiator.start(relay, words);
    let link = started.until("link")["link"].as_str().expect("a link").to_owned();
    let joined: Vec<Running> =
        joiners.iter().map(|device| device.start(relay, ["join", &link])).collect();
    let ended: Vec<Ran> = core::iter::once(started).chain(joined).map(Running::end).collect();
    for ran in &ended {
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    ended
}
