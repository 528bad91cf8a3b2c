//! The person at this device: what they are asked, and what they show to the program.

mod device;
mod passphrase;
mod password;
mod phrase;
mod scan;

use std::io::{self, IsTerminal};

use tokio::sync::oneshot;

pub(crate) use self::device::{Terminal, approve};
pub(crate) use self::passphrase::{Purpose, passphrase};
pub(crate) use self::password::{
    ask_password, can_choose_password, choose_password, given_password,
};
pub(crate) use self::phrase::phrase;
pub(crate) use self::scan::link_in_image;
use crate::args::Globals;
use crate::output::{Failure, Kind, Output};

/// Whom to ask: nobody without a terminal or under `--json`; `--yes` answers for the person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    present: bool,
    yes: bool,
}

impl Person {
    pub(crate) fn new(globals: &Globals) -> Self {
        let present = !globals.json && io::stdin().is_terminal() && io::stderr().is_terminal();
        Self { present, yes: globals.yes }
    }

    /// Whether there is somebody to ask.
    pub(crate) fn is_present(self) -> bool {
        self.present
    }

    /// The same person, for a question that `--yes` does not answer.
    pub(crate) fn without_yes(self) -> Self {
        Self { yes: false, ..self }
    }

    /// Whether every question is answered with yes before it is asked.
    pub(crate) fn says_yes(self) -> bool {
        self.yes
    }

    /// Before anything begins that will need an answer.
    ///
    /// # Errors
    ///
    /// Exit 12 if there is nobody to ask.
    pub(crate) fn can_answer(self, about: &str) -> Result<(), Failure> {
        if self.yes || self.present {
            return Ok(());
        }
        Err(Failure::new(
            Kind::NeedsAnswer,
            format!("this needs an answer, and there is nobody to ask: {about}"),
            "run it on a terminal, or give --yes",
        ))
    }

    /// Asks; only `y` or `yes` is a yes. What is not asked because of `--yes` is shown as a warning.
    ///
    /// # Errors
    ///
    /// Exit 12 if there is nobody to ask, 7 if they say no.
    pub(crate) fn confirm(
        self,
        output: &Output,
        about: &str,
        question: &str,
    ) -> Result<(), Failure> {
        self.can_answer(about)?;
        if self.yes {
            output.warn(about);
            return Ok(());
        }
        output.ask(&format!("{about}\n{question} [y/N]"));
        match read_line().unwrap_or_default().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::new(Kind::Refused, "you said no", "nothing was done")),
        }
    }

    /// Asks which of these lines is meant; the answer is its number, counted from 1.
    ///
    /// # Errors
    ///
    /// Exit 12, with `otherwise` as the way out, if there is nobody to ask; 7 if the answer is none of the numbers.
    pub(crate) fn choose<'c, T>(
        self,
        output: &Output,
        question: &str,
        choices: &'c [(String, T)],
        otherwise: &str,
    ) -> Result<&'c T, Failure> {
        let listed = |separator: &str| {
            let lines =
                choices.iter().zip(1..).map(|((line, _), number)| format!("{number}  {line}"));
            lines.collect::<Vec<_>>().join(separator)
        };
        if !self.present {
            return Err(Failure::new(
                Kind::NeedsAnswer,
                format!("{question}, and there is nobody to ask: {}", listed("; ")),
                otherwise,
            ));
        }
        output.ask(&format!("{question}:\n  {}\nNumber:", listed("\n  ")));
        let number = read_line().ok().and_then(|line| line.parse::<usize>().ok());
        let chosen = number.and_then(|number| choices.get(number.checked_sub(1)?));
        chosen.map(|(_, choice)| choice).ok_or_else(|| {
            Failure::new(Kind::Refused, "that is none of the numbers", "nothing was done")
        })
    }

    /// Asks for a word to be typed: for what cannot be undone.
    ///
    /// # Errors
    ///
    /// Exit 12 if there is nobody to ask, 7 if they say no.
    pub(crate) fn confirm_by_typing(
        self,
        output: &Output,
        question: &str,
        word: &str,
    ) -> Result<(), Failure> {
        self.can_answer(question)?;
        if self.yes {
            return Ok(());
        }
        output.ask(&format!("{question}\nType {word} to go on:"));
        match read_line() {
            Ok(answer) if answer == word => Ok(()),
            Ok(_) => Err(Failure::new(Kind::Refused, "you said no", "nothing was done")),
            Err(error) => Err(Failure::new(
                Kind::NeedsAnswer,
                format!("the answer could not be read from the terminal: {error}"),
                "run it on a terminal, or give --yes",
            )),
        }
    }
}

/// Asks, and hears later, so that a ceremony goes on meanwhile. Only `y` or `yes` is a yes.
///
/// The thread that listens is left behind if nobody ever answers: a read of the terminal cannot be taken back, and the
/// program ends soon after.
fn ask_in_the_background(output: &Output, question: &str) -> oneshot::Receiver<bool> {
    output.ask(&format!("{question} [y/N]"));
    let (answered, answer) = oneshot::channel();
    std::thread::spawn(move || {
        let said = read_line().unwrap_or_default().to_lowercase();
        // Nobody listens any more if the ceremony has ended.
        let _ = answered.send(said == "y" || said == "yes");
    });
    answer
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
