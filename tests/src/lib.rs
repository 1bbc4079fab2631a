//! What the black-box tests share.

pub mod asked;
pub mod client;
pub mod lines;
pub mod process;
pub mod raw;
pub mod running;
pub mod specification;
pub mod sse;
pub mod wire;
