//! What backup files are called.

use crate::store::Sharing;

/// The longest part of a file's name that comes from the vault's, in bytes.
const MAX_STEM: usize = 120;

/// `BACKUP 6.1`: `{name}-{last 4 digits of the ECDSA key}-share{i}of{n}.vult`, as the apps call it.
#[must_use]
pub fn file_name(name: &str, sharing: &Sharing) -> String {
    let place = usize::from(sharing.me).saturating_add(1);
    let members = sharing.parties.len();
    format!("{}-{}-share{place}of{members}.vult", stem(name), last_four(sharing))
}

/// `BACKUP 6.2`: whether a file beside a backup of this sharing is called like the backup of another member: two shares
/// in one folder are a smaller threshold.
#[must_use]
pub fn names_other_share(file: &str, name: &str, sharing: &Sharing) -> bool {
    let file = file.to_lowercase();
    let of_the_vault = file.starts_with(&format!("{}-", stem(name).to_lowercase()))
        || file.contains(&format!("-{}-", last_four(sharing)));
    let place = ["share", "part"].into_iter().find_map(|word| {
        let (_, after) = file.rsplit_once(&format!("-{word}"))?;
        let (place, members) = after.split_once("of")?;
        let members = members.split(|c: char| !c.is_ascii_digit()).next()?;
        members.parse::<usize>().ok()?;
        place.parse::<usize>().ok()
    });
    of_the_vault && place.is_some_and(|place| place != usize::from(sharing.me).saturating_add(1))
}

fn last_four(sharing: &Sharing) -> String {
    hex::encode(sharing.vault.0).split_off(62)
}

/// The vault's name without what no file's name may have on one system or another.
fn stem(name: &str) -> String {
    let fit = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
    let mut stem = String::new();
    for c in name.trim_matches(|c: char| c == '.' || c.is_whitespace()).chars().map(fit) {
        if stem.len().saturating_add(c.len_utf8()) > MAX_STEM {
            break;
        }
        stem.push(c);
    }
    if stem.is_empty() { "Vault".to_owned() } else { stem }
}
