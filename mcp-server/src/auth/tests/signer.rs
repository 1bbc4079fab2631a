//! Key pairs, and what they sign.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
        KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::changed;

pub(super) struct Signer {
    pub(super) id: &'static str,
    pub(super) algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Curve(EcdsaKeyPair),
    Edwards(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Signer {
    pub(super) fn p256(id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { id, algorithm: "ES256", pair: Pair::Curve(pair) }
    }

    pub(super) fn p384(id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        Self { id, algorithm: "ES384", pair: Pair::Curve(pair) }
    }

    pub(super) fn ed25519(id: &'static str) -> Self {
        Self { id, algorithm: "EdDSA", pair: Pair::Edwards(Ed25519KeyPair::generate().unwrap()) }
    }

    /// `algorithm` is one of `RS256`, `RS512` and `PS256`.
    pub(super) fn rsa(id: &'static str, algorithm: &'static str) -> Self {
        Self { id, algorithm, pair: Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())) }
    }

    /// The public key, as a JWK without `alg`, `use` and `key_ops`.
    pub(super) fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Curve(_) => {
                let point = self.public();
                let (x, y) = point[1..].split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "kid": self.id, "crv": curve, "x": text(x), "y": text(y) })
            }
            Pair::Edwards(_) => {
                json!({ "kty": "OKP", "kid": self.id, "crv": "Ed25519", "x": text(&self.public()) })
            }
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "kid": self.id, "n": text(&public.n), "e": text(&public.e) })
            }
        }
    }

    /// The public key's own encoding.
    pub(super) fn public(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Curve(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Edwards(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// A token with these claims, and a header of this key's with this changed.
    pub(super) fn token(&self, header: Value, claims: Value) -> String {
        let header = changed(json!({ "typ": "at+jwt", "alg": self.algorithm, "kid": self.id }), header);
        self.signed(&header.to_string(), &claims.to_string())
    }

    pub(super) fn signed(&self, header: &str, claims: &str) -> String {
        let message = message(header, claims);
        let signature = URL_SAFE_NO_PAD.encode(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Curve(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Edwards(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                match self.algorithm {
                    "RS256" => pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature),
                    "RS512" => pair.sign(&RSA_PKCS1_SHA512, &random, message, &mut signature),
                    _ => pair.sign(&RSA_PSS_SHA256, &random, message, &mut signature),
                }
                .unwrap();
                signature
            }
        }
    }
}

/// A token that is "signed" with bytes that everybody knows.
pub(super) fn hmac(secret: &[u8], id: &str, claims: Value) -> String {
    let message =
        message(&json!({ "typ": "at+jwt", "alg": "HS256", "kid": id }).to_string(), &claims.to_string());
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A token that isn't signed.
pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.", message(&header.to_string(), &claims.to_string()))
}

fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}
