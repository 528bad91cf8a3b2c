//! Every assertion of the specification, by its step.
//!
//! One line a check: name, step, what the application must do when it fails, whom the failure names, what it asserts.

use quorate_core::checks;

checks! {
    /// The assertions of the protocols.
    Check {
        DkgPointNonzero "DKG 2.1" Retry Certain
            "the evaluation point is a scalar other than zero"
        DkgPointNotMine "DKG 2.2" Retry Certain
            "the evaluation point is not the one that I drew"
        DkgPointsDistinct "DKG 2.3" Retry Suspects
            "no two parties have the same evaluation point"
        DkgOpensPolynomial "DKG 3.1" Retry Certain
            "the polynomial opens the commitment of round 1"
        DkgPolynomialPoints "DKG 3.2" Retry Certain
            "the polynomial is t curve points, none of them the identity"
        DkgKnowsPolynomial "DKG 3.3" Retry Suspects
            "the proofs show knowledge of every coefficient, in this session"
        DkgPublicKey "DKG 3.4" Retry Suspects
            "the public key is not the identity"
        DkgSamePolynomial "DKG 4.1" Retry Suspects
            "everybody has added up the same polynomials"
        DkgShareScalar "DKG 4.2" Retry Certain
            "the dealt share is a scalar other than zero"
        DkgOpensChainCode "DKG 4.3" Retry Certain
            "the chain code contribution opens the commitment of round 2"
        DkgShareOnPolynomial "DKG 4.4" Retry Certain
            "the dealt share lies on the dealer's polynomial"
        DkgSamePublicKey "DKG 5.1" Retry Certain
            "the public key is the one that the party confirmed in round 3"
        DkgPublicShare "DKG 5.2" Retry Certain
            "the public share lies on the common polynomial"
        DkgKnowsShare "DKG 5.3" Retry Suspects
            "the proof shows knowledge of the share, under the common chain code"

        OtOfferPoints "OT 2.1" Retry Certain
            "both points of every offer are curve points other than the identity"
        OtKeyPoints "OT 2.3" Retry Certain
            "neither key of an offer is the identity"
        OtReplyPoints "OT 3.1" Retry Certain
            "both points of every reply are curve points other than the identity"
        PprfDigest "OT 5.4" Retry Certain
            "the leaves of every tree, the hidden one included, have the builder's digest"
        ExtensionFold "OT 7.2" Ban Certain
            "every row of the matrix was masked with the same choice vector"
        RvoleDigest "RVOLE 3.3" Ban Certain
            "every row was made from the same inputs"

        DerivePath "DERIVE 1.1" Refuse Document
            "the path is m, then /index with every index a decimal below 2^31"
        DeriveNotHardened "DERIVE 1.2" Refuse Document
            "no step of the path is hardened"
        DeriveParent "DERIVE 2.1" Refuse Document
            "the parent key is a point other than the identity"
        DeriveChild "DERIVE 2.2" Refuse Document
            "the child key exists"

        SignCommittee "SIGN 1.1" Refuse Document
            "the signers are at least t, at most n, and this party is one of them"
        SignPartyId "SIGN 2.1" Retry Certain
            "the party id is one of the share's"
        SignPartyIdsDistinct "SIGN 2.2" Retry Suspects
            "no two signers have the same party id"
        SignSameSession "SIGN 3.1" Retry Suspects
            "everybody has the same session id, before any OT is processed"
        SignSessionKept "SIGN 4.1" Retry Certain
            "the session id is the one of the party's round 2"
        SignSameDigest "SIGN 4.2" Retry Suspects
            "everybody has received the same round 1"
        SignOpensNonce "SIGN 4.3" Retry Certain
            "the nonce point opens the commitment of round 1"
        SignNoncePoint "SIGN 4.4" Retry Certain
            "the nonce point is a curve point other than the identity"
        SignKeyPoint "SIGN 4.5" Retry Certain
            "the key point is a curve point other than the identity"
        SignGammaPoints "SIGN 4.6" Retry Certain
            "both check points decode"
        SignPsiScalar "SIGN 4.7" Retry Certain
            "the adjusted mask is a scalar"
        SignNonceConsistent "SIGN 4.9" Ban Certain
            "the nonce that was multiplied is the one behind the nonce point"
        SignKeyConsistent "SIGN 4.10" Ban Certain
            "the key that was multiplied is the one behind the key point"
        SignKeySum "SIGN 4.11" Retry Suspects
            "the key points add up to the derived public key"
        SignNonceSum "SIGN 4.12" Retry Suspects
            "the nonce points do not cancel"
        SignSessionClosed "SIGN 5.1" Retry Certain
            "the session id is the one of the party's rounds 2 and 3"
        SignPartialScalars "SIGN 5.2" Retry Certain
            "both parts of the partial signature are scalars"
        SignInvertible "SIGN 5.3" Retry Suspects
            "neither sum of the partial signatures is zero"
        SignVerifies "SIGN 5.5" Retry Suspects
            "the signature verifies under the derived public key"
        FinishSigners "FINISH 1.1" Refuse Document
            "the signers are at least two, and this party is one of them"

        QcMembers "QC 1.1" Refuse Document
            "every party is old or new, nobody twice, and this party is one of them"
        QcThreshold "QC 1.2" Refuse Document
            "the new threshold is at least two and at most the number of new parties"
        QcOwnShare "QC 1.3" Refuse Document
            "an old party, and only an old party, brings a share of the expected key"
        QcEnoughOld "QC 1.4" Refuse Document
            "the old parties are at least the old threshold and at most the old committee"
        QcPartyId "QC 2.1" Retry Certain
            "the old party id is one of the share's"
        QcPartyIdsDistinct "QC 2.2" Retry Suspects
            "no two old parties have the same party id"
        QcOpensPolynomial "QC 5.1" Retry Certain
            "the polynomial opens the commitment of round 1"
        QcPolynomialPoints "QC 5.2" Retry Certain
            "the polynomial is t' curve points, none of them the identity"
        QcKeepsPublicKey "QC 5.3" Retry Suspects
            "the constant terms add up to the expected public key"
        QcShareScalar "QC 5.4" Retry Certain
            "the dealt share is a scalar other than zero"
        QcShareOnPolynomial "QC 5.5" Retry Certain
            "the dealt share lies on the dealer's polynomial"
        QcOpensShare "QC 5.6" Retry Suspects
            "the dealt share opens its commitment, in this session"
        QcSameChainCode "QC 5.7" Retry Suspects
            "everybody has the same chain code"
        QcSameSession "QC 7.2" Retry Suspects
            "the OTs of a party that held no share are of this session"

        RefreshParties "REFRESH 1.1" Refuse Document
            "the parties are those that hold a share, each at the place of its party id"
        RefreshPart "REFRESH 1.2" Refuse Document
            "the part is a scalar other than zero, the expected public key a point other than the identity"
        RefreshPublicPart "REFRESH 3.1" Retry Certain
            "the constant term is the part that the old share stands for"
        RefreshKeepsPublicKey "REFRESH 3.2" Retry Suspects
            "the constant terms add up to the expected public key"
        RefreshSameChainCode "REFRESH 4.1" Retry Suspects
            "everybody has the same chain code"

        ImportInitiator "IMPORT 1.1" Refuse Document
            "party 0, and nobody else, brings the key"
        ImportKey "IMPORT 1.2" Refuse Document
            "the key is a scalar other than zero"
        ImportNumbers "IMPORT 3.1" Retry Certain
            "party id, numbers of parties, threshold and ranks are those of the setup, and no share is lost"
        ImportPoints "IMPORT 3.2" Retry Certain
            "the evaluation points are 1 to n"
        ImportShare "IMPORT 3.3" Retry Certain
            "the share is a scalar other than zero, the public key a point other than the identity"

        ExportParties "EXPORT 1.1" Refuse Document
            "the parties are at least t, at most n, and party 0, and nobody else, receives"
        ExportShare "EXPORT 2.1" Retry Certain
            "the share is the one behind the public share of the party id beside it"
        ExportPartyIdsDistinct "EXPORT 2.2" Retry Suspects
            "no two shares are of the same party"
    }
}

checks! {
    /// The assertions on stored presignature bytes.
    PresignatureCheck {
        Size "PRESIGNATURE 1" Refuse Document
            "the presignature has 195 bytes"
        Scalars "PRESIGNATURE 2" Refuse Document
            "s0, s1 and the mask are scalars"
        NoncePoint "PRESIGNATURE 3" Refuse Document
            "the nonce point is a curve point other than the identity, and its x-coordinate is not the group order"
        PublicKey "PRESIGNATURE 4" Refuse Document
            "the public key is a curve point other than the identity"
    }
}

checks! {
    /// The assertions on stored share bytes.
    ShareCheck {
        Magic "SHARE 1" Refuse Document
            "the share starts with 00 00 00 01"
        Size "SHARE 2" Refuse Document
            "the share has the size that its numbers of parties asks for, and nothing extra"
        Threshold "SHARE 3" Refuse Document
            "two is at most the threshold, and the threshold at most the number of parties"
        PartyId "SHARE 4" Refuse Document
            "the party id is below the number of parties"
        PublicKey "SHARE 5" Refuse Document
            "the public key is a curve point other than the identity"
        Secret "SHARE 6" Refuse Document
            "the secret is a scalar other than zero"
        Ranks "SHARE 7" Refuse Document
            "every rank is zero"
        PublicShares "SHARE 8" Refuse Document
            "every public share is a curve point other than the identity"
        PointsNonzero "SHARE 9" Refuse Document
            "every evaluation point is a scalar other than zero"
        PointsDistinct "SHARE 10" Refuse Document
            "no two evaluation points are equal"
        OwnPublicShare "SHARE 11" Refuse Document
            "the secret is the one behind this party's public share"
        OnePolynomial "SHARE 12" Refuse Document
            "public key and public shares lie on one polynomial with t coefficients"
        SeedPadding "SHARE 13" Refuse Document
            "the seed entry of nobody is zero"
        Choices "SHARE 14" Refuse Document
            "every punctured index is below 16"
        PuncturedLeaves "SHARE 15" Refuse Document
            "every punctured leaf is zero"
    }
}
