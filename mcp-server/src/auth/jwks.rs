//! An issuer's keys, as it publishes them (RFC 7517).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, crypto::aws_lc::DEFAULT_PROVIDER};

use super::{
    algorithm::Algorithm,
    fetch::{Document, Failure},
};
use crate::protocol::json::{Json, Object};

/// The most keys that an issuer may have.
const MOST: usize = 100;

/// The sizes of an RSA key, in bits. What is smaller can be broken; what is larger takes long.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The largest exponent of an RSA key, in bytes.
const RSA_EXPONENT: usize = 8;

/// What an issuer signs with.
pub(super) struct Jwks {
    keys: Vec<Arc<Key>>,
}

/// One public key.
pub(super) struct Key {
    id: Option<String>,
    kind: Kind,
    /// The only algorithm it may be used with, if it says so.
    algorithm: Option<Algorithm>,
    material: DecodingKey,
    /// What `material` is made of: the library doesn't compare keys.
    public: Box<[u8]>,
    /// Whether a newer key set came without it.
    is_withdrawn: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

/// What comes of looking for a token's key.
pub(super) enum Pick {
    /// There is one, and no other.
    Key(Arc<Key>),
    /// There is none of that id: there may be one by now.
    Unknown,
    /// There is none that may be used, and asking again doesn't help.
    Unfit(&'static str),
}

impl Jwks {
    /// Reads a key set. Keys that are of no use here are left out; there may be some for other purposes.
    pub(super) fn read(document: &Document) -> Result<Self, Failure> {
        let set = document.object()?;
        let Some(Json::Array(found)) = set.get("keys") else {
            return Err(document.unfit("it has no array `keys`"));
        };
        if found.len() > MOST {
            return Err(document.unfit(format!("it has {} keys; an issuer may have {MOST}", found.len())));
        }
        let keys = found.iter().filter_map(|key| key.as_object().and_then(Key::read)).map(Arc::new);
        Ok(Self { keys: keys.collect() })
    }

    /// Takes the place of an older set: keys that are still the same stay the same handles, and the others are withdrawn.
    pub(super) fn succeed(&mut self, older: &Self) {
        for key in &mut self.keys {
            if let Some(same) = older.keys.iter().find(|old| old.is_same(key)) {
                *key = Arc::clone(same);
            }
        }
        for gone in older.keys.iter().filter(|old| !self.keys.iter().any(|key| Arc::ptr_eq(key, old))) {
            gone.is_withdrawn.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The one key that a token with this header may be signed by.
    pub(super) fn pick(&self, id: Option<&str>, algorithm: Algorithm) -> Pick {
        let named = |key: &&Arc<Key>| id.is_none() || key.id.as_deref() == id;
        if id.is_some() && !self.keys.iter().any(|key| named(&key)) {
            return Pick::Unknown;
        }
        let mut fitting = self.keys.iter().filter(named).filter(|key| key.fits(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Pick::Key(Arc::clone(key)),
            (None, _) => Pick::Unfit("no key of the issuer fits its `kid` and `alg`"),
            (Some(_), Some(_)) => {
                Pick::Unfit("several keys of the issuer fit, and its `kid` doesn't say which")
            }
        }
    }
}

impl Key {
    fn read(jwk: &Object<'_>) -> Option<Self> {
        let text = |name| jwk.get(name).map_or(Some(None), |value| value.as_str().map(Some));
        let (id, usage, named) = (text("kid")?, text("use")?, text("alg")?);
        // A private key that is published is everybody's.
        if usage.is_some_and(|usage| usage != "sig")
            || !may_verify(jwk.get("key_ops"))
            || jwk.get("d").is_some()
        {
            return None;
        }
        let algorithm = match named {
            Some(name) => Some(Algorithm::named(name)?),
            None => None,
        };
        let (kind, material, public) = material(jwk)?;
        let is_withdrawn = AtomicBool::new(false);
        let key = Self { id: id.map(ToOwned::to_owned), kind, algorithm, material, public, is_withdrawn };
        // A key that says of itself what it can't be is somebody's mistake.
        algorithm.is_none_or(|algorithm| key.fits(algorithm)).then_some(key)
    }

    /// Whether its issuer has published a key set without it since: what it has signed is no good any more.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.is_withdrawn.load(Ordering::Relaxed)
    }

    /// Whether it is the same key under the same name. One of other material under a known `kid` is another key; one
    /// without a `kid` is known by its material.
    fn is_same(&self, other: &Self) -> bool {
        (&self.id, self.kind, self.algorithm, &self.public)
            == (&other.id, other.kind, other.algorithm, &other.public)
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let kind = match algorithm {
            Algorithm::Es256 => Kind::P256,
            Algorithm::Es384 => Kind::P384,
            Algorithm::EdDsa => Kind::Ed25519,
            _ => Kind::Rsa,
        };
        self.kind == kind && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// Whether `signature` is this key's, of this message. The library's provider is named, because it looks for one
    /// by features that another crate may have switched on.
    pub(super) fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &Vec<u8>) -> bool {
        (DEFAULT_PROVIDER.verifier_factory)(&algorithm.library(), &self.material)
            .is_ok_and(|verifier| verifier.verify(message, signature).is_ok())
    }
}

/// What a key is made of, and of which kind it is. `oct` isn't here: a shared secret is never published.
fn material(jwk: &Object<'_>) -> Option<(Kind, DecodingKey, Box<[u8]>)> {
    let text = |name| jwk.get(name).and_then(Json::as_str);
    let bytes = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let curve = |kind, length| {
        let point = [vec![4], sized(bytes("x")?, length)?, sized(bytes("y")?, length)?].concat();
        Some((kind, DecodingKey::from_ec_der(&point), point.into()))
    };
    match (text("kty")?, text("crv")) {
        ("RSA", None) => {
            let (modulus, exponent) = (bytes("n")?, bytes("e")?);
            let fits = RSA_BITS.contains(&bits(&modulus)) && exponent.len() <= RSA_EXPONENT;
            fits.then(|| {
                let public = [modulus.as_slice(), b"/", &exponent].concat();
                (Kind::Rsa, DecodingKey::from_rsa_raw_components(&modulus, &exponent), public.into())
            })
        }
        ("EC", Some("P-256")) => curve(Kind::P256, 32),
        ("EC", Some("P-384")) => curve(Kind::P384, 48),
        ("OKP", Some("Ed25519")) => {
            let public = sized(bytes("x")?, 32)?;
            Some((Kind::Ed25519, DecodingKey::from_ed_der(&public), public.into()))
        }
        _ => None,
    }
}

fn sized(bytes: Vec<u8>, length: usize) -> Option<Vec<u8>> {
    (bytes.len() == length).then_some(bytes)
}

/// How many bits a number has: what is in front of its first one doesn't count.
fn bits(number: &[u8]) -> usize {
    let from = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number[from..].first().map_or(0, |first| (number.len() - from) * 8 - first.leading_zeros() as usize)
}

fn may_verify(operations: Option<&Json<'_>>) -> bool {
    match operations {
        None => true,
        Some(Json::Array(operations)) => {
            operations.iter().any(|operation| operation.as_str() == Some("verify"))
        }
        Some(_) => false,
    }
}
