//! What the black-box tests share.

pub mod client;
pub mod process;
pub mod raw;
pub mod specification;
pub mod wire;
