//! The signatures that are taken: by a key pair, so that whoever checks can't sign.

use jsonwebtoken as library;

/// How a token is signed (RFC 7518 section 3.1, RFC 8037). There is no `none` here, and nothing that is signed with a
/// shared secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA with SHA-256: what every authorization server has.
    Rs256,
    /// RSA with SHA-384.
    Rs384,
    /// RSA with SHA-512.
    Rs512,
    /// RSA-PSS with SHA-256.
    Ps256,
    /// RSA-PSS with SHA-384.
    Ps384,
    /// RSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256.
    Es256,
    /// ECDSA on P-384.
    Es384,
    /// Ed25519; also by its newer name `Ed25519` (RFC 9864).
    EdDsa,
}

impl Algorithm {
    /// What issuers may sign with unless the program says otherwise.
    pub(super) const USUAL: [Self; 5] = [Self::Rs256, Self::Es256, Self::Es384, Self::EdDsa, Self::Ps256];

    /// The algorithm that a header or a key names.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    pub(super) fn library(self) -> library::Algorithm {
        match self {
            Self::Rs256 => library::Algorithm::RS256,
            Self::Rs384 => library::Algorithm::RS384,
            Self::Rs512 => library::Algorithm::RS512,
            Self::Ps256 => library::Algorithm::PS256,
            Self::Ps384 => library::Algorithm::PS384,
            Self::Ps512 => library::Algorithm::PS512,
            Self::Es256 => library::Algorithm::ES256,
            Self::Es384 => library::Algorithm::ES384,
            Self::EdDsa => library::Algorithm::EdDSA,
        }
    }
}
