//! What the black-box tests share.

pub mod asked;
pub mod canary;
pub mod challenge;
pub mod client;
pub mod eventually;
pub mod files;
pub mod issuer;
pub mod lines;
pub mod process;
pub mod programs;
pub mod raw;
pub mod running;
pub mod specification;
pub mod sse;
pub mod wire;
