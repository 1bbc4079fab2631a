//! A server that takes requests with a token only: who gets in, what they see, and what they are told otherwise.
//!
//! What the names of tests say by number is in the requirements of resource servers (RS), of the transport (TR), and on
//! limits (RL).

mod bodies;
mod calls;
mod checking;
mod client;
mod connections;
mod derived;
mod endings;
mod entry;
mod limits;
mod lists;
mod open;
mod overlaps;
mod public;
mod scopes;
mod secrecy;
mod server;
mod spelling;
mod step_up;
mod strangers;
mod subscriptions;
mod tokens;
