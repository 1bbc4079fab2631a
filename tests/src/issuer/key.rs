//! Keys of every kind, and what they sign.

use std::sync::Arc;

use aws_lc_rs::{
    encoding::{AsDer as _, PublicKeyX509Der},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
        RsaEncoding, RsaKeyPair,
    },
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};

/// An algorithm that a key signs by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are named as RFC 7518 names them")]
pub enum Kind {
    Rs256,
    Rs512,
    Ps256,
    Es256,
    /// ES256, with the signature in DER instead of the two numbers that a JWS has.
    Es256InDer,
    Es384,
    EdDsa,
}

impl Kind {
    /// What a header says.
    #[must_use]
    pub fn alg(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 | Self::Es256InDer => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A key and its public description. Cheap to clone; a clone can be described otherwise.
#[derive(Debug, Clone)]
pub struct Key {
    /// How it signs. RSA keys sign by several, if a test says so.
    pub kind: Kind,
    /// The public description, which the issuer publishes.
    pub jwk: Map<String, Value>,
    pair: Arc<Pair>,
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    /// A new key of this name.
    ///
    /// # Panics
    ///
    /// When there is no randomness.
    #[must_use]
    pub fn new(kind: Kind, name: &str) -> Self {
        let pair = match kind {
            Kind::Rs256 | Kind::Rs512 | Kind::Ps256 => {
                Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key"))
            }
            Kind::Es256 => Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")),
            Kind::Es256InDer => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"))
            }
            Kind::Es384 => Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).expect("a key")),
            Kind::EdDsa => Pair::Ed(Ed25519KeyPair::generate().expect("a key")),
        };
        let mut jwk = pair.describe();
        jwk.insert("kid".to_owned(), name.into());
        jwk.insert("alg".to_owned(), kind.alg().into());
        jwk.insert("use".to_owned(), "sig".into());
        Self { kind, jwk, pair: Arc::new(pair) }
    }

    /// The same key, described with something else.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.jwk.insert(member.to_owned(), value.into());
        self
    }

    /// The same key, described without something.
    #[must_use]
    pub fn without(mut self, member: &str) -> Self {
        self.jwk.remove(member);
        self
    }

    /// The same RSA key, signing by another algorithm.
    #[must_use]
    pub fn signing(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The name that its description has.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.jwk.get("kid").and_then(Value::as_str)
    }

    /// Everything that an attacker might take for a shared secret, because it is public.
    ///
    /// # Panics
    ///
    /// When it isn't an RSA key.
    #[must_use]
    pub fn public_forms(&self) -> Vec<Vec<u8>> {
        let Pair::Rsa(pair) = &*self.pair else { panic!("this is done with RSA keys") };
        let pkcs1 = pair.public_key().as_ref().to_vec();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a public key");
        let pem = pem(der.as_ref());
        let modulus = self.jwk["n"].as_str().expect("a modulus");
        vec![
            pem.clone().into_bytes(),
            pem.trim_end().as_bytes().to_vec(),
            der.as_ref().to_vec(),
            pkcs1,
            modulus.as_bytes().to_vec(),
            URL_SAFE_NO_PAD.decode(modulus).expect("base64"),
            Value::Object(self.jwk.clone()).to_string().into_bytes(),
        ]
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match self.kind {
                    Kind::Rs512 => &RSA_PKCS1_SHA512,
                    Kind::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).expect("a signature");
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).expect("a signature").as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

impl Pair {
    fn describe(&self) -> Map<String, Value> {
        let description = match self {
            Self::Rsa(pair) => {
                let [modulus, exponent] = rsa_numbers(pair.public_key().as_ref());
                json!({ "kty": "RSA", "n": encoded(modulus), "e": encoded(exponent) })
            }
            Self::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "crv": curve, "x": encoded(x), "y": encoded(y) })
            }
            Self::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref()) })
            }
        };
        let Value::Object(description) = description else { unreachable!("they are objects") };
        description
    }
}

/// Signs with a secret that both sides would have to know.
#[must_use]
pub fn shared(alg: &str, secret: &[u8], message: &[u8]) -> Vec<u8> {
    let algorithm = match alg {
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    hmac::sign(&hmac::Key::new(algorithm, secret), message).as_ref().to_vec()
}

/// Base64 as a JWS has it.
#[must_use]
pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is text")).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

/// The two numbers of an RSA public key (RFC 8017, A.1.1), without leading zeros.
fn rsa_numbers(der: &[u8]) -> [&[u8]; 2] {
    let (sequence, _) = element(der);
    let (modulus, rest) = element(sequence);
    let (exponent, _) = element(rest);
    [modulus, exponent].map(|number| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        &number[zeros..]
    })
}

/// What the first element of DER holds, and what comes after it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, start) = match der[1] {
        short @ 0..=0x7f => (usize::from(short), 2),
        long => {
            let count = usize::from(long & 0x7f);
            let length = der[2..2 + count].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, 2 + count)
        }
    };
    der[start..].split_at(length)
}
