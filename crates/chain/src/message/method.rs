//! The word beside a message that says how it is meant (`CHAINS 3.5`).

use core::fmt;

use crate::chain::Chain;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `personal_sign`: a message of the Ethereum family, its prefix in place.
    Personal,
    /// `sign_message`: a message of any other chain.
    Message,
    /// `eth_signTypedData_v4`: the message is the JSON of a document (EIP-712).
    TypedData,
    /// A word that we do not know, or none: the chain alone says how the message is hashed.
    Other,
}

/// A form of typed data that is not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it asks for typed data in another form than that of eth_signTypedData_v4")]
pub struct MethodError;

const PERSONAL: &str = "personal_sign";
const MESSAGE: &str = "sign_message";
const TYPED_DATA: &str = "eth_signTypedData_v4";

impl Method {
    /// The word that we write beside messages of a chain. What is not `sign_message` some clients hash as Ethereum does,
    /// whatever the chain.
    pub fn of_messages(chain: &Chain) -> Self {
        if chain.evm().is_some() { Self::Personal } else { Self::Message }
    }

    /// What a word means.
    ///
    /// # Errors
    ///
    /// [`MethodError`] for the older forms of typed data: as a message, their JSON would be signed as no wallet does.
    pub fn read(word: &str) -> Result<Self, MethodError> {
        match word {
            PERSONAL => Ok(Self::Personal),
            MESSAGE => Ok(Self::Message),
            TYPED_DATA => Ok(Self::TypedData),
            _ if word.to_ascii_lowercase().starts_with("eth_signtypeddata") => Err(MethodError),
            _ => Ok(Self::Other),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Personal => PERSONAL,
            Self::Message => MESSAGE,
            Self::TypedData => TYPED_DATA,
            Self::Other => "",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain;

    #[test]
    fn a_method_is_read_as_it_is_written() {
        for method in [Method::Personal, Method::Message, Method::TypedData, Method::Other] {
            assert_eq!(Method::read(&method.to_string()), Ok(method));
        }
        assert_eq!(Method::read("something else"), Ok(Method::Other));
        for older in ["eth_signTypedData", "eth_signTypedData_v3", "eth_signTypedData_V4"] {
            assert_eq!(Method::read(older), Err(MethodError), "{older}");
        }
    }

    #[test]
    fn only_messages_of_the_ethereum_family_are_called_personal() {
        for chain in chain::CHAINS {
            let personal = Method::of_messages(chain) == Method::Personal;
            assert_eq!(personal, chain.evm().is_some(), "{}", chain.name);
        }
    }
}
