//! Calls that become tasks: what their clients are told, and what becomes of them.

mod client;
mod creation;
mod declaring;
mod endings;
mod expiry;
mod functions;
mod leaving;
mod listening;
mod questions;
mod room;
