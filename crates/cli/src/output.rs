//! What the program says: results on standard output, everything else on standard error (`spec/cli.md` 2).
//!
//! Nobody else writes to the two streams, so a progress line never lands inside a result, and a reader that went
//! away never stops a ceremony.

mod event;
mod failure;
mod plain;
mod qr;
mod text;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Mutex;

use serde::Serialize;

pub(crate) use self::event::{Event, StepTime, VaultView, state_name};
pub(crate) use self::failure::{Failure, Kind};
pub(crate) use self::plain::{is_plain, plain};
use self::text::Line;
pub(crate) use self::text::epoch_name;
use crate::args::{Color, Globals};

/// How a command speaks under `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One document, at the end.
    Document,
    /// One event a line, as things happen.
    Events,
}

/// Both streams of the process.
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    /// Whether standard error is a terminal, where lines can be rewritten and a QR code can be scanned.
    screen: bool,
    colored: bool,
    /// The same on standard output.
    colored_results: bool,
    streams: Mutex<Streams>,
}

#[derive(Default)]
struct Streams {
    /// Standard error ends in a progress line that the next text replaces.
    progress: bool,
    /// The first failure to write a result, other than a reader that went away.
    failed: Option<io::Error>,
}

impl Output {
    pub(crate) fn new(globals: &Globals) -> Self {
        let screen = io::stderr().is_terminal();
        let colored = |screen| colored(globals.color, screen, |name| std::env::var_os(name));
        Self {
            json: globals.json,
            quiet: globals.quiet,
            screen,
            colored: colored(screen),
            colored_results: colored(io::stdout().is_terminal()),
            streams: Mutex::default(),
        }
    }

    /// For a command line that could not be parsed.
    pub(crate) fn of_unparsed(json: bool) -> Self {
        Self {
            json,
            quiet: false,
            screen: false,
            colored: false,
            colored_results: false,
            streams: Mutex::default(),
        }
    }

    /// Whether a program reads, which is never asked anything.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Something that happened: an event for a program, a line for a person.
    pub(crate) fn event(&self, event: &Event) {
        if self.json {
            return self.json_line(event);
        }
        for line in text::of(event) {
            match line {
                Line::Result(text) => self.result(&text),
                Line::Note(text) => self.note(&text),
                Line::Question(text) => self.on_stderr(&text, true),
                Line::Warning(text) => self.warn(&text),
                Line::Progress(text) => self.progress(&text),
                Line::Qr(link) => self.qr(&link),
            }
        }
    }

    /// The whole answer of a command that answers at once.
    pub(crate) fn document(&self, data: &impl Serialize, text: &str) {
        #[derive(Serialize)]
        struct Document<'a, T> {
            ok: bool,
            v: u8,
            data: &'a T,
        }
        if self.json {
            self.json_line(&Document { ok: true, v: 1, data });
        } else if !text.is_empty() {
            self.result(text);
        }
    }

    /// A line of somebody else's events, as it is: the demo repeats what its devices say.
    pub(crate) fn json_line(&self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(line) => self.result(&line),
            Err(error) => self.warn(&format!("an event could not be written: {error}")),
        }
    }

    /// For a person, on standard error; gone under `--quiet` and `--json`.
    pub(crate) fn note(&self, text: &str) {
        if !self.json && !self.quiet {
            self.on_stderr(text, true);
        }
    }

    /// For a person, on standard error, always.
    pub(crate) fn warn(&self, text: &str) {
        self.on_stderr(&format!("{} {text}", self.paint("33", "warning:")), true);
    }

    /// A question: the answer is typed on the same line.
    pub(crate) fn ask(&self, text: &str) {
        self.on_stderr(&format!("{} ", self.paint("1", text)), false);
    }

    /// Where things stand, in one line that the next one replaces. On a terminal only.
    pub(crate) fn progress(&self, text: &str) {
        if self.json || self.quiet || !self.screen {
            return;
        }
        let text = fitting(text);
        self.on_stderr(&self.paint("2", &text), false);
        if let Ok(mut streams) = self.streams.lock() {
            streams.progress = true;
        }
    }

    /// A link as a QR code, where one can be scanned.
    fn qr(&self, link: &str) {
        if self.json || self.quiet || !self.screen {
            return;
        }
        match qr::draw(link, self.colored, width()) {
            Ok(drawing) => self.on_stderr(&drawing, true),
            Err(qr::NoCode::TooLong) => {
                self.note("The link is too long for a QR code; use the link itself.");
            }
            Err(qr::NoCode::TooNarrow { needed, there }) => self.note(&format!(
                "The QR code needs {needed} columns and this terminal has {there}; widen it, or use the link itself."
            )),
        }
    }

    /// A text as a QR code that is itself a result. The error is a sentence for the person.
    pub(crate) fn qr_code(&self, text: &str) -> Result<String, String> {
        let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into());
        qr::draw(text, self.colored_results, width).map_err(|why| match why {
            qr::NoCode::TooLong => "it is too long for a QR code".to_owned(),
            qr::NoCode::TooNarrow { needed, there } => format!(
                "the QR code needs {needed} columns and this terminal has {there}: widen it for a code that can be scanned"
            ),
        })
    }

    /// Reports the end of a command and turns it into an exit code.
    pub(crate) fn finish(self, shape: Shape, ended: Result<(), Failure>) -> ExitCode {
        let ended = ended.and_then(|()| self.results_written());
        match ended {
            Ok(()) => {
                self.clear_progress();
                ExitCode::SUCCESS
            }
            Err(failure) => {
                self.failure(shape, &failure);
                ExitCode::from(failure.code())
            }
        }
    }

    fn failure(&self, shape: Shape, failure: &Failure) {
        #[derive(Serialize)]
        struct Failed<'a> {
            ok: bool,
            v: u8,
            error: &'a Failure,
        }
        if self.json {
            match shape {
                Shape::Events => self.json_line(&Event::Error(failure.clone())),
                Shape::Document => self.json_line(&Failed { ok: false, v: 1, error: failure }),
            }
            return;
        }
        self.on_stderr(
            &format!("{} {}", self.paint("1;31", "error:"), plain(&failure.message)),
            true,
        );
        if !failure.hint.is_empty() {
            self.on_stderr(&format!("       {}", plain(&failure.hint)), true);
        }
    }

    /// Results that could not be written are a failure; a reader that closed its end early is not.
    fn results_written(&self) -> Result<(), Failure> {
        let failed = self.streams.lock().ok().and_then(|mut streams| streams.failed.take());
        failed.map_or(Ok(()), |error| {
            Err(Failure::new(
                Kind::Unexpected,
                format!("the result could not be written to standard output: {error}"),
                "make room, or give standard output a place to go",
            ))
        })
    }

    fn result(&self, text: &str) {
        self.clear_progress();
        let mut stdout = io::stdout().lock();
        let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
            && let Ok(mut streams) = self.streams.lock()
        {
            streams.failed.get_or_insert(error);
        }
    }

    /// A standard error that is gone has nobody left to tell.
    fn on_stderr(&self, text: &str, end_line: bool) {
        self.clear_progress();
        let mut stderr = io::stderr().lock();
        let end = if end_line { "\n" } else { "" };
        let _ = write!(stderr, "{text}{end}").and_then(|()| stderr.flush());
    }

    fn clear_progress(&self) {
        if let Ok(mut streams) = self.streams.lock()
            && core::mem::take(&mut streams.progress)
        {
            let _ = io::stderr().lock().write_all(b"\r\x1b[2K");
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether anybody would see it.
fn colored(flag: Color, screen: bool, env: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    let set = |name: &str| env(name).is_some_and(|value| !value.is_empty() && value != "0");
    match flag {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("CLICOLOR_FORCE") => true,
        Color::Auto => screen && env("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// The columns of the terminal that standard error is, if it is one.
fn width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// A progress line that wraps could not be replaced.
fn fitting(text: &str) -> String {
    let room = width().unwrap_or(80).saturating_sub(1);
    let text = plain(text);
    if text.chars().count() <= room {
        return text;
    }
    text.chars().take(room.saturating_sub(1)).chain(core::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_beats_no_color_beats_force_beats_the_terminal() {
        let none = |_: &str| None;
        let both = |_: &str| Some("1".into());
        let force = |name: &str| (name == "CLICOLOR_FORCE").then(|| "1".into());
        let dumb = |name: &str| (name == "TERM").then(|| "dumb".into());
        assert!(colored(Color::Always, false, both));
        assert!(!colored(Color::Never, true, force));
        assert!(!colored(Color::Auto, true, both));
        assert!(colored(Color::Auto, false, force));
        assert!(colored(Color::Auto, true, none));
        assert!(!colored(Color::Auto, false, none));
        assert!(!colored(Color::Auto, true, dumb));
    }
}
