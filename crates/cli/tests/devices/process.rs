//! A process of the program: what it says, a line at a time, and how it ends. Nothing is waited for without end.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything here takes on a slow machine, and longer than the program tries a relay that is gone.
const LONGEST: Duration = Duration::from_secs(90);

/// The program, without anything inherited from whoever runs the tests.
pub(crate) fn quorate<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUORATE_") {
            command.env_remove(name);
        }
    }
    command.args(words);
    command
}

/// A process that is still going on; killed if the test ends before it.
pub(crate) struct Running {
    who: String,
    child: Child,
    lines: Receiver<String>,
    complaints: Option<JoinHandle<String>>,
    said: Vec<Value>,
    deadline: Instant,
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    #[expect(dead_code, reason = "shown when a test fails")]
    who: String,
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) said: Vec<Value>,
    stderr: String,
}

impl Running {
    pub(crate) fn start(who: &str, command: &mut Command) -> Self {
        Self::start_with_input(who, command, "")
    }

    /// The same, with something for it to read.
    pub(crate) fn start_with_input(who: &str, command: &mut Command, input: &str) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // A program that does not read it has closed its end, perhaps already.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let mut stderr = child.stderr.take().expect("a pipe");
        let complaints = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("UTF-8");
            text
        });
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (say, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| say.send(line))
        });
        let deadline = Instant::now() + LONGEST;
        Self {
            who: who.to_owned(),
            child,
            lines,
            complaints: Some(complaints),
            said: Vec::new(),
            deadline,
        }
    }

    /// The next event; `None` once there will be no more.
    pub(crate) fn next(&mut self) -> Option<&Value> {
        let line = match self.lines.recv_timeout(self.left()) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{} says nothing more and does not end: {:#?}", self.who, self.said)
            }
        };
        let event = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{} says what is no JSON: {line}", self.who));
        self.said.push(event);
        self.said.last()
    }

    /// Waits for an event that fits.
    pub(crate) fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            match self.next() {
                Some(event) if fits(event) => return event.clone(),
                Some(_) => {}
                None => panic!("{} ended before {what}: {:#?}", self.who, self.said),
            }
        }
    }

    /// Waits for the next event of this name.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        self.until(name, |event| event["event"] == name)
    }

    /// Waits for the link.
    pub(crate) fn link(&mut self) -> String {
        text(&self.event("link")["link"])
    }

    /// Waits until it has said so many events, or has ended.
    pub(crate) fn has_said(&mut self, events: usize) {
        while self.said.len() < events && self.next().is_some() {}
    }

    /// Sends a signal: `INT`, `STOP`, `CONT`, `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").arg(format!("-{name}")).arg(pid).status().expect("kill");
        assert!(sent.success(), "{} cannot be sent {name}", self.who);
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        while self.next().is_some() {}
        let code = self.exit().code();
        let complaints = self.complaints.take().expect("taken once");
        let stderr = complaints.join().expect("stderr is read");
        let (who, said) = (self.who.clone(), core::mem::take(&mut self.said));
        Ended { who, code, said, stderr }
    }

    fn exit(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(!self.left().is_zero(), "{} does not end", self.who);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, where a test came to its own end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// What it said for a person.
    pub(crate) fn complaint(&self) -> &str {
        &self.stderr
    }

    /// It did what it was asked.
    #[track_caller]
    pub(crate) fn succeeded(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It ended with this exit code and a failure that says what happened and what to do, naming all of `names`.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, names: &[&str]) -> &Value {
        assert_eq!(self.code, Some(code), "{self:#?}");
        let last = self.said.last().unwrap_or_else(|| panic!("it says nothing: {self:#?}"));
        let error = last.get("error").unwrap_or(last);
        assert_eq!(error["code"], code, "{self:#?}");
        let (message, hint) = (text(&error["message"]), text(&error["hint"]));
        assert!(!message.is_empty() && !hint.is_empty(), "{self:#?}");
        for name in names {
            assert!(
                message.contains(name) || hint.contains(name),
                "'{name}' is not named: {self:#?}"
            );
        }
        error
    }

    /// The events of this name.
    pub(crate) fn events(&self, name: &str) -> Vec<&Value> {
        self.said.iter().filter(|event| event["event"] == name).collect()
    }

    /// The only event of this name.
    #[track_caller]
    pub(crate) fn event(&self, name: &str) -> &Value {
        match self.events(name).as_slice() {
            [only] => only,
            found => panic!("{} events '{name}': {self:#?}", found.len()),
        }
    }

    /// What a command that answers at once has answered.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        match self.succeeded().said.as_slice() {
            [only] => &only["data"],
            _ => panic!("not one document: {self:#?}"),
        }
    }
}

/// A JSON string.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
