//! What to do now, in the commands of this program.

use quorate_vault::failure::{AddThenRemove, Remedy};

/// What to type, where something is to be typed.
pub(super) fn words(remedy: &Remedy) -> String {
    match remedy {
        Remedy::JoinNextOrResume => {
            "the new sharing is kept on this device; the others may have finished: join the next ceremony, or run \
             'quorate reshare VAULT --resume'"
        }
        Remedy::ResumeHere => {
            "run 'quorate reshare VAULT --resume' on this device while the others join"
        }
        Remedy::ResumeFirst => "run 'quorate reshare VAULT --resume' first",
        Remedy::ResumeWithThem => "run 'quorate reshare VAULT --resume' with them",
        Remedy::ResumeWhenTheyAreBack => {
            "what was in use before stays in use; when the devices are back, run 'quorate reshare VAULT --resume'"
        }
        Remedy::ResumeOrDiscard => {
            "look at the other devices: if they use it, run 'quorate reshare VAULT --resume'; if none of them does, \
             'quorate reshare VAULT --discard'"
        }
        Remedy::AdoptOrDiscard => {
            "the new sharing is kept here, and what was in use before stays in use; if the other devices show the \
             vault as finished, run 'quorate reshare VAULT --resume' here; if none does, 'quorate reshare VAULT --discard'"
        }
        Remedy::ForgetIfNobodyHasIt => {
            "if no device shows that vault as finished, run 'quorate vault forget VAULT'"
        }
        Remedy::RemoveTheMissing => "start again with that device, or name it with --remove",
        Remedy::RemoveAMember => "name a member with --remove",
        Remedy::RemoveThoseThatLeave => "name those that leave with --remove",
        Remedy::RemoveThisDevice => {
            "reshare from the devices that have all shares, with --remove for this one"
        }
        Remedy::AddThenRemove(steps) => return add_then_remove(steps),
        Remedy::WithoutOtherClients => {
            "reshare among devices of this program, without --open; or make a new vault and move the funds there"
        }
        Remedy::RestoreOrRename => {
            "restore that share first, or join under another --device name"
        }
        Remedy::NameTheDigest => "if you know it from elsewhere, join again with --hash and --chain",
        Remedy::Say(words) => words,
    }
    .to_owned()
}

fn add_then_remove(AddThenRemove { first, then, removed }: &AddThenRemove) -> String {
    let removals: Vec<String> = removed.iter().map(|party| format!("--remove {party}")).collect();
    format!(
        "add first, with every present device: 'quorate reshare VAULT --devices {first}'; then remove: 'quorate reshare \
         VAULT --devices {then} {}'",
        removals.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_reshares_are_two_commands() {
        let removed = vec!["B".to_owned(), "C".to_owned()];
        let steps = AddThenRemove { first: 6, then: 4, removed };
        let words = words(&Remedy::AddThenRemove(Box::new(steps)));
        assert!(words.contains("'quorate reshare VAULT --devices 6'"), "{words}");
        assert!(words.contains("--devices 4 --remove B --remove C'"), "{words}");
    }
}
