//! A home takes a backup in.

use super::{Age, Backup, Verdict, compare};
use crate::store::{Change, Sharing, State, Vault};

impl Backup {
    /// `BACKUP 3`: the changes by which a home that holds `vaults` takes this backup in, one durable transaction each,
    /// the vault under `name` if it is new. After a crash between them, asking again gives what is left.
    ///
    /// None, if [`compare`] says that it is here, or that it cannot be; and none for an older epoch, which would retire
    /// the one that signs.
    #[must_use]
    pub fn restore(&self, name: &str, vaults: &[Vault]) -> Vec<Change> {
        let fsid = self.sharing.fsid;
        let stage = Change::Stage {
            name: name.to_owned(),
            sharing: Sharing {
                state: State::Staged,
                certificate: None,
                backed_up: false,
                ..self.sharing.clone()
            },
            shares: self.shares(),
        };
        let activate = match self.sharing.certificate.clone() {
            Some(certificate) => Change::Activate { fsid, certificate },
            None => Change::Adopt(fsid),
        };
        match compare(self, vaults) {
            Verdict::New | Verdict::OtherSharing { age: Age::Newer | Age::Unknown, .. } => {
                vec![stage, activate, Change::BackedUp(fsid)]
            }
            Verdict::Here { state: State::Staged, .. } if self.was_staged_from_a_backup(vaults) => {
                vec![activate, Change::BackedUp(fsid)]
            }
            Verdict::Here { state: State::Active, .. } => vec![Change::BackedUp(fsid)],
            Verdict::Here { .. } | Verdict::OtherParty { .. } | Verdict::OtherSharing { .. } => {
                Vec::new()
            }
        }
    }

    /// A sharing that a ceremony has staged waits for that ceremony's certificate, and for nothing else.
    fn was_staged_from_a_backup(&self, vaults: &[Vault]) -> bool {
        let sharings = vaults.iter().flat_map(|vault| &vault.sharings);
        let held = sharings.into_iter().find(|held| held.fsid == self.sharing.fsid);
        self.sharing.certificate.is_some() || held.is_some_and(|held| held.session.is_empty())
    }
}
