//! One assertion of the specification.

use core::fmt;

/// What the application must do after a party failed a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consequence {
    /// Nothing long-lived was touched: a new session with the same party is safe.
    Retry,
    /// Whether this check passes depends on secrets that outlive the session: never run this sharing with the
    /// party again.
    Ban,
    /// No session begins: the document it would have run on is not accepted.
    Refuse,
}

/// Whom a failed check can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribution {
    /// Exactly the party whose message failed.
    Certain,
    /// The wire cannot tell: everyone whose values entered the check is suspect, and nobody is blamed.
    Suspects,
    /// Nobody: it is a document (a setup, a stored share) that fails, before any party has spoken.
    Document,
}

/// The checks of one protocol: an enum with one variant per assertion of `spec/`.
pub trait Check: Copy + Ord + fmt::Debug + Send + Sync + 'static {
    /// Every check, in the order of the specification.
    const ALL: &'static [Self];

    /// The step of the specification, such as `DKG 2.3`. Unique, and never reused.
    fn id(self) -> &'static str;

    /// The assertion itself, positively: "opens the commitment of round 1".
    fn asserts(self) -> &'static str;

    /// Exhaustive on purpose: a new check does not compile until its consequence is decided.
    fn consequence(self) -> Consequence;

    /// Exhaustive on purpose, likewise.
    fn attribution(self) -> Attribution;
}

/// Declares the checks of a protocol: one line a check, in the order of the specification.
///
/// Name, step, [`Consequence`], [`Attribution`], and what it asserts.
#[macro_export]
macro_rules! checks {
    ($(#[$doc:meta])* $table:ident {
        $($name:ident $id:literal $consequence:ident $attribution:ident $asserts:literal)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $table {
            $(
                #[doc = concat!("`", $id, "`: ", $asserts, ".")]
                $name,
            )*
        }

        impl $crate::check::Check for $table {
            const ALL: &'static [Self] = &[$(Self::$name),*];

            fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            fn asserts(self) -> &'static str {
                match self {
                    $(Self::$name => $asserts,)*
                }
            }

            fn consequence(self) -> $crate::check::Consequence {
                match self {
                    $(Self::$name => $crate::check::Consequence::$consequence,)*
                }
            }

            fn attribution(self) -> $crate::check::Attribution {
                match self {
                    $(Self::$name => $crate::check::Attribution::$attribution,)*
                }
            }
        }

        impl ::core::fmt::Display for $table {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                write!(f, "{} ({})", $crate::check::Check::asserts(*self), $crate::check::Check::id(*self))
            }
        }

        impl ::core::error::Error for $table {}
    };
}

/// Reads as the assertion of the specification: `require(holds, else_name_this_check)?`.
///
/// # Errors
///
/// `check`, unless `holds`.
pub fn require<C: Check>(holds: bool, check: C) -> Result<(), C> {
    if holds || switched_off(check) { Ok(()) } else { Err(check) }
}

/// For an assertion that also produces a value: `require_some(decoded, check, lax)?`.
///
/// `lax` is what an implementation without the check would have gone on with. It runs only when a test has
/// switched the check off.
///
/// # Errors
///
/// `check`, if there is no value.
pub fn require_some<T, C: Check>(
    value: Option<T>,
    check: C,
    lax: impl FnOnce() -> T,
) -> Result<T, C> {
    match value {
        Some(value) => Ok(value),
        None if switched_off(check) => Ok(lax()),
        None => Err(check),
    }
}

#[cfg(not(feature = "switch-checks-off"))]
fn switched_off<C: Check>(_: C) -> bool {
    false
}

#[cfg(feature = "switch-checks-off")]
fn switched_off<C: Check>(check: C) -> bool {
    switch::OFF.get().is_some_and(|off| off == check.id())
}

/// Switching one check off, in test builds only.
#[cfg(feature = "switch-checks-off")]
pub mod switch {
    use std::sync::OnceLock;

    pub(super) static OFF: OnceLock<String> = OnceLock::new();

    /// From now on, in this process, the check with this id holds whatever it is given.
    pub fn off(id: String) {
        let _ = OFF.set(id);
    }
}
