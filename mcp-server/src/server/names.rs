//! Under which names a server is reached from outside.

use url::Url;

use crate::{
    error::{Place, Problem},
    http::{ENDPOINT, Edge},
};

/// Under which names the server is reached from outside, and by whom.
#[derive(Debug, Default)]
pub(crate) struct PublicNames {
    pub(crate) url: Option<String>,
    pub(super) hosts: Vec<(String, Place)>,
    pub(super) origins: Vec<(String, Place)>,
}

impl PublicNames {
    /// The URL of the endpoint as clients reach it from outside, when there is one.
    pub(crate) fn endpoint(&self) -> Option<String> {
        let mut url = Url::parse(self.url.as_deref()?).ok()?;
        if url.path() == "/" {
            url.set_path(ENDPOINT);
        }
        Some(url.into())
    }

    pub(super) fn edge(&self, place: Place, problems: &mut Vec<Problem>) -> Edge {
        let mut edge = Edge::default();
        let mut note = |place, subject: &str, text: String| problems.push(Problem::new(place, subject, text));
        match self.url.as_deref().map(Url::parse) {
            None => {}
            Some(Ok(url)) if matches!(url.scheme(), "http" | "https") => {
                if let Err(text) = edge.allow_public(&url) {
                    note(place, "`public_url`", text.to_owned());
                }
            }
            Some(_) => {
                let given = self.url.as_deref().unwrap_or_default();
                note(place, "`public_url`", format!("`{given}` is not an `https://` or `http://` URL"));
            }
        }
        for (host, place) in &self.hosts {
            if edge.allow_host(host).is_err() {
                note(*place, "`allow_host`", format!("`{host}` is not a host, or a host and a port"));
            }
        }
        for (origin, place) in &self.origins {
            if let Err(rule) = edge.allow_origin(origin) {
                note(*place, "`allow_origin`", format!("`{origin}`: {rule}"));
            }
        }
        edge
    }
}
