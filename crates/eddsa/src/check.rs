//! Every assertion of the specification, by its step.
//!
//! One line a check: name, step, what the application must do when it fails, whom the failure names, what it asserts.

use quorate_core::checks;

checks! {
    /// The assertions of the protocols.
    Check {
        DkgKeyIndex "ED-DKG 2.1" Retry Certain
            "round 0 names the party that sent it"
        DkgKeyContributes "ED-DKG 2.2" Retry Certain
            "the agreed key is not zero"
        DkgCommitmentIndex "ED-DKG 3.1" Retry Certain
            "round 1 names the party that sent it"
        DkgSameSession "ED-DKG 4.1" Retry Suspects
            "everybody has the same session id"
        DkgNumbers "ED-DKG 4.2" Retry Certain
            "every index, count and length in the opening is as the layout says"
        DkgOpensCommitment "ED-DKG 4.3" Retry Certain
            "polynomial and sealed shares open the commitment of round 1"
        DkgPolynomialPoints "ED-DKG 4.4" Retry Certain
            "the polynomial is t points of prime order, canonically encoded"
        DkgKnowsPolynomial "ED-DKG 4.5" Retry Certain
            "the proofs show knowledge of every coefficient, in this session"
        DkgShareOpens "ED-DKG 4.6" Retry Certain
            "the sealed share opens"
        DkgShareScalar "ED-DKG 4.7" Retry Certain
            "the dealt share is a scalar"
        DkgShareOnPolynomial "ED-DKG 4.8" Retry Certain
            "the dealt share lies on the dealer's polynomial"
        DkgPublicKey "ED-DKG 4.9" Retry Suspects
            "the public key is not the identity"

        RefreshParties "ED-REFRESH 1.1" Refuse Document
            "as many parties take part as hold a share"
        RefreshPart "ED-REFRESH 1.2" Refuse Document
            "the part of the key is a scalar other than zero, and the key a point of prime order"
        RefreshSameChainCode "ED-REFRESH 4.1" Retry Suspects
            "everybody has the same chain code"
        RefreshKeepsPublicKey "ED-REFRESH 4.2" Retry Suspects
            "the parts add up to the expected public key"

        SignCommittee "ED-SIGN 1.1" Refuse Document
            "the signers are at least t, at most n, and this party is one of them"
        SignPartyId "ED-SIGN 2.1" Retry Certain
            "the party id is one of the share's"
        SignPartyIdsDistinct "ED-SIGN 2.2" Retry Suspects
            "no two signers have the same party id"
        SignSameSession "ED-SIGN 3.1" Retry Suspects
            "everybody has the same session id, and the same message"
        SignNumbers "ED-SIGN 3.2" Retry Certain
            "the party id is the one of round 1, and the lengths are as the layout says"
        SignOpensNonce "ED-SIGN 3.3" Retry Certain
            "the nonce point opens the commitment of round 1"
        SignNoncePoint "ED-SIGN 3.4" Retry Certain
            "the nonce point is a point of prime order, canonically encoded"
        SignKnowsNonce "ED-SIGN 3.5" Retry Certain
            "the proof shows knowledge of the nonce, in this session"
        SignNonceSum "ED-SIGN 3.6" Retry Suspects
            "the nonce points do not cancel"
        SignSessionKept "ED-SIGN 4.1" Retry Certain
            "party id and session id are those of the party's round 2"
        SignPartialScalar "ED-SIGN 4.2" Retry Certain
            "the partial signature is a scalar"
        SignVerifies "ED-SIGN 4.4" Retry Suspects
            "the signature verifies under the public key"

        QcMembers "ED-QC 1.1" Refuse Document
            "every party is old or new, nobody twice, and this party is one of them"
        QcThreshold "ED-QC 1.2" Refuse Document
            "the new threshold is at least two and at most the number of new parties"
        QcOwnShare "ED-QC 1.3" Refuse Document
            "an old party, and only an old party, brings a share of the expected key, which is one"
        QcEnoughOld "ED-QC 1.4" Refuse Document
            "the old parties are at least the old threshold and at most the old committee"
        QcKeyNumbers "ED-QC 2.1" Retry Certain
            "round 0 names the party that sent it, and the length of its key"
        QcPartyId "ED-QC 3.1" Retry Certain
            "the old party id is one of the share's"
        QcPartyIdsDistinct "ED-QC 3.2" Retry Suspects
            "no two old parties have the same party id"
        QcCommitmentIndex "ED-QC 4.1" Retry Certain
            "round 1 names the party that sent it"
        QcShareCommitmentIndices "ED-QC 5.1" Retry Certain
            "the commitment to a share names its dealer and me"
        QcOpeningNumbers "ED-QC 6.1" Retry Certain
            "the opening names the party that sent it, and the length of its polynomial"
        QcOpensPolynomial "ED-QC 6.2" Retry Certain
            "the polynomial opens the commitment of round 1"
        QcPolynomialPoints "ED-QC 6.3" Retry Certain
            "the polynomial is t' points of prime order, canonically encoded"
        QcKeepsPublicKey "ED-QC 6.4" Retry Suspects
            "the constant terms add up to the expected public key"
        QcShareIndices "ED-QC 6.5" Retry Certain
            "the dealt share names its dealer and me"
        QcShareScalar "ED-QC 6.6" Retry Certain
            "the dealt share is a scalar"
        QcShareOnPolynomial "ED-QC 6.7" Retry Certain
            "the dealt share lies on the dealer's polynomial"
        QcOpensShare "ED-QC 6.8" Retry Suspects
            "the dealt share opens its commitment, in this session"
        QcSameChainCode "ED-QC 6.9" Retry Suspects
            "all old parties send a new one the same chain code"

        ImportInitiator "ED-IMPORT 1.1" Refuse Document
            "party 0 brings the key, and nobody else does"
        ImportKey "ED-IMPORT 1.2" Refuse Document
            "the key is a scalar other than zero"
        ImportNumbers "ED-IMPORT 3.1" Retry Certain
            "index, threshold and parties are those of the setup, and nobody has lost a share"
        ImportPart "ED-IMPORT 3.2" Retry Certain
            "the part is a scalar other than zero, and the key a point of prime order"

        ExportParties "ED-EXPORT 1.1" Refuse Document
            "the parties are at least t and at most n, this party is one of them, and party 0 receives"
        ExportPartyId "ED-EXPORT 2.1" Retry Certain
            "the party id is one of the share's"
        ExportShareScalar "ED-EXPORT 2.2" Retry Certain
            "the share is a scalar other than zero"
        ExportPartyIdsDistinct "ED-EXPORT 2.3" Retry Suspects
            "no two shares have the same party id"
        ExportKey "ED-EXPORT 2.5" Retry Suspects
            "the key is the one behind the public key"
    }
}

checks! {
    /// The assertions on stored share bytes.
    ShareCheck {
        Size "ED-SHARE 1" Refuse Document
            "the share has 132 bytes"
        Threshold "ED-SHARE 2" Refuse Document
            "two is at most the threshold, and the threshold at most the number of parties"
        PartyId "ED-SHARE 3" Refuse Document
            "the party id is below the number of parties"
        Secret "ED-SHARE 4" Refuse Document
            "the secret is a scalar other than zero"
        PublicKey "ED-SHARE 5" Refuse Document
            "the public key is a point of prime order, canonically encoded"
        Extra "ED-SHARE 6" Refuse Document
            "there is nothing extra"
    }
}
