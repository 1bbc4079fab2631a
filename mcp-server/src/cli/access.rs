//! The flags about who may come in.

use std::net::SocketAddr;

use clap::Args;

use crate::{
    auth::{Auth, Issuer},
    error::Error,
    server::McpServer,
};

// No documentation, as `--help` would begin with it.
#[derive(Debug, Args)]
pub(super) struct AccessFlags {
    /// The authorization server whose tokens are taken, by its issuer URL; may be given several times
    #[arg(long, env = "MCP_ISSUER", value_delimiter = ',', global = true, value_name = "URL")]
    issuer: Vec<String>,
    /// What tokens may be for beside the server's public URL, where the authorization server has another name for it
    #[arg(long, env = "MCP_AUDIENCE", value_delimiter = ',', global = true, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// Takes access tokens that don't say that they are any (`typ` is `JWT`, or not there), as Keycloak and Entra issue
    /// them. They must name a client and scopes, which ID tokens don't
    #[arg(long, env = "MCP_WARNING_ACCEPT_UNTYPED", global = true)]
    warning_accept_untyped: bool,
    /// The proxies, addresses or networks, whose `X-Forwarded-For` is believed
    #[arg(long, env = "MCP_TRUSTED_PROXIES", value_delimiter = ',', global = true, value_name = "NETWORK")]
    trusted_proxies: Vec<String>,
}

impl AccessFlags {
    /// Says it to the server. Whoever starts it knows better whose tokens are good than its author.
    pub(super) fn tell(self, server: &mut McpServer) -> Result<(), Error> {
        // A flag has no place in the source: the server's is as near as it gets.
        let place = server.place;
        server.access.proxies.extend(self.trusted_proxies.into_iter().map(|proxy| (proxy, place)));
        let issuer = |url: String| {
            let issuer = Issuer::new(url).warning_accept_untyped(self.warning_accept_untyped);
            Auth::issuer(self.audience.iter().fold(issuer, Issuer::audience))
        };
        // A variable that is set to nothing, as in compose files, says nothing.
        let issuers = self.issuer.into_iter().filter(|url| !url.is_empty());
        match issuers.map(issuer).reduce(Auth::or) {
            Some(auth) => {
                server.access.auth = Some(auth);
                server.access.place = place;
            }
            None if self.audience.is_empty() && !self.warning_accept_untyped => {}
            None => {
                let text = "`--audience` and `--warning-accept-untyped` say something of an issuer's tokens; give `--issuer` as well";
                return Err(Error::Command(text.to_owned()));
            }
        }
        Ok(())
    }
}

/// The URL of a server that listens here, for clients on this machine: nobody else knows one without being told.
pub(super) fn local_url(address: SocketAddr) -> Option<String> {
    address.ip().to_canonical().is_loopback().then(|| format!("http://{address}"))
}
